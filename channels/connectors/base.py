"""
What every connector is: the border between the product and one platform.

Values that cross it are frozen dataclasses; a figure a platform does not report is None, not 0. Every failure becomes
one of four kinds, and the kind alone decides what happens next.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime


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

    def __init__(self, code: str, detail: str = "", *, retry_after_s: int | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after_s = retry_after_s


class Refused(ConnectorError):
    """The channel refused, and would again: repeating is useless. A duplicate names the post it resembles."""

    def __init__(self, code: str, detail: str = "", *, duplicate_of: str = "") -> None:
        super().__init__(code, detail)
        self.duplicate_of = duplicate_of


class OutcomeUnknown(ConnectorError):
    """It may be out: the request may have left, no clear answer came. Never sent again before the channel is asked."""


class AccessDead(ConnectorError):
    """The token is gone, or a scope or the page role is lost. A person must connect again."""


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
class Draft:
    """Exactly what was approved. `text` already holds the tracked link, whose code is the marker."""

    text: str
    marker: str
    picture: Picture | None = None


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
    """

    external_id: str
    text: str
    permalink: str
    published_at: datetime | None
    author: str = ""


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
    scopes: tuple[str, ...] = ()
    text_rules: TextRules

    def __init__(self, access: Access | None = None) -> None:
        self.access = access

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
    def prepare(self, draft: Draft, *, deadline_s: float) -> Prepared:
        """Do the steps that publish nothing (uploads). Whatever fails here is NothingSent, Refused or AccessDead."""

    @abstractmethod
    def publish(self, prepared: Prepared, *, deadline_s: float) -> Receipt:
        """Publish, once."""

    @abstractmethod
    def recent_posts(self, *, since: datetime) -> PostList:
        """Return the account's posts since `since` (UTC), newest first, and whether the list was read to its end."""

    @abstractmethod
    def read(self, external_id: str) -> SeenPost | None:
        """Return one post, or None when the channel says it does not exist."""

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
