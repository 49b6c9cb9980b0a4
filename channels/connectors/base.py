"""
What every connector is: the border between the product and one platform.

Values that cross it are frozen dataclasses; a figure a platform does not report is None, not 0. Every failure becomes
one of four kinds, and the kind alone decides what happens next.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any


class ConnectorError(Exception):
    """Something went wrong at the channel. `code` is ours, for catalogues; `detail` is safe to store and show."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail[:500]


class NothingSent(ConnectorError):
    """
    Proved: nothing can have been published.

    No connection was made, a documented throttle, an earlier step failed, or the call only reads. It may be repeated.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after_s: int | None = None, endpoint: str = "") -> None:
        super().__init__(code, detail)
        self.retry_after_s = retry_after_s
        # Which of the channel's endpoints said so, in the words of `calls`.
        self.endpoint = endpoint


class Refused(ConnectorError):
    """The channel refused, and would again: repeating is useless. A duplicate names the post it resembles."""

    def __init__(self, code: str, detail: str = "", *, duplicate_of: str = "") -> None:
        super().__init__(code, detail)
        self.duplicate_of = duplicate_of


class OutcomeUnknown(ConnectorError):
    """It may be out: the request may have left, no clear answer came. Never sent again before the channel is asked."""


class AccessDead(ConnectorError):
    """
    The token is gone, or a scope or the page role is lost: a person must connect again.

    With the code "version_sunset" it is nobody's access: the channel no longer answers the version that we use.
    """


@dataclass(frozen=True)
class Access:
    """What a connector needs to act for one account: the token and the page's id on the channel."""

    access_token: str = field(repr=False)
    external_id: str


@dataclass(frozen=True)
class Picture:
    """A picture to publish, with its text for those who do not see it."""

    content: bytes = field(repr=False)
    content_type: str
    alt_text: str


@dataclass(frozen=True)
class Video:
    """A video to publish: the path of its file, its size in bytes, and its text for those who do not see it."""

    path: Path
    n_bytes: int
    alt_text: str


@dataclass(frozen=True)
class Card:
    """A link shown as a card, with a title and a description of our own. Its picture is the draft's."""

    address: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Draft:
    """
    Exactly what was approved. The tracked link, whose code is the marker, stands in `text`, in `card`, or in both.

    `media_id` is what the channel calls the video when it was uploaded ahead, "" otherwise.
    """

    text: str
    marker: str
    picture: Picture | None = None
    video: Video | None = None
    card: Card | None = None
    media_id: str = ""


@dataclass(frozen=True)
class Prepared:
    """A draft whose preparatory steps (uploads) are done, ready for the one irreversible call."""

    draft: Draft
    media_id: str = ""


@dataclass(frozen=True)
class Receipt:
    """The channel's clear answer: the post's id there and its public address."""

    external_id: str
    permalink: str


@dataclass(frozen=True)
class SeenPost:
    """
    A post as the channel shows it. `published_at` is UTC, None when the channel does not tell.

    `author` is the channel's id of the page that wrote it, as in `Access.external_id`; "" when it does not tell.
    `links` are addresses that stand beside the text: where a link card leads.
    """

    external_id: str
    text: str
    permalink: str
    published_at: datetime | None
    author: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class PostList:
    """The account's newest posts. Only a list read to its end proves that a post is absent."""

    posts: list[SeenPost]
    is_complete: bool


@dataclass(frozen=True)
class PostFigures:
    """
    A post's figures since it was published; None is what the channel did not tell.

    `is_implied_zero`: the channel's contract says that a post it leaves out has had no activity.
    """

    impressions: int | None = None
    unique_impressions: int | None = None
    clicks: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    is_implied_zero: bool = False


