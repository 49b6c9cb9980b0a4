"""
Everything below /rest/ as data: path -> products that open it, HTTP method -> handler.

A path alternates names and keys: `socialActions/{entity}/comments/{comment}`. Each key is found in `Call.keys` under
its name.
"""

from __future__ import annotations

from sandbox.linkedin import (
    ads,
    ads_analytics,
    ads_store,
    media,
    notifications,
    oauth,
    organisations,
    page_statistics,
    posts,
    products,
    social,
    statistics,
    subscriptions,
    videos,
)
from sandbox.linkedin.rest import Route, Routes, table

_ROUTES: dict[str, Route] = {
    "me": Route(products.ANY, {"GET": oauth.rest_me}),
    "organizationAcls": Route(products.PAGES, {"GET": organisations.acls}),
    "organizations": Route(products.PAGES, {"GET": organisations.many}),
    "organizations/{id}": Route(products.PAGES, {"GET": organisations.one}),
    "organizationsLookup": Route(products.PAGES, {"GET": organisations.lookup}),
    "networkSizes/{entity}": Route(products.PAGES, {"GET": organisations.network_size}),
    "images": Route(products.POSTING, {"POST": media.initialise_image, "GET": media.get_batch}),
    "images/{image}": Route(products.POSTING, {"GET": media.get}),
    "documents": Route(products.POSTING, {"POST": media.initialise_document, "GET": media.get_batch}),
    "documents/{document}": Route(products.POSTING, {"GET": media.get}),
    "videos": Route(products.POSTING, {"POST": videos.act, "GET": media.get_batch}),
    "videos/{video}": Route(products.POSTING, {"GET": media.get}),
    "posts": Route(products.POSTING, {"POST": posts.create, "GET": ads.search_posts}),
    "posts/{post}": Route(products.POSTING, {"GET": posts.get, "POST": posts.update, "DELETE": posts.delete}),
    "organizationalEntityShareStatistics": Route(products.PAGES, {"GET": statistics.share_statistics}),
    "organizationalEntityFollowerStatistics": Route(products.PAGES, {"GET": page_statistics.follower_statistics}),
    "organizationPageStatistics": Route(products.PAGES, {"GET": page_statistics.page_statistics}),
    "videoAnalytics": Route(products.PAGES, {"GET": page_statistics.video_analytics}),
    "socialMetadata": Route(products.SOCIAL, {"GET": social.metadata_batch}),
    "socialMetadata/{entity}": Route(products.SOCIAL, {"GET": social.metadata}),
    "socialActions/{entity}/comments": Route(
        products.SOCIAL, {"GET": social.list_comments, "POST": social.create_comment}
    ),
    "socialActions/{entity}/comments/{comment}": Route(
        products.SOCIAL,
        {"GET": social.one_comment, "POST": social.update_comment, "DELETE": social.delete_comment},
    ),
    "organizationalEntityNotifications": Route(products.PAGES, {"GET": notifications.find}),
    "eventSubscriptions": Route(products.PAGES, {"GET": subscriptions.find}),
    "eventSubscriptions/{key}": Route(
        products.PAGES, {"GET": subscriptions.get, "PUT": subscriptions.put, "DELETE": subscriptions.delete}
    ),
    "reactions": Route(products.SOCIAL, {"POST": social.create_reaction}),
    "reactions/{key}": Route(products.SOCIAL, {"GET": social.get_reactions, "DELETE": social.delete_reaction}),
}

_NO_ACCOUNTS, _NO_USERS = ads.refuse_writing("adAccounts"), ads.refuse_writing("adAccountUsers")
_ADS: dict[str, Route] = {
    "adAccounts": Route(products.ADS, {"GET": ads.accounts, "POST": _NO_ACCOUNTS}),
    "adAccounts/{account}": Route(products.ADS, {"GET": ads.one_account, "POST": _NO_ACCOUNTS}),
    "adAccountUsers": Route(products.ADS, {"GET": ads.users, "POST": _NO_USERS}),
    "adAnalytics": Route(products.ADS, {"GET": ads_analytics.analytics}),
}
for _kind in (ads_store.GROUP, ads_store.CAMPAIGN, ads_store.CREATIVE):
    _path, _refusal = f"adAccounts/{{account}}/{ads.RESOURCE[_kind]}", ads.refuse_writing(ads.RESOURCE[_kind])
    _ADS[_path] = Route(products.ADS, {"GET": ads.collection(_kind), "POST": _refusal})
    _methods = {"GET": ads.single(_kind), "POST": ads.change(_kind), "DELETE": _refusal}
    _ADS[_path + "/{id}"] = Route(products.ADS, _methods)
ROUTES: Routes = table(_ROUTES | _ADS)
