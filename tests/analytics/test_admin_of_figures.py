"""The administration's lists of figures: short however many there are, and only this municipality's (P13)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.admin import MeasurementAdmin
from analytics.models import MeasurementRow, ObjectKind
from foundation import clock, paging
from foundation.tenancy import tenant
from tests.analytics.posts import make_account, make_channel

LIST = reverse("admin:analytics_measurementrow_changelist")


@pytest.fixture
def administration(lyngvaer, client_of):
    """Lyngvær's administrator, inside her municipality."""
    client = client_of(lyngvaer.administrator)
    client.get(reverse("admin_of_municipality", kwargs={"number": lyngvaer.number}))
    return client


def store(town, *, days_ago, **values):
    """Store one day's figures of a page of the town's, and return its key in the administration."""
    day = clock.today() - timedelta(days=days_ago)
    with tenant(town.pk):
        page = make_account(make_channel("linkedin"))
        fetched_at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        figures = Figures(kind=ObjectKind.ACCOUNT, object_id=page.pk, day=day, fetched_at=fetched_at, **values)
        measurements.store([figures], now=clock.now())
        return MeasurementRow.objects.get(object_id=page.pk).pk


def test_shows_the_last_days_or_one_month_and_one_row_by_its_key(lyngvaer, storvika, administration):
    new = store(lyngvaer, days_ago=3, impressions=4_211)
    paid = store(lyngvaer, days_ago=3, impressions=5_322, is_paid=True)
    old = store(lyngvaer, days_ago=100, impressions=7_344)
    foreign = store(storvika, days_ago=3, impressions=6_433)

    latest = administration.get(LIST).content.decode()
    month = administration.get(LIST, {"days": old[:7]}).content.decode()
    one = administration.get(reverse("admin:analytics_measurementrow_change", args=[old]))

    assert [amount in latest for amount in ("4211", "5322", "7344", "6433")] == [True, True, False, False]
    assert ("7344" in month, "4211" in month) == (True, False)
    assert (one.status_code, "7344" in one.content.decode()) == (200, True)
    assert "4211" not in administration.get(LIST, {"is_paid__exact": "1"}).content.decode()
    for key in (foreign, new.replace(".own", ".paid"), paid.replace(".2.", ".02."), f"{new}.1", "2026-13-40.1.1.own"):
        assert administration.get(reverse("admin:analytics_measurementrow_change", args=[key])).status_code == 302
    for wrong in ("1026-01", "2026-1", "<b>", "all"):
        assert administration.get(LIST, {"days": wrong}).status_code == 302
    # No other order, and no other column of the row's to search by.
    assert administration.get(LIST, {"o": "-6"}).content.decode().index("5322") < len(latest)
    assert administration.get(LIST, {"impressions__gt": "1"}).status_code == 400


def test_pages_no_further_than_it_can_count_and_says_about_how_much_there_is(lyngvaer, administration, monkeypatch):
    for _ in range(3):
        store(lyngvaer, days_ago=2, clicks=1)
    monkeypatch.setattr(paging, "MOST_ROWS", 2)
    monkeypatch.setattr(MeasurementAdmin, "list_per_page", 1)

    page = administration.get(LIST)

    listed = page.context["cl"]
    assert (listed.result_count, listed.show_full_result_count, listed.paginator.is_cut) == (2, False, True)
    assert listed.paginator.estimate() >= 3
    assert "De nyeste 2 av omtrent" in page.content.decode()
    assert administration.get(LIST, {"p": "2"}).context["cl"].result_list.count() == 1
    assert administration.get(LIST, {"p": "3"}).status_code == 302


def test_shows_what_was_replaced(lyngvaer, administration):
    with tenant(lyngvaer.pk):
        page = make_account(make_channel("linkedin"))
        for hours, views in ((1, 410), (2, 388)):
            row = Figures(
                kind=ObjectKind.ACCOUNT,
                object_id=page.pk,
                day=clock.today() - timedelta(days=4),
                fetched_at=clock.now() - timedelta(hours=3 - hours),
                impressions=views,
            )
            measurements.store([row], now=clock.now())

    shown = administration.get(reverse("admin:analytics_restatement_changelist")).content.decode()

    assert "410" in shown
    assert "388" in shown
