"""Kroner and hours spent on a vacancy."""

import uuid
from datetime import date
from typing import Any

import pytest

from analytics.actions.costs import split
from analytics.forms.costs import minutes_of
from analytics.models import Cost, SharedCost
from analytics.queries import cost_lists
from foundation import clock
from foundation.tenancy import tenant
from tests.analytics.vacancies import make_job, source_of


@pytest.fixture
def job(lyngvaer: Any) -> Any:
    return make_job(lyngvaer)


@pytest.fixture
def address(job: Any) -> str:
    return f"/9901/stillinger/{job.pk}/kostnader/"


def typed(town: Any, **other: str) -> dict[str, str]:
    """Return a filled-in form: a print advertisement of 4 500 kroner."""
    return {
        "form_key": uuid.uuid4().hex,
        "source": str(source_of(town, "print").pk),
        "amount": "4 500",
        "hours": "",
        "day": "20.11.2026",
        "note": "Annonse, kvart side",
    } | other


def costs_of(town: Any) -> list[tuple[str, int | None, int | None, date, str]]:
    with tenant(town.pk):
        costs = Cost.objects.select_related("source").order_by("pk")
        return [(cost.source.slug, cost.amount_ore, cost.minutes, cost.day, cost.note) for cost in costs]


class TestRegistering:
    def test_a_print_advertisement_stores_whole_ore(self, lyngvaer, address, client_of):
        response = client_of(lyngvaer.hr).post(address, typed(lyngvaer, amount="kr 4 500,50"))

        assert response.status_code == 302
        assert costs_of(lyngvaer) == [("print", 450_050, None, date(2026, 11, 20), "Annonse, kvart side")]

    @pytest.mark.parametrize(("hours", "minutes"), [("1,5", 90), ("1:30", 90), ("2", 120), ("0,25", 15), ("1.5", 90)])
    def test_hours_are_stored_as_minutes(self, lyngvaer, address, client_of, hours, minutes):
        client_of(lyngvaer.adviser).post(address, typed(lyngvaer, amount="", hours=hours))

        assert costs_of(lyngvaer)[0][1:3] == (None, minutes)

    def test_kroner_and_hours_together_are_two_rows(self, lyngvaer, address, client_of):
        client_of(lyngvaer.hr).post(address, typed(lyngvaer, hours="2"))

        assert [row[1:3] for row in costs_of(lyngvaer)] == [(450_000, None), (None, 120)]

    def test_nothing_to_pay_is_a_cost_of_0_and_not_missing(self, lyngvaer, address, client_of):
        client_of(lyngvaer.hr).post(address, typed(lyngvaer, amount="0"))

        assert costs_of(lyngvaer)[0][1] == 0

    def test_sent_twice_is_stored_once(self, lyngvaer, address, client_of):
        form, client = typed(lyngvaer), client_of(lyngvaer.hr)

        assert [client.post(address, form).status_code for _ in range(2)] == [302, 302]
        assert len(costs_of(lyngvaer)) == 1

    def test_the_same_form_with_other_content_is_told_and_not_stored(self, lyngvaer, address, client_of):
        form, client = typed(lyngvaer), client_of(lyngvaer.hr)
        client.post(address, form)

        assert client.post(address, form | {"amount": "9 000"}).status_code == 422
        assert len(costs_of(lyngvaer)) == 1

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("amount", "", "Skriv kroner, timer eller begge"),
            ("amount", "-5", "negativ"),
            ("amount", "mye", "beløp i kroner"),
            ("amount", "1e9", "beløp i kroner"),
            ("amount", "99 999 999", "større"),
            ("amount", "NaN", "beløp i kroner"),
            ("hours", "-1", "under 0"),
            ("hours", "1:75", "Skriv timer"),
            ("hours", "halvannen", "Skriv timer"),
            ("hours", "99999", "flere timer enn"),
            ("day", "31.02.2026", "dato"),
            ("day", "", ""),
            ("day", "01.01.1899", "Kontroller årstallet"),
            ("day", "01.01.9999", "Kontroller årstallet"),
            ("note", "", ""),
            ("note", "x" * 151, ""),
            ("note", "a\u202eb", ""),
            ("source", "", ""),
            ("source", "0", "Velg en kilde fra lista"),
            ("source", "9" * 30, "Velg en kilde fra lista"),
            ("source", "x", "Velg en kilde fra lista"),
            ("form_key", "", ""),
        ],
    )
    def test_bad_input_is_refused_at_the_field(self, lyngvaer, address, client_of, field, value, message):
        response = client_of(lyngvaer.hr).post(address, typed(lyngvaer, **{field: value}))

        assert response.status_code == 422
        assert message in response.content.decode()
        assert costs_of(lyngvaer) == []

    def test_a_source_of_another_municipality_is_refused_b24(self, lyngvaer, storvika, address, client_of):
        response = client_of(lyngvaer.hr).post(address, typed(lyngvaer, source=str(source_of(storvika, "print").pk)))

        assert response.status_code == 422
        assert costs_of(lyngvaer) == []

    def test_markup_in_a_note_is_shown_as_text(self, lyngvaer, address, client_of):
        client = client_of(lyngvaer.hr)
        client.post(address, typed(lyngvaer, note="<script>alert(1)</script>"))

        assert "<script>alert" not in client.get(address).content.decode()


