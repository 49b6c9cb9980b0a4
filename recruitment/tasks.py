"""What recruitment does by itself, on the default queue. Safe to run twice, late, or not at all."""

import logging

from celery import shared_task

from foundation import clock
from recruitment.actions import mail

logger = logging.getLogger(__name__)


@shared_task
def send_mail() -> None:
    """Send the letters that wait."""
    n_sent = mail.send_due(now=clock.now())
    if n_sent:
        logger.info("%s letters sent", n_sent)


@shared_task
def forget_mail() -> None:
    """Delete the traces of letters that are done with."""
    n_gone = mail.forget_old(now=clock.now())
    logger.info("%s letters forgotten", n_gone)
