"""The product's Celery that stores figures post by post and soon gives up a worker that is gone (F15). A `-A`."""

from datetime import timedelta
from typing import Any

from celery import signals

from kanalkompass.celery import app

__all__ = ["app"]


@signals.celeryd_after_setup.connect
def in_small(**_: Any) -> None:
    """Let a kill fall between any two posts."""
    from analytics.actions import pulling

    pulling.POSTS_PER_PORTION = 1
    pulling.STUCK_AFTER = timedelta(seconds=4)
