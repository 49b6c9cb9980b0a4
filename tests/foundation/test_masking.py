"""The net under the log: whatever looks like a secret is masked in message, arguments and exception text (P17)."""

import io
import logging
import logging.config
import time

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from foundation import masking, sealed

CANARY = "Kanari7-fuglen-som-synger-8821"


@pytest.fixture
def log():
    """A logger on the handler and formatter of the settings, and what it wrote."""
    out = io.StringIO()
    how = settings.LOGGING["formatters"]["line"]
    handler = logging.StreamHandler(out)
    configured = logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(how))
    handler.setFormatter(configured)
    logger = logging.Logger("kanari")
    logger.addHandler(handler)
    logger.written = out.getvalue
    return logger


class TestTheNet:
    @pytest.mark.parametrize(
        "line",
        [
            f"Authorization: Bearer {CANARY}",
            f"{{'Authorization': 'Bearer {CANARY}'}}",
            f"sent bearer {CANARY} to the channel",
            f"https://api.example/x?access_token={CANARY}&page=2",
            f"https%3A%2F%2Fapi.example%2F%3Faccess_token%3D{CANARY}",
            f'{{"access_token": "{CANARY}", "expires_in": 3600}}',
            f"{{'refresh_token': '{CANARY}'}}",
            f"client_secret={CANARY}",
            f"password={CANARY}",
            f"passord: {CANARY}",
            f"'oldpassword': ['{CANARY}']".replace("[", "").replace("]", ""),
            f"Cookie: sessionid={CANARY}; other=1",
            f"__Host-session={CANARY}",
            f"session_key='{CANARY}'",
            f"/konto/password/reset/key/3-{CANARY}/",
            f"/invitasjon/{CANARY}/",
            f"?code={CANARY}&state={CANARY}",
            f"postgres://kanal:{CANARY}@db.example/kanal",
            f"csrfmiddlewaretoken={CANARY}",
            f"IntegrityError: bad\nDETAIL:  Failing row contains (7, 9901, {CANARY}, 2026-11-23).",
            f"DETAIL:  Key (email)=({CANARY}) already exists.",
        ],
    )
    def test_catches_what_is_named(self, line):
        assert CANARY not in masking.mask(line)

    def test_catches_shapes_that_nothing_names(self):
        linkedin = "AQX" + "aB3_-" * 60
        fernet = Fernet(Fernet.generate_key()).encrypt(b"hemmelig").decode()
        session = "x7h2k9q0z4m1n8b5v3c6l0p2w9e8r7t1"
        for secret in (linkedin, fernet, sealed.seal("hemmelig"), session, "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln"):
            assert secret not in masking.mask(f"before {secret} after")
            assert masking.mask(f"before {secret} after") == f"before {masking.HIDDEN} after"

    @pytest.mark.parametrize(
        "line",
        [
            "2026-11-23 12:00:00,000 INFO channels.tasks Delivery 17 was already taken",
            "Access of account 3 was not renewed: server_error",
            "Incident 5f3a9c1e, user 12: Internal Server Error: /9901/stillinger/4/",
            'File "/srv/kanalkompass/channels/actions/publishing/claiming.py", line 12, in claim',
            "Task channels.tasks.tick[0b6c2a9e-7f0d-4e2b-9a51-0f2d6c1f8e77] succeeded in 0.01s",
            "django.db.utils.OperationalError: connection to server at 127.0.0.1, port 5432 failed",
            "code: not_reached, state=published, key missing",
            "urn:li:organization:1001 answered 503",
        ],
    )
    def test_leaves_an_ordinary_line_as_it_is(self, line):
        assert masking.mask(line) == line

    def test_is_quick_with_a_long_line(self):
        began = time.process_time()
        for char in ("a", "A1b", "=", '"', "key=", "://", "gAAAA", "("):
            masking.mask(char * (50_000 // len(char)))

        assert time.process_time() - began < 5


class TestTheLog:
    def test_masks_message_and_arguments(self, log):
        log.warning("Asked %s with %s", "https://x.example/?access_token=" + CANARY, {"password": CANARY})

        assert CANARY not in log.written()
        assert "https://x.example/" in log.written()

    def test_masks_exceptions_and_those_behind_them(self, log):
        def ask() -> None:
            try:
                raise OSError(f"no route to https://x.example/?access_token={CANARY}")
            except OSError as problem:
                raise ValueError(f"Bearer {CANARY}") from problem

        try:
            ask()
        except ValueError:
            log.exception("It failed", stack_info=True)

        assert CANARY not in log.written()
        assert "OSError: no route to" in log.written()
        assert "ValueError: Bearer" in log.written()

    def test_of_web_workers_and_gunicorn_goes_through_the_net(self):
        import runpy
        from pathlib import Path

        gunicorn = runpy.run_path(str(Path(settings.BASE_DIR) / "gunicorn.conf.py"))["logconfig_dict"]
        for how in (settings.LOGGING, gunicorn):
            for handler in how["handlers"].values():
                assert how["formatters"][handler["formatter"]]["()"] == "foundation.masking.MaskedFormatter"
        assert settings.LOGGING["loggers"]["django"]["handlers"] == []
        assert settings.LOGGING["loggers"]["django.server"]["handlers"] == []
