"""What depends on the app: its products, its tier, its quotas, its tokens; and which versions answer."""

import socket

from tests.sandbox.driver import DAY_S, LYNGVAER, TIMEOUT_S, VERSION, Platform, encoded
from tests.sandbox.test_oauth import exchange, renew, returned, who

ACLS = "/rest/organizationAcls?q=roleAssignee"
ORGANISATION = "/rest/organizations/1001"


def token_of(platform: Platform, app: dict[str, str], *, scope: str | None = None) -> dict[str, str]:
    """Return the header of a token that another app holds for the page's administrator."""
    order = {"member": platform.member("Ingrid Lyngstad"), "client_id": app["client_id"]}
    order |= {"scope": scope} if scope else {}
    return {"Authorization": f"Bearer {platform.control('POST', '/_token', order).json()['access_token']}"}


def added(platform: Platform, **settings: object) -> dict[str, str]:
    return platform.control("POST", "/_app", {"name": "Annen app", **settings}).json()


class TestProducts:
    def test_bring_scopes_and_open_routes_for_one_app_alone(self, platform):
        app = added(platform, products=["sign_in", "advertising"])
        headers = token_of(platform, app)
        urn = platform.posted()

        assert platform.get(ORGANISATION, headers=headers).status_code == 200
        assert platform.get(f"/rest/socialMetadata/{encoded(urn)}", headers=headers).status_code == 403
        assert platform.get(f"/rest/socialMetadata/{encoded(urn)}").status_code == 200
        platform.switch(products=["sign_in"])
        refused = platform.get(ORGANISATION)
        assert (refused.status_code, refused.json()["code"], refused.json()["serviceErrorCode"]) == (
            403,
            "ACCESS_DENIED",
            100,
        )
        assert platform.get("/v2/userinfo").status_code == 200

    def test_limit_what_an_app_may_ask_for(self, platform):
        platform.switch(products=["sign_in", "community_management"])

        answer = platform.get(
            "/oauth/v2/authorization?response_type=code&redirect_uri=http://localhost:1/&scope=r_ads&client_id="
            + platform.client["client_id"]
        )

        assert "error=unauthorized_scope_error" in answer.headers["Location"]

    def test_open_who_one_is_over_rest_with_the_basic_profile(self, platform):
        headers = token_of(platform, platform.client, scope="r_basicprofile")

        assert platform.get("/rest/me", headers=headers).json()["localizedLastName"] == "Lyngstad"
        assert platform.get("/rest/me").status_code == 403


class TestTiersAndQuotas:
    def test_are_each_apps_own_and_can_be_read(self, platform):
        app = added(platform, development_tier=True, member_daily_limit=2)
        headers = token_of(platform, app)

        statuses = [platform.get(ACLS, headers=headers).status_code for _ in range(3)]
        batch = platform.get("/rest/organizationsLookup?ids=List(1001)", headers=headers).status_code
        counters = platform.control("GET", "/_quota").json()["counters"]

        assert (statuses, batch) == ([200, 200, 429], 403)
        assert platform.get(ACLS).status_code == 200
        assert {
            "who": f"app:{app['client_id']}",
            "endpoint": "GET /rest/organizationAcls",
            "n": 2,
        } in counters

    def test_say_when_to_come_back_only_when_switched(self, platform):
        platform.switch(app_daily_limit=0, quota_retry_after_s=60)

        assert platform.get(ACLS).headers["Retry-After"] == "60"

    def test_of_an_app_take_known_settings_only(self, platform):
        before = platform.control("GET", "/_quota").status_code
        for body in ({"list_lag_s": 5}, {"products": "sign_in"}, {"nonsense": 1}):
            assert platform.call("POST", "/_app", json=body).status_code == 400
        assert before == 200


class TestVersions:
    def test_can_be_added_killed_and_waited_for(self, platform):
        def answered(version: str) -> int:
            return platform.get(ACLS, headers={"LinkedIn-Version": version}).status_code

        before = [answered("202610"), answered(VERSION), answered("202701")]
        platform.switch(added_versions={"202610": "2027-10-15"}, killed_versions=[VERSION])
        after = [answered("202610"), answered(VERSION)]

        assert before == [426, 200, 426]
        assert after == [200, 426]
        platform.advance(400 * DAY_S)
        fresh = token_of(platform, platform.client)
        later = [
            platform.get(ACLS, headers={**fresh, "LinkedIn-Version": name}).status_code for name in ("202706", "202610")
        ]
        assert later == [200, 426]


