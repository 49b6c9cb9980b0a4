"""The order of checks, versions, quotas, protocol forms, pages and roles."""

import http.client
import json
from datetime import UTC, datetime

import pytest
import requests

from sandbox.linkedin.versions import SUNSETS
from tests.sandbox.driver import DAY_S, LYNGVAER, STORVIKA, TIMEOUT_S, VERSION, Platform, encoded

ACLS = "/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED&start=0&count=100"
SHARES = f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={encoded(LYNGVAER)}"


def said(response: requests.Response) -> tuple[int, str | None]:
    return response.status_code, response.json().get("code")


class TestOrderOfChecks:
    def test_asks_for_the_token_before_the_version(self, platform):
        response = platform.get("/rest/nothing", headers={"Authorization": None, "LinkedIn-Version": None})

        assert response.json() == {"status": 401, "message": "Empty oauth2_access_token", "serviceErrorCode": 401}

    def test_asks_for_the_version_before_the_route(self, platform):
        assert said(platform.get("/rest/nothing", headers={"LinkedIn-Version": None})) == (400, "VERSION_MISSING")

    def test_looks_for_the_route_before_the_parameters(self, platform):
        assert said(platform.get("/rest/nothing?x=List(")) == (404, "RESOURCE_NOT_FOUND")
        assert said(platform.call("PUT", "/rest/posts?x=List(")) == (405, "METHOD_NOT_ALLOWED")

    def test_reads_the_parameters_before_the_role(self, platform):
        other = SHARES.replace("1001", "1002")

        assert said(platform.get(other + "&timeIntervals=(timeRange:(")) == (400, "ILLEGAL_ARGUMENT")
        assert said(platform.get(other)) == (403, "ACCESS_DENIED")

    def test_lets_a_fault_go_before_everything(self, platform):
        platform.fault("GET /rest/nothing", "status_429")

        assert platform.get("/rest/nothing", headers={"Authorization": None}).status_code == 429

    def test_marks_every_answer_as_the_sandbox(self, platform):
        paths = ["/rest/nothing", "/", "/_truth", "/_nothing", "/company/none/", "/oauth/v2/authorization", ACLS]

        assert {platform.get(path).headers["X-Kanalkompass-Sandbox"] for path in paths} == {"1"}

    def test_does_not_know_a_foreign_token(self, platform):
        assert said(platform.get(ACLS, headers={"Authorization": "Bearer x"})) == (401, "INVALID_ACCESS_TOKEN")


class TestVersions:
    @pytest.mark.parametrize(
        ("version", "expected"),
        [
            ("202511", (426, "NONEXISTENT_VERSION")),
            ("202512", (426, "NONEXISTENT_VERSION")),
            ("209901", (426, "NONEXISTENT_VERSION")),
            ("abc", (400, "INVALID_VERSION")),
            (VERSION, (200, None)),
        ],
    )
    def test_answer_inside_their_window_only(self, platform, version, expected):
        assert said(platform.get(ACLS, headers={"LinkedIn-Version": version})) == expected

    def test_die_on_their_day(self, platform):
        today = datetime.now(tz=UTC).date().isoformat()
        version, sunset = next((name, day) for name, day in SUNSETS.items() if day > today)
        platform.advance(max(0, _seconds_until(platform, sunset) - DAY_S))
        token = platform.control("POST", "/_token", {"member": platform.member("Ingrid Lyngstad")}).json()
        headers = {"LinkedIn-Version": version, "Authorization": f"Bearer {token['access_token']}"}

        before = platform.get(ACLS, headers=headers).status_code
        platform.advance(DAY_S)
        after = platform.get(ACLS, headers=headers).status_code

        assert (before, after) == (200, 426)

    def test_malformed_ones_follow_the_switch(self, platform):
        platform.switch(malformed_version_status=426)

        assert said(platform.get(ACLS, headers={"LinkedIn-Version": "abc"})) == (426, "NONEXISTENT_VERSION")


