"""The release ledger on a real database: what is released when, never twice, and never changed (R10, P9)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.db import ProgrammingError, connection, transaction

from analytics.actions import releasing
from analytics.models import (
    LedgerVacancy,
    Outcome,
    Release,
    ReleaseMonth,
    ReleaseVacancy,
    ResponseQuarter,
    Survey,
    SurveyAnswer,
    SurveyCode,
)
from analytics.queries import ledger
from analytics.queries.released import released, released_by_month, released_response
from analytics.queries.selection import Period, Selection
from foundation.clock import OSLO
from foundation.tenancy import tenant
from recruitment.models import JobPosting, MunicipalitySettings, Occupation, Source, Workplace
from tests.truth import attack
from tests.truth.ledgers import Ledger

ALWAYS = Selection(period=Period(date(2020, 1, 1), date(2030, 12, 31)))


def night(day: date) -> datetime:
    """Return the moment in the night before a Norwegian day."""
    return datetime(day.year, day.month, day.day, 2, 20, tzinfo=OSLO)


class House:
    """A municipality with vacancies of 2025; answers and counts are put in by source."""

    def __init__(self, town: Any) -> None:
        self.town, self.n, self.n_answers = town, 0, 0
        with tenant(town.pk):
            self.sources = list(Source.objects.filter(kind="place", is_active=True))
            self.workplace = Workplace.objects.get()
        self.occupations = {code: Occupation.objects.get(code=code) for code in ("2223", "5311", "2341")}

    def job(
        self, deadline: date, *, occupation: str = "2223", answers: dict[int, int] | None = None, **other: Any
    ) -> Any:
        self.n += 1
        created = datetime(deadline.year, deadline.month, 1, tzinfo=OSLO) - timedelta(days=20)
        with tenant(self.town.pk):
            job = JobPosting.objects.create(
                reference=f"ST-{self.n}", title=f"Stilling {self.n}", occupation=self.occupations[occupation],
                workplace=self.workplace, deadline_date=deadline, apply_url="https://soknad.example/1",
                created_at=created, **other,
            )  # fmt: skip
            survey = Survey.objects.create(job=job, code=f"{self.town.number}x{self.n}", closes_date=deadline)
            SurveyCode.objects.create(code=survey.code, municipality_id=self.town.pk, survey_id=survey.pk)
        for source, n in (answers or {}).items():
            self.answer(job, source, n, at=created)
        return job

    def answer(self, job: Any, source: int, n: int, *, at: datetime | None = None) -> None:
        with tenant(self.town.pk):
            self.n_answers += n
            numbers = range(self.n_answers - n, self.n_answers)
            SurveyAnswer.objects.bulk_create(
                SurveyAnswer(
                    survey=Survey.objects.get(job=job), first_source=self.sources[source], language="nb",
                    answered_hour=at or job.created_at,
                    token_hash=f"{self.town.pk}t{i}", receipt_hash=f"{self.town.pk}r{i}",
                )
                for i in numbers
            )  # fmt: skip

    def count(self, job: Any, source: int, *, on: date | None = None, **counts: int) -> None:
        moment = night(on or job.deadline_date)
        with tenant(self.town.pk):
            Outcome.objects.update_or_create(
                job=job, source=self.sources[source],
                defaults={"counted_date": moment.date(), "changed_at": moment, **counts},
            )  # fmt: skip

    def night(self, *day: int) -> int:
        return releasing.release(municipality_id=self.town.pk, now=night(date(*day)))

    def told(self, selection: Selection = ALWAYS) -> dict[int, Any]:
        with tenant(self.town.pk):
            found = released(selection)
        return {n: found.of(source.pk) for n, source in enumerate(self.sources) if source.pk in found.by_source}

    def said(self, selection: Selection = ALWAYS) -> dict[int, int]:
        return {n: told.said.count for n, told in self.told(selection).items()}

    def rows(self) -> list[tuple]:
        with tenant(self.town.pk):
            rows = Release.objects.order_by("pk")
            return [(row.question, row.count, row.n_jobs, row.month, row.released_date) for row in rows]


@pytest.fixture
def house(lyngvaer: Any) -> House:
    return House(lyngvaer)


class TestANight:
    def test_releases_a_vacancy_by_itself_the_night_after_it_closed_and_never_before_r10(self, house):
        house.job(date(2025, 3, 10), answers={0: 5, 1: 4})

        assert house.night(2025, 3, 10) == 0
        assert house.said() == {}
        assert house.night(2025, 3, 12) == 1
        assert house.said() == {0: 5}
        assert house.told()[0].applied.count is None

    def test_releases_a_pool_whole_at_the_month_end_with_the_vacancies_where_nobody_named_the_source_r10(self, house):
        for day, n in ((3, 2), (10, 3), (20, 0)):
            house.job(date(2025, 3, day), answers={0: n})
        house.job(date(2025, 3, 12), occupation="5311", answers={0: 4})

        assert house.night(2025, 3, 31) == 0
        assert house.night(2025, 4, 1) == 1
        with tenant(house.town.pk):
            (release,) = Release.objects.all()
        assert (release.count, release.n_jobs, release.job, release.month) == (5, 3, None, date(2025, 3, 1))
        assert (release.first_deadline, release.last_deadline) == (date(2025, 3, 3), date(2025, 3, 20))

    def test_holds_a_pool_back_that_would_give_its_vacancies_away_r10(self, house):
        """Two vacancies with eight answers, at most four each: four and four."""
        house.job(date(2025, 3, 3), answers={0: 4})
        house.job(date(2025, 3, 10), answers={0: 4})

        assert house.night(2025, 4, 1) == 0
        house.job(date(2025, 4, 10), answers={0: 1})
        assert house.night(2025, 5, 1) == 1
        assert house.said() == {0: 9}

    def test_puts_occupations_together_at_the_years_end_r10(self, house):
        for month, (occupation, n) in enumerate([("2223", 2), ("5311", 2), ("2341", 3)], start=8):
            house.job(date(2025, month, 5), occupation=occupation, answers={0: n})

        assert house.night(2025, 12, 31) == 0
        assert house.night(2026, 1, 1) == 1
        assert house.said() == {0: 7}
        in_2025 = Selection(period=Period(date(2025, 1, 1), date(2025, 12, 31)))
        assert house.said(in_2025) == {0: 7}
        assert house.said(Selection(period=in_2025.period, occupation="2223")) == {}

    def test_goes_through_the_months_it_missed_in_their_order(self, house, storvika):
        late, other = house, House(storvika)
        for each in (late, other):
            each.job(date(2025, 1, 8), answers={0: 3})
            each.job(date(2025, 1, 20), answers={0: 2, 1: 6})
            each.job(date(2025, 3, 3), answers={0: 3})
            each.job(date(2025, 3, 9), answers={0: 4})
        for month in range(1, 6):
            for day in (1, 12, 28):
                other.night(2025, month, day)
        late.night(2025, 5, 28)

        assert [row[:4] for row in late.rows()] == [row[:4] for row in other.rows()]
        assert late.said() == other.said() == {0: 12, 1: 6}

    def test_does_nothing_the_second_time_and_all_or_nothing_the_first(self, house, monkeypatch):
        house.job(date(2025, 3, 3), answers={0: 3, 1: 8})
        house.job(date(2025, 3, 5), answers={0: 3})
        from analytics.actions import release_rows

        def killed(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as broken:
            broken.setattr(release_rows, "follow_vacancies", killed)
            with pytest.raises(KeyboardInterrupt):
                house.night(2025, 4, 1)
        with tenant(house.town.pk):
            tables = (Release, ReleaseVacancy, ReleaseMonth, LedgerVacancy, ResponseQuarter)
            assert [table.objects.count() for table in tables] == [0, 0, 0, 0, 0]
            assert not SurveyAnswer.objects.filter(is_released=True).exists()

        assert house.night(2025, 4, 1) == 2
        first = house.rows()
        assert [house.night(2025, 4, day) for day in (1, 1, 2)] == [0, 0, 0]
        assert house.rows() == first


class TestWhatIsReleased:
    def test_stays_when_answers_are_withdrawn_moved_or_added_p9(self, house):
        job = house.job(date(2025, 3, 3), answers={0: 6, 1: 2})
        house.night(2025, 4, 1)
        with tenant(house.town.pk):
            SurveyAnswer.objects.filter(first_source=house.sources[0]).first().delete()
            SurveyAnswer.objects.filter(first_source=house.sources[0]).update(first_source=house.sources[1])
        house.answer(job, 0, 1)

        assert house.night(2025, 5, 1) == 0
        assert house.said() == {0: 6}
        house.answer(job, 1, 3)
        house.night(2025, 5, 2)
        assert house.said() == {0: 6, 1: 5}

    def test_takes_later_answers_of_a_vacancy_into_a_later_sum(self, house):
        job = house.job(date(2025, 3, 3), answers={0: 5})
        house.night(2025, 3, 5)
        house.answer(job, 0, 2)
        house.job(date(2025, 4, 4), answers={0: 3})

        assert house.night(2025, 4, 1) == 0
        assert house.night(2025, 5, 1) == 1
        assert house.said() == {0: 10}
        assert [row[1:3] for row in house.rows()] == [(5, 1), (5, 2)]

    def test_of_hrs_counts_waits_a_week_and_does_not_follow_corrections(self, house):
        job = house.job(date(2025, 3, 3))
        house.count(job, 0, on=date(2025, 4, 10), applied=12, qualified=6, hired=0)
        house.count(job, 1, on=date(2025, 4, 10), applied=3)

        assert house.night(2025, 4, 15) == 0
        assert house.night(2025, 4, 19) == 2
        told = house.told()[0]
        assert (told.applied.count, told.qualified.count, told.hired.count) == (12, 6, None)
        house.count(job, 0, on=date(2025, 4, 20), applied=9, qualified=8)
        house.night(2025, 5, 30)
        assert house.told()[0] == told
        house.count(job, 0, on=date(2025, 6, 1), qualified=11)
        house.night(2025, 6, 2)
        assert house.told()[0].qualified.count == 11

    def test_cannot_be_changed_or_removed_by_the_application(self, house):
        house.job(date(2025, 3, 3), answers={0: 6})
        house.night(2025, 3, 5)

        for statement in (
            "UPDATE analytics_release SET count = 7",
            "DELETE FROM analytics_release",
            "DELETE FROM analytics_releasevacancy",
            "UPDATE analytics_responsequarter SET n_answers = 5",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), tenant(house.town.pk):
                connection.cursor().execute(statement)

    def test_follows_its_vacancies_when_these_are_corrected(self, house):
        job = house.job(date(2025, 3, 3), answers={0: 6})
        house.night(2025, 3, 5)
        with tenant(house.town.pk):
            JobPosting.objects.filter(pk=job.pk).update(occupation=house.occupations["5311"], kind="summer")
        house.night(2025, 3, 6)

        nurses, helpers = (Selection(period=ALWAYS.period, occupation=code) for code in ("2223", "5311"))
        assert (house.said(nurses), house.said(helpers)) == ({}, {0: 6})
        assert house.said(Selection(period=ALWAYS.period, kind="summer")) == {0: 6}

    def test_is_never_below_three_and_below_five_with_a_written_reason_alone(self, house):
        house.job(date(2025, 3, 3), answers={0: 4, 1: 2})
        with tenant(house.town.pk):
            settings = MunicipalitySettings.objects.get()
            settings.release_threshold = 3
            with pytest.raises(Exception, match="low_release_threshold_has_reason"), transaction.atomic():
                settings.save()
            settings.release_threshold_reason = "Liten kommune, avklart med personvernombudet 3. mars."
            settings.save()

        house.night(2025, 3, 5)
        assert house.said() == {0: 4}


class TestASelection:
    def test_counts_a_release_only_when_all_its_vacancies_are_inside_r10(
        self, house, storvika, django_assert_num_queries
    ):
        house.job(date(2025, 3, 3), answers={0: 2}, kind="summer")
        second = house.job(date(2025, 3, 20), answers={0: 3, 1: 7})
        house.night(2025, 4, 1)

        def chosen(first: date, last: date, **filters: Any) -> dict[int, int]:
            return house.said(Selection(period=Period(first, last), **filters))

        march = (date(2025, 3, 1), date(2025, 3, 31))
        assert chosen(*march) == {0: 5, 1: 7}
        assert chosen(date(2025, 3, 4), march[1]) == {1: 7}
        assert chosen(*march, kind="summer") == {}
        assert chosen(*march, occupation="2223") == {0: 5, 1: 7}
        assert chosen(*march, job_id=second.pk) == {1: 7}
        with tenant(storvika.pk):
            assert released(ALWAYS).by_source == {}
            assert released(ALWAYS).crossing == {}
        with tenant(house.town.pk):
            said = house.sources[0].pk
            # Five are of both vacancies: of the second alone there may be four more, and all those five.
            assert released(Selection(period=Period(date(2025, 3, 4), march[1]))).pending("said", said) == 4 + 5
            assert released(Selection(period=Period(*march), kind="summer")).pending("said", said) == 4 + 5
            assert released(Selection(period=Period(*march))).pending("said", said) == 4
            # Between the two there is no vacancy of it.
            assert released(Selection(period=Period(date(2025, 3, 4), date(2025, 3, 5)))).pending("said", said) == 4
        with tenant(house.town.pk), django_assert_num_queries(3):
            released(Selection(period=Period(*march), occupation="2223", kind="permanent"))

    def test_month_by_month_is_the_same_as_asking_for_each_month_r10(self, house):
        for month, n in ((1, 4), (2, 3), (2, 6), (3, 2), (3, 3)):
            house.job(date(2025, month, 10), answers={0: n, 1: 6})
        house.night(2025, 5, 1)
        months = [Period(date(2025, n, 1), date(2025, n, 28)) for n in (1, 2, 3, 4)]

        with tenant(house.town.pk):
            each = [released(Selection(period=month)) for month in months]
            assert [of.by_source for of in released_by_month(ALWAYS, months)] == [of.by_source for of in each]
            assert released_by_month(ALWAYS, []) == []
        said = [found.of(house.sources[0].pk).said.count for found in each]
        assert said == [None, 6, 5, None]

    def test_by_campaign_needs_all_vacancies_in_the_campaign(self, house):
        from channels.models import Campaign

        jobs = [house.job(date(2025, 3, day), answers={0: 3}) for day in (3, 20)]
        house.night(2025, 4, 1)
        with tenant(house.town.pk):
            spring = {"start_date": date(2025, 1, 1), "end_date": date(2025, 6, 1), "created_by": house.town.adviser}
            half, whole = (Campaign.objects.create(name=name, **spring) for name in ("half", "whole"))
            half.campaign_jobs.create(job=jobs[0])
            for job in jobs:
                whole.campaign_jobs.create(job=job)

        assert house.said(Selection(period=ALWAYS.period, campaign_id=half.pk)) == {}
        assert house.said(Selection(period=ALWAYS.period, campaign_id=whole.pk)) == {0: 6}

    def test_adds_what_was_released_under_a_merged_source_and_never_twice(self, house):
        job = house.job(date(2025, 3, 3), answers={0: 5, 1: 6})
        house.count(job, 1, applied=8)
        house.night(2025, 4, 1)
        with tenant(house.town.pk):
            Source.objects.filter(pk=house.sources[1].pk).update(merged_into=house.sources[0], is_active=False)
        house.night(2025, 5, 1)

        assert house.said() == {0: 11}
        assert house.told()[0].applied.count == 8


class TestSomebodyWhoTriesEverything:
    def test_learns_sums_of_whole_releases_alone_and_no_vacancys_count_r10_p9(self, house):
        rng, truth, jobs = np.random.default_rng(11), {}, []
        for n in range(14):
            counts = {source: int(rng.poisson(2)) for source in range(3)}
            job = house.job(
                date(2025, 1 + n % 5, int(rng.integers(1, 28))),
                occupation=("2223", "5311")[int(rng.integers(2))],
                kind=("permanent", "summer")[int(rng.integers(2))],
                answers=counts,
            )
            jobs.append(job)
            truth |= {("said", job.pk, house.sources[source].pk): k for source, k in counts.items()}
        house.night(2026, 1, 3)
        with tenant(house.town.pk):
            book = ledger.open_book(waiting=ledger.unreleased())
            told = [(each, set(each.job_ids)) for each in book.told()]
            firsts = [date(2025, month, 1) for month in range(1, 7)]
            periods = [Period(first, last - timedelta(days=1)) for first in firsts for last in firsts if first < last]
            narrowings: list[dict[str, Any]] = [{}, {"occupation": "2223"}, {"kind": "summer"}, {"job_id": jobs[0].pk}]
            for selection in [Selection(period=period, **one) for period in periods for one in narrowings]:
                days = (selection.period.first_day, selection.period.last_day)
                inside = set(selection.jobs().filter(deadline_date__range=days).values_list("pk", flat=True))
                sums = {source.pk: released(selection).of(source.pk).said.count or 0 for source in house.sources[:3]}
                assert sums == {
                    source_id: sum(each.count for each, ids in told if each.source_id == source_id and ids <= inside)
                    for source_id in sums
                }
            vacancies = [each for each in book.vacancies() if each.question == "said"]
            months = list(ReleaseMonth.objects.values_list("month", flat=True))
        recovered, tried = attack.attacked(Ledger(truth, vacancies, SimpleNamespace(drafts=book.told()), 5, months))

        assert recovered == []
        assert tried > 20
        assert any(len(each.job_ids) > 1 for each, _ in told)


@pytest.mark.django_db(transaction=True)
def test_two_nights_side_by_side_release_everything_once(lyngvaer):
    house = House(lyngvaer)
    for day in (3, 10, 20):
        house.count(house.job(date(2025, 3, day), answers={0: 3, 1: 6}), 0, applied=7)
    with ThreadPoolExecutor(2) as nights:
        made = list(nights.map(lambda _: _night_of_its_own(house), range(2)))

    assert sorted(made) == [0, 7]
    assert house.said() == {0: 9, 1: 18}


def _night_of_its_own(house: House) -> int:
    try:
        return house.night(2025, 5, 1)
    finally:
        connection.close()


class TestResponse:
    def test_is_told_by_quarter_rounded_and_once(self, house):
        for day, n in ((3, 9), (20, 12), (25, 1)):
            job = house.job(date(2025, 2, day), answers={0: n, 1: 1})
            house.count(job, 0, on=date(2025, 3, 1), applied=13)
        spring = Selection(period=Period(date(2025, 1, 1), date(2025, 6, 30)))
        house.night(2025, 5, 31)
        with tenant(house.town.pk):
            assert released_response(spring) is None

        house.night(2025, 6, 1)
        with tenant(house.town.pk):
            told = released_response(spring)
            assert (told.n_answers, told.n_applied, told.n_quarters) == (25, 40, 1)
            assert released_response(Selection(period=Period(date(2025, 1, 2), date(2025, 6, 30)))) is None
            assert released_response(Selection(period=spring.period, occupation="2223")) is None
            SurveyAnswer.objects.all().delete()
        house.night(2025, 9, 1)
        with tenant(house.town.pk):
            assert released_response(spring) == told

    def test_of_a_quarter_with_two_vacancies_is_not_told(self, house):
        for day in (3, 10):
            job = house.job(date(2025, 2, day), answers={0: 9})
            house.count(job, 0, on=date(2025, 3, 1), applied=19)
        house.night(2025, 8, 1)

        with tenant(house.town.pk):
            assert released_response(ALWAYS) is None
            assert ResponseQuarter.objects.get().n_answers is None
