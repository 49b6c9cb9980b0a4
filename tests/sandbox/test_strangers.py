"""
What other people's LinkedIn clients write, sent again as they wrote it: order of the query, capitals of the headers,
tunnelling. How the clients themselves were run stands in docs/sandbox-clients.md.
"""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
import requests

from tests.sandbox.advertising import ACCOUNT, FIRST, TODAY, USD
from tests.sandbox.driver import DAY_MS, LYNGVAER, TIMEOUT_S, VERSION, Platform

SCOPE = "w_organization_social r_organization_social rw_organization_admin r_ads r_ads_reporting"


class Stranger:
    """A client with its own way of writing a request; bodies are bytes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        order = {"member": platform.member("Ingrid Lyngstad"), "scope": SCOPE}
        self.token = platform.control("POST", "/_token", order).json()["access_token"]

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes | None = None) -> requests.Response:
        prepared = requests.Request(method, self.platform.base, data=body).prepare()
        # Written as it stands: requests would put the query in a form of its own.
        prepared.url = self.platform.base + target
        prepared.headers = {**headers, "Authorization": f"Bearer {self.token}"}
        if body is not None:
            prepared.headers["Content-Length"] = str(len(body))
        with requests.Session() as session:
            return session.send(prepared, timeout=TIMEOUT_S)


class Official(Stranger):
    """LinkedIn's own Python client: sorted keys, the method on every call, a content type even without a body."""

    def call(self, restli_method: str, method: str, target: str, body: str | None = None, **more: str):
        headers = {
            "Connection": "Keep-Alive",
            "X-RestLi-Protocol-Version": "2.0.0",
            "X-RestLi-Method": restli_method,
            "Content-Type": "application/json",
            "User-Agent": "linkedin-api-python-client/0.3.0",
            "LinkedIn-Version": VERSION,
        }
        return self.send(method, target, headers | more, None if body is None else body.encode())


class Tap(Stranger):
    """The Singer tap: every read is a POST with the query as its body; most of them in protocol 1.0."""

    def call(self, path: str, query: str, **more: str) -> requests.Response:
        headers = {
            "User-Agent": "tap",
            "Accept": "application/json",
            "LinkedIn-Version": VERSION,
            "Cache-Control": "no-cache",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-HTTP-Method-Override": "GET",
        }
        return self.send("POST", f"/rest/{path}", headers | more, query.encode())


class Flin(Stranger):
    """A reader of advertising for assistants: whole values percent-encoded, another capital in the version's name."""

    def call(self, target: str) -> requests.Response:
        headers = {"Linkedin-Version": VERSION, "X-Restli-Protocol-Version": "2.0.0"}
        return self.send("GET", f"/rest/{target}", headers | ({"X-RestLi-Method": "FINDER"} if "q=" in target else {}))


PROTOCOL_2 = {"X-Restli-Protocol-Version": "2.0.0"}
ACCOUNT_URN = f"urn%3Ali%3AsponsoredAccount%3A{ACCOUNT}"


