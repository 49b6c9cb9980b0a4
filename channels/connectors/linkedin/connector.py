"""LinkedIn behind the border that every connector has."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from django.conf import settings

from channels.connectors import http
from channels.connectors.ads import AdAccount, PaidCampaign, PaidDay, ReadsAds
from channels.connectors.base import (
    Access,
    Connector,
    Draft,
    Grant,
    Health,
    Page,
    PostFigures,
    PostList,
    Prepared,
    Quota,
    Receipt,
    Refused,
    SeenPost,
    TextRules,
)
from channels.connectors.comments import Comment, ReadsComments
from channels.connectors.linkedin import (
    advertising,
    comments,
    endpoints,
    figures,
    health,
    little_text,
    oauth,
    page_figures,
    pages,
    pictures,
    posts,
    versions,
    videos,
)
from channels.connectors.linkedin.api import READ_DEADLINE_S, Api
from channels.connectors.page_days import DailySet, GainDay, ReadsPageDays, ShareDay, ViewDay


class LinkedIn(Connector, ReadsComments, ReadsAds, ReadsPageDays):
    """LinkedIn company pages. Base addresses and the API's version come from settings."""

    slug = "linkedin"
    label = "LinkedIn"
    can_publish = True
    can_edit = True
    can_show_card = True
    can_show_video = True
    list_endpoint = "GET /rest/posts"
    comments_kept_h = 48
    storage_rules = page_figures.STORAGE_RULES
    asked_per_post = figures.ASKED_PER_POST
    text_rules = TextRules(max_length=3000, visible_before_more=210)

    @classmethod
    def scopes(cls) -> tuple[str, ...]:
        """Return the scopes of the products that LinkedIn has granted our app."""
        return oauth.scopes()

    @classmethod
    def quota(cls) -> Quota:
        """Return the daily ceilings of the settings; LinkedIn shows them on the app's own page and in no answer."""
        return Quota(
            app=settings.LINKEDIN_APP_DAILY_CALLS or None,
            member=settings.LINKEDIN_MEMBER_DAILY_CALLS or None,
            pulling=settings.LINKEDIN_PULL_DAILY_CALLS or None,
        )

    @classmethod
    def endpoint_label(cls, endpoint: str) -> Any:
        """Return what a call is for."""
        return endpoints.LABELS.get(endpoint, endpoint)

    @classmethod
    def version(cls) -> str:
        """Return the version of the settings."""
        return settings.LINKEDIN_VERSION

    @classmethod
    def version_ends_on(cls) -> date | None:
        """Return the day that LinkedIn has announced for it."""
        return versions.ends_on(settings.LINKEDIN_VERSION)

    @property
    def _own(self) -> Access:
        if self.access is None:
            raise ValueError("This call is made for an account: give its access")
        return self.access

    @property
    def _api(self) -> Api:
        return Api(self._own.access_token, self.calls)

    @property
    def _page(self) -> str:
        return self._own.external_id

    def many_reads(self) -> AbstractContextManager[None]:
        """Keep the connection between the reads inside."""
        return http.many_reads()

    def length(self, text: str) -> int:
        """Return the visible length in code points; escapes do not count and an address counts as written."""
        return little_text.visible_length(text)

    def authorise_url(self, *, state: str, redirect_uri: str) -> str:
        """Return the address of LinkedIn's consent page."""
        return oauth.authorise_url(state=state, redirect_uri=redirect_uri)

    def exchange(self, *, code: str, redirect_uri: str, now: datetime) -> Grant:
        """Return what LinkedIn gives for a one-time code."""
        return oauth.exchange(code=code, redirect_uri=redirect_uri, now=now)

    def refresh(self, *, refresh_token: str, now: datetime) -> Grant:
        """Return a new access token."""
        return oauth.refresh(refresh_token=refresh_token, now=now)

    def revoke(self, *, access_token: str, refresh_token: str) -> None:
        """End a grant at LinkedIn, and ask whether it has ended."""
        oauth.revoke(access_token=access_token, refresh_token=refresh_token)

    def pages(self, *, access_token: str) -> list[Page]:
        """Return the pages the member administers."""
        return pages.of_member(Api(access_token))

    def probe(self, *, now: datetime) -> Health:
        """Look at token, scopes and the role on the page."""
        return health.probe(self._api, page=self._page, now=now)

    def prepare(self, draft: Draft, *, deadline_s: float) -> Prepared:
        """Upload the picture or video, if any, and wait until it may be used."""
        if draft.video:
            ends_at = time.monotonic() + deadline_s
            media_id = draft.media_id or self.upload_ahead(draft, deadline_s=deadline_s)
            videos.wait(self._api, media_id, ends_at=ends_at)
            return Prepared(draft, media_id)
        if draft.picture is None:
            return Prepared(draft)
        return Prepared(draft, pictures.upload(self._api, draft.picture, owner=self._page, deadline_s=deadline_s))

    def upload_ahead(self, draft: Draft, *, deadline_s: float) -> str:
        """Upload the draft's video and return its URN, while LinkedIn still processes it."""
        if draft.video is None:
            raise Refused("video_missing")
        return videos.upload(self._api, draft.video, owner=self._page, deadline_s=deadline_s)

    def is_uploaded_ready(self, media_id: str) -> bool:
        """Whether a video uploaded ahead may be used by now."""
        return videos.is_ready(self._api, media_id, deadline_s=READ_DEADLINE_S)

    def publish(self, prepared: Prepared, *, deadline_s: float) -> Receipt:
        """Publish, once."""
        return posts.create(self._api, prepared, author=self._page, deadline_s=deadline_s)

    def recent_posts(self, *, since: datetime) -> PostList:
        """Return the page's posts since `since`, newest first."""
        return posts.recent(self._api, author=self._page, since=since)

    def read(self, external_id: str) -> SeenPost | None:
        """Return one post, or None when LinkedIn says it does not exist."""
        return posts.read(self._api, external_id)

    def edit(self, external_id: str, draft: Draft) -> None:
        """Put the draft's text in the place of a post's text; doing it twice is not an error."""
        posts.edit(self._api, external_id, text=draft.text)

    def delete(self, external_id: str) -> None:
        """Remove a post; removing it twice is not an error."""
        posts.delete(self._api, external_id)

    def figures(self, external_ids: list[str]) -> dict[str, PostFigures]:
        """Return the figures of the page's own posts, by URN."""
        return figures.of_posts(self._api, external_ids, organisation=self._page)

    def askable_days(self, what: DailySet, *, today: date) -> tuple[date, date]:
        """Return the oldest and the newest whole UTC day that LinkedIn tells of."""
        return page_figures.askable_days(what, today=today)

    def share_days(self, first: date, last: date) -> list[ShareDay]:
        """Return what the page's posts got, UTC day by UTC day."""
        return page_figures.share_days(self._api, first, last, organisation=self._page)

    def page_days(self, first: date, last: date) -> list[ViewDay]:
        """Return the visits to the page, UTC day by UTC day."""
        return page_figures.page_days(self._api, first, last, organisation=self._page)

    def follower_days(self, first: date, last: date) -> list[GainDay]:
        """Return the followers gained, UTC day by UTC day."""
        return page_figures.follower_days(self._api, first, last, organisation=self._page)

    def follower_total(self) -> int | None:
        """Return how many follow the page now."""
        return page_figures.follower_total(self._api, organisation=self._page)

    def permalink(self, external_id: str) -> str:
        """Return the public address of a post."""
        return posts.permalink(external_id)

    def external_id_in(self, pasted: str) -> str:
        """Return the URN found in a pasted address, or ""."""
        return posts.urn_in(pasted)

    def comments(self, external_id: str) -> list[Comment]:
        """Return the comments below one of the page's posts, oldest first."""
        return comments.below(self._api, external_id, page=self._page)

    def ad_accounts(self) -> list[AdAccount]:
        """Return the ad accounts that the member may read, by name."""
        return advertising.accounts(self._api)

    def paid_campaigns(self, ad_account_id: str) -> list[PaidCampaign]:
        """Return the ad account's campaigns that have been started at some time, by name."""
        return advertising.campaigns(self._api, ad_account_id)

    def paid_days(self, ad_account_id: str, *, first: date, last: date) -> list[PaidDay]:
        """Return daily figures of all its campaigns, both days (UTC) included."""
        return advertising.days(self._api, ad_account_id, first=first, last=last)
