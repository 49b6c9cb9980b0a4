"""Advertising for reading: objects by cursor, figures with the rules of adAnalytics, roles, scopes and products."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.linkedin import ads_fields
from tests.sandbox.driver import DAY_S, Platform, encoded

ACCOUNT, USD, TEST = 509001001, 509011001, 509021001
CAMPAIGN = ACCOUNT * 10 + 2
READING = "r_ads r_ads_reporting"
# Campaigns are planted around the day of the start: these ten days lie within two of them.
TODAY = datetime.now(tz=UTC).date()
FIRST = TODAY - timedelta(days=22)
NEW_ENVELOPE = {"status", "code", "message", "errorDetailType", "errorDetails"}


class Ads:
    """One member who reads advertising."""

    def __init__(self, platform: Platform, *, member: str = "Ingrid Lyngstad", scope: str = READING) -> None:
        self.platform = platform
        token = platform.control("POST", "/_token", {"member": platform.member(member), "scope": scope}).json()
        self.headers = {"Authorization": f"Bearer {token['access_token']}"}

    def get(self, path: str, **headers: str | None):
        return self.platform.get(f"/rest/{path}", headers={**self.headers, **headers})

    def found(self, path: str) -> list[dict]:
        response = self.get(path)
        assert response.status_code == 200, response.text
        return response.json()["elements"]

    def figures(self, query: str) -> list[dict]:
        return self.found(f"adAnalytics?{query}")

    def post(self, path: str, body: dict, method: str):
        headers = {**self.headers, "X-RestLi-Method": method}
        return self.platform.call("POST", f"/rest/{path}", headers=headers, json=body)


@pytest.fixture
def ads(platform: Platform) -> Ads:
    return Ads(platform)


def urns(kind: str, *ids: int) -> str:
    return f"List({','.join(encoded(f'urn:li:{kind}:{id_}') for id_ in ids)})"


def between(first: date, last: date | None = None) -> str:
    """The parameter dateRange, both ends included; without an end it goes on until today."""
    named = {"start": first} | ({} if last is None else {"end": last})
    parts = [f"{name}:(year:{day.year},month:{day.month},day:{day.day})" for name, day in named.items()]
    return f"&dateRange=({','.join(parts)})"


TEN_DAYS = between(FIRST, FIRST + timedelta(days=9))


def asked(
    *, pivot: str = "CAMPAIGN", granularity: str = "DAILY", days: str = TEN_DAYS, facet: str = "", fields: str = ""
):
    facet = facet or f"&accounts={urns('sponsoredAccount', ACCOUNT)}"
    wanted = f"&fields={fields}" if fields else ""
    return f"q=analytics&pivot={pivot}&timeGranularity={granularity}{days}{facet}{wanted}"


class TestAccounts:
    def test_are_searched_by_every_field_in_any_order_and_form(self, ads):
        def ids(search: str, **headers: str | None) -> list[int]:
            response = ads.get(f"adAccounts?q=search{search}", **headers)
            assert response.status_code == 200, response.text
            return [account["id"] for account in response.json()["elements"]]

        protocol_1 = {"X-Restli-Protocol-Version": None}
        assert ids("") == [ACCOUNT, USD, TEST]
        assert ids("&search=(status:(values:List(ACTIVE,DRAFT)),test:false)") == [ACCOUNT, USD]
        assert ids("&search=(test:true)") == [TEST]
        assert ids("&search=%28test%3Afalse%2Cstatus%3A%28values%3AList%28ACTIVE%29%29%29") == [ACCOUNT, USD]
        assert ids(f"&search=(id:(values:{urns('sponsoredAccount', USD)}))") == [USD]
        assert ids(f"&search=(id:(values:List({USD},1)))&sortOrder=DESCENDING") == [USD]
        assert ids("&search=(name:(values:List(Lyngv%C3%A6r%20kommune)),type:(values:List(BUSINESS)))") == [ACCOUNT]
        assert ids("&search=(status:(values:List(CANCELED)))") == []
        assert ids("&search.test=true", **protocol_1) == [TEST]
        assert ids("&search.status.values[0]=ACTIVE&search.test=false", **protocol_1) == [ACCOUNT, USD]

    def test_have_the_shape_of_the_contract(self, ads):
        account = ads.get(f"adAccounts/{ACCOUNT}").json()

        assert account | {"changeAuditStamps": None, "version": None} == {
            "id": ACCOUNT,
            "name": "Lyngvær kommune",
            "currency": "NOK",
            "type": "BUSINESS",
            "status": "ACTIVE",
            "reference": "urn:li:organization:1001",
            "test": False,
            "servingStatuses": ["RUNNABLE"],
            "notifiedOnCampaignOptimization": True,
            "notifiedOnCreativeApproval": True,
            "notifiedOnCreativeRejection": True,
            "notifiedOnEndOfCampaign": True,
            "changeAuditStamps": None,
            "version": None,
        }
        assert ads.get(f"adAccounts/{USD}?fields=currency").json() == {"currency": "USD"}

    def test_come_by_cursor_until_there_is_none(self, ads):
        """Paging by `pageToken`; a token of one collection opens no other."""
        seen, token = [], ""
        for _ in range(3):
            answer = ads.get(f"adAccounts?q=search&pageSize=1{token}").json()
            seen += [account["id"] for account in answer["elements"]]
            token = f"&pageToken={answer['metadata'].get('nextPageToken', '')}"

        assert seen == [ACCOUNT, USD, TEST]
        assert answer["metadata"] == {}
        first = ads.get("adAccounts?q=search&pageSize=1").json()["metadata"]["nextPageToken"]
        for wrong in (
            f"adAccounts/{ACCOUNT}/adCampaigns?q=search&pageToken={first}",
            "adAccounts?q=search&pageToken=x",
        ):
            refusal = ads.get(wrong)
            assert refusal.status_code == 400
            assert refusal.json().keys() == NEW_ENVELOPE
            assert refusal.json()["errorDetails"]["inputErrors"][0]["input"]["inputPath"]["fieldPath"] == "/pageToken"

    @pytest.mark.parametrize(
        "query",
        [
            "q=all",
            "q=search&pageSize=1001",
            "q=search&pageSize=0",
            "q=search&search=ACTIVE",
            "q=search&search=(colour:(values:List(RED)))",
            "q=search&search=(status:ACTIVE)",
            "q=search&sortOrder=SIDEWAYS",
        ],
    )
    def test_refuse_what_makes_no_sense_with_the_newer_envelope(self, ads, query):
        refusal = ads.get(f"adAccounts?{query}")

        assert refusal.status_code == 400
        assert refusal.json().keys() == NEW_ENVELOPE

    def test_belong_to_those_with_a_role_in_them(self, platform, ads):
        other = Ads(platform, member="Jonas Storvik")
        both, nobody = Ads(platform, member="Sunniva Toside"), Ads(platform, member="Tor Uteneide")

        assert [account["id"] for account in other.found("adAccounts?q=search")] == [509001002]
        assert [account["id"] for account in both.found("adAccounts?q=search")] == [ACCOUNT, 509001002, USD, TEST]
        assert nobody.found("adAccounts?q=search") == []
        assert other.get(f"adAccounts/{ACCOUNT}").status_code == 403
        assert other.get(f"adAccounts/{ACCOUNT}/adCampaigns?q=search").status_code == 403
        assert ads.get("adAccounts/7").status_code == 404
        assert ads.get("adAccounts/seven").status_code == 400

    def test_are_lost_with_the_role_and_read_only_for_a_viewer(self, platform, ads):
        order = {"member": platform.member("Ingrid Lyngstad"), "account": ACCOUNT}
        writer, path = Ads(platform, scope="rw_ads"), f"adAccounts/{ACCOUNT}/adCampaigns/{CAMPAIGN}"
        platform.control("POST", "/_ad_role", {**order, "role": "VIEWER"})
        viewed = ads.get(path).status_code, writer.post(path, {"patch": {}}, "PARTIAL_UPDATE").status_code
        platform.control("POST", "/_ad_role", {**order, "role": None})

        assert viewed == (200, 403)
        assert ads.get(path).status_code == 403
        assert ads.figures(asked()) == []
        assert platform.call("POST", "/_ad_role", json={**order, "role": "BOSS"}).status_code == 400

    def test_tell_their_users(self, ads):
        own = ads.found("adAccountUsers?q=authenticatedUser")
        everybody = ads.found(f"adAccountUsers?q=accounts&accounts={urns('sponsoredAccount', ACCOUNT)}&count=1&start=1")

        assert {(row["account"], row["role"]) for row in own} == {
            (f"urn:li:sponsoredAccount:{id_}", "ACCOUNT_BILLING_ADMIN") for id_ in (ACCOUNT, USD, TEST)
        }
        assert len(everybody) == 1
        assert everybody[0]["user"].startswith("urn:li:person:")
        assert ads.get("adAccountUsers?q=accounts").status_code == 400

    def test_need_scope_and_product(self, platform):
        without_scope = Ads(platform, scope="r_organization_social")
        with_scope = Ads(platform)

        assert without_scope.get("adAccounts?q=search").status_code == 403
        assert Ads(platform, scope="r_ads").get(f"adAnalytics?{asked()}").status_code == 403
        platform.switch(products=["sign_in", "community_management"])
        assert with_scope.get("adAccounts?q=search").status_code == 403
        assert with_scope.get(f"adAnalytics?{asked()}").status_code == 403


class TestWhatAnAccountHolds:
    def test_is_a_tree_from_account_to_post(self, platform, ads):
        platform.switch(history_listed=True)
        posts = set(platform.listed())
        groups = ads.found(f"adAccounts/{ACCOUNT}/adCampaignGroups?q=search&pageSize=1000")
        campaigns = ads.found(
            f"adAccounts/{ACCOUNT}/adCampaigns?q=search&search=(status:(values:List(ACTIVE,COMPLETED)))"
        )
        creatives = ads.found(f"adAccounts/{ACCOUNT}/creatives?q=criteria&pageSize=100")

        assert [group["backfilled"] for group in groups] == [True, False]
        assert {campaign["campaignGroup"] for campaign in campaigns} == {
            f"urn:li:sponsoredCampaignGroup:{group['id']}" for group in groups
        }
        assert [campaign["objectiveType"] for campaign in campaigns].count("JOB_APPLICANT") == 1
        assert all(campaign["dailyBudget"]["currencyCode"] == "NOK" for campaign in campaigns)
        assert {creative["campaign"] for creative in creatives} == {
            f"urn:li:sponsoredCampaign:{campaign['id']}" for campaign in campaigns
        }
        references = {creative["content"]["reference"] for creative in creatives}
        assert len(references - posts) == 1  # the film was made for advertising and is on no list
        assert references & posts

    def test_is_read_one_by_one_and_several_at_once(self, ads):
        campaign = ads.get(f"adAccounts/{ACCOUNT}/adCampaigns/{CAMPAIGN}").json()
        creative = ads.found(
            f"adAccounts/{ACCOUNT}/creatives?q=criteria&campaigns={urns('sponsoredCampaign', CAMPAIGN)}"
        )[0]
        batch = ads.get(f"adAccounts/{ACCOUNT}/adCampaigns?ids=List({CAMPAIGN},7)").json()

        assert campaign["id"] == CAMPAIGN
        assert ads.get(f"adAccounts/{ACCOUNT}/creatives/{encoded(creative['id'])}").json() == creative
        assert batch["results"] == {str(CAMPAIGN): campaign}
        assert batch["statuses"] == {str(CAMPAIGN): 200, "7": 404}
        assert ads.get(f"adAccounts/{USD}/adCampaigns/{CAMPAIGN}").status_code == 404
        assert ads.get(f"adAccounts/{ACCOUNT}/creatives?q=criteria&pageSize=101").status_code == 400
        assert ads.get(f"adAccounts/{ACCOUNT}/creatives/7").status_code == 400

    def test_can_be_paused_with_the_writing_scope_and_nothing_else_changed(self, platform, ads):
        path, writer = f"adAccounts/{ACCOUNT}/adCampaigns/{CAMPAIGN}", Ads(platform, scope="rw_ads")
        pause = {"patch": {"$set": {"status": "PAUSED"}}}

        assert ads.post(path, pause, "PARTIAL_UPDATE").status_code == 403
        assert writer.post(path, pause, "PARTIAL_UPDATE").status_code == 204
        assert ads.get(path).json()["status"] == "PAUSED"
        refused = writer.post(path, {"patch": {"$set": {"name": "Ny"}}}, "PARTIAL_UPDATE")
        assert refused.json()["code"] == "FIELD_NOT_ALLOWED"
        assert writer.post(path, {"patch": {"$set": {"status": "ASLEEP"}}}, "PARTIAL_UPDATE").status_code == 400
        assert writer.post(path, {}, "PARTIAL_UPDATE").json()["code"] == "MISSING_FIELD"
        assert ads.post("adAccounts", {"name": "Ny"}, "CREATE").status_code == 403
        assert writer.post("adAccounts", {"name": "Ny"}, "CREATE").status_code == 405


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
