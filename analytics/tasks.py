"""Pulling of figures. Ids only; every task is safe to run twice, late, or not at all."""

import logging

from celery import shared_task

from analytics import reading_tasks  # noqa: F401 (the workers learn of its tasks here)
from analytics.actions import nightly as nights
from analytics.actions import pulling
from channels.models import Account, PageClaim
from foundation import clock
from foundation.tenancy import tenant

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
