"""
Which versions of LinkedIn's interface there are, and until when each answers.

Versions are months, each kept for about a year. Not every month has one, so nothing here is computed. LinkedIn tells
the days in a table on its pages and by e-mail to the app's developers, and in no answer.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings

# Version -> the first UTC day on which it no longer answers.
SUNSETS = {
    "202511": date(2026, 11, 16),
    "202601": date(2027, 1, 15),
    "202602": date(2027, 2, 15),
    "202603": date(2027, 3, 16),
    "202604": date(2027, 4, 15),
    "202605": date(2027, 5, 15),
    "202606": date(2027, 6, 15),
    "202607": date(2027, 7, 15),
    "202608": date(2027, 8, 15),  # the month is announced; of the days it may be, the first one that is safe
    "202609": date(2027, 9, 15),  # not confirmed
}


def sunsets() -> dict[str, date]:
    """Return the table, with what the installation has added to it in LINKEDIN_VERSION_SUNSETS."""
    return SUNSETS | dict(settings.LINKEDIN_VERSION_SUNSETS)


def ends_on(version: str) -> date | None:
    """Return the first UTC day on which a version no longer answers, None for one that the table does not know."""
    return sunsets().get(version.split(".")[0])