def _seconds_until(platform: Platform, day: str) -> float:
    then = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() + 3600
    return then - platform.now_ms() / 1000


class TestProtocol:
    def test_takes_raw_and_encoded_lists_for_the_same(self, platform):
        urn = platform.posted()
        platform.advance(DAY_S)
        forms = [f"List({encoded(urn)})", f"List({urn})", encoded(f"List({encoded(urn)})"), encoded(f"List({urn})")]

        found = [platform.get(f"{SHARES}&shares={form}").json()["elements"] for form in forms]

        assert len(found[0]) == 1
        assert all(elements == found[0] for elements in found)

    def test_takes_a_tunnelled_call_for_the_get_it_is(self, platform):
        query = ACLS.partition("?")[2]
        headers = {"X-HTTP-Method-Override": "GET", "Content-Type": "application/x-www-form-urlencoded"}

        tunnelled = platform.call("POST", "/rest/organizationAcls", data=query, headers=headers)

        assert tunnelled.json() == platform.get(ACLS).json()

    def test_takes_both_parts_of_a_tunnelled_call_with_a_body(self, platform):
        parts = (
            "--B\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\naction=initializeUpload\r\n"
            '--B\r\nContent-Type: application/json\r\n\r\n{"initializeUploadRequest":{"owner":"'
            + LYNGVAER
            + '"}}\r\n--B--\r\n'
        )
        headers = {"X-HTTP-Method-Override": "POST", "Content-Type": 'multipart/mixed; boundary="B"'}

        response = platform.call("POST", "/rest/images", data=parts, headers=headers)

        assert response.json()["value"]["image"].startswith("urn:li:image:")

    def test_refuses_dotted_names_in_a_2_0_call(self, platform):
        dotted = SHARES + "&timeIntervals.timeRange.start=1"

        assert said(platform.get(dotted)) == (400, "QUERY_PARAM_NOT_ALLOWED")

    def test_reads_dotted_names_without_the_2_0_header(self, platform):
        now = platform.now_ms()
        dotted = f"&timeIntervals.timeRange.start={now}&timeIntervals.timeRange.end={now + 1}"
        dotted += "&timeIntervals.timeGranularityType=DAY"

        response = platform.get(SHARES + dotted, headers={"X-Restli-Protocol-Version": None})

        assert len(response.json()["elements"]) == 1

    def test_refuses_a_query_that_should_have_been_tunnelled(self, platform):
        assert platform.get(ACLS + "&x=" + "y" * 5000).status_code == 414

    def test_wants_a_length_on_an_empty_post(self, platform):
        connection = http.client.HTTPConnection(platform.base.removeprefix("http://"), timeout=TIMEOUT_S)
        connection.putrequest("POST", "/rest/posts")
        for name, value in platform.headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()

        assert status == 411

    def test_reads_a_body_in_chunks(self, platform):
        order = json.dumps({"initializeUploadRequest": {"owner": LYNGVAER}}).encode()
        pieces = iter([order[:10], order[10:]])

        response = platform.call("POST", "/rest/images?action=initializeUpload", data=pieces)

        assert response.status_code == 200


class TestQuotas:
    def test_end_the_day_for_a_member_and_start_again_at_midnight_utc(self, platform):
        platform.switch(member_daily_limit=2)

        today = [platform.get(ACLS).status_code for _ in range(3)]
        platform.advance(DAY_S)
        tomorrow = platform.get(ACLS).status_code

        assert today == [200, 200, 429]
        assert tomorrow == 200

    def test_answer_without_retry_after(self, platform):
        platform.switch(app_daily_limit=0)

        response = platform.get(ACLS)

        assert "Retry-After" not in response.headers
        assert response.json()["message"].startswith("Resource level throttle limit")

    def test_are_small_in_the_development_tier_and_refuse_batches(self, platform):
        platform.switch(development_tier=True)

        assert said(platform.get("/rest/organizationsLookup?ids=List(1001)")) == (403, "ACCESS_DENIED")
        assert [platform.get(ACLS).status_code for _ in range(101)].count(200) == 100


