"""The launcher as a person meets it: one command starts everything, one signal ends everything, nothing is left."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from kanalkompass.launcher import environment, place, ports, servers
from kanalkompass.launcher.problems import Problem

# Generous: a loaded machine is slow, and what is asked is whether it starts.
STARTS_WITHIN_S = 150
ENDS_WITHIN_S = 10
# What the tests' own servers set must not reach the launcher: it is to find its own.
OF_THE_TESTS = (
    "DATABASE",
    "REDIS",
    "LINKEDIN",
    "SITE_URL",
    "KK_",
    "SECRET_KEY",
    "CHANNEL",
    "MEDIA",
    "EMAIL",
    "ALLOWED",
)


class Up:
    """One `manage.py up` with a folder of its own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.output = folder.with_name(f"{len(list(folder.parent.glob('*.out')))}.out")
        own = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TESTS)}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=place.ROOT,
                # Like `make run`: a test run that is killed leaves no installation behind.
                env=own | {"KK_VAR": str(folder), "HOME": str(folder.parent), "KK_END_WITH_PARENT": "1"} | variables,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def ports(self) -> dict[str, int]:
        return json.loads((self.folder / "ports.json").read_text())

    def wait_until_ready(self) -> str:
        """Return the address that it prints when everything runs."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < deadline and self.process.poll() is None:
            if "Stopp alt med Ctrl-C" in self.said:
                return re.search(r"http://localhost:\d+", self.said)[0]
            time.sleep(0.1)
        raise AssertionError(f"Not ready: {self.said}")

    def processes(self) -> list[str]:
        """Return the command lines of every living process that was started from the folder."""
        entries = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [line for entry in entries if (line := self._line_of_ours(entry))]

    def _line_of_ours(self, entry: Path) -> str | None:
        mine = str(self.folder)
        try:
            traces = [(entry / name).read_bytes().decode(errors="replace") for name in ("cmdline", "environ")]
            is_dead = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[0] in "ZX"
            is_ours = mine in "".join(traces) or os.readlink(entry / "cwd").startswith(mine)
        except OSError:
            return None
        return traces[0].replace("\0", " ") if is_ours and not is_dead else None

    def end(self, number: int) -> float:
        """Send the launcher a signal and return the seconds until it and everything it started is gone."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=ENDS_WITHIN_S + 5)
        while self.processes() and time.monotonic() < started + ENDS_WITHIN_S + 5:
            time.sleep(0.1)
        return time.monotonic() - started


def owners_query(folder: Path, statement: str) -> list[tuple]:
    """Ask the running installation's database as its owner."""
    address = json.loads((folder / "environment.json").read_text())["DATABASE_OWNER_URL"]
    connection = psycopg2.connect(address)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@pytest.fixture(scope="module")
def life(installation: Path) -> Iterator[dict]:
    """Start, kill without warning, start again, end in good order: told once, asked about by every test below."""
    folder = installation
    told: dict = {"port": ports.free_port()}
    ups = [Up(folder, PORT=str(told["port"]))]
    try:
        told["address"] = ups[0].wait_until_ready()
        told |= {"said": ups[0].said, "ports": ups[0].ports, "secrets": (folder / "secrets.json").read_text()}
        with urllib.request.urlopen(f"{told['address']}/health/ready", timeout=5) as answer:
            told["health"] = json.load(answer)
        told["processes"] = ups[0].processes()
        owners_query(folder, "CREATE TABLE kept AS SELECT 42 AS answer")
        ups.append(Up(folder))
        told["second"] = (ups[1].process.wait(timeout=20), ups[1].said)
        told["killed_after_s"] = ups[0].end(signal.SIGKILL)
        told["left_after_kill"] = ups[0].processes()
        # No PORT this time: the choice once made stands.
        ups.append(Up(folder))
        told["address_again"] = ups[2].wait_until_ready()
        told |= {"ports_again": ups[2].ports, "secrets_again": (folder / "secrets.json").read_text()}
        told["kept"] = owners_query(folder, "SELECT answer FROM kept")
        told["ended_after_s"] = ups[2].end(signal.SIGTERM)
        told |= {"status": ups[2].process.returncode, "left_after_end": ups[2].processes()}
        yield told
    finally:
        for up in ups:
            if up.process.poll() is None:
                up.end(signal.SIGTERM)


