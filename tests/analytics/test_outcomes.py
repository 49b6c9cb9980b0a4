"""HR's counts per source: R9, R10, and what is refused, doubted and told."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from analytics.actions import outcomes as actions
from analytics.forms.outcome_doubts import doubts
from analytics.forms.periods import twelve_months
from analytics.models import Outcome, Survey, SurveyAnswer
from analytics.queries import outcomes as queries
from analytics.queries.buckets import buckets
from analytics.queries.lacking import lacking
from analytics.queries.ledger import closings
from analytics.queries.one_source import jobs_of
from analytics.queries.selection import Selection
from analytics.queries.series import counted_exact
from analytics.queries.sources import source_comparison
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Source
from tests.analytics.answering import opened, send
from tests.analytics.vacancies import code_of, make_job, source_of

HIDDEN = "Nye svar vises når minst 5 kan vises samlet"


@pytest.fixture
def job(lyngvaer: Any) -> Any:
    return make_job(lyngvaer)


@pytest.fixture
def address(job: Any) -> str:
    return f"/9901/stillinger/{job.pk}/utfall/"


def grid(town: Any, job: Any) -> dict[str, dict[str, int | None]]:
    """Return what is stored, by slug of the source."""
    with tenant(town.pk):
        return {row.source.slug: row.counts for row in queries.outcome_grid(job=job) if row.outcome}


def form_of(town: Any, job: Any, **typed: str) -> dict[str, str]:
    """Return the form as a person opens it now, with what she types: linkedin_qualified="3"."""
    with tenant(town.pk):
        rows, count = queries.outcome_grid(job=job), queries.count_of(job=job)
        data = {
            "seen": queries.version_of(rows, count),
            "total": typed.pop("total", "" if count is None or count.applied is None else str(count.applied)),
            "reason": typed.pop("reason", count.reason if count else ""),
        }
        for row in rows:
            for name, value in row.counts.items():
                key = f"{row.source.slug.replace('-', '_')}_{name}"
                data[f"{name}_{row.source.pk}"] = typed.pop(key, "" if value is None else str(value))
    assert not typed, typed
    return data


class TestGrid:
    """Qualified applicants are a count per source, never a person (R9)."""

    def test_stores_counts_where_empty_is_not_registered_and_0_is_zero(self, lyngvaer, job, address, client_of):
        counts = {"applied": "7", "qualified": "3", "best_qualified": "2", "hired": "0"}
        typed = form_of(lyngvaer, job, **{f"linkedin_{name}": value for name, value in counts.items()})

        response = client_of(lyngvaer.hr).post(address, typed)

        assert response.status_code == 302
        assert grid(lyngvaer, job) == {
            "linkedin": {
                "applied": 7,
                "qualified": 3,
                "best_qualified": 2,
                "interviewed": None,
                "offered": None,
                "hired": 0,
            }
        }

    def test_has_a_row_for_every_source_and_for_the_unknown(self, lyngvaer, job, address, client_of):
        page = client_of(lyngvaer.hr).get(address).content.decode()

        assert "Ukjent kilde" in page
        assert "Et annet sted" in page
        assert "LinkedIn: kvalifisert" in page

    def test_shows_what_applicants_said_beside_to_hr(self, lyngvaer, job, address, client_of):
        send(code_of(lyngvaer, job), opened(code_of(lyngvaer, job)))

        with tenant(lyngvaer.pk):
            said = {row.source.slug: row.n_said for row in queries.outcome_grid(job=job)}
        assert said["linkedin"] == 1
        assert client_of(lyngvaer.hr).get(address).status_code == 200

    def test_takes_a_constant_number_of_queries(self, lyngvaer, job, django_assert_num_queries):
        with tenant(lyngvaer.pk), django_assert_num_queries(3):
            queries.outcome_grid(job=job)

    def test_sent_twice_stores_once_and_is_no_error(self, lyngvaer, job, address, client_of):
        typed = form_of(lyngvaer, job, finn_applied="4")
        client = client_of(lyngvaer.hr)

        first, again = client.post(address, typed), client.post(address, typed, follow=True)

        assert first.status_code == 302
        assert again.status_code == 200
        assert "lagret fra før" in again.content.decode()
        with tenant(lyngvaer.pk):
            assert Outcome.objects.count() == 1

    def test_keeps_the_day_the_counts_were_first_registered(self, lyngvaer, job):
        linkedin, today = source_of(lyngvaer, "linkedin"), clock.today()
        with tenant(lyngvaer.pk):
            for days, applied in ((0, 3), (5, 4)):
                rows = queries.outcome_grid(job=job)
                actions.register_outcomes(
                    job=job,
                    counts={linkedin.pk: actions.Counts(applied=applied)},
                    seen=queries.version_of(rows),
                    user=lyngvaer.hr,
                    now=clock.now(),
                    today=today + timedelta(days=days),
                )
            outcome = Outcome.objects.get()

            assert (outcome.applied, outcome.counted_date) == (4, today)
            # Registered long after the deadline, they belong to the deadline all the same.
            outcome.delete()
            job.deadline_date = today - timedelta(days=70)
            rows = queries.outcome_grid(job=job)
            counts, seen = {linkedin.pk: actions.Counts(applied=5)}, queries.version_of(rows)
            actions.register_outcomes(job=job, counts=counts, seen=seen, user=lyngvaer.hr, now=clock.now(), today=today)

            assert Outcome.objects.get().counted_date == today - timedelta(days=70)

    def test_can_be_emptied_again(self, lyngvaer, job, address, client_of):
        client = client_of(lyngvaer.hr)
        client.post(address, form_of(lyngvaer, job, finn_applied="4"))
        client.post(address, form_of(lyngvaer, job, finn_applied=""))

        assert grid(lyngvaer, job)["finn"]["applied"] is None


class TestStaleForm:
    def test_is_told_who_stored_what_and_nothing_is_overwritten(self, lyngvaer, job, address, client_of):
        client = client_of(lyngvaer.hr)
        mine = form_of(lyngvaer, job, linkedin_qualified="9")
        client.post(address, form_of(lyngvaer, job, linkedin_qualified="2", finn_applied="5"))

        response = client.post(address, mine)

        page = response.content.decode()
        assert response.status_code == 422
        assert "Hr Hansen lagret andre tall" in page
        assert 'value="9"' in page
        assert "Lagret nå: 2" in page
        assert grid(lyngvaer, job)["linkedin"]["qualified"] == 2

    def test_may_be_stored_knowingly_after_that(self, lyngvaer, job, address, client_of):
        client = client_of(lyngvaer.hr)
        mine = form_of(lyngvaer, job, linkedin_qualified="9")
        client.post(address, form_of(lyngvaer, job, linkedin_qualified="2"))
        client.post(address, mine)

        mine["seen"] = form_of(lyngvaer, job)["seen"]

        assert client.post(address, mine).status_code == 302
        assert grid(lyngvaer, job)["linkedin"]["qualified"] == 9


class TestBadInput:
    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("-1", "under 0"),
            ("\N{MINUS SIGN}3", "under 0"),
            ("1,5", "helt tall"),
            ("1e3", "helt tall"),
            ("tre", "helt tall"),
            ("１２", "helt tall"),
            ("10000", "større enn"),
            ("9" * 12, "større enn"),
            ("9" * 400, ""),
            ("\0", ""),
            ("NaN", "helt tall"),
        ],
    )
    def test_is_refused_at_the_field_and_nothing_is_stored(self, lyngvaer, job, address, client_of, value, message):
        response = client_of(lyngvaer.hr).post(
            address, form_of(lyngvaer, job, linkedin_applied=value, finn_applied="4")
        )

        assert response.status_code == 422
        assert message in response.content.decode()
        assert grid(lyngvaer, job) == {}

    def test_a_number_with_spaces_is_understood(self, lyngvaer, job, address, client_of):
        client_of(lyngvaer.hr).post(address, form_of(lyngvaer, job, linkedin_applied=" 4\u00a000 "))

        assert grid(lyngvaer, job)["linkedin"]["applied"] == 400

    def test_fields_of_sources_that_are_not_the_municipalitys_are_ignored_b24(
        self, lyngvaer, storvika, job, address, client_of
    ):
        foreign = source_of(storvika, "linkedin")
        typed = form_of(lyngvaer, job) | {f"applied_{foreign.pk}": "5"}

        client_of(lyngvaer.hr).post(address, typed)

        assert grid(lyngvaer, job) == {}
        with tenant(storvika.pk):
            assert not Outcome.objects.exists()


class TestDoubts:
    """Counts that look wrong are not refused flatly: a reason is asked, and stored with them."""

    @pytest.mark.parametrize(
        ("counts", "total", "found"),
        [
            ({"applied": 3, "qualified": 4}, None, [("qualified", "Flere kvalifiserte (4) enn søkere (3).")]),
            ({"applied": 3, "hired": 4}, None, [("hired", "Flere ansatte (4) enn søkere (3).")]),
            ({"qualified": 2, "best_qualified": 3}, None, [("best_qualified", "Flere best kvalifiserte (3) enn")]),
            ({"applied": 9, "interviewed": 3, "offered": 4, "hired": 4}, None, [("offered", "Flere tilbud (4) enn")]),
            ({"applied": 9}, 8, [("total", "til sammen 9 søkere")]),
            ({"applied": 501}, None, [("applied", "Uvanlig mange: 501.")]),
            ({"applied": 9, "hired": 6}, None, [("hired", "Til sammen er 6 ansatt")]),
            ({"applied": 500, "qualified": 500, "best_qualified": 0, "hired": 5}, 500, []),
            ({"qualified": 0, "applied": 0, "hired": 0}, 0, []),
            ({}, 7, []),
        ],
    )
    def test_are_found_between_stages_however_many_are_not_registered(self, counts, total, found):
        every = dict.fromkeys(queries.COUNTS) | counts

        with translation.override("nb"):
            seen = doubts(counts={7: every}, total=total, positions=5)

        assert [each.name for each in seen] == [name for name, _ in found]
        assert all(text in each.text for each, (_, text) in zip(seen, found, strict=True))

    def test_ask_for_a_reason_that_is_stored_and_asked_for_anew_when_something_else_looks_wrong(
        self, lyngvaer, job, address, client_of
    ):
        client = client_of(lyngvaer.hr)
        odd = {"linkedin_applied": "3", "linkedin_qualified": "4"}

        refused = client.post(address, form_of(lyngvaer, job, **odd))
        page = refused.content.decode()
        assert refused.status_code == 422
        assert "Flere kvalifiserte (4) enn søkere (3)." in page
        assert 'name="reason"' in page
        assert grid(lyngvaer, job) == {}

        reason = "En søkte utenom systemet, kari@nordmann.example"
        stored = client.post(address, form_of(lyngvaer, job, **odd, reason=reason, total="3"))
        assert stored.status_code == 302
        with tenant(lyngvaer.pk):
            count = queries.count_of(job=job)
        assert (count.applied, count.changed_by) == (3, lyngvaer.hr)
        assert count.reason == "En søkte utenom systemet, \N{BULLET}\N{BULLET}\N{BULLET}"
        assert "forklart slik" in client.get(address).content.decode()

        assert client.post(address, form_of(lyngvaer, job, finn_applied="2", total="9")).status_code == 302
        again = client.post(address, form_of(lyngvaer, job, finn_qualified="5"))
        assert again.status_code == 422
        assert "Flere kvalifiserte (5) enn søkere (2)." in again.content.decode()

        client.post(address, form_of(lyngvaer, job, linkedin_qualified="3"))
        with tenant(lyngvaer.pk):
            assert queries.count_of(job=job).reason == ""

    def test_of_the_total_make_a_form_stale_too(self, lyngvaer, job, address, client_of):
        client = client_of(lyngvaer.hr)
        mine = form_of(lyngvaer, job, total="9")
        client.post(address, form_of(lyngvaer, job, total="7"))

        response = client.post(address, mine)

        assert response.status_code == 422
        assert "Lagret nå: 7" in response.content.decode()
        with tenant(lyngvaer.pk):
            assert queries.count_of(job=job).applied == 7


class TestRows:
    def test_of_very_many_sources_are_a_hundred_and_those_with_counts_come_first(
        self, lyngvaer, job, address, client_of
    ):
        with tenant(lyngvaer.pk):
            channel = source_of(lyngvaer, "print").channel
            names = {"name_nb": "Kjelde", "name_nn": "Kjelde", "name_en": "Source"}
            many = Source.objects.bulk_create(
                Source(slug=f"s{n}", channel=channel, position=100 + n, **names) for n in range(300)
            )
            Outcome.objects.create(job=job, source=many[-1], qualified=3, counted_date=clock.today())
            rows = queries.rows_to_type(queries.outcome_grid(job=job))

        assert len(rows) == queries.MOST_ROWS
        assert many[-1] in [row.source for row in rows]
        # Those whose source nobody knows have a row however many there are: without it no vacancy becomes whole.
        assert any(row.source.kind == Source.Kind.UNKNOWN for row in rows)
        page = client_of(lyngvaer.hr).get(address).content.decode()
        assert page.count("data-column=") == 6 * queries.MOST_ROWS
        # The heading counts those that have no row too.
        with tenant(lyngvaer.pk):
            Outcome.objects.bulk_create(
                Outcome(job=job, source=source, qualified=1, counted_date=clock.today()) for source in many[:150]
            )
        page = client_of(lyngvaer.hr).get(address).content.decode()
        assert "153 kvalifiserte søkere er registrert" in page
        assert "Kilder som ikke vises, har 53 kvalifiserte søkere til." in page


class TestAccess:
    @pytest.mark.parametrize("person", ["reader", "adviser", "novice", "administrator"])
    def test_others_than_hr_read_a_sentence_and_no_count_r10(self, lyngvaer, job, address, client_of, person):
        client_of(lyngvaer.hr).post(address, form_of(lyngvaer, job, linkedin_qualified="7531"))

        response = client_of(lyngvaer.people[person]).get(address)

        assert HIDDEN in response.content.decode()
        assert "7531" not in response.content.decode()
        assert "7 531" not in response.content.decode()

    @pytest.mark.parametrize("person", ["reader", "adviser", "administrator"])
    def test_others_than_hr_store_nothing(self, lyngvaer, job, address, client_of, person):
        typed = form_of(lyngvaer, job, linkedin_applied="3")

        assert client_of(lyngvaer.people[person]).post(address, typed).status_code == 404
        assert grid(lyngvaer, job) == {}

    def test_the_neighbour_meets_nothing_p13(self, lyngvaer, storvika, job, address, client_of):
        hr = client_of(storvika.hr)

        assert hr.get(address).status_code == 404
        assert hr.get(address.replace("9901", "9902")).status_code == 404
        assert hr.post(address.replace("9901", "9902"), {}).status_code == 404


class TestHalfRegistered:
    """Whoever fills in the best source alone must not make it look better and surer than it is."""

    def told(self, town: Any, job: Any) -> dict[str, Any]:
        """Return what every reader of qualified is told about the vacancy, and who says that something lacks."""
        today = clock.today()
        chosen = Selection(twelve_months(today))
        with tenant(town.pk):
            compared = source_comparison(selection=chosen, view="exact", now=clock.now())
            facebook = next(row for row in compared.rows if row.source.slug == "facebook")
            months = buckets(chosen.period, span="month", today=today)
            series = counted_exact(selection=chosen, buckets=months, span="month", name="qualified")
            rows = jobs_of(source=facebook.source, selection=chosen, is_exact=True).rows
            return {
                "row": facebook.qualified,
                "by_job": [row.qualified for row in rows],
                "series": sum(figure.value or 0 for each in series for figure in each.figures),
                "ledger": {each.question for each in closings()} & {"qualified", "applied"},
                "lacks": list(lacking(selection=chosen, today=today)),
            }

    def test_counts_nowhere_before_the_rest_is_registered_or_said_to_be_0(self, lyngvaer, client_of):
        job = make_job(lyngvaer, deadline_in_days=-3)
        code_of(lyngvaer, job)
        address = f"/9901/stillinger/{job.pk}/utfall/"
        with tenant(lyngvaer.pk):
            for number, slug in enumerate(["facebook", "facebook", "finn"]):
                SurveyAnswer.objects.create(
                    survey=Survey.objects.get(),
                    first_source=Source.objects.get(slug=slug),
                    language="nb",
                    answered_hour=clock.now(),
                    token_hash=f"t{number}",
                    receipt_hash=f"r{number}",
                )
        client = client_of(lyngvaer.hr)

        typed = form_of(lyngvaer, job, facebook_applied="3", facebook_qualified="2")
        page = client.post(address, typed, follow=True).content.decode()

        assert "Tallene er lagret, men to kilder mangler antall kvalifiserte" in page
        assert "Antall kvalifiserte mangler for FINN.no, Ukjent kilde" in page
        half = {"row": None, "by_job": [None], "series": 0, "ledger": {"applied"}, "lacks": [job]}
        assert self.told(lyngvaer, job) == half

        other = make_job(lyngvaer, title="Kokk", deadline_in_days=-9)
        page = client.post(address, form_of(lyngvaer, job) | {"rest": "on"}, follow=True).content.decode()

        assert "Tallene er lagret. To kilder fikk 0 kvalifiserte." in page
        assert "Antall kvalifiserte mangler for" not in page
        assert f'/9901/stillinger/{other.pk}/utfall/">Kokk</a>' in page
        stored = {slug: counts["qualified"] for slug, counts in grid(lyngvaer, job).items()}
        # A source nobody named has no number: what is not known of it is not 0.
        assert stored == {"facebook": 2, "finn": 0, "unknown": 0}
        whole = {"row": 2, "by_job": [2], "series": 2, "ledger": {"applied", "qualified"}, "lacks": [other]}
        assert self.told(lyngvaer, job) == whole

        client.post(address, form_of(lyngvaer, job, finn_qualified=""))

        assert self.told(lyngvaer, job) == {**half, "lacks": [other, job]}
