"""The product's Celery with its daily jobs alone, so that a clock may run many times faster (F14). A beat's `-A`."""

from typing import Any

from celery.schedules import crontab

from kanalkompass.celery import app


def is_daily(entry: dict[str, Any]) -> bool:
    """Whether a job's crontab names one hour of the day."""
    return isinstance(entry["schedule"], crontab) and len(entry["schedule"].hour) == 1


app.conf.beat_schedule = {name: entry for name, entry in app.conf.beat_schedule.items() if is_daily(entry)}