class TestPage:
    def test_says_what_is_spent_in_its_heading(self, lyngvaer, address, client_of):
        client = client_of(lyngvaer.hr)
        client.post(address, typed(lyngvaer))
        client.post(address, typed(lyngvaer, amount="1 000", hours="1,5"))

        page = client.get(address).content.decode()

        assert "kr 5\u00a0500 brukt så langt" in page
        assert "1,5 timer eget arbeid" in page

    def test_lists_many_by_pages_and_sums_them_all(self, lyngvaer, job, address, client_of, monkeypatch):
        monkeypatch.setattr(cost_lists, "PER_PAGE", 2)
        client = client_of(lyngvaer.hr)
        for n in range(5):
            client.post(address, typed(lyngvaer, amount="100", note=f"Annonse {n}"))

        first, last, odd = (client.get(f"{address}?side={n}").content.decode() for n in ("1", "3", "x"))

        assert first.count("kk-cost-acts") == 2
        assert last.count("kk-cost-acts") == 1
        assert "Annonse 4" in first
        assert "Annonse 0" in last
        assert "Sum av alle sidene" in last
        assert "kr 500 brukt så langt" in last
        assert "Annonse 4" in odd

    @pytest.mark.parametrize("person", ["reader", "administrator"])
    def test_is_read_only_for_readers_and_administrators(self, lyngvaer, address, client_of, person):
        client = client_of(lyngvaer.people[person])

        assert client.get(address).status_code == 200
        assert 'name="amount"' not in client.get(address).content.decode()
        assert client.post(address, typed(lyngvaer)).status_code == 404
        assert costs_of(lyngvaer) == []

    def test_is_not_there_for_the_neighbour_p13(self, lyngvaer, storvika, address, client_of):
        hr = client_of(storvika.hr)

        assert hr.get(address).status_code == 404
        assert hr.post(address.replace("9901", "9902"), typed(storvika)).status_code == 404
        assert costs_of(storvika) == []


class TestRemoving:
    def test_takes_a_mistake_away_and_twice_is_no_error(self, lyngvaer, address, client_of):
        client = client_of(lyngvaer.hr)
        client.post(address, typed(lyngvaer))
        with tenant(lyngvaer.pk):
            cost = Cost.objects.get()

        statuses = [client.post(f"{address}{cost.pk}/fjern/").status_code for _ in range(2)]

        assert statuses == [302, 302]
        assert costs_of(lyngvaer) == []

    def test_is_not_for_readers_nor_for_the_neighbour(self, lyngvaer, storvika, address, client_of):
        client_of(lyngvaer.hr).post(address, typed(lyngvaer))
        with tenant(lyngvaer.pk):
            cost = Cost.objects.get()

        assert client_of(lyngvaer.reader).post(f"{address}{cost.pk}/fjern/").status_code == 404
        assert client_of(storvika.hr).post(f"{address}{cost.pk}/fjern/").status_code == 404
        assert client_of(lyngvaer.hr).get(f"{address}{cost.pk}/fjern/").status_code == 405
        assert len(costs_of(lyngvaer)) == 1

    def test_does_not_reach_a_cost_of_another_vacancy(self, lyngvaer, address, client_of):
        client_of(lyngvaer.hr).post(address, typed(lyngvaer))
        other = make_job(lyngvaer, title="Lærer")
        with tenant(lyngvaer.pk):
            cost = Cost.objects.get()

        client_of(lyngvaer.hr).post(f"/9901/stillinger/{other.pk}/kostnader/{cost.pk}/fjern/")

        assert len(costs_of(lyngvaer)) == 1


