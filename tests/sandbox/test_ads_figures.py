"""adAnalytics: true by day, by the rules of fields, pivots, money, reach and volume."""

from datetime import timedelta

import pytest

from sandbox.linkedin import ads_fields
from tests.sandbox.advertising import ACCOUNT, CAMPAIGN, FIRST, TEST, TODAY, USD, Ads, asked, between, urns
from tests.sandbox.driver import DAY_S, Platform


@pytest.fixture
def ads(platform: Platform) -> Ads:
    return Ads(platform)


class TestAnalytics:
    def test_tell_by_day_what_is_true(self, platform, ads):
        rows = ads.figures(asked(fields="dateRange,pivotValues,impressions,clicks,costInLocalCurrency,jobApplyClicks"))
        true = platform.control("GET", f"/_figures?organisation=1001&day={FIRST}&days=10").json()

        expected = {}
        for day in true:
            for row in day["ads"]:
                if row["account"] == ACCOUNT:
                    key = (f"urn:li:sponsoredCampaign:{row['campaign']}", int(day["day"][-2:]))
                    old = expected.get(key, (0, 0, 0, 0))
                    names = ("impressions", "clicks", "costInLocalCurrency", "jobApplyClicks")
                    expected[key] = tuple(have + row[name] for have, name in zip(old, names, strict=True))
        shown = {
            (row["pivotValues"][0], row["dateRange"]["start"]["day"]): (
                row["impressions"],
                row["clicks"],
                round(float(row["costInLocalCurrency"]) * 100),
                row["jobApplyClicks"],
            )
            for row in rows
        }
        assert shown == expected
        assert len(shown) > 15
        assert all(row["dateRange"]["start"] == row["dateRange"]["end"] for row in rows)
        assert isinstance(rows[0]["costInLocalCurrency"], str)
        assert any(row["jobApplyClicks"] for row in rows)

    def test_add_up_whatever_the_granularity_and_pivot(self, ads):
        def total(pivot: str, granularity: str) -> int:
            return sum(row["impressions"] for row in ads.figures(asked(pivot=pivot, granularity=granularity)))

        assert len({total(p, g) for p in ("ACCOUNT", "CREATIVE") for g in ("DAILY", "MONTHLY", "YEARLY", "ALL")}) == 1
        assert total("SHARE", "ALL") == total("CAMPAIGN_GROUP", "DAILY") == total("COMPANY", "ALL") > 0

    def test_give_views_and_clicks_alone_unless_asked_for_more(self, ads):
        assert ads.figures(asked())[0].keys() == {"impressions", "clicks"}
        assert ads.figures(asked(fields="dateRange,pivotValues"))[0].keys() == {"dateRange", "pivotValues"}

    def test_leave_out_days_on_which_all_that_was_asked_for_is_nil(self, ads):
        rows = ads.figures(asked(pivot="CREATIVE", fields="jobApplications,pivotValues"))

        assert all(row["jobApplications"] > 0 for row in rows)
        assert ads.figures(asked(fields="oneClickLeads")) == []
        assert (
            ads.figures(
                asked(
                    days=between(TODAY - timedelta(days=290), TODAY - timedelta(days=280)),
                    facet=f"&campaigns={urns('sponsoredCampaign', CAMPAIGN)}",
                )
            )
            == []
        )

    def test_are_empty_for_a_test_account_and_without_a_role(self, platform, ads):
        stranger = Ads(platform, member="Jonas Storvik")

        creatives = ads.found(f"adAccounts/{TEST}/creatives?q=criteria")

        assert {(creative["isTest"], creative["isServing"]) for creative in creatives} == {(True, False)}
        assert {creative["review"]["status"] for creative in creatives} == {"REJECTED"}
        assert ads.figures(asked(facet=f"&accounts={urns('sponsoredAccount', TEST)}")) == []
        assert stranger.figures(asked()) == []

    def test_count_money_in_the_accounts_currency_and_in_dollars(self, ads):
        def money(account: int) -> tuple[float, float]:
            facet = f"&accounts={urns('sponsoredAccount', account)}"
            row = ads.figures(
                asked(pivot="ACCOUNT", granularity="ALL", facet=facet, fields="costInLocalCurrency,costInUsd")
            )[0]
            return float(row["costInLocalCurrency"]), float(row["costInUsd"])

        kroner, in_dollars = money(ACCOUNT)
        assert in_dollars == pytest.approx(kroner * 0.095, abs=0.02)
        assert money(USD)[0] == money(USD)[1] > 0

    def test_take_both_spellings_of_pivot_and_the_older_protocol(self, ads):
        plain = ads.figures(asked(granularity="ALL"))
        wrapped = asked(granularity="ALL").replace("pivot=CAMPAIGN", "pivot=(value:CAMPAIGN)")
        ends = {"start": FIRST, "end": FIRST + timedelta(days=9)}
        steps = [(end, name, getattr(day, name)) for end, day in ends.items() for name in ("year", "month", "day")]
        old = "q=analytics&pivot=CAMPAIGN&timeGranularity=ALL"
        old += "".join(f"&dateRange.{end}.{name}={number}" for end, name, number in steps)
        old += f"&accounts[0]=urn:li:sponsoredAccount:{ACCOUNT}"

        assert ads.figures(wrapped.replace("=ALL", "=(value:ALL)")) == plain
        assert ads.get(f"adAnalytics?{old}", **{"X-Restli-Protocol-Version": None}).json()["elements"] == plain
        mixed = ads.get(f"adAnalytics?{old}")
        assert (mixed.status_code, mixed.json()["code"]) == (400, "QUERY_PARAM_NOT_ALLOWED")

    def test_of_audiences_know_less_than_the_whole_and_drop_what_is_too_few(self, ads):
        fields = "impressions,clicks,pivotValues"
        whole = ads.figures(asked(pivot="ACCOUNT", granularity="ALL", fields=fields))[0]
        parts = ads.figures(asked(pivot="MEMBER_SENIORITY", granularity="ALL", fields=fields))
        daily = ads.figures(asked(pivot="MEMBER_SENIORITY", fields=fields))

        assert 0 < sum(row["impressions"] for row in parts) < whole["impressions"]
        assert all(row["pivotValues"][0].startswith("urn:li:seniority:") for row in parts)
        assert min(row["impressions"] for row in daily) >= 3
        assert not {row["clicks"] for row in daily} & {1, 2}

    def test_by_several_pivots_have_the_other_finder(self, ads):
        query = asked(granularity="ALL", fields="impressions,pivotValues").replace(
            "q=analytics&pivot=CAMPAIGN", "q=statistics"
        )
        rows = ads.figures(f"{query}&pivots=List(CAMPAIGN,CREATIVE)")
        by_device = ads.figures(f"{query}&pivots=List(CAMPAIGN,IMPRESSION_DEVICE_TYPE)")

        assert all(
            row["pivotValues"][1].startswith(row["pivotValues"][0].replace("Campaign", "Creative")) for row in rows
        )
        assert {row["pivotValues"][1] for row in by_device} == {"DESKTOP_WEB", "MOBILE_APP", "MOBILE_WEB"}
        assert ads.get(f"adAnalytics?{query}&pivots=List(CAMPAIGN,CREATIVE,SHARE,ACCOUNT)").status_code == 400

    def test_reach_is_for_at_most_92_days_and_cannot_be_added(self, ads):
        fields = "approximateMemberReach,impressions"
        days = ads.figures(asked(pivot="ACCOUNT", fields=fields))
        whole = ads.figures(asked(pivot="ACCOUNT", granularity="ALL", fields=fields))[0]
        long = between(TODAY - timedelta(days=100), TODAY - timedelta(days=8))

        assert whole["approximateMemberReach"] < sum(day["approximateMemberReach"] for day in days)
        assert ads.get(f"adAnalytics?{asked(days=long, fields=fields)}").status_code == 400
        assert ads.get(f"adAnalytics?{asked(pivot='MEMBER_SENIORITY', fields=fields)}").status_code == 400

    @pytest.mark.parametrize(
        "query",
        [
            "q=analytics",
            asked().replace("q=analytics", "q=everything"),
            asked(pivot="MOOD"),
            asked(granularity="HOURLY"),
            asked(facet="&colour=List(a)"),
            asked(days="&dateRange=(start:(year:2026,month:13,day:1))"),
            asked(days=between(TODAY, FIRST)),
            asked(fields="ctr"),
            asked(fields=",".join(sorted(ads_fields.KNOWN)[:21])),
        ],
    )
    def test_refuse_what_is_incomplete_or_unknown(self, ads, query):
        assert ads.get(f"adAnalytics?{query}").status_code == 400

    def test_are_throttled_after_too_many_values_for_five_minutes(self, platform, ads):
        platform.switch(ad_values_limit=60)
        statuses = [ads.get(f"adAnalytics?{asked()}").status_code for _ in range(3)]
        refusal = ads.get(f"adAnalytics?{asked()}")
        platform.advance(331)

        assert statuses[0] == 200
        assert statuses[-1] == 429
        assert "45 million metric values" in refusal.json()["message"]
        assert "Retry-After" not in refusal.headers
        assert ads.get(f"adAnalytics?{asked()}").status_code == 200

    def test_end_today_which_has_not_come_to_its_end(self, platform, ads):
        first = between(FIRST)
        before = sum(row["impressions"] for row in ads.figures(asked(days=first)))
        platform.advance(DAY_S)

        assert sum(row["impressions"] for row in ads.figures(asked(days=first))) > before