class TestTheOfficialClient:
    def test_publishes_reads_changes_and_deletes(self, platform):
        client = Official(platform)
        body = json.dumps(platform.body("Vi søker vernepleier \\(100 %\\)"))

        made = client.call("CREATE", "POST", "/rest/posts", body)
        urn = quote(made.headers["x-restli-id"], safe="")
        key = f"/rest/posts/{urn}"
        changed = client.call("PARTIAL_UPDATE", "POST", key, '{"patch": {"$set": {"commentary": "Vi s\\u00f8ker to"}}}')
        text = client.call("GET", "GET", key).json()["commentary"]
        batch = client.call("BATCH_GET", "GET", f"/rest/posts?ids=List({urn},urn%3Ali%3Ashare%3A1)").json()
        gone = client.call("DELETE", "DELETE", key, **{"Content-Length": "0"})

        assert (made.status_code, changed.status_code, text, gone.status_code) == (201, 204, "Vi søker to", 204)
        assert list(batch["statuses"].values()) == [200, 404]
        assert client.call("GET", "GET", key).status_code == 404

    def test_tunnels_a_query_of_more_than_4000_characters(self, platform):
        client, urn = Official(platform), platform.posted()
        ids = ",".join(quote(f"urn:li:share:{7_000_000_000_000_000_000 + n}", safe="") for n in range(150))
        query = f"ids=List({quote(urn, safe='')},{ids})"
        form = {"Content-Type": "application/x-www-form-urlencoded", "X-HTTP-Method-Override": "GET"}

        tunnelled = client.call("BATCH_GET", "POST", "/rest/posts", query, **form)
        plain = client.call("BATCH_GET", "GET", f"/rest/posts?{query}")

        assert len(query) > 4000
        assert list(tunnelled.json()["results"]) == [urn]
        assert len(tunnelled.json()["errors"]) == 150
        assert plain.status_code == 414

    def test_tunnels_a_change_as_two_parts(self, platform):
        client, urn = Official(platform), platform.posted()
        body = (
            "--xQzRtYpLmN\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
            f"unused={'x' * 4100}\r\n--xQzRtYpLmN\r\nContent-Type: application/json\r\n\r\n"
            '{"patch": {"$set": {"commentary": "Vi søker tre"}}}\r\n--xQzRtYpLmN--'
        )
        parts = {"Content-Type": "multipart/mixed; boundary=xQzRtYpLmN", "X-HTTP-Method-Override": "POST"}

        changed = client.call("PARTIAL_UPDATE", "POST", f"/rest/posts/{quote(urn, safe='')}", body, **parts)

        assert changed.status_code == 204
        assert platform.shown(urn)["commentary"] == "Vi søker tre"

    def test_finds_with_sorted_keys_and_a_bare_list_of_fields(self, platform):
        client, midnight = Official(platform), platform.now_ms() // DAY_MS * DAY_MS
        page = quote(LYNGVAER, safe="")
        search = f"(reference:(values:List({page})),status:(values:List(ACTIVE,DRAFT)),test:false)"
        start = f"(start:(day:{FIRST.day},month:{FIRST.month},year:{FIRST.year}))"
        window = f"(timeGranularityType:DAY,timeRange:(end:{midnight},start:{midnight - 3 * DAY_MS}))"
        targets = {
            "organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED": 1,
            f"adAccounts?pageSize=1&q=search&search={search}": 1,
            f"adAnalytics?accounts=List({ACCOUNT_URN})&dateRange={start}&pivot=CAMPAIGN&q=analytics&timeGranularity=ALL"
            "&fields=pivotValues,dateRange,impressions,clicks,costInLocalCurrency": 3,
            f"organizationalEntityShareStatistics?organizationalEntity={page}&q=organizationalEntity"
            f"&timeIntervals={window}": 3,
        }

        counts = {}
        for target in targets:
            counts[target] = len(client.call("FINDER", "GET", f"/rest/{target}").json()["elements"])
        one = client.call("GET", "GET", f"/rest/adAccounts/{ACCOUNT}?&fields=id,name").json()

        assert counts == targets
        assert one == {"id": ACCOUNT, "name": "Lyngvær kommune"}


class TestTheSingerTap:
    def test_reads_every_stream_through_the_tunnel(self, platform):
        tap = Tap(platform)
        ids = ",".join(f"urn%3Ali%3AsponsoredAccount%3A{id_}" for id_ in (ACCOUNT, USD))
        creatives = (
            f"pageSize=1&q=criteria&campaigns=List(urn%3Ali%3AsponsoredCampaign%3A{ACCOUNT}2)&sortOrder=ASCENDING"
        )
        film = f"start=0&count=100&q=dscAdAccount&dscAdTypes=List(VIDEO)&dscAdAccount={ACCOUNT_URN}"

        answers = {
            "accounts": tap.call(
                "adAccounts", f"pageSize=1000&q=search&search=(id:(values:List({ids})))", **PROTOCOL_2
            ),
            "probe": tap.call("adAccounts", f"q=search&count=1&search=(id:(values:List({ids})))", **PROTOCOL_2),
            "groups": tap.call(f"adAccounts/{ACCOUNT}/adCampaignGroups", "pageSize=3&q=search"),
            "campaigns": tap.call(f"adAccounts/{ACCOUNT}/adCampaigns", "pageSize=3&q=search"),
            "creatives": tap.call(
                f"adAccounts/{ACCOUNT}/creatives", creatives, **PROTOCOL_2, **{"X-RestLi-Method": "FINDER"}
            ),
            "films": tap.call("posts", film, **PROTOCOL_2),
        }

        counts = {name: len(answer.json()["elements"]) for name, answer in answers.items()}
        assert counts == {"accounts": 2, "probe": 2, "groups": 2, "campaigns": 3, "creatives": 1, "films": 1}
        token = answers["campaigns"].json()["metadata"]["nextPageToken"]
        rest = tap.call(f"adAccounts/{ACCOUNT}/adCampaigns", f"pageSize=3&q=search&pageToken={token}").json()
        assert len(rest["elements"]) == 1
        assert "nextPageToken" not in rest["metadata"]

    def test_follows_the_links_of_the_users(self, platform):
        tap = Tap(platform)
        query = f"start=0&count=3&q=accounts&accounts[0]=urn:li:sponsoredAccount:{ACCOUNT}"
        first = tap.call("adAccountUsers", f"{query}&accounts[1]=urn:li:sponsoredAccount:{USD}").json()
        [link] = first["paging"]["links"]
        second = tap.call(*link["href"].removeprefix("/rest/").split("?")).json()

        assert (len(first["elements"]), len(second["elements"])) == (3, 1)
        assert link["rel"] == "next"
        assert second["paging"]["links"] == []

    def test_reads_figures_by_dotted_dates_in_windows_that_share_a_day(self, platform):
        tap = Tap(platform)

        def window(first, last) -> dict[str, int]:
            query = f"start=0&q=analytics&pivot=CAMPAIGN&timeGranularity=DAILY&count=10000&campaigns[0]={campaign}"
            for end, day in (("start", first), ("end", last)):
                query += (
                    f"&dateRange.{end}.day={day.day}&dateRange.{end}.month={day.month}&dateRange.{end}.year={day.year}"
                )
            answer = tap.call("adAnalytics", f"{query}&fields=impressions,costInLocalCurrency,dateRange,pivotValues")
            days = [(row["dateRange"]["start"], row["impressions"]) for row in answer.json()["elements"]]
            return {f"{day['year']}-{day['month']:02}-{day['day']:02}": count for day, count in days}

        campaign = f"urn:li:sponsoredCampaign:{ACCOUNT}2"
        early, late = window(FIRST, FIRST + timedelta(days=7)), window(FIRST + timedelta(days=7), TODAY)
        true = platform.control("GET", f"/_figures?organisation=1001&day={FIRST}&days=20").json()

        taken = {**early, **late}
        for day in true:
            rows = [row["impressions"] for row in day["ads"] if row["campaign"] == ACCOUNT * 10 + 2]
            assert taken.get(day["day"], 0) == sum(rows)
        assert late.keys() & early.keys() <= {str(FIRST + timedelta(days=7))}


