"""What a connector adds whose platform lets a page read the comments below its own posts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Comment:
    """
    What stands below a post. Never who wrote it, only whether the page did: platforms let nobody keep members' names.

    `written_at` is UTC, None when the platform does not tell; `parent_id` is the comment that this one answers, "" for
    the post itself.
    """

    external_id: str
    text: str = field(repr=False)
    written_at: datetime | None
    is_ours: bool
    parent_id: str = ""


class ReadsComments(ABC):
    """A connector that can read comments. Failures are the four kinds of every connector."""

    # How long what members wrote may be kept after it was read, by the platform's terms. Hours.
    comments_kept_h: int

    @abstractmethod
    def comments(self, external_id: str) -> list[Comment]:
        """Return all comments below one post with the answers to them, oldest first; none is an empty list."""