@dataclass(frozen=True)
class Grant:
    """What the channel gave at the end of the connect flow. Moments are UTC."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: frozenset[str]
    member_name: str
    expires_at: datetime
    refresh_expires_at: datetime | None


@dataclass(frozen=True)
class Page:
    """A page that the grant may run."""

    external_id: str
    name: str
    url: str


@dataclass(frozen=True)
class Quota:
    """
    How often one endpoint may be asked on a UTC day; None where the channel names no limit.

    :param app: by all accounts of the installation together
    :param member: by one member, which we take for one account
    :param pulling: what we allow ourselves for one account's figures; publishing keeps to none of the three
    """

    app: int | None = None
    member: int | None = None
    pulling: int | None = None


@dataclass(frozen=True)
class Health:
    """
    What a probe that found nothing wrong was told beside.

    :param expires_at: when the token ends by the channel's own account (UTC), None when it does not tell
    :param clock_skew_s: seconds that the channel's clock is ahead of ours, None when it does not tell
    """

    expires_at: datetime | None = None
    clock_skew_s: int | None = None


@dataclass(frozen=True)
class TextRules:
    """How the channel counts: its own limit, and how much shows before «see more»."""

    max_length: int
    visible_before_more: int


class Connector(ABC):
    """
    One platform. A subclass sets the class attributes and implements what it is capable of.

    Each method may raise the four kinds above. `publish` is the one irreversible call: it is sent once, without any
    library's retry, and ends within `deadline_s` seconds in all.
    """

    slug: str
    label: str
    can_publish = False
    can_edit = False
    can_show_card = False
    can_show_video = False
    # The endpoint that lists the account's posts, in the words of `calls`: looking after posts keeps to its quota.
    list_endpoint = ""
    text_rules: TextRules

    def __init__(self, access: Access | None = None) -> None:
        self.access = access
        # How often this connector asked each endpoint, whatever was answered. `actions.quotas.note` empties it.
        self.calls: Counter[str] = Counter()

    @classmethod
    def scopes(cls) -> tuple[str, ...]:
        """Return what a person is asked to allow, the whole set at once."""
        return ()

    @classmethod
    def quota(cls) -> Quota:
        """Return how much the channel may be asked; without limits unless a connector knows of some."""
        return Quota()

    @classmethod
    def endpoint_label(cls, endpoint: str) -> Any:
        """Return one of the names in `calls` in words; the name itself where there are none."""
        return endpoint

    @classmethod
    def version(cls) -> str:
        """Return the version of the channel's interface that we use, "" where there are none."""
        return ""

    @classmethod
    def version_ends_on(cls) -> date | None:
        """Return the first UTC day on which that version is announced not to answer, None when nothing is known."""
        return None

    def many_reads(self) -> AbstractContextManager[None]:
        """Say that many reads follow, so that the connection may be kept between them."""
        return nullcontext()

    @abstractmethod
    def length(self, text: str) -> int:
        """Return the length of `text` as the channel counts it."""

    @abstractmethod
    def authorise_url(self, *, state: str, redirect_uri: str) -> str:
        """Return the address at the channel where a person grants access."""

    @abstractmethod
    def exchange(self, *, code: str, redirect_uri: str, now: datetime) -> Grant:
        """Return what the channel gives for a one-time code."""

    @abstractmethod
    def refresh(self, *, refresh_token: str, now: datetime) -> Grant:
        """Return renewed access; its refresh token is "" when the channel does not repeat it."""

    @abstractmethod
    def revoke(self, *, access_token: str, refresh_token: str) -> None:
        """End a grant at the channel. Returns only when the channel says that neither token gives access any more."""

    @abstractmethod
    def pages(self, *, access_token: str) -> list[Page]:
        """Return the pages the member administers."""

    @abstractmethod
    def probe(self, *, now: datetime) -> Health:
        """
        Look whether the account could publish now, without publishing: token, scopes, role on the page.

        :raises AccessDead: "token_dead", "scope_lost", "role_lost", "access_denied" or "version_sunset"
        :raises NothingSent: the channel gave no clear answer; nothing is known
        """

    @abstractmethod
    def prepare(self, draft: Draft, *, deadline_s: float) -> Prepared:
        """Do the steps that publish nothing (uploads). Whatever fails here is NothingSent, Refused or AccessDead."""

    def upload_ahead(self, draft: Draft, *, deadline_s: float) -> str:
        """
        Upload the draft's video and return the channel's id of it, without waiting until it may be used.

        Nobody sees it by this. Fails as `prepare` does.
        """
        raise Refused("video_not_possible")

    def is_uploaded_ready(self, media_id: str) -> bool:
        """Whether a video uploaded ahead may be used by now. Refused when it never may."""
        raise Refused("video_not_possible")

    @abstractmethod
    def publish(self, prepared: Prepared, *, deadline_s: float) -> Receipt:
        """Publish, once."""

    @abstractmethod
    def recent_posts(self, *, since: datetime) -> PostList:
        """Return the account's posts since `since` (UTC), newest first, and whether the list was read to its end."""

    @abstractmethod
    def read(self, external_id: str) -> SeenPost | None:
        """Return one post, or None when the channel says it does not exist."""

    def edit(self, external_id: str, draft: Draft) -> None:
        """Put `draft.text` in the place of a published post's text. Doing it twice is not an error."""
        raise Refused("cannot_edit")

    @abstractmethod
    def delete(self, external_id: str) -> None:
        """Remove a post; removing it twice is not an error."""

    @abstractmethod
    def figures(self, external_ids: list[str]) -> dict[str, PostFigures]:
        """Return the figures of the account's own posts, by id. A post is left out when nothing could be read of it."""

    @abstractmethod
    def permalink(self, external_id: str) -> str:
        """Return the public address of a post."""

    @abstractmethod
    def external_id_in(self, pasted: str) -> str:
        """Return the post's id found in an address a person pasted, or ""."""
