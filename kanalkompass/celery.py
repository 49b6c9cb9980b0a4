"""The Celery application: three queues, so that a long pull never delays a post."""

import os
from typing import Any

import celery
from celery import signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanalkompass.settings")

app = celery.Celery("kanalkompass")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def use_the_products_logging(**_: Any) -> None:
    """Log as settings.py says. That Celery has no opinion of its own keeps tokens out of its task lines too."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
    # One line when a task comes and one when it goes, each second, would hide the lines that matter.
    for chatty in ("celery.worker.strategy", "celery.app.trace", "celery.beat"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@signals.worker_shutting_down.connect
def take_nothing_new(**_: Any) -> None:
    """Asked to end, a worker finishes what its slots are sending, and takes nothing more."""
    from channels.actions.publishing import slots

    slots.stop()