@pytest.mark.slow_start
class TestUp:
    def test_is_healthy_when_it_says_so(self, life):
        assert life["health"]["status"] == "ok"
        assert set(life["health"]["checks"]) == {
            "database",
            "broker",
            "worker_publish",
            "worker_pull",
            "worker_default",
            "beat",
        }
        assert all(set(check) == {"ok", "age_s"} for check in life["health"]["checks"].values())

    def test_says_step_by_step_what_it_does_and_then_where_it_is(self, life):
        for step in ("PostgreSQL", "Valkey", "sandkassen", "tabeller", "arbeidere", "passord", "kode"):
            assert step in life["said"]
        assert life["address"] == f"http://localhost:{life['port']}"

    def test_starts_everything(self, life):
        # launcher, guard, postgres, valkey, sandbox, web and two, three workers and two, beat
        assert len(life["processes"]) >= 13, life["processes"]

    def test_a_second_one_in_the_same_folder_is_told_that_one_runs(self, life):
        status, said = life["second"]

        assert status == 1
        assert "kjører allerede" in said

    def test_killed_without_warning_leaves_nothing(self, life):
        assert life["left_after_kill"] == []
        assert life["killed_after_s"] < ENDS_WITHIN_S

    def test_ends_all_of_it_within_ten_seconds(self, life):
        assert life["left_after_end"] == []
        assert life["ended_after_s"] <= ENDS_WITHIN_S
        assert life["status"] == 0

    def test_keeps_ports_and_secrets_for_the_next_run(self, life):
        assert life["ports_again"]["web"] == life["port"]
        assert life["ports_again"]["sandbox"] == life["ports"]["sandbox"]
        assert life["address_again"] == life["address"]
        assert life["secrets_again"] == life["secrets"]

    def test_keeps_the_data_although_it_was_killed(self, life):
        assert life["kept"] == [(42,)]


class TestTrouble:
    def test_a_taken_port_is_said_with_a_way_out(self, tmp_path):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]

            up = Up(tmp_path / "var", PORT=str(port))
            status = up.process.wait(timeout=20)

        assert status == 1
        assert f"Port {port} er opptatt" in up.said
        assert re.search(r"PORT=\d+ make run", up.said)
        assert up.processes() == []

    @pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
    def test_a_port_that_is_none_is_refused(self, port):
        with pytest.raises(Problem, match="ikke et portnummer"):
            ports.wanted_port({"PORT": port}, "PORT")

    def test_half_a_database_is_refused(self):
        with pytest.raises(Problem, match="DATABASE_OWNER_URL"):
            environment.refuse_half_a_database({"DATABASE_URL": "postgres://x@127.0.0.1/x"})

    def test_the_data_of_another_postgresql_is_left_alone(self, tmp_path):
        (tmp_path / "PG_VERSION").write_text("9\n")

        with pytest.raises(Problem, match="PostgreSQL 9.*Flytt mappen bort"):
            servers.refuse_other_version(tmp_path, major=18)

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ("could not write: No space left on device", "Disken er full"),
            ("could not bind: Address already in use", "opptatt"),
            ("something new", "Se hva serveren selv sier"),
        ],
    )
    def test_the_usual_causes_are_said_in_plain_words(self, said, sentence):
        assert sentence in servers.reason(said)

    def test_a_nearly_full_disk_is_said_before_anything_is_written(self, tmp_path, monkeypatch):
        monkeypatch.setattr(place, "LEAST_FREE_MB", 10**9)

        with pytest.raises(Problem, match="Disken er full"):
            place.prepare(tmp_path / "var")


class TestSecrets:
    def test_are_made_once_and_readable_by_us_alone(self, tmp_path):
        first = place.kept_secrets(tmp_path)

        assert place.kept_secrets(tmp_path) == first
        assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
        assert len(set(first.values())) == len(first)


class TestPorts:
    def test_a_choice_once_made_stands(self, tmp_path):
        first = ports.choose({}, tmp_path / "ports.json")

        assert ports.choose({}, tmp_path / "ports.json") == first

    def test_a_port_that_links_depend_on_never_moves_by_itself(self, tmp_path):
        first = ports.choose({}, tmp_path / "ports.json")
        with socket.socket() as other:
            other.bind(("127.0.0.1", first["sandbox"]))
            other.listen()

            with pytest.raises(Problem, match="SANDBOX_PORT="):
                ports.choose({}, tmp_path / "ports.json")