class TestPagesAndRoles:
    def test_names_the_pages_a_member_runs(self, platform):
        elements = platform.get(ACLS).json()["elements"]

        assert [(row["organization"], row["role"], row["state"]) for row in elements] == [
            (LYNGVAER, "ADMINISTRATOR", "APPROVED")
        ]

    @pytest.mark.parametrize(("name", "count"), [("Sunniva Toside", 2), ("Tor Uteneide", 0)])
    def test_knows_members_with_two_pages_and_with_none(self, platform, name, count):
        token = platform.control("POST", "/_token", {"member": platform.member(name)}).json()["access_token"]

        assert len(platform.get(ACLS, headers={"Authorization": f"Bearer {token}"}).json()["elements"]) == count

    def test_says_what_a_page_is_called(self, platform):
        page = platform.get("/rest/organizations/1001").json()
        found = platform.get("/rest/organizations?q=vanityName&vanityName=lyngvaer-kommune").json()

        assert (page["id"], page["localizedName"], page["vanityName"]) == (1001, "Lyngvær kommune", "lyngvaer-kommune")
        assert found["elements"] == [page]
        assert found["paging"]["total"] == 1

    def test_shows_a_foreign_page_only_from_outside(self, platform):
        assert said(platform.get("/rest/organizations/1002")) == (403, "ACCESS_DENIED")
        looked_up = platform.get("/rest/organizationsLookup?ids=List(1002,77)").json()
        assert looked_up["results"]["1002"]["localizedName"] == "Storvika kommune"
        assert looked_up["statuses"]["77"] == 404

    def test_says_when_a_page_is_inactive(self, platform):
        platform.switch(inactive_organisations=[1001])

        assert platform.get("/rest/organizations/1001").json()["message"] == "Organization 1001 is inactive"

    def test_counts_followers_with_the_right_edge_only(self, platform):
        path = f"/rest/networkSizes/{encoded(LYNGVAER)}?edgeType="

        assert platform.get(path + "COMPANY_FOLLOWED_BY_MEMBER").json()["firstDegreeSize"] > 0
        assert platform.get(path + "CompanyFollowedByMember").status_code == 400

    def test_refuses_everything_once_the_role_is_gone(self, platform):
        urn = platform.posted()
        order = {"member": platform.member("Ingrid Lyngstad"), "organisation": 1001, "role": None}
        platform.control("POST", "/_role", order)

        answers = [platform.post("nytt"), platform.get(f"/rest/posts/{encoded(urn)}"), platform.get(SHARES)]

        assert [said(answer) for answer in answers] == [(403, "ACCESS_DENIED")] * 3
        assert len(platform.truth()) == 1

    @pytest.mark.parametrize("state", ["REQUESTED", "REVOKED"])
    def test_counts_only_roles_that_are_approved(self, platform, state):
        order = {"member": platform.member("Ingrid Lyngstad"), "organisation": 1001, "role": "ADMINISTRATOR"}
        platform.control("POST", "/_role", {**order, "state": state})

        assert said(platform.get("/rest/organizations/1001")) == (403, "ACCESS_DENIED")
        assert platform.get(ACLS).json()["elements"] == []

    def test_refuses_a_post_without_the_scope_for_it(self, platform):
        order = {"member": platform.member("Ingrid Lyngstad"), "scope": "openid rw_organization_admin"}
        token = platform.control("POST", "/_token", order).json()["access_token"]

        assert platform.post("nytt", headers={"Authorization": f"Bearer {token}"}).status_code == 403

    def test_refuses_a_post_on_a_page_one_does_not_run(self, platform):
        assert platform.post("nytt", author=STORVIKA).status_code == 403