class TestTheReaderOfAdvertising:
    def test_writes_whole_values_percent_encoded(self, platform):
        flin = Flin(platform)
        search = "search=%28status%3A%28values%3AList%28ACTIVE%2CPAUSED%29%29%29"

        campaigns = flin.call(f"adAccounts/{ACCOUNT}/adCampaigns?q=search&{search}&pageSize=100").json()["elements"]
        accounts = flin.call("adAccounts?q=search&search=%28status%3A%28values%3AList%28ACTIVE%29%29%2Ctest%3Afalse%29")

        assert {campaign["status"] for campaign in campaigns} == {"ACTIVE"}
        assert [account["id"] for account in accounts.json()["elements"]] == [ACCOUNT, USD]

    def test_is_told_which_spelling_of_the_pivot_is_wrong_and_finds_the_right_one(self, platform):
        flin = Flin(platform)
        days = f"dateRange=(start:(year:{FIRST.year},month:{FIRST.month},day:{FIRST.day}))"
        query = f"&accounts=List({ACCOUNT_URN})&fields=impressions,clicks&{days}"

        dotted = flin.call(f"adAnalytics?q=analytics&pivot.value=CAMPAIGN&timeGranularity.value=ALL{query}")
        plain = flin.call(f"adAnalytics?q=analytics&pivot=CAMPAIGN&timeGranularity=ALL{query}")

        assert (dotted.status_code, dotted.json()["code"]) == (400, "QUERY_PARAM_NOT_ALLOWED")
        assert len(plain.json()["elements"]) == 3


@pytest.mark.parametrize("client", [Official, Tap, Flin])
def test_strangers_are_refused_where_linkedin_refuses(platform, client):
    """Dead version 426, quota of the Development tier 429, several at once in that tier 403, product missing 403."""
    stranger = client(platform)

    def accounts(extra: str = "") -> requests.Response:
        if client is Official:
            return stranger.call("FINDER", "GET", f"/rest/adAccounts?q=search{extra}")
        return (
            stranger.call("adAccounts", "q=search") if client is Tap else stranger.call(f"adAccounts?q=search{extra}")
        )

    platform.switch(killed_versions=[VERSION])
    dead = accounts()
    platform.switch(killed_versions=[], development_tier=True, member_daily_limit=2)
    statuses = [accounts().status_code for _ in range(3)]
    if client is Official:
        batch = stranger.call("BATCH_GET", "GET", "/rest/posts?ids=List(urn%3Ali%3Ashare%3A1)")
        assert batch.status_code == 403
    platform.switch(development_tier=False, member_daily_limit=100, products=["sign_in", "community_management"])

    assert (dead.status_code, dead.json()["code"]) == (426, "NONEXISTENT_VERSION")
    assert statuses == [200, 200, 429]
    assert accounts().status_code == 403
