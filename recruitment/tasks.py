"""What recruitment does by itself, on the default queue. Safe to run twice, late, or not at all."""

import logging

from celery import shared_task

from foundation import clock
from foundation.tenancy import tenant
from recruitment.actions import invitations, mail
from recruitment.models import Municipality

logger = logging.getLogger(__name__)


@shared_task
def send_mail() -> None:
    """Send the letters that wait."""
    n_sent = mail.send_due(now=clock.now())
    if n_sent:
        logger.info("%s letters sent", n_sent)


@shared_task
def forget() -> None:
    """Delete the traces of letters and invitations that are done with."""
    now = clock.now()
    n_letters, n_invitations = mail.forget_old(now=now), 0
    for municipality_id in Municipality.objects.filter(in_use_since__isnull=False).values_list("pk", flat=True):
        with tenant(municipality_id):
            n_invitations += invitations.forget_old(now=now)
    logger.info("%s letters and %s invitations forgotten", n_letters, n_invitations)
