"""The sums of visits: always those of the hours, and counted on Norwegian days (P21)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.actions import rollups
from analytics.queries import visits as queries
from analytics.queries.selection import Period, Selection
from channels.actions import links, visits
from channels.actions.visits import Visit
from channels.models import JobSourceDay, LinkHour
from foundation.tenancy import tenant
from recruitment.models import Source
from tests.recruitment.test_jobs import register

# Late in the evening in UTC, and the next day in Norway.
NIGHT = datetime(2026, 10, 31, 23, 40, tzinfo=UTC)
NEXT_DAY = date(2026, 11, 1)
PERSON = Visit(method="GET", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"})
ROBOT = Visit(method="GET", headers={"User-Agent": "curl/8"})


@pytest.fixture
def jobs(lyngvaer):
    return [register(lyngvaer, now=NIGHT, deadline_date=NEXT_DAY + timedelta(days=14)) for _ in range(2)]


def of(job, first_day, last_day):
    return queries.by_source(Selection(Period(first_day, last_day), job_id=job and job.pk))


def test_are_those_of_the_hours_after_every_visit_and_every_change_of_a_links_vacancy(lyngvaer, storvika, jobs):
    one, other = jobs
    with tenant(lyngvaer.pk):
        first, second = links.make_links_for_job(job=one)[:2]
        general = links.make_delivery_link(
            source=Source.objects.get(pk=first.source_id), job=None, campaign=None,
            target_url=one.apply_url, label="Innlegg",
        )  # fmt: skip
    for link, visit, at in (
        (first, PERSON, NIGHT), (first, PERSON, NIGHT + timedelta(minutes=5)), (first, ROBOT, NIGHT),
        (second, PERSON, NIGHT - timedelta(hours=1)), (general, PERSON, NIGHT), (first, PERSON, NIGHT + timedelta(2)),
    ):  # fmt: skip
        visits.follow(code=link.code, visit=visit, now=at)

    with tenant(lyngvaer.pk):
        assert rollups.compare().differences == []
        day_before = NEXT_DAY - timedelta(days=1)
        assert of(None, NEXT_DAY, NEXT_DAY) == {first.source_id: 3}
        assert of(None, day_before, NEXT_DAY) == {first.source_id: 3, second.source_id: 1}
        assert of(one, NEXT_DAY, NEXT_DAY) == {first.source_id: 2}
        assert of(other, day_before, NEXT_DAY) == {}
        shown = queries.by_source_and_day(
            Selection(Period(NEXT_DAY, NEXT_DAY), job_id=one.pk), Period(day_before, NEXT_DAY)
        )
        assert sorted(shown) == sorted([(first.source_id, NEXT_DAY, 2), (second.source_id, day_before, 1)])

        visits.lead_to(links=[first.pk], job=other, target=other.apply_url)

        assert rollups.compare().differences == []
        assert of(one, NEXT_DAY, NEXT_DAY) == {}
        assert of(other, NEXT_DAY, NEXT_DAY + timedelta(days=9)) == {first.source_id: 3}

        visits.lead_to(links=[first.pk], job=None, target=other.apply_url)
        visits.store([LinkHour(link=second, hour=NIGHT, visitor="person", n_visits=7)])

        assert rollups.compare().differences == []
        assert list(JobSourceDay.objects.order_by("day").values_list("job_id", "n_visits")) == [
            (one.pk, 1),
            (one.pk, 7),
        ]
    with tenant(storvika.pk):
        assert of(None, day_before, NEXT_DAY) == of(one, day_before, NEXT_DAY) == {}
