"""Keys with ids, and rotating them: killed anywhere, run again, and no token lost (P17)."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command
from django.db import connection as database

from channels.actions.access import access_for
from channels.connectors import AccessDead
from channels.models import Account, Connection, PendingConnection
from foundation import clock, sealed
from foundation.tenancy import tenant
from kanalkompass import rotation
from recruitment.models import Channel, Municipality
from tests.faults.workers import ROOT, environment_of_the_test
from tests.fixtures import make_town

OLD, NEW, THIRD = (Fernet.generate_key().decode() for _ in range(3))
N_ACCOUNTS = 150


def fill(town, n: int) -> dict[int, str]:
    """Store connected accounts, and return their access tokens by account. The apps of the town's people go."""
    Authenticator.objects.all().delete()
    now = clock.now()
    linkedin = Channel.objects.get(slug="linkedin")
    with tenant(town.pk):
        accounts = Account.objects.bulk_create(Account(channel=linkedin, name=f"Side {i}") for i in range(n))
        tokens = {account.pk: f"tilgang-{town.number}-{account.pk}" for account in accounts}
        moments = {"expires_at": now + timedelta(days=30), "connected_at": now, "connected_by": town.adviser}
        Connection.objects.bulk_create(
            Connection(
                account_id=pk, access_token=token, refresh_token=f"fornying-{pk}", fingerprint="abcdef", **moments
            )
            for pk, token in tokens.items()
        )
    return tokens


def opened(town) -> dict[int, str]:
    """Return every stored access token, having opened its refresh token too."""
    with tenant(town.pk):
        rows = list(Connection.objects.all())
    assert all(row.refresh_token == f"fornying-{row.account_id}" for row in rows)
    return {row.account_id: row.access_token for row in rows}


def n_left_in(towns) -> int:
    """Return how many sealed texts of these towns are under another key than the newest."""
    left = rotation.Standing()
    for town in towns:
        with tenant(town.pk):
            for place in rotation.places():
                texts = [text for raw in place.rows().values_list("raw", flat=True) for text in place.texts(raw)]
                left.by_place.setdefault(place.name, Counter()).update(sealed.sealed_under(text) for text in texts)
    return left.n_left


