"""One settings file driven by the environment: what is missing stops the start by name, and all of it is explained."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "CHANNEL_TOKEN_KEYS": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=",
    "DATABASE_URL": "postgres://kanal_app:none@127.0.0.1:9/kanal",
    "DATABASE_OWNER_URL": "postgres://kanal:none@127.0.0.1:9/kanal",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "SITE_URL": "https://kanalkompass.example",
    "ALLOWED_HOSTS": "kanalkompass.example",
    "MEDIA_ROOT": "/nonexistent",
    "EMAIL_URL": "memorymail://",
    "LINKEDIN_CLIENT_ID": "none",
    "LINKEDIN_CLIENT_SECRET": "none",
}


def check(**variables: str) -> subprocess.CompletedProcess[str]:
    """Run the deployment checks with exactly these variables, and a folder where no other installation is found."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "KK_VAR": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestProduction:
    def test_starts_with_everything_set(self):
        found = check(**PRODUCTION)

        assert found.returncode == 0, found.stderr

    @pytest.mark.parametrize(
        "name", ["SECRET_KEY", "DATABASE_OWNER_URL", "CHANNEL_TOKEN_KEYS", "LINKEDIN_CLIENT_SECRET"]
    )
    def test_refuses_to_start_without_a_key_and_names_it(self, name):
        found = check(**{key: value for key, value in PRODUCTION.items() if key != name})

        assert found.returncode != 0
        assert f"Missing in the environment: {name}." in found.stderr

    def test_refuses_demonstration_users_p26(self):
        found = check(**PRODUCTION, KK_DEMO="1")

        assert found.returncode != 0
        assert "kanalkompass.E004" in found.stderr


class TestExample:
    def test_explains_every_variable_that_the_settings_read(self):
        source = (settings.BASE_DIR / "kanalkompass" / "settings.py").read_text()
        example = (settings.BASE_DIR / ".env.example").read_text()

        read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))

        assert len(read) > 20
        assert {name for name in read if not re.search(rf"^#? ?{name}=", example, re.M)} == set()
