"""«Tall for siden», «Endret etterpå» and «Stille eller ødelagt?»: what people see of a page's figures (P7, P8, P13)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import catalogue, figure_texts
from analytics.actions import measurements, storage_terms
from analytics.actions.measurements import Figures
from analytics.models import ChannelDay, FetchRun, Measurement, ObjectKind, Origin, Restatement, Snapshot
from analytics.queries import pulse as pulses
from analytics.queries.page_numbers import page_numbers
from analytics.spark import spark
from channels.models import Connection, Sighting
from foundation.tenancy import tenant
from kanalkompass.models import RetentionRun
from kanalkompass.privacy import retention
from tests.analytics.pulls import connect, fetch, utc_day
from tests.channels.deliveries import Press

DAY = timedelta(days=1)


@pytest.fixture
def press(lyngvaer: Any, linkedin_sandbox: Any) -> Press:
    return connect(lyngvaer, linkedin_sandbox)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


class TestPage:
    def test_shows_levels_sums_gaps_and_what_was_changed_each_with_source_and_time(
        self, press, client_of, storvika, lyngvaer
    ):
        fetch(press)
        day = utc_day(press.now) - 2 * DAY
        press.sandbox.restate(organisation=1001, day=day.isoformat(), metric="impressionCount", by=12)
        fetch(press, later=timedelta(hours=1))
        address = f"/9901/kanaler/{press.account.pk}/tall-for-siden/"
        reader = client_of(lyngvaer.reader)

        weeks, days = text_of(reader.get(address)), text_of(reader.get(address + "?vis=dager"))
        for strange in ("?vis=timer", "?ukjent=1", "?vis=uker&vis=dager"):
            refused = reader.get(address + strange)
            assert refused.status_code == 422
            assert "ds-validation-message" in refused.content.decode()
            assert "lagres" not in refused.content.decode()

        with tenant(press.town.pk):
            numbers = page_numbers(account=press.account, is_weekly=True, now=press.now)
            visits = Measurement.objects.filter(kind=ObjectKind.PAGE_VIEWS, day__range=(numbers.first, numbers.last))
            total = sum(row.page_views for row in visits)
        assert numbers.sets[0].total["page_views"] == total
        assert sum(bucket.values["page_views"] for bucket in numbers.sets[0].buckets) == total
        assert numbers.sets[0].buckets[0].values["reach"] is None
        # The gains of the last day are not told yet: a missing day, not a zero.
        assert numbers.sets[2].buckets[-1].n_missing == 1
        for html in (weeks, days):
            assert "Fra LinkedIn, til og med" in html
            assert "Følgere er en beholdning" in html
            assert "Døgnet begynner ved midnatt UTC" in html
            assert "Endret etterpå: 1 tall" in html
            assert "Kanalen endret tallet." in html
            assert '<svg class="kk-spark"' in html
        assert weeks.count('<tr><th scope="row"') == 3 * 12 + 1
        assert days.count('<tr><th scope="row"') == 3 * 28 + 1
        # P13: another municipality's page is one that does not exist.
        neighbour = client_of(storvika.hr)
        assert neighbour.get(address).status_code == neighbour.get(address.replace("9901", "9902")).status_code == 404

    def test_says_that_nothing_has_come_yet_and_is_missing_where_the_channel_tells_nothing(self, press, client_of):
        html = text_of(client_of(press.town.reader).get(f"/9901/kanaler/{press.account.pk}/tall-for-siden/"))

        assert "Ingen tall er kommet ennå" in html

    def test_a_posts_history_stands_beside_its_figures(self, press, client_of):
        delivery = press.due()
        press.publish(delivery)
        press.sandbox.advance(3600)
        fetch(press)
        press.sandbox.advance(3600)
        fetch(press, later=timedelta(hours=1))

        html = text_of(client_of(press.town.reader).get(f"/9901/leveringer/{delivery.pk}/tall/"))

        assert "Endret etterpå:" in html
        assert "Dagen var ikke over da vi spurte første gang." in html


class TestCatalogue:
    def test_names_every_column_once_and_says_what_may_be_added_up(self):
        columns = {field.name for field in Measurement._meta.get_fields()}
        names = [metric.name for metric in catalogue.CATALOGUE]

        assert set(names) <= columns
        assert len(names) == len(set(names))
        assert {metric.name for metric in catalogue.CATALOGUE if not metric.adds_up} == {"reach", "followers"}
        text = Path("docs/measurements.md").read_text()
        assert all(f"`{name}`" in text for name in names)

    def test_a_line_has_gaps_where_nothing_is_known(self):
        drawn = spark([4, None, 0, 2, None, 9])

        assert drawn.path.count("M") == 3
        assert len(drawn.dots) == 2
        assert spark([None, 3]) is None


class TestSilence:
    @pytest.mark.parametrize(
        ("counts", "is_alarm", "is_few"),
        [
            ([5] * 56 + [0] * 3, True, False),
            ([5] * 56 + [0] * 2, False, False),  # less than three whole days
            ([3] * 56 + [0] * 3, False, False),  # nine were expected
            ([5, 5, 5, 5, 5, 0, 0] * 8 + [0] * 3, True, False),
            (([50] + [0] * 9) * 5 + [50] + [0] * 9, False, False),  # clumps: as long as before is not unusual
            ([0] * 50 + [1] * 6 + [0] * 30, False, True),
            ([5] * 56 + [0, None, 0], False, False),  # what was not told is no zero
            ([], False, True),
            ([None] * 5, False, True),
        ],
    )
    def test_is_judged_by_the_series_own_history(self, counts, is_alarm, is_few):
        found = pulses.silence(counts)

        assert (found.is_alarm, found.is_few) == (is_alarm, is_few)


class TestLight:
    def light(self, press: Press, *, later: timedelta = timedelta(0)) -> pulses.AccountPulse:
        with tenant(press.town.pk):
            found = pulses.pulses(connections=Connection.objects.all(), now=press.now + later)
        return found[press.account.pk]

    def test_goes_from_green_over_late_to_broken_as_nights_pass_without_figures(self, press):
        new = self.light(press)
        forgotten = self.light(press, later=3 * DAY)
        fetch(press)

        seen = [self.light(press, later=timedelta(hours=hours)).page for hours in (20, 40, 80)]

        assert (new.page.colour, new.page.reason, forgotten.page.colour) == ("yellow", "never", "red")
        assert [(pulse.colour, pulse.reason) for pulse in seen] == [
            ("green", "fresh"), ("yellow", "late"), ("red", "broken"),
        ]  # fmt: skip
        assert self.light(press).posts.reason == "no_posts"

    def test_tells_a_dead_access_a_missing_right_and_a_failed_part_apart(self, press):
        press.sandbox.fault("GET /rest/organizationPageStatistics", kind="status", status=404)
        fetch(press)
        partly = self.light(press).page
        with tenant(press.town.pk):
            Connection.objects.update(missing="figures")
        no_right = self.light(press).page
        with tenant(press.town.pk):
            Connection.objects.update(state=Connection.State.DEAD, dead_reason="token_dead")

        assert [(each.colour, each.reason) for each in (partly, no_right, self.light(press).page)] == [
            ("yellow", "partly"), ("yellow", "no_right"), ("red", "access_gone"),
        ]  # fmt: skip

    def test_sees_a_page_that_has_gone_silent_and_tells_it_on_kanaler_and_the_front_page(self, press, client_of):
        with tenant(press.town.pk):
            today = utc_day(press.now)
            rows = [
                Figures(kind=ObjectKind.PAGE_VIEWS, object_id=press.account.pk, day=today - n * DAY,
                        fetched_at=press.now, page_views=0 if n <= 4 else 9)
                for n in range(1, 70)
            ]  # fmt: skip
            measurements.store(rows, now=press.now)
            FetchRun.objects.create(
                account=press.account, trigger="nightly", asked_at=press.now, ended_at=press.now, state="done", n_days=7
            )

        pulse = self.light(press).page

        assert (pulse.colour, pulse.reason, pulse.n_quiet_days, pulse.expected) == ("yellow", "silent", 4, 36.0)
        assert "rundt 36" in figure_texts.light(pulse).reason or "about 36" in figure_texts.light(pulse).reason
        client = client_of(press.town.adviser)
        for address in ("/9901/kanaler/", "/9901/"):
            assert "Ingenting er talt på 4 dager, der rundt 36 er vanlig." in text_of(client.get(address))

    def test_asks_the_same_few_questions_however_many_pages_there_are(self, press):
        fetch(press)
        with (
            tenant(press.town.pk),
            CaptureQueriesContext(
                connection,
            ) as asked,
        ):
            pulses.pulses(connections=list(Connection.objects.all()), now=press.now)

        assert len(asked) <= 6


class TestTerms:
    def test_of_a_platform_end_what_was_fetched_from_it_after_a_year_and_nothing_else(self, press, caplog):
        """Reporting data one year, posts read back six months; what came from files, and what is young, stays."""
        delivery = press.due()
        press.publish(delivery)
        old, young = press.now - 366 * DAY, press.now - 364 * DAY
        with tenant(press.town.pk):
            about: dict[str, Any] = {"kind": ObjectKind.ACCOUNT, "object_id": press.account.pk, "impressions": 7}
            rows = [
                Figures(**about, day=old.date(), fetched_at=old),
                Figures(**about | {"kind": ObjectKind.DELIVERY, "object_id": delivery.pk}, day=old.date(),
                        fetched_at=old, origin=Origin.FILE, clicks=3),
                Figures(**about, day=young.date(), fetched_at=young),
            ]  # fmt: skip
            measurements.store(rows, now=old)
            Restatement.objects.create(
                day=old.date(), kind=ObjectKind.ACCOUNT, object_id=press.account.pk, is_paid=False, old_value=1,
                channel=press.account.channel, metric="clicks", new_value=2, old_fetched_at=old, changed_at=old,
                reason="restated",
            )  # fmt: skip
            Snapshot.objects.create(delivery=delivery, taken_at=old, impressions=7)
            Snapshot.objects.create(delivery=delivery, taken_at=young, impressions=8)
            seen = [
                Sighting.objects.create(
                    delivery=delivery,
                    kind="likely",
                    external_id=str(n),
                    text="Lest tilbake",
                    seen_at=press.now - n * DAY,
                )
                for n in (183, 181)
            ]

        for _ in range(2):
            retention.tidy(municipality_id=press.town.pk, now=press.now)

        with tenant(press.town.pk):
            assert list(Measurement.objects.order_by("day").values_list("day", "origin")) == [
                (old.date(), Origin.FILE), (young.date(), Origin.API),
            ]  # fmt: skip
            # The roll-up keeps what its remaining parts give.
            assert list(ChannelDay.objects.order_by("day").values_list("day", "impressions", "clicks")) == [
                (old.date(), 7, 3), (young.date(), 7, None),
            ]  # fmt: skip
            assert not Restatement.objects.exists()
            assert [row.taken_at for row in Snapshot.objects.all()] == [young]
            assert [Sighting.objects.get(pk=row.pk).text for row in seen] == ["", "Lest tilbake"]
            runs = dict(RetentionRun.objects.values_list("what", "n_deleted"))
        assert (runs["reporting"], runs["read_back"]) == (3, 1)

    def test_are_data_with_their_source_and_no_fresh_figure_can_be_forgotten_by_the_way(self, press):
        assert {rule.kept.days for _, rule in storage_terms.rules("reporting")} == {365}
        assert all("LinkedIn" in rule.source for _, rule in storage_terms.rules("posts_read_back"))
        fetch(press)

        with tenant(press.town.pk):
            n_before = Measurement.objects.count()
            storage_terms.forget_reporting(now=datetime.now(UTC))
            assert Measurement.objects.count() == n_before
