"""Pulling of figures. Ids only; every task is safe to run twice, late, or not at all."""

import logging

from celery import shared_task

from analytics import reading_tasks  # noqa: F401 (the workers learn of its tasks here)
from analytics.actions import nightly as nights
from analytics.actions import pulling, releasing, rollups
from channels.models import Account, PageClaim
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Municipality

logger = logging.getLogger(__name__)


@shared_task
def run_fetch(*, municipality_id: int, run_id: int) -> None:
    """Carry out one fetch run."""
    try:
        run = pulling.run_fetch(municipality_id=municipality_id, run_id=run_id, now=clock.now())
    except pulling.NotWaiting:
        logger.info("Fetch run %s is not waiting", run_id)
    else:
        logger.info("Fetch run %s: %s, %s posts, %s without", run_id, run.state, run.n_fetched, run.n_failed)


@shared_task
def pull_due() -> None:
    """Ring for every run that waits or has lost its worker, in every municipality that has connected a page."""
    now = clock.now()
    for municipality_id in PageClaim.objects.values_list("municipality_id", flat=True).distinct().order_by():
        with tenant(municipality_id):
            run_ids = pulling.due_runs(now=now)
        for run_id in run_ids:
            run_fetch.delay(municipality_id=municipality_id, run_id=run_id)


@shared_task
def verify_rollups() -> None:
    """Work out every roll-up anew, and say in the log where one differs; whoever runs the installation repairs it."""
    n_rows = 0
    for number, municipality_id in Municipality.objects.order_by("number").values_list("number", "pk"):
        with tenant(municipality_id):
            verdict = rollups.compare()
        n_rows += verdict.n_rows
        if verdict.differences:
            logger.error("%s roll-ups of %s differ: manage.py verify_rollups", len(verdict.differences), number)
    logger.info("%s sums of roll-ups compared with their parts", n_rows)


@shared_task
def nightly() -> None:
    """
    Plan the night: a run for every connected page, at its municipality's own moment.

    Each account stands alone: what fails for one is logged, and tried again tomorrow.
    """
    now = clock.now()
    for municipality_id, account_id in PageClaim.objects.values_list("municipality_id", "account_id"):
        try:
            with tenant(municipality_id):
                account = Account.objects.select_related("channel").get(pk=account_id)
                nights.plan(account=account, now=now)
        except (pulling.TooSoon, pulling.ServedByHand, Account.DoesNotExist):
            logger.info("Account %s is not asked tonight", account_id)
        except Exception as problem:
            logger.error("Account %s is not asked tonight: %s", account_id, type(problem).__name__)
    pull_due()


@shared_task
def release_nightly() -> None:
    """Ring for each municipality in use: what became complete yesterday may be told to others than HR."""
    in_use = Municipality.objects.filter(in_use_since__isnull=False)
    for municipality_id in in_use.values_list("pk", flat=True).order_by("pk"):
        release_one.delay(municipality_id=municipality_id)


@shared_task
def release_one(*, municipality_id: int) -> None:
    """Release what one municipality may tell; run twice or late it makes no difference."""
    releasing.release(municipality_id=municipality_id, now=clock.now())
    # Not how many: that depends on what applicants said (R10).
    logger.info("Municipality %s: releases gone through", municipality_id)
