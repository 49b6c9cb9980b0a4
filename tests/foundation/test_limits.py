"""Limits: counted once for all processes, told with a time to come back, closed when they cannot be read (P25)."""

import multiprocessing
import uuid

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from channels.views import links
from foundation import clock, limits

FEW = {"limit": 3, "window_s": 60}


@pytest.fixture
def whose() -> str:
    return uuid.uuid4().hex


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    """Let no window end while a test counts."""
    moment = clock.now()
    monkeypatch.setattr(limits.clock, "now", lambda: moment)


@pytest.fixture
def cache_away(settings):
    """Lead the cache to a port where nobody answers."""
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": away}


def test_p25_lets_so_many_through_and_says_when_to_come_back(whose):
    for _ in range(3):
        limits.count("test", whose, **FEW)

    with pytest.raises(limits.TooOften) as refusal:
        limits.count("test", whose, **FEW)

    assert 1 <= refusal.value.retry_after_s <= 60
    limits.count("test", whose + "another", **FEW)
    limits.count("other", whose, **FEW)


def test_p25_is_shared_by_all_processes(whose):
    def count_in_a_process_of_its_own() -> None:
        for _ in range(3):
            limits.count("test", whose, **FEW)

    process = multiprocessing.get_context("fork").Process(target=count_in_a_process_of_its_own)
    process.start()
    process.join(20)

    assert process.exitcode == 0
    with pytest.raises(limits.TooOften):
        limits.count("test", whose, **FEW)


def test_p25_no_key_tells_whom_it_counts(whose):
    limits.count("test", "ola@lyngvaer.example" + whose, **FEW)

    keys = cache._cache.get_client(None, write=False).keys("*limit*")

    assert keys
    assert not [key for key in keys if b"ola@" in key]


@pytest.mark.usefixtures("cache_away")
class TestWithoutTheCache:
    def test_p27_what_is_limited_is_closed(self):
        with pytest.raises(RedisError):
            limits.count("test", "anybody", **FEW)
        with pytest.raises(RedisError):
            limits.count_export(1)
        with pytest.raises(RedisError):
            limits.count_upload(1)

    def test_p9_what_is_worth_more_than_its_limit_stays_open_and_the_log_tells(self, caplog):
        for _ in range(5):
            limits.count_leniently("test", "anybody", **FEW)

        assert caplog.messages == ["The limit on test could not be counted"] * 5

    def test_p27_an_export_answers_503(self, lyngvaer, client_of):
        client = client_of(lyngvaer.hr)
        client.raise_request_exception = False

        assert client.get(f"/{lyngvaer.number}/kilder/kilder.csv").status_code == 503

    def test_p21_a_tracked_link_leads_on(self, db):
        assert Client().get("/s/bcdfghjk").status_code == 404


@pytest.mark.parametrize(
    ("n_proxies", "claimed", "expected"),
    [
        (0, "9.9.9.9", "10.0.0.1"),
        (1, "9.9.9.9, 8.8.8.8", "8.8.8.8"),
        (2, "9.9.9.9, 8.8.8.8, 10.0.0.7", "8.8.8.8"),
        (2, "8.8.8.8", "10.0.0.1"),
    ],
    ids=["nobody in front", "one, and a claim", "two, and a claim", "past the proxies"],
)
def test_p25_counts_the_address_that_our_own_proxy_saw_and_none_that_is_claimed(
    settings, rf, n_proxies, claimed, expected
):
    settings.PROXIES_IN_FRONT = n_proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": claimed})

    counted = limits.whose_address(request)

    settings.PROXIES_IN_FRONT = 0
    assert counted == limits.whose_address(rf.get("/", REMOTE_ADDR=expected))


def test_p25_following_links_ends_for_one_address_and_not_for_another(db, monkeypatch):
    monkeypatch.setattr(links, "FOLLOWED_PER_ADDRESS", FEW)

    answers = [Client().get("/s/bcdfghjk", REMOTE_ADDR="10.0.0.1") for _ in range(4)]
    other = Client().get("/s/bcdfghjk", REMOTE_ADDR="10.0.0.2")

    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert other.status_code == 404
