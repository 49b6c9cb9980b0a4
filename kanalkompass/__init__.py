"""The project package. Tasks declared with `shared_task` belong to the Celery application made here."""

from kanalkompass.celery import app as celery_app

__all__ = ["celery_app"]