class TestTokens:
    def test_of_one_app_are_nothing_to_another(self, platform):
        app = added(platform)
        tokens = exchange(platform, returned(platform)["code"]).json()
        client = {name: app[name] for name in ("client_id", "client_secret")}

        def asked(path: str, **form: str):
            return platform.call("POST", path, data={**client, **form})

        refreshed = asked("/oauth/v2/accessToken", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        seen = asked("/oauth/v2/introspectToken", token=tokens["access_token"]).json()
        other = token_of(platform, app)
        exchange(platform, returned(platform, scope="openid profile")["code"])

        assert refreshed.json()["error"] == "invalid_grant"
        assert seen == {"active": False}
        assert platform.get(ORGANISATION, headers=other).status_code == 200

    def test_work_only_after_a_while_when_switched(self, platform):
        platform.switch(fresh_token_delay_s=30)
        token = exchange(platform, returned(platform)["code"]).json()["access_token"]
        early = who(platform, token).status_code
        platform.advance(31)

        assert (early, who(platform, token).status_code) == (401, 200)

    def test_are_told_as_expired_by_introspection_and_never_made_for_the_app_itself(self, platform):
        tokens = exchange(platform, returned(platform, code_challenge="x", code_challenge_method="S256")["code"]).json()
        platform.advance(61 * DAY_S)
        form = {"token": tokens["access_token"], **platform.client}
        seen = platform.call("POST", "/oauth/v2/introspectToken", data=form).json()
        own = {"grant_type": "client_credentials", **platform.client}
        refused = platform.call("POST", "/oauth/v2/accessToken", data=own)

        assert (seen["active"], seen["status"]) == (False, "expired")
        assert (refused.status_code, refused.json()["error"]) == (400, "access_denied")
        assert renew(platform, tokens["refresh_token"]).status_code == 200

    def test_come_without_a_page_only_for_a_member_who_has_agreed_before(self, platform):
        form = {"member": platform.member("Ingrid Lyngstad"), "choice": "cancel_login"}
        path = "/oauth/v2/authorization?response_type=code&scope=openid&redirect_uri=http://localhost:1/&client_id="
        path += platform.client["client_id"]
        cancelled = platform.call("POST", path, data=form)
        before = platform.get(path + "&prompt=none").status_code
        platform.switch(signed_in_member=platform.member("Ingrid Lyngstad"))
        code = platform.call("POST", path, data=form | {"choice": "allow"}).headers["Location"].partition("code=")[2]
        exchange(platform, code, redirect_uri="http://localhost:1/")

        assert "error=user_cancelled_login" in cancelled.headers["Location"]
        assert before == 200
        assert "code=" in platform.get(path + "&prompt=none").headers["Location"]
        assert platform.get(path.replace("openid", "openid%20profile") + "&prompt=none").status_code == 200


class TestWire:
    def test_keeps_only_the_fields_asked_for(self, platform):
        urn = platform.posted()
        one = platform.get(f"/rest/posts/{encoded(urn)}?fields=id,author").json()
        many = platform.get(f"/rest/posts?q=author&author={encoded(LYNGVAER)}&fields=id,content:(media)").json()
        batch = platform.get(f"/rest/posts?ids=List({encoded(urn)})&fields=visibility").json()

        assert one == {"id": urn, "author": LYNGVAER}
        assert [set(element) for element in many["elements"]] == [{"id", "content"}]
        assert batch["results"] == {urn: {"visibility": "PUBLIC"}}

    def test_reads_the_lists_of_protocol_1(self, platform):
        old = {"X-Restli-Protocol-Version": None}

        for query in ("ids=1001&ids=1002", "ids[0]=1001&ids[1]=1002", "ids%5B0%5D=1001&ids%5B1%5D=1002"):
            results = platform.get(f"/rest/organizationsLookup?{query}", headers=old).json()["results"]
            assert set(results) == {"1001", "1002"}
        assert set(platform.get("/rest/organizationsLookup?ids=1001", headers=old).json()["results"]) == {"1001"}
        assert platform.get("/rest/organizationsLookup?ids=1001").status_code == 400
        assert platform.get("/rest/organizationsLookup?ids=List(1001)", headers=old).status_code == 400

    def test_names_every_answer_for_the_support(self, platform):
        for path in (ACLS, "/rest/nothing", "/oauth/v2/accessToken", "/"):
            headers = platform.get(path).headers
            assert headers["x-li-uuid"]
            assert headers["x-li-fabric"]
            assert headers["x-li-request-id"]

    def test_keeps_a_connection_open_and_survives_what_is_no_http(self, platform):
        host, port = platform.base.removeprefix("http://").split(":")
        request = b"get /v2/me HTTP/1.1\r\nhost: localhost\r\n\r\n"
        with socket.create_connection((host, int(port)), TIMEOUT_S) as connection:
            connection.sendall(request + request)
            answer = piece = connection.recv(4096)
            while piece and answer.count(b"Empty oauth2_access_token") < 2:
                piece = connection.recv(4096)
                answer += piece
        assert answer.count(b"HTTP/1.1 401 Unauthorized\r\n") == 2
        for nonsense in (b"x\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"GET /" + b"a" * 70_000):
            with socket.create_connection((host, int(port)), TIMEOUT_S) as connection:
                connection.sendall(nonsense)
                assert connection.recv(64).startswith(b"HTTP/1.1 4")
