"""The clock. Moments are UTC; a day is a calendar day in Europe/Oslo unless its name says whose day it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

OSLO = ZoneInfo("Europe/Oslo")


def now() -> datetime:
    """Return this moment in UTC. A demonstration may run ahead by CLOCK_OFFSET_S; nobody else may."""
    return datetime.now(UTC) + timedelta(seconds=settings.CLOCK_OFFSET_S)


def database_now() -> datetime:
    """Return this moment (UTC) by the database's clock, which all workers share; with the same offset as `now`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC) + timedelta(seconds=settings.CLOCK_OFFSET_S)


def today() -> date:
    """Return the calendar day in Norway."""
    return now().astimezone(OSLO).date()


class ImpossibleTime(ValueError):
    """The clock on the wall never shows this time: it falls in the hour skipped in spring."""


class DoubtfulTime(ValueError):
    """The clock on the wall shows this time twice: it falls in the hour repeated in autumn."""


def from_wall_clock(wall: datetime, *, is_second: bool | None = None) -> datetime:
    """
    Return the UTC moment of a naive wall-clock time in Norway.

    :param is_second: which of the two, when the time falls in the hour repeated in autumn
    :raises ImpossibleTime: the time does not exist that day
    :raises DoubtfulTime: the time exists twice and `is_second` was not given
    """
    first, second = (wall.replace(tzinfo=OSLO, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(OSLO).replace(tzinfo=None) != wall:
        raise ImpossibleTime(wall.isoformat())
    if first != second and is_second is None:
        raise DoubtfulTime(wall.isoformat())
    return second if is_second else first
