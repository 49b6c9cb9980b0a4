"""Consent, code, tokens: what is asked for, what is bound to what, and what ends when."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.sandbox.driver import DAY_S, Platform, start, stop

RETURN = "http://localhost:8000/kanaler/linkedin/retur"
SCOPES = "openid profile rw_organization_admin w_organization_social r_organization_social"


def authorise_path(platform: Platform, **changes: str) -> str:
    query = {"response_type": "code", "client_id": platform.client["client_id"], "redirect_uri": RETURN}
    query |= {"state": "s p&æ", "scope": SCOPES, **changes}
    return "/oauth/v2/authorization?" + urlencode(query)


def returned(platform: Platform, *, choice: str = "allow", member: str = "Ingrid Lyngstad", **changes: str):
    form = {"member": platform.member(member), "choice": choice}
    response = platform.call("POST", authorise_path(platform, **changes), data=form)
    assert response.status_code == 302, response.text
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def exchange(platform: Platform, code: str, /, **changes: str):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN, **platform.client, **changes}
    return platform.call("POST", "/oauth/v2/accessToken", data=form)


def renew(platform: Platform, refresh_token: str):
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **platform.client}
    return platform.call("POST", "/oauth/v2/accessToken", data=form)


def who(platform: Platform, token: str):
    return platform.get("/v2/userinfo", headers={"Authorization": f"Bearer {token}"})


class TestAuthorisation:
    def test_shows_who_one_can_be_and_that_this_is_not_linkedin(self, platform):
        page = platform.get(authorise_path(platform))

        assert page.status_code == 200
        assert "Sandkasse – ikke LinkedIn" in page.text
        assert "Sunniva Toside" in page.text
        assert "<script" not in page.text
        assert "style=" not in page.text

    def test_returns_a_code_and_the_untouched_state(self, platform):
        answer = returned(platform)

        assert answer["state"] == "s p&æ"
        assert answer["code"]

    def test_returns_an_error_when_the_member_refuses(self, platform):
        answer = returned(platform, choice="deny")

        assert answer["error"] == "user_cancelled_authorize"
        assert answer["state"] == "s p&æ"
        assert "code" not in answer

    def test_returns_an_error_for_a_scope_that_does_not_exist(self, platform):
        response = platform.get(authorise_path(platform, scope="openid w_everything"))

        assert "error=unauthorized_scope_error" in response.headers["Location"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"client_id": "x"},
            {"redirect_uri": "https://evil.example/"},
            {"redirect_uri": "http://localhost@evil.example/"},
            {"redirect_uri": "//localhost"},
            {"redirect_uri": ""},
            {"redirect_uri": "http://[bad"},
        ],
    )
    def test_never_redirects_to_an_address_it_does_not_know(self, platform, changes):
        response = platform.get(authorise_path(platform, **changes))

        assert response.status_code == 400
        assert "Location" not in response.headers

    def test_takes_registered_addresses_only_and_exactly_when_there_is_a_list(self):
        process, announced = start(SANDBOX_REDIRECT_URIS=f"{RETURN}, http://localhost:1/b")
        platform = Platform(announced)
        try:
            exact = platform.get(authorise_path(platform)).status_code
            longer = platform.get(authorise_path(platform, redirect_uri=RETURN + "/")).status_code
        finally:
            stop(process)

        assert (exact, longer) == (200, 400)


class TestExchange:
    def test_gives_tokens_that_work_for_the_member_who_agreed(self, platform):
        tokens = exchange(platform, returned(platform)["code"]).json()

        assert tokens["expires_in"] == 60 * DAY_S
        assert tokens["refresh_token_expires_in"] == 365 * DAY_S
        assert set(tokens["scope"].split(",")) == set(SCOPES.split())
        assert who(platform, tokens["access_token"]).json()["name"] == "Ingrid Lyngstad"

    def test_takes_a_code_once(self, platform):
        code = returned(platform)["code"]

        assert exchange(platform, code).status_code == 200
        assert exchange(platform, code).json()["error"] == "invalid_grant"

    def test_refuses_a_code_that_has_become_old(self, platform):
        code = returned(platform)["code"]
        platform.advance(601)

        assert exchange(platform, code).status_code == 400

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"redirect_uri": RETURN + "/annet"}, 400),
            ({"client_secret": "feil"}, 401),
            ({"client_id": "feil"}, 401),
            ({"code": "feil"}, 400),
            ({"code": ""}, 400),
            ({"grant_type": "password"}, 400),
        ],
    )
    def test_refuses_whatever_does_not_belong_to_the_code(self, platform, changes, status):
        response = exchange(platform, returned(platform)["code"], **changes)

        assert response.status_code == status
        assert set(response.json()) == {"error", "error_description"}

    def test_ends_earlier_tokens_when_other_scopes_are_asked_for(self, platform):
        first = exchange(platform, returned(platform)["code"]).json()["access_token"]
        same = exchange(platform, returned(platform)["code"]).json()["access_token"]
        is_alive = who(platform, first).status_code
        other = exchange(platform, returned(platform, scope="openid profile")["code"]).json()["access_token"]

        assert is_alive == 200
        assert [who(platform, token).status_code for token in (first, same, other)] == [401, 401, 200]

    def test_gives_no_refresh_token_when_the_app_may_not_renew(self, platform):
        platform.switch(refresh_tokens=False)

        assert "refresh_token" not in exchange(platform, returned(platform)["code"]).json()


class TestRefresh:
    def test_does_not_make_the_refresh_token_live_longer(self, platform):
        tokens = exchange(platform, returned(platform)["code"]).json()

        platform.advance(59 * DAY_S)
        early = renew(platform, tokens["refresh_token"]).json()
        platform.advance(301 * DAY_S)
        late = renew(platform, tokens["refresh_token"]).json()

        assert early["expires_in"] == 60 * DAY_S
        assert early["refresh_token"] == late["refresh_token"] == tokens["refresh_token"]
        assert round(early["refresh_token_expires_in"] / DAY_S) == 306
        assert round(late["expires_in"] / DAY_S) == round(late["refresh_token_expires_in"] / DAY_S) == 5

    def test_is_refused_after_a_year(self, platform):
        tokens = exchange(platform, returned(platform)["code"]).json()
        platform.advance(366 * DAY_S)

        assert renew(platform, tokens["refresh_token"]).json()["error"] == "invalid_grant"


class TestTokens:
    def test_die_after_sixty_days_and_say_so(self, platform):
        platform.advance(61 * DAY_S)

        answer = platform.get("/rest/organizations/1001")

        assert (answer.status_code, answer.json()["code"]) == (401, "EXPIRED_ACCESS_TOKEN")

    def test_are_described_by_introspection(self, platform):
        form = {"token": platform.token, **platform.client}
        alive = platform.call("POST", "/oauth/v2/introspectToken", data=form).json()
        platform.control("POST", "/_revoke", {"member": platform.member("Ingrid Lyngstad")})
        dead = platform.call("POST", "/oauth/v2/introspectToken", data=form).json()

        assert (alive["active"], alive["status"], alive["auth_type"]) == (True, "active", "3L")
        assert (dead["active"], dead["status"]) == (False, "revoked")

    def test_end_when_the_app_asks_and_the_switch_allows_it(self, platform):
        form = {"token": platform.token, **platform.client}

        platform.control("POST", "/_switch", {"revoke_endpoint": False})
        without = platform.call("POST", "/oauth/v2/revoke", data=form)
        still = platform.call("POST", "/oauth/v2/introspectToken", data=form).json()["active"]
        platform.control("POST", "/_switch", {"revoke_endpoint": True})
        ended = platform.call("POST", "/oauth/v2/revoke", data=form)

        assert (without.status_code, still, ended.status_code) == (404, True, 200)
        assert platform.call("POST", "/oauth/v2/introspectToken", data=form).json()["status"] == "revoked"

    def test_of_an_app_are_ended_by_that_app_alone(self, platform):
        form = {"token": platform.token, **platform.client, "client_secret": "gjettet"}

        assert platform.call("POST", "/oauth/v2/revoke", data=form).status_code == 401
        assert platform.get("/rest/organizations/1001").status_code == 200

    def test_are_missing_from_the_request_log(self, platform):
        exchange(platform, returned(platform)["code"])
        platform.get("/rest/organizations/1001")

        log = platform.control("GET", "/_requests").text

        assert "/oauth/v2/accessToken" in log
        assert platform.token not in log
        assert "AQ" not in log