class TestSharing:
    """A cost of several vacancies is shared by a stated rule, to the last øre."""

    @pytest.mark.parametrize(
        ("total", "weights", "parts"),
        [
            (100_00, [1, 1, 1], [3334, 3333, 3333]),
            (100_00, [2, 1], [6667, 3333]),
            (1, [1, 1, 1], [1, 0, 0]),
            (0, [3, 1], [0, 0]),
            (999_999_999, [500, 1, 7], [984_251_967, 1_968_504, 13_779_528]),
        ],
    )
    def test_loses_nothing(self, total, weights, parts):
        assert split(total, weights) == parts
        assert sum(parts) == total

    def test_gives_each_vacancy_its_part_that_is_changed_and_removed_as_a_whole(
        self, lyngvaer, storvika, job, address, client_of
    ):
        others = [make_job(lyngvaer, title=title) for title in ("Lærer", "<b>Ánde</b>")]
        foreign = make_job(storvika)
        with tenant(lyngvaer.pk):
            type(job).objects.filter(pk=job.pk).update(positions=2)
        client = client_of(lyngvaer.adviser)
        ticked = {"carriers": [other.reference for other in others], "rule": "positions"}

        def shares() -> dict[int, int | None]:
            with tenant(lyngvaer.pk):
                return dict(Cost.objects.order_by("job_id").values_list("job_id", "amount_ore"))

        assert client.post(address, typed(lyngvaer) | {"carriers": [foreign.reference + "9"]}).status_code == 422
        assert client.post(address, typed(lyngvaer, rule="dice") | {"carriers": ticked["carriers"]}).status_code == 422
        assert shares() == {}

        assert client.post(address, typed(lyngvaer, amount="100,01") | ticked).status_code == 302
        assert shares() == {job.pk: 5001, others[0].pk: 2500, others[1].pk: 2500}
        page = client.get(address).content.decode()
        assert "Delt på 3 stillinger, etter antall stillinger" in page
        assert "kr 100,01 i alt" in page

        with tenant(lyngvaer.pk):
            cost = Cost.objects.get(job=others[0])
        edit = f"/9901/stillinger/{others[0].pk}/kostnader/{cost.pk}/endre/"
        form = dict(client.get(edit).context["form"].initial)
        assert (form["amount"], set(form["carriers"])) == ("100,01", {each.reference for each in [job, *others]})
        form = {name: value for name, value in form.items() if value is not None} | {
            "day": "20.11.2026",
            "amount": "50",
            "rule": "equal",
            "carriers": [job.reference, others[0].reference],
        }
        assert client.post(edit, form | {"carriers": []}).status_code == 422
        assert client.post(edit, form).status_code == 302
        assert shares() == {job.pk: 2500, others[0].pk: 2500}

        stale = client.post(edit, form | {"amount": "60"})
        assert stale.status_code == 422
        assert "Noen har endret kostnaden" in stale.content.decode()
        assert "fjernet fra 2 stillinger" in (client.post(edit.replace("endre", "fjern"), follow=True).content.decode())
        assert shares() == {}
        with tenant(lyngvaer.pk):
            assert not SharedCost.objects.exists()


class TestOfNoVacancy:
    def test_are_listed_changed_and_removed_on_a_page_of_their_own(self, lyngvaer, storvika, job, address, client_of):
        client, reader = client_of(lyngvaer.adviser), client_of(lyngvaer.reader)
        general = "/9901/kostnader/"
        assert "Ingen er registrert ennå" in reader.get(general).content.decode()

        client.post(general, typed(lyngvaer, hours="2", day=clock.today().strftime("%d.%m.%Y"), note="Stand på messe"))
        client.post(address, typed(lyngvaer, note="Bare for stillingen"))

        page = reader.get(general).content.decode()
        assert "kr 4\u00a0500 så langt i år" in page
        assert "Stand på messe" in page
        assert "Bare for stillingen" not in page
        assert "form" not in page.partition("<main")[2].partition("</main>")[0].replace("form_", "")
        assert reader.post(general, typed(lyngvaer)).status_code == 404
        with tenant(lyngvaer.pk):
            kroner, hours = Cost.objects.filter(job=None).order_by("kind").values_list("pk", flat=True)[::-1]
            of_job = Cost.objects.get(job=job).pk
        assert client.get(f"{general}{of_job}/endre/").status_code == 404
        assert client_of(storvika.adviser).get(f"/9902/kostnader/{kroner}/endre/").status_code == 404

        form = dict(client.get(f"{general}{hours}/endre/").context["form"].initial)
        assert form["hours"] == "2:00"
        form = {name: value for name, value in form.items() if value is not None} | {"day": "20.11.2026"}
        assert client.post(f"{general}{hours}/endre/", form | {"hours": ""}).status_code == 422
        assert client.post(f"{general}{hours}/endre/", form | {"hours": "3"}).status_code == 302
        assert [client.post(f"{general}{kroner}/fjern/").status_code for _ in range(2)] == [302, 404]
        with tenant(lyngvaer.pk):
            assert list(Cost.objects.filter(job=None).values_list("minutes", flat=True)) == [180]


class TestMinutes:
    @pytest.mark.parametrize("text", ["", ",5", "1:3", "1:60", "1,555", "1;5", "１,5", "1:30:00", "a"])
    def test_of_what_is_not_hours_are_none(self, text):
        assert minutes_of(text) is None

    def test_today_is_offered_as_the_date(self, lyngvaer, address, client_of):
        today = clock.today()

        assert today.strftime("%d.%m.%Y") in client_of(lyngvaer.hr).get(address).content.decode()
