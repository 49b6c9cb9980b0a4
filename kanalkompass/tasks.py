"""Tasks of the whole installation."""

from celery import shared_task

from kanalkompass import heartbeats


@shared_task
def heartbeat(*, queue: str) -> None:
    """Leave the sign of life of the worker that serves `queue`."""
    heartbeats.leave(f"worker_{queue}")
