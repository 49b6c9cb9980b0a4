"""Paid campaigns: the channel's own figures, kept apart, in øre, and never made up (P7, P8)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from analytics.actions import paid as actions
from analytics.queries import paid as queries
from channels.models import PaidCampaign

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


class TestMoney:
    @pytest.mark.parametrize(
        ("spend", "currency", "ore"),
        [
            (Decimal("151.20"), "NOK", 15120),
            (Decimal("0"), "NOK", 0),
            (Decimal("0.005"), "NOK", 1),
            (Decimal("-3.5"), "NOK", -350),
            (None, "NOK", None),
            (Decimal("151.20"), "USD", None),
        ],
    )
    def test_spend_is_whole_ore_and_other_currencies_are_not_converted(self, spend, currency, ore):
        assert actions._ore(spend, currency=currency) == ore

    def test_rates_are_computed_without_dividing_by_nothing(self):
        row = queries.PaidRow(PaidCampaign(), impressions=0, clicks=0, spend_ore=500)

        assert row.click_rate is None
        assert row.ore_per_click is None
        assert queries.PaidRow(PaidCampaign(), impressions=1000, clicks=4, spend_ore=1000).per_thousand == 4
        assert queries.PaidRow(PaidCampaign(), impressions=1000, clicks=4, spend_ore=1000).ore_per_click == 250
