"""
What is read beside the posts' own figures: comments, and paid campaigns. Ids only; safe to run twice, late, or not.

Imported by `analytics.tasks`, so that the workers know them.
"""

from __future__ import annotations

import logging

from celery import shared_task

from analytics.actions import paid
from channels.actions import comments
from channels.models import AdAccount, PageClaim
from channels.queries.comments import to_be_read
from foundation import clock
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)

# So many posts of a municipality at once: its other calls to the channel need their share of the day's quota.
POSTS_AT_ONCE = 10


@shared_task
def read_comments() -> None:
    """Ring for every municipality that has connected a page."""
    for municipality_id in _connected():
        read_comments_of.delay(municipality_id=municipality_id)


@shared_task
def read_comments_of(*, municipality_id: int) -> None:
    """Read the comments below a municipality's posts of the last month, the newest posts first."""
    with tenant(municipality_id):
        delivery_ids = to_be_read(now=clock.now())[:POSTS_AT_ONCE]
    for delivery_id in delivery_ids:
        try:
            reading = comments.read(municipality_id=municipality_id, delivery_id=delivery_id, now=clock.now())
        except (comments.NothingToRead, comments.TooSoon):
            continue
        if reading.problem:
            # What hinders one post's comments hinders the others': the next hour tries again.
            logger.info("Comments of delivery %s: %s", delivery_id, reading.problem)
            break


@shared_task
def read_ads() -> None:
    """Ring for every ad account that is read."""
    for municipality_id in _connected():
        with tenant(municipality_id):
            ids = list(AdAccount.objects.values_list("pk", flat=True).order_by("pk"))
        for ad_account_id in ids:
            read_ad_account.delay(municipality_id=municipality_id, ad_account_id=ad_account_id)


@shared_task
def read_ad_account(*, municipality_id: int, ad_account_id: int) -> None:
    """Read one ad account's campaigns and daily figures."""
    try:
        row = paid.read(municipality_id=municipality_id, ad_account_id=ad_account_id, now=clock.now())
    except (paid.TooSoon, paid.NoAds, AdAccount.DoesNotExist):
        logger.info("Ad account %s is not asked now", ad_account_id)
    else:
        logger.info("Ad account %s: %s", ad_account_id, row.problem or "read")


def _connected() -> list[int]:
    return list(PageClaim.objects.values_list("municipality_id", flat=True).distinct().order_by("municipality_id"))
