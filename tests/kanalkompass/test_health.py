"""The health page tells which part is dead, quickly, and nothing else."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client

from kanalkompass import heartbeats, tasks

pytestmark = pytest.mark.django_db

ADDRESS = "/health/ready"
PARTS = ["database", "broker", "worker_publish", "worker_pull", "worker_default", "beat"]
ANSWERS_WITHIN_S = 2


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes the call and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def redis_at(settings) -> Iterator:
    """Point the product at another Redis for one test."""

    def move(port: int) -> None:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        heartbeats.client.cache_clear()

    yield move
    heartbeats.client.cache_clear()


@pytest.fixture
def database_at(monkeypatch):
    """Point the product at another PostgreSQL for one test."""
    return lambda port: monkeypatch.setitem(connections["default"].settings_dict, "PORT", str(port))


def everybody_is_alive() -> None:
    for queue in ("publish", "pull", "default"):
        tasks.heartbeat(queue=queue)
    heartbeats.beat_has_sent(sender="kanalkompass.tasks.heartbeat")


def ask() -> tuple[int, dict]:
    # The first request loads every page and the middleware; a running server has done that.
    Client().get("/robots.txt")
    started = time.monotonic()
    answer = Client().get(ADDRESS)
    assert time.monotonic() - started < ANSWERS_WITHIN_S
    return answer.status_code, answer.json()


def dead(body: dict) -> list[str]:
    return [name for name, check in body["checks"].items() if not check["ok"]]


class TestReady:
    def test_is_ok_when_every_part_gives_a_sign_of_life(self):
        everybody_is_alive()

        status, body = ask()

        assert status == 200
        assert set(body) == {"status", "checks"}
        assert body["status"] == "ok"
        assert list(body["checks"]) == PARTS
        assert all(check["ok"] is True and 0 <= check["age_s"] <= 5 for check in body["checks"].values())
        assert all(set(check) == {"ok", "age_s"} for check in body["checks"].values())

    def test_names_the_worker_that_is_silent(self):
        tasks.heartbeat(queue="publish")
        heartbeats.beat_has_sent(sender="kanalkompass.tasks.heartbeat")

        status, body = ask()

        assert (status, body["status"]) == (503, "fail")
        assert dead(body) == ["worker_pull", "worker_default"]
        assert body["checks"]["worker_pull"] == {"ok": False, "age_s": None}

    def test_does_not_trust_an_old_sign_of_life(self):
        everybody_is_alive()
        heartbeats.client().set(heartbeats.PREFIX + "worker_pull", time.time() - 45, ex=60)

        _status, body = ask()

        assert dead(body) == ["worker_pull"]
        assert 44 <= body["checks"]["worker_pull"]["age_s"] <= 47

    def test_beat_is_alive_only_by_its_own_heartbeats(self):
        heartbeats.beat_has_sent(sender="channels.tasks.publish_delivery")

        _status, body = ask()

        assert "beat" in dead(body)

    def test_answers_when_redis_is_away(self, redis_at, unused_port):
        redis_at(unused_port)

        status, body = ask()

        assert status == 503
        assert dead(body) == PARTS[1:]

    def test_answers_when_redis_says_nothing(self, redis_at, silent_port):
        redis_at(silent_port)

        status, body = ask()

        assert status == 503
        assert dead(body) == PARTS[1:]

    def test_answers_when_the_database_is_away(self, database_at, unused_port):
        everybody_is_alive()
        database_at(unused_port)

        status, body = ask()

        assert status == 503
        assert dead(body) == ["database"]

    def test_answers_when_the_database_says_nothing(self, database_at, silent_port):
        everybody_is_alive()
        database_at(silent_port)

        status, body = ask()

        assert status == 503
        assert dead(body) == ["database"]

    def test_is_not_kept_by_caches_and_takes_no_orders(self):
        assert "no-store" in Client().get(ADDRESS)["Cache-Control"]
        assert Client().post(ADDRESS).status_code == 405


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.django_db(transaction=True)
def test_answers_who_is_logged_in_too_when_the_database_is_away(lyngvaer, client_of, database_at):
    client = client_of(lyngvaer.administrator)
    connections["default"].close()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        database_at(nobody.getsockname()[1])

    answer = client.get(ADDRESS)

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"]["ok"] is False
