"""Routes of channels; each declares who may come through. Those of members lie below the municipality's number."""

from django.urls import URLPattern

from channels.views import (
    accounts,
    campaigns,
    clarifications,
    comments,
    connecting,
    copies,
    deliveries,
    edits,
    links,
    media,
    posts,
    quotas,
    stops,
    videos,
)
from recruitment.doors import ADMINISTRATOR, ADVISER, EVERYBODY, HR, LOGGED_IN, PUBLIC, SYSTEM, door, member

CONNECT = member(ADVISER, right="may_connect", always=ADMINISTRATOR)
# Table M: drafts are for those who work with them; a reader sees what is, or was, public.
DRAFTS = member(HR, ADVISER, ADMINISTRATOR)
PUBLISH = member(ADVISER, right="may_publish")
STOP = member(ADVISER, right="may_publish", always=ADMINISTRATOR)
# What members of a platform wrote is for those alone who look after the page (R11, the platforms' terms).
PAGE_KEEPERS = member(ADVISER, ADMINISTRATOR)

public: list[URLPattern] = [
    # The channel sends people back here; the one-time state says to which municipality.
    door(
        "kanaler/<slug:connector>/tilbake/",
        connecting.oauth_return,
        name="oauth_return",
        rule=LOGGED_IN,
        has_secret_query=True,
    ),
    door("system/stans/", stops.system_stop, name="system_stop", rule=SYSTEM, fresh=True),
    door("system/stans/opphev/", stops.system_lift, name="system_lift", rule=SYSTEM, fresh=True),
    door("s/<str:code>", links.follow, name="link_follow", rule=PUBLIC),
]
members: list[URLPattern] = [
    door("kanaler/", accounts.accounts, name="accounts", rule=member(EVERYBODY)),
    door("kanaler/ny/<slug:channel>/", accounts.account_new, name="account_new", rule=member(ADVISER)),
    door("kanaler/<int:account_id>/", accounts.account, name="account", rule=member(EVERYBODY)),
    door("kanaler/<int:account_id>/endre/", accounts.account_edit, name="account_edit", rule=member(ADVISER)),
    door(
        "kanaler/<int:account_id>/oppsett/<slug:kind>/",
        accounts.account_step,
        name="account_step",
        rule=member(ADVISER),
    ),
    door(
        "kanaler/<int:account_id>/risiko/",
        accounts.account_risk,
        name="account_risk",
        rule=member(ADVISER, ADMINISTRATOR),
    ),
    door(
        "kanaler/<int:account_id>/koble/", connecting.account_connect, name="account_connect", rule=CONNECT, fresh=True
    ),
    door(
        "kanaler/<int:account_id>/bekreft/<int:pending_id>/",
        connecting.account_confirm,
        name="account_confirm",
        rule=CONNECT,
        fresh=True,
    ),
    door(
        "kanaler/<int:account_id>/koble-fra/",
        connecting.account_disconnect,
        name="account_disconnect",
        rule=CONNECT,
        fresh=True,
    ),
    door(
        "kanaler/<int:account_id>/kvoter/",
        quotas.account_quotas,
        name="account_quotas",
        rule=member(ADVISER, ADMINISTRATOR),
    ),
    door("kanaler/<int:account_id>/igjen/", accounts.account_again, name="account_again", rule=CONNECT, fresh=True),
    door("kanaler/publisering/", stops.publishing_home, name="publishing", rule=DRAFTS),
    # It is told what had passed the last check when the stop was stored, so the stop is stored first.
    door("kanaler/publisering/stans/", stops.publishing_stop, name="publishing_stop", rule=STOP, enters_itself=True),
    door("kanaler/publisering/opphev/", stops.publishing_lift, name="publishing_lift", rule=STOP, fresh=True),
    door(
        "kanaler/publisering/to-personer/",
        stops.publishing_two_people,
        name="publishing_two_people",
        rule=member(ADMINISTRATOR),
        fresh=True,
    ),
    door("avklaringer/", clarifications.clarifications, name="clarifications", rule=DRAFTS),
    door("lenker/<int:link_id>/qr.<str:kind>", links.link_qr, name="link_qr", rule=member(EVERYBODY)),
    door("kampanjer/", campaigns.campaigns, name="campaigns", rule=member(EVERYBODY)),
    door("kampanjer/ny/", campaigns.campaign_new, name="campaign_new", rule=member(ADVISER)),
    door("kampanjer/<int:campaign_id>/", campaigns.campaign, name="campaign", rule=member(EVERYBODY)),
    door("kampanjer/<int:campaign_id>/innlegg/ny/", posts.post_new, name="post_new", rule=member(ADVISER)),
    door("innlegg/<int:post_id>/", posts.post, name="post", rule=DRAFTS),
    door("innlegg/<int:post_id>/video/", videos.post_video, name="post_video", rule=member(ADVISER)),
    door("media/<int:media_id>/", media.media, name="media", rule=member(EVERYBODY)),
    door("media/<int:media_id>/fil", media.media_file, name="media_file", rule=member(EVERYBODY)),
    door("leveringer/<int:delivery_id>/", deliveries.delivery, name="delivery", rule=member(EVERYBODY)),
    door(
        "leveringer/<int:delivery_id>/status/",
        deliveries.delivery_status,
        name="delivery_status",
        rule=member(EVERYBODY),
    ),
    door(
        "leveringer/<int:delivery_id>/godkjenn/",
        deliveries.delivery_approve,
        name="delivery_approve",
        rule=member(ADVISER, right="may_approve"),
    ),
    door("leveringer/<int:delivery_id>/utkast/", deliveries.delivery_back, name="delivery_back", rule=member(ADVISER)),
    door("leveringer/<int:delivery_id>/avlys/", deliveries.delivery_cancel, name="delivery_cancel", rule=PUBLISH),
    door("leveringer/<int:delivery_id>/ikke-ute/", deliveries.delivery_absent, name="delivery_absent", rule=PUBLISH),
    door("leveringer/<int:delivery_id>/la-vaere/", deliveries.delivery_drop, name="delivery_drop", rule=PUBLISH),
    door(
        "leveringer/<int:delivery_id>/kommentarer/",
        comments.delivery_comments,
        name="delivery_comments",
        rule=PAGE_KEEPERS,
    ),
    door(
        "leveringer/<int:delivery_id>/kommentarer/hent/",
        comments.delivery_comments_read,
        name="delivery_comments_read",
        rule=member(ADVISER),
        enters_itself=True,
    ),
    door("leveringer/<int:delivery_id>/rett/", edits.delivery_edit, name="delivery_edit", rule=member(ADVISER)),
    door(
        "leveringer/<int:delivery_id>/rett/<int:edit_id>/godkjenn/",
        edits.delivery_edit_approve,
        name="delivery_edit_approve",
        rule=member(ADVISER, right="may_approve"),
    ),
    door(
        "leveringer/<int:delivery_id>/rett/<int:edit_id>/dropp/",
        edits.delivery_edit_drop,
        name="delivery_edit_drop",
        rule=member(ADVISER),
    ),
    # These two speak with the channel, so no transaction may be open around them.
    door(
        "leveringer/<int:delivery_id>/funnet/",
        deliveries.delivery_found,
        name="delivery_found",
        rule=PUBLISH,
        enters_itself=True,
    ),
    door(
        "leveringer/<int:delivery_id>/fjern/",
        deliveries.delivery_remove,
        name="delivery_remove",
        rule=PUBLISH,
        enters_itself=True,
    ),
    door(
        "leveringer/<int:delivery_id>/kopi/<int:sighting_id>/fjern/",
        copies.delivery_copy_remove,
        name="delivery_copy_remove",
        rule=PUBLISH,
        enters_itself=True,
    ),
]
