"""What tests of measurements and roll-ups have in common: figures of a day, and what is stored of them."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from analytics.actions.measurement_sql import ADDITIVE
from analytics.actions.measurements import Figures
from analytics.models import ChannelDay, JobMonth, Measurement, ObjectKind
from recruitment.models import JobPosting, Occupation, Workplace

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
DAY = date(2026, 11, 20)
READ_NEXT_DAY = datetime(2026, 11, 21, 3, 10, tzinfo=UTC)


def figures(delivery, *, day=DAY, fetched_at=READ_NEXT_DAY, **values):
    return Figures(kind=ObjectKind.DELIVERY, object_id=delivery.pk, day=day, fetched_at=fetched_at, **values)


def vacancy():
    """A vacancy of the entered municipality, with the least that one needs."""
    return JobPosting.objects.create(
        reference=f"ST-{JobPosting.objects.count()}",
        title="Sykepleier",
        occupation=Occupation.objects.get_or_create(code="2223", defaults={"name_nb": "Sykepleier"})[0],
        workplace=Workplace.objects.get_or_create(name="Solbakken")[0],
        deadline_date=DAY,
    )


def measured(**filters):
    return Measurement.objects.get(**filters)


def rolled_up():
    return {
        (row.day, row.channel_id, row.is_paid): {name: getattr(row, name) for name in ADDITIVE}
        for row in ChannelDay.objects.all()
    }


def summed_parts():
    sums = {}
    for row in Measurement.objects.all():
        cell = sums.setdefault((row.day, row.channel_id, row.is_paid), dict.fromkeys(ADDITIVE))
        for name in ADDITIVE:
            if getattr(row, name) is not None:
                cell[name] = (cell[name] or 0) + getattr(row, name)
    return sums


def months_rolled_up():
    return {
        (row.month, row.job_id, row.channel_id, row.is_paid): {
            name: getattr(row, name) for name in (*ADDITIVE, "first_day", "last_day", "fetched_at")
        }
        for row in JobMonth.objects.all()
    }


def months_summed():
    sums = {}
    for row in Measurement.objects.exclude(job_id=None):
        key = (row.day.replace(day=1), row.job_id, row.channel_id, row.is_paid)
        unknown = {"first_day": row.day, "last_day": row.day, "fetched_at": row.fetched_at}
        cell = sums.setdefault(key, dict.fromkeys(ADDITIVE) | unknown)
        cell["first_day"], cell["last_day"] = min(cell["first_day"], row.day), max(cell["last_day"], row.day)
        cell["fetched_at"] = max(cell["fetched_at"], row.fetched_at)
        for name in ADDITIVE:
            if getattr(row, name) is not None:
                cell[name] = (cell[name] or 0) + getattr(row, name)
    return sums


VALUE = st.none() | st.integers(min_value=-500, max_value=5_000)
ROW = st.fixed_dictionaries(
    {
        "which": st.integers(0, 2),
        "day": st.sampled_from([DAY, DAY + timedelta(days=1), date(2026, 12, 1)]),
        "is_paid": st.booleans(),
        "fetched_at": st.integers(0, 72).map(lambda hours: READ_NEXT_DAY + timedelta(hours=hours)),
        "span_days": st.integers(1, 4),
    }
    | dict.fromkeys([*ADDITIVE, "reach", "followers"], VALUE)
)
