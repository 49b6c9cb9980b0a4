"""Faults: what reaches the client, and what the truth holds afterwards."""

import socket
import time
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.sandbox.driver import LYNGVAER, TIMEOUT_S, Platform, encoded

POST = "POST /rest/posts"
LIST = "GET /rest/posts"


def n_stored(platform: Platform) -> int:
    return len(platform.truth())


class TestConnection:
    def test_answer_lost_stores_and_resets(self, platform):
        platform.fault(POST, "answer_lost")

        with pytest.raises(requests.ConnectionError):
            platform.post()

        assert n_stored(platform) == 1
        assert platform.post("nytt").status_code == 201

    def test_answer_lost_is_a_reset_on_the_wire(self, platform):
        platform.fault("GET /rest/posts", "answer_lost")
        host, port = platform.base.removeprefix("http://").split(":")

        with socket.create_connection((host, int(port)), timeout=TIMEOUT_S) as connection:
            connection.sendall(b"GET /rest/posts HTTP/1.1\r\nHost: localhost\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                connection.recv(100)

    def test_connection_refused_like_stores_nothing(self, platform):
        platform.fault(POST, "connection_refused_like")

        with pytest.raises(requests.ConnectionError):
            platform.post()

        assert n_stored(platform) == 0

    def test_late_has_stored_before_the_client_gives_up(self, platform):
        platform.fault(POST, "late", delay_s=0.6)

        with pytest.raises(requests.ReadTimeout):
            requests.post(platform.base + "/rest/posts", headers=platform.headers, json=platform.body(), timeout=0.3)

        assert n_stored(platform) == 1

    def test_late_before_stores_after_the_delay(self, platform):
        platform.fault(POST, "late_before", delay_s=0.3)
        started = time.monotonic()

        response = platform.post()

        assert response.status_code == 201
        assert time.monotonic() - started >= 0.3

    def test_slow_bytes_dribble_the_body(self, platform):
        platform.fault("GET /rest/organizations/1001", "slow_bytes", delay_s=0.001)

        assert platform.get("/rest/organizations/1001").json()["id"] == 1001


class TestAnswers:
    @pytest.mark.parametrize(
        ("kind", "options", "status", "stored"),
        [
            ("stored_500", {}, 500, 1),
            ("plain_500", {}, 500, 0),
            ("status_429", {}, 429, 0),
            ("token_expired", {}, 401, 0),
            ("token_revoked", {}, 401, 0),
            ("token_invalid", {}, 401, 0),
            ("role_lost", {}, 403, 0),
            ("version_gone", {}, 426, 0),
            ("duplicate_ghost", {}, 422, 0),
            ("garbage", {}, 201, 1),
            ("garbage", {"stored": False, "status": 200}, 200, 0),
            ("empty_2xx", {}, 201, 1),
            ("other_shape", {}, 201, 1),
            ("big_body", {"bytes": 100_000}, 201, 1),
            ("no_id", {}, 201, 1),
            ("status", {"status": 503}, 503, 0),
            ("status", {"status": 503, "stored": True}, 503, 1),
        ],
    )
    def test_say_one_thing_while_the_truth_says_another(self, platform, kind, options, status, stored):
        platform.fault(POST, kind, **options)

        response = platform.post()

        assert (response.status_code, n_stored(platform)) == (status, stored)
        assert "x-restli-id" not in response.headers
        assert response.headers["X-Kanalkompass-Sandbox"] == "1"

    def test_carry_retry_after_only_when_told(self, platform):
        platform.fault(POST, "status_429", count=1, retry_after=7)
        platform.fault(POST, "status_429", count=1)

        assert [platform.post().headers.get("Retry-After") for _ in range(2)] == ["7", None]

    def test_name_a_ghost_that_nobody_can_read(self, platform):
        platform.fault(POST, "duplicate_ghost")
        ghost = platform.post().json()["message"].rpartition(" ")[2]

        assert platform.get(f"/rest/posts/{encoded(ghost)}").status_code == 404

    def test_lose_and_change_fields_of_the_token_answer(self, platform):
        platform.fault("POST /oauth/v2/accessToken", "fields", drop=["error"], set={"refresh_token": ""})

        answer = platform.call("POST", "/oauth/v2/accessToken", data={"grant_type": "x"}).json()

        assert set(answer) == {"error_description", "refresh_token"}

    def test_hide_young_posts_and_shorten_pages_of_the_list(self, platform):
        urns = [platform.posted(f"Innlegg {n}") for n in range(4)]
        platform.advance(5)
        platform.fault(LIST, "list_lag", lag_s=60)
        platform.fault(LIST, "list_truncated", keep=1)

        assert platform.listed() == []
        assert platform.listed() == [urns[-1]]
        assert platform.listed() == urns[::-1]


class TestWrongAnswers:
    def test_come_mangled_the_same_way_for_the_same_seed(self, platform):
        for n in range(3):
            platform.posted(f"Innlegg {n}")
        path = f"/rest/posts?q=author&author={encoded(LYNGVAER)}&count=10"
        whole = platform.get(path).json()["elements"]

        def spoilt(**options: object) -> list[dict]:
            platform.control("DELETE", "/_fault")
            platform.fault(LIST, "mangle", **options)
            return platform.get(path).json()["elements"]

        assert spoilt(seed=4) == spoilt(seed=4) != whole
        assert spoilt(what=["doubled"], rate=1) == [row for row in whole for _ in range(2)]
        assert all(isinstance(row["createdAt"], str) for row in spoilt(what=["strings"], rate=1))
        assert all(row["id"] is None for row in spoilt(what=["nulls"], rate=1))
        assert all("id" not in row for row in spoilt(what=["missing"], rate=1))
        assert all(len(new) == len(old) + 1 for new, old in zip(spoilt(what=["unknown"], rate=1), whole, strict=True))

    def test_lead_elsewhere_tell_the_wrong_time_or_refuse_a_cursor(self, platform):
        one = "GET /rest/organizations/1001"
        platform.fault(one, "redirect", location="https://elsewhere.example/x")
        platform.fault(one, "date_skew", skew_s=-7200)
        platform.fault(one, "expired_cursor", count=2)

        moved, skewed, plain, expired = (
            platform.get(f"/rest/organizations/1001{query}") for query in ("", "", "", "?pageToken=x")
        )

        assert (moved.status_code, moved.headers["Location"]) == (302, "https://elsewhere.example/x")
        told = parsedate_to_datetime(skewed.headers["Date"]).timestamp()
        assert -7300 < told - time.time() < -7100
        assert plain.status_code == 200
        assert (expired.status_code, "pageToken" in expired.json()["message"]) == (400, True)


class TestOrders:
    def test_hit_as_often_as_ordered(self, platform):
        platform.fault(POST, "plain_500", count=2)

        assert [platform.post().status_code for _ in range(3)] == [500, 500, 201]

    def test_throw_the_same_dice_for_the_same_seed(self, platform):
        def run() -> list[int]:
            platform.control("DELETE", "/_fault")
            platform.fault("GET /rest/organizations/*", "plain_500", probability=0.5, seed=3)
            return [platform.get("/rest/organizations/1001").status_code for _ in range(12)]

        first = run()

        assert first == run()
        assert {200, 500} == set(first)

    def test_leave_other_endpoints_alone(self, platform):
        platform.fault(POST, "plain_500")
        platform.fault("GET /rest/posts/{urn}", "plain_500")

        assert platform.listed() == []
        assert platform.call("POST", "/rest/posts/x", json={}).status_code != 500
        assert platform.get("/rest/posts/x").status_code == 500
        assert platform.post().status_code == 500

    def test_are_listed_until_used_up_or_cleared(self, platform):
        platform.fault(POST, "plain_500", count=1)
        platform.fault(LIST, "list_lag", lag_s=5)
        platform.post()

        listed = platform.control("GET", "/_fault").json()["faults"]
        platform.control("DELETE", "/_fault")

        assert [(fault["kind"], fault["lag_s"]) for fault in listed] == [("list_lag", 5)]
        assert platform.control("GET", "/_fault").json() == {"faults": []}

    @pytest.mark.parametrize(
        "order",
        [
            {},
            {"endpoint": POST},
            {"endpoint": POST, "kind": "nonsense"},
            {"endpoint": POST, "kind": ["late"]},
            {"endpoint": "rest", "kind": "late"},
            {"endpoint": POST, "kind": "late", "count": 0},
            {"endpoint": POST, "kind": "late", "count": True},
            {"endpoint": POST, "kind": "late", "probability": 1.1},
            {"endpoint": POST, "kind": "late", "delay_s": "5"},
            {"endpoint": POST, "kind": "late", "delay_s": 10_000},
            {"endpoint": POST, "kind": "mangle", "what": ["everything"]},
            {"endpoint": POST, "kind": "date_skew", "skew_s": "x"},
        ],
    )
    def test_that_cannot_be_understood_are_refused(self, platform, order):
        response = requests.post(platform.base + "/_fault", json=order, timeout=TIMEOUT_S)

        assert response.status_code == 400
        assert response.json()["error"]
