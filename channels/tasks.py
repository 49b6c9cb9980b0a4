"""
The doorbell and what it calls. Ids only; every task is safe to run twice, late, or not at all.

The database's clock says what is due, so that a worker with a wrong clock neither sends early nor gives up too soon.
"""

import logging
from typing import Any

from celery import shared_task
from django.conf import settings

from channels.actions import health, media_files, publishing, quotas, versions
from channels.actions.publishing import editing, errands, preparing, slots
from channels.models import Account, Due, PageClaim
from foundation import clock

logger = logging.getLogger(__name__)

# So many at once: what is more comes with the next tick, one second later.
BATCH = 50
# Longer than one may take, so that none is rung while it runs.
EDIT_AGAIN_S, UPLOAD_AGAIN_S = 120.0, 600.0


@shared_task
def tick() -> None:
    """
    Wake the slots when something is due: this process's own, and the others' when it is more than these can take.

    One message a process, whatever is due; it is worth nothing once the next tick has come.
    """
    now = clock.database_now()
    soon = publishing.queue.soon(now, seconds=slots.AHEAD_S)
    if not publishing.queue.is_due(until=soon):
        return
    n_woken = slots.of_this_process().wake()
    if publishing.queue.is_due(until=soon, beyond=n_woken):
        for _ in range(settings.PUBLISH_PROCESSES - 1):
            wake.apply_async(expires=1)


@shared_task
def wake() -> None:
    """Let this process's slots look for work."""
    slots.of_this_process().wake()


@shared_task
def publish_delivery(*, municipality_id: int, delivery_id: int) -> None:
    """Send one due delivery."""
    try:
        state = publishing.publish(municipality_id=municipality_id, delivery_id=delivery_id, now=clock.database_now())
    except publishing.NotDue as problem:
        logger.info("Delivery %s: %s", delivery_id, problem)
    except publishing.FenceLost as problem:
        logger.error("Delivery %s went on without an attempt that ended as %s", delivery_id, problem)
    else:
        logger.info("Delivery %s: %s", delivery_id, state)


@shared_task
def sweep() -> None:
    """Find deliveries whose worker is gone, and those whose time is past."""
    now = clock.database_now()
    n_expired, n_late = publishing.expire_leases(now=now), publishing.mark_late(now=now)
    if n_expired or n_late:
        logger.warning("%s deliveries lost their worker, %s became late", n_expired, n_late)


@shared_task
def reconcile() -> None:
    """Ring for each unknown outcome that the channel is to be asked about now."""
    _ring(reconcile_delivery, Due.Kind.RECONCILE, again_in_s=settings.RECONCILE_EVERY_S)


@shared_task
def reconcile_delivery(*, municipality_id: int, delivery_id: int) -> None:
    """Ask the channel about one unknown outcome."""
    try:
        finding = publishing.reconcile(
            municipality_id=municipality_id, delivery_id=delivery_id, now=clock.database_now()
        )
    except publishing.NotUnknown:
        logger.info("Delivery %s: nothing to ask any more", delivery_id)
    else:
        logger.info("Delivery %s: %s on the channel", delivery_id, finding)


@shared_task
def run_errands() -> None:
    """Ring for what is to be done beside sending: corrections, and videos that are uploaded ahead."""
    now = clock.database_now()
    for task, kind, again_in_s, queue in (
        (edit_delivery, errands.Kind.EDIT, EDIT_AGAIN_S, "publish"),
        # Uploading takes long: neither on the queue that publishes nor on the one slot that sends letters.
        (upload_delivery_video, errands.Kind.UPLOAD, UPLOAD_AGAIN_S, "pull"),
    ):
        again_at = publishing.queue.soon(now, seconds=again_in_s)
        for municipality_id, delivery_id in errands.take(kind, until=now, ring_again_at=again_at, limit=BATCH):
            kwargs = {"municipality_id": municipality_id, "delivery_id": delivery_id}
            task.apply_async(kwargs=kwargs, expires=again_in_s, queue=queue)


@shared_task
def edit_delivery(*, municipality_id: int, delivery_id: int) -> None:
    """Send one approved correction of a published text."""
    now = clock.database_now()
    state = editing.carry_out_edit(municipality_id=municipality_id, delivery_id=delivery_id, now=now)
    logger.info("Delivery %s: correction %s", delivery_id, state or "not sent now")


@shared_task
def upload_delivery_video(*, municipality_id: int, delivery_id: int) -> None:
    """Upload one video ahead of its post."""
    now = clock.database_now()
    state = preparing.upload_ahead(municipality_id=municipality_id, delivery_id=delivery_id, now=now)
    logger.info("Delivery %s: video %s", delivery_id, state)


@shared_task
def sweep_files() -> None:
    """Delete files that no picture knows; nightly, and not on the queue that publishes."""
    media_files.sweep_files(now=clock.now())


@shared_task
def look_at_platforms() -> None:
    """Daily, on the queue that pulls: warn of versions that end, and ring for a look at each connected account (P6)."""
    quotas.forget_old(now=clock.now())
    warned = versions.warn(now=clock.now())
    if warned:
        logger.warning("The version in use ends: %s", ", ".join(warned))
    for municipality_id, account_id in PageClaim.objects.values_list("municipality_id", "account_id"):
        ring_probe(municipality_id=municipality_id, account_id=account_id)


@shared_task
def probe_account(*, municipality_id: int, account_id: int) -> None:
    """Look whether one account could publish."""
    try:
        outcome = health.check(municipality_id=municipality_id, account_id=account_id, now=clock.now())
    except Account.DoesNotExist:
        logger.info("Account %s is gone", account_id)
    else:
        logger.info("Account %s: %s", account_id, outcome)


def ring_probe(*, municipality_id: int, account_id: int) -> None:
    """Have an account looked at soon, on the queue that pulls."""
    ids = {"municipality_id": municipality_id, "account_id": account_id}
    probe_account.apply_async(kwargs=ids, queue="pull", expires=3600)


def _ring(task: Any, kind: str, *, again_in_s: float) -> None:
    now = clock.database_now()
    again_at = publishing.queue.soon(now, seconds=again_in_s)
    for municipality_id, delivery_id in publishing.queue.take(kind, until=now, ring_again_at=again_at, limit=BATCH):
        task.apply_async(kwargs={"municipality_id": municipality_id, "delivery_id": delivery_id}, expires=again_in_s)


@shared_task
def look_after_accounts() -> None:
    """Hourly, on the queue that pulls: ring for each account whose posts were not looked for since yesterday (T14)."""
    for municipality_id, account_id in PageClaim.objects.values_list("municipality_id", "account_id"):
        ids = {"municipality_id": municipality_id, "account_id": account_id}
        look_after_account.apply_async(kwargs=ids, queue="pull", expires=3600)


@shared_task
def look_after_account(*, municipality_id: int, account_id: int) -> None:
    """Look whether what one account published is still there, and only once."""
    found = publishing.look_after(municipality_id=municipality_id, account_id=account_id, now=clock.database_now())
    if found is not None:
        logger.info("Account %s looked after: %s", account_id, found)
