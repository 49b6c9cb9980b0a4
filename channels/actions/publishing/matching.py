"""Whether a post on a channel is a delivery's: by its marker for certain, by its words perhaps, by its place never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from channels import connectors
from channels.actions.publishing import recording
from channels.models import Account
from channels.queries import contents

# Shorter texts resemble each other by chance.
MIN_LIKENESS = 30


class Sought(Protocol):
    """What is looked for: a delivery's marker and approved text on its account's page, from `since` (UTC) on."""

    @property
    def delivery_id(self) -> int: ...
    @property
    def account(self) -> Account: ...
    @property
    def marker(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def since(self) -> datetime: ...


@dataclass(frozen=True)
class Finding:
    """
    What one look at the channel showed: found, twice, bound_elsewhere, likely, absent, incomplete or unreadable.

    `posts` are those that led to it.
    """

    kind: str
    posts: tuple[connectors.SeenPost, ...] = ()
    detail: str = ""

    @property
    def post(self) -> connectors.SeenPost | None:
        """The one post that it is about."""
        return self.posts[0] if self.posts else None


def judge(sought: Sought, seen: connectors.PostList) -> Finding:
    """Return what the account's list shows about one delivery."""
    own = [post for post in seen.posts if is_by(post, sought.account)]
    marked = {post.external_id: post for post in own if contents.is_marked(post, sought.marker)}
    if len(marked) > 1:
        return Finding("twice", posts=tuple(marked.values()), detail=" ".join(sorted(marked)))
    if marked:
        return only_ours(sought, next(iter(marked.values())))
    likely = tuple(post for post in own if _is_likely(sought, post))
    if likely:
        return Finding("likely", posts=likely, detail=likely[0].external_id)
    return Finding("absent" if seen.is_complete else "incomplete")


def only_ours(sought: Sought, post: connectors.SeenPost) -> Finding:
    """Return that a marked post is the delivery's, unless another delivery holds it."""
    is_bound = recording.is_bound_elsewhere(
        sought.delivery_id, external_id=post.external_id, account_id=sought.account.pk
    )
    return Finding("bound_elsewhere" if is_bound else "found", posts=(post,), detail=post.external_id)


def is_by(post: connectors.SeenPost, account: Account) -> bool:
    """Whether the account's page wrote a post. A channel that does not tell the author lists only the page's own."""
    return post.author in ("", account.external_id)


def _is_likely(sought: Sought, post: connectors.SeenPost) -> bool:
    """Whether a post without our marker may still be ours: same words, published since we began, bound to nothing."""
    if post.published_at is not None and post.published_at < sought.since:
        return False
    ours, theirs = contents.likeness(sought.text), contents.likeness(post.text)
    is_alike = bool(theirs) and (theirs == ours or (len(theirs) >= MIN_LIKENESS and ours.startswith(theirs)))
    return is_alike and not recording.is_bound_elsewhere(
        sought.delivery_id, external_id=post.external_id, account_id=sought.account.pk
    )
