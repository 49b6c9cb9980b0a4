"""Controls of the canary search: what is planted is found, in every writing and every place."""

import base64
import io
import logging
import secrets

import pytest
import redis
from django.contrib.sessions.backends.db import SessionStore

from foundation.masking import MaskedFormatter
from foundation.tenancy import tenant
from recruitment.models import Workplace
from tests.canaries import search

CANARY = "AQX" + secrets.token_urlsafe(200)
CANARIES = {"token": CANARY}


@pytest.mark.parametrize(
    "written",
    [
        CANARY,
        CANARY.encode().hex(),
        base64.b64encode(CANARY.encode()).decode(),
        base64.b64encode(f'{{"token": "{CANARY}"}}'.encode()).decode(),
        base64.urlsafe_b64encode(f"xy{CANARY}z".encode()).decode(),
    ],
)
def test_finds_a_secret_in_every_writing(written):
    assert search.in_text(CANARIES, f"before {written} after", "here") == [search.Hit("token", "here")]


def test_finds_nothing_where_nothing_is():
    assert search.in_text(CANARIES, "AQX" + secrets.token_urlsafe(200), "here") == []


def log_line(formatter: logging.Formatter) -> str:
    """Log a token, as somebody who forgot himself would, and return what was written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    logger = logging.Logger("planted")
    logger.addHandler(handler)
    logger.info("Asked the channel with %s", CANARY)
    return out.getvalue()


def test_a_token_in_a_log_line_is_caught_by_the_net_and_without_it_by_the_search():
    """P17: the control of both."""
    assert search.in_text(CANARIES, log_line(MaskedFormatter()), "log") == []
    assert search.in_text(CANARIES, log_line(logging.Formatter()), "log") == [search.Hit("token", "log")]


@pytest.mark.django_db(transaction=True)
class TestAPlant:
    def test_in_a_tenants_table_is_found(self, lyngvaer):
        with tenant(lyngvaer.pk):
            Workplace.objects.create(name=f"Skole {CANARY[:100]}")

        assert search.Hit("token", "recruitment_workplace.name") in search.in_database({"token": CANARY[:90]})

    def test_in_a_session_is_sealed_and_so_not_found(self):
        session = SessionStore()
        session["secret"] = CANARY
        session.save()

        assert search.in_database(CANARIES) == []
        assert SessionStore(session.session_key)["secret"] == CANARY

    def test_in_a_session_that_is_not_sealed_is_found(self, settings):
        settings.SESSION_SERIALIZER = "django.core.signing.JSONSerializer"
        session = SessionStore()
        session["secret"] = CANARY
        session.save()

        assert {hit.name for hit in search.in_database(CANARIES)} == {"token"}

    @pytest.mark.parametrize("kind", ["string", "list", "hash", "set"])
    def test_in_redis_is_found(self, settings, kind):
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushdb()
            put = {
                "string": lambda: client.set("planted", CANARY),
                "list": lambda: client.lpush("planted", base64.b64encode(f'["{CANARY}"]'.encode())),
                "hash": lambda: client.hset("planted", CANARY, "1"),
                "set": lambda: client.sadd("planted", CANARY),
            }
            put[kind]()
            found = search.in_redis(CANARIES, settings.REDIS_URL)
            client.flushdb()

        assert found == [search.Hit("token", "Redis")]

    def test_in_a_file_is_found(self, tmp_path):
        (tmp_path / "worker.log").write_text(f"x{CANARY}")

        assert [hit.name for hit in search.in_files(CANARIES, [tmp_path])] == ["token"]