def rotated(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
class TestASealedText:
    def test_names_its_key_and_gives_nothing_of_it_away(self, settings):
        settings.CHANNEL_TOKEN_KEYS = [NEW, OLD]

        text = sealed.seal("hemmelig")

        assert text.startswith(f"{sealed.key_id(NEW)}.gAAAA")
        assert sealed.key_id(NEW) not in NEW
        assert sealed.key_id(NEW) != sealed.key_id(OLD)
        assert sealed.unseal(text) == "hemmelig"

    def test_from_before_there_were_ids_stays_readable(self, settings):
        settings.CHANNEL_TOKEN_KEYS = [NEW, OLD]

        assert sealed.unseal(Fernet(OLD).encrypt(b"gammel").decode()) == "gammel"

    def test_whose_key_is_lost_says_which_key_and_nothing_else(self, settings):
        settings.CHANNEL_TOKEN_KEYS = [OLD]
        text = sealed.seal("hemmelig")
        settings.CHANNEL_TOKEN_KEYS = [NEW]

        with pytest.raises(sealed.KeyLost, match=sealed.key_id(OLD)) as caught:
            sealed.unseal(text)

        assert "hemmelig" not in str(caught.value)
        assert text not in str(caught.value)

    def test_that_was_changed_is_refused(self, settings):
        settings.CHANNEL_TOKEN_KEYS = [NEW]
        text = sealed.seal("hemmelig")

        with pytest.raises(InvalidToken):
            sealed.unseal(text[:-5] + "AAAA=")


@pytest.fixture
def _few_municipalities(db: None) -> None:
    """Leave those alone that a test makes: each of the country's is entered for each column."""
    Municipality.objects.filter(in_use_since=None)._raw_delete("default")


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_municipalities")
class TestRotating:
    def test_moves_every_sealed_column_of_every_municipality_to_the_newest_key(self, lyngvaer, storvika, settings):
        settings.CHANNEL_TOKEN_KEYS = [OLD]
        tokens = {town.number: fill(town, 3) for town in (lyngvaer, storvika)}
        with tenant(lyngvaer.pk):
            PendingConnection.objects.create(
                account=Account.objects.first(), user=lyngvaer.adviser, access_token="venter", scopes="", pages=[],
                expires_at=clock.now(), valid_until=clock.now(),
            )  # fmt: skip
        secret = {"secret": sealed.seal("JBSWY3DPEHPK3PXP")}
        codes = {"migrated_codes": [sealed.seal("11111111"), sealed.seal("22222222")], "used_mask": 1}
        Authenticator.objects.create(user=lyngvaer.adviser, type=Authenticator.Type.TOTP, data=secret)
        Authenticator.objects.create(user=lyngvaer.hr, type=Authenticator.Type.RECOVERY_CODES, data=codes)

        settings.CHANNEL_TOKEN_KEYS = [NEW, OLD]
        said = rotated("--batch", "2")
        settings.CHANNEL_TOKEN_KEYS = [NEW]

        assert "Nothing is left under another key" in said
        assert {town.number: opened(town) for town in (lyngvaer, storvika)} == tokens
        with tenant(lyngvaer.pk):
            assert PendingConnection.objects.get().access_token == "venter"
        assert sealed.unseal(Authenticator.objects.get(user=lyngvaer.adviser).data["secret"]) == "JBSWY3DPEHPK3PXP"
        kept = Authenticator.objects.get(user=lyngvaer.hr).data
        assert [sealed.unseal(code) for code in kept["migrated_codes"]] == ["11111111", "22222222"]
        assert kept["used_mask"] == 1

    def test_knows_every_column_that_is_sealed(self):
        names = {place.name for place in rotation.places()}

        assert names >= {
            "channels_connection.access_token",
            "channels_connection.refresh_token",
            "channels_pendingconnection.access_token",
            "channels_pendingconnection.refresh_token",
            "mfa_authenticator.data",
        }

    def test_takes_rows_from_before_there_were_ids(self, lyngvaer, settings):
        settings.CHANNEL_TOKEN_KEYS = [OLD]
        fill(lyngvaer, 1)
        plain = Fernet(OLD).encrypt(b"fra gammelt av").decode()
        with tenant(lyngvaer.pk), database.cursor() as cursor:
            cursor.execute("UPDATE channels_connection SET access_token = %s", [plain])

        with pytest.raises(CommandError, match="1 sealed texts are not"):
            rotated("--check")
        rotated()

        assert list(opened(lyngvaer).values()) == ["fra gammelt av"]

    def test_check_changes_nothing_and_tells_what_is_left(self, lyngvaer, settings):
        settings.CHANNEL_TOKEN_KEYS = [OLD]
        tokens = fill(lyngvaer, 3)
        settings.CHANNEL_TOKEN_KEYS = [NEW, OLD]
        out = io.StringIO()

        with pytest.raises(CommandError, match="6 sealed texts are not under the newest key"):
            call_command("rotate_keys", "--check", stdout=out)

        settings.CHANNEL_TOKEN_KEYS = [OLD]
        assert f"channels_connection.access_token: 3 under {sealed.key_id(OLD)}" in out.getvalue()
        assert opened(lyngvaer) == tokens

    def test_without_the_old_key_destroys_nothing_and_says_which_key_is_missing(self, lyngvaer, settings):
        settings.CHANNEL_TOKEN_KEYS = [OLD]
        tokens = fill(lyngvaer, 2)
        settings.CHANNEL_TOKEN_KEYS = [NEW]
        out = io.StringIO()

        with pytest.raises(CommandError, match=f"Lost keys: {sealed.key_id(OLD)}") as caught:
            call_command("rotate_keys", stdout=out)

        assert "LOST" in out.getvalue()
        assert "tilgang" not in out.getvalue() + str(caught.value)
        settings.CHANNEL_TOKEN_KEYS = [NEW, OLD]
        assert opened(lyngvaer) == tokens

    def test_a_lost_key_is_told_as_dead_access(self, lyngvaer, settings):
        settings.CHANNEL_TOKEN_KEYS = [OLD]
        fill(lyngvaer, 1)
        settings.CHANNEL_TOKEN_KEYS = [NEW]
        with tenant(lyngvaer.pk):
            account = Account.objects.select_related("channel").get()

        with pytest.raises(AccessDead, match="token_unopened"):
            access_for(account, now=clock.now())


@pytest.mark.django_db(transaction=True)
class TestKillingIt:
    def test_at_a_random_moment_three_times_loses_no_token(self, settings):
        """P17: SIGKILL in the middle of a batch; another run takes over where the last committed."""
        towns = [make_town("9901", "Lyngvær kommune"), make_town("9902", "Storvika kommune", "nn")]
        settings.CHANNEL_TOKEN_KEYS = [OLD]
        tokens = [fill(town, N_ACCOUNTS) for town in towns]
        settings.CHANNEL_TOKEN_KEYS = [NEW, OLD]
        left = [rotation.standing().n_left]
        assert left == [n_left_in(towns)]

        for _ in range(3):
            kill_a_rotation(after_s=random.uniform(0, 0.15))
            left.append(n_left_in(towns))
            assert [opened(town) for town in towns] == tokens
        rotated()

        assert left[0] == 4 * N_ACCOUNTS
        assert left == sorted(set(left), reverse=True), "each run came further before it was killed"
        assert left[-1] > 0, "it was killed before it was done"
        settings.CHANNEL_TOKEN_KEYS = [NEW]
        assert rotation.standing().n_left == 0
        assert [opened(town) for town in towns] == tokens

    def test_two_at_once_do_no_harm(self, settings):
        town = make_town("9901", "Lyngvær kommune")
        settings.CHANNEL_TOKEN_KEYS = [OLD]
        tokens = fill(town, 40)
        settings.CHANNEL_TOKEN_KEYS = [THIRD, NEW, OLD]

        def work() -> None:
            for _ in rotation.rotate(batch=3):
                pass
            database.close()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        settings.CHANNEL_TOKEN_KEYS = [THIRD]
        assert opened(town) == tokens


def kill_a_rotation(*, after_s: float) -> None:
    """Start the command as its own process, wait for its first committed batch, and kill it a moment later."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys", "--batch", "1"],
        cwd=ROOT,
        env={**os.environ, **environment_of_the_test(), "CHANNEL_TOKEN_KEYS": f"{NEW},{OLD}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert b"sealed anew" in process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=after_s)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)
