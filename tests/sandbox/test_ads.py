"""Advertising objects for reading: by cursor and search, with roles, scopes and products."""

import pytest

from tests.sandbox.advertising import ACCOUNT, CAMPAIGN, TEST, USD, Ads, asked, urns
from tests.sandbox.driver import Platform, encoded

NEW_ENVELOPE = {"status", "code", "message", "errorDetailType", "errorDetails"}


@pytest.fixture
def ads(platform: Platform) -> Ads:
    return Ads(platform)


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
