"""
PostgreSQL and a Redis-protocol server of our own on loopback, for `make run` and for the tests.

Needs neither root nor Django's settings. Both servers end with the process that started them.
"""

import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
import redis as redis_client
from psycopg2 import sql

from kanalkompass.launcher import processes, programs
from kanalkompass.launcher.problems import Problem
from kanalkompass.launcher.watched import Watched

SUPERUSER, OWNER, RUNTIME = "postgres", "kanal", "kanal_app"
# May erase what has expired from the audit log; nobody logs in with it, and the owner may become it.
RETENTION = "kanal_retention"
DATABASE = "kanal"
READY_WITHIN_S = 30


@dataclass(frozen=True)
class Passwords:
    """One password per database login."""

    superuser: str
    owner: str
    runtime: str

    @classmethod
    def fresh(cls) -> "Passwords":
        """Return new random passwords."""
        return cls(*(secrets.token_urlsafe(24) for _ in range(3)))


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL. `url` is the runtime login's, without power; `owner_url` migrates."""

    process: subprocess.Popen
    port: int
    passwords: Passwords

    def _url(self, user: str, password: str) -> str:
        return f"postgres://{user}:{quote(password)}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def url(self) -> str:
        """The login that the product runs with."""
        return self._url(RUNTIME, self.passwords.runtime)

    @property
    def owner_url(self) -> str:
        """The login that owns the tables and migrates."""
        return self._url(OWNER, self.passwords.owner)


def start_postgres(
    *, watched: Watched, home: Path, port: int, passwords: Passwords, log: Path | None = None, is_lasting: bool
) -> Postgres:
    """
    Start PostgreSQL with its data below `home`, make the logins and the database, and return it.

    :param home: a folder that the plain user can reach; it is made when missing
    :param is_lasting: data must survive a power cut (`make run`); tests trade that for speed
    :raises Problem: no program, an older data folder, a full disk, or it does not start
    """
    home.mkdir(parents=True, exist_ok=True)
    program = programs.postgres(copies=home)
    data = home / "data"
    who = processes.plain_user()
    env = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    if who:
        os.chown(home, who["user"], who["group"])
    if not (data / "PG_VERSION").exists():
        _make_cluster(program, data=data, password=passwords.superuser, env=env)
    refuse_other_version(data, major=programs.major_version(program))
    durability = [] if is_lasting else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    loopback_only = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "timezone=UTC"]
    process = watched.start(
        [str(program), "-D", str(data), "-p", str(port), *loopback_only, *durability],
        end_with=signal.SIGINT,  # PostgreSQL's "fast shutdown"
        log=log,
        env=env,
        cwd=home,
        **who,
    )
    server = Postgres(process=process, port=port, passwords=passwords)
    _wait_for_postgres(server, log=log)
    _make_logins(server)
    return server


def _make_cluster(program: Path, *, data: Path, password: str, env: dict[str, str]) -> None:
    """Run initdb in a folder that appears only when it is complete."""
    who = processes.plain_user()
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = data.with_name("password")
    password_file.write_text(password)
    password_file.chmod(0o600)
    if who:
        os.chown(password_file, who["user"], who["group"])
    initdb = program.parent / "initdb"
    access = ["-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password_file}"]
    arguments = [*access, "-E", "UTF8", "--locale=C", "--no-sync"]
    try:
        made = subprocess.run(
            [initdb, "-D", unfinished, *arguments], cwd=data.parent, env=env, capture_output=True, text=True, **who
        )
    finally:
        password_file.unlink()
    if made.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise Problem(f"{reason(made.stderr)} PostgreSQL fikk ikke laget datamappen {data}: {last_line(made.stderr)}")
    unfinished.rename(data)


def reason(text: str) -> str:
    """Return a sentence on the usual causes that hide in a server's own words."""
    if "No space left on device" in text:
        return "Disken er full. Frigjør plass og kjør make run på nytt."
    if "Permission denied" in text:
        return "Mappen kan ikke skrives. Gi deg selv skrivetilgang, eller klon et annet sted."
    if "Address already in use" in text or "Address in use" in text:
        return "Porten er opptatt av et annet program. Stopp det og prøv igjen."
    if "could not look up effective user ID" in text:
        return "Brukeren din har ikke noe navn på denne maskinen (mangler i /etc/passwd). Bruk en som har det."
    return "Se hva serveren selv sier:"


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "(ingen melding)"


def refuse_other_version(data: Path, *, major: int) -> None:
    """
    Stop before a server of another major version touches the data folder.

    :raises Problem: the folder was made by another major version
    """
    made_by = int((data / "PG_VERSION").read_text().split(".")[0])
    if made_by != major:
        raise Problem(
            f"Datamappen {data} er laget av PostgreSQL {made_by}, men programmet her er versjon {major}. "
            f"Flytt mappen bort (mv {data} {data}-{made_by}) og kjør make run på nytt; "
            "demonstrasjonsdata lages da på nytt."
        )


def _connect(server: Postgres, database: str) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(
        host="127.0.0.1",
        port=server.port,
        user=SUPERUSER,
        password=server.passwords.superuser,
        dbname=database,
        connect_timeout=3,
        sslmode="disable",
        gssencmode="disable",
    )
    connection.autocommit = True
    return connection


def _wait_for_postgres(server: Postgres, *, log: Path | None) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            _connect(server, "postgres").close()
        except psycopg2.OperationalError as problem:
            said = log.read_text(errors="replace")[-4000:] if log and log.exists() else ""
            if "password authentication failed" in str(problem):
                raise Problem(
                    "Passordet til databasen passer ikke til datamappen: var/secrets.json er fra en annen mappe. "
                    "Legg den riktige filen tilbake, eller flytt datamappen bort."
                ) from None
            if server.process.poll() is not None:
                raise Problem(f"{reason(said)} PostgreSQL stoppet med en gang: {last_line(said)}") from None
            if time.monotonic() > deadline:
                raise Problem(f"PostgreSQL svarer ikke etter {READY_WITHIN_S} sekunder: {last_line(said)}") from None
            time.sleep(0.05)
        else:
            return


def _make_logins(server: Postgres) -> None:
    """Make the owner and the runtime login and the database; harmless when they are there."""
    connection = _connect(server, "postgres")
    try:
        with connection.cursor() as cursor:
            for name, power, password in [
                (OWNER, "CREATEDB", server.passwords.owner),
                (RUNTIME, "NOCREATEDB", server.passwords.runtime),
            ]:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                cursor.execute(
                    sql.SQL("{verb} ROLE {name} LOGIN {power} NOCREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD %s").format(
                        verb=sql.SQL(verb), name=sql.Identifier(name), power=sql.SQL(power)
                    ),
                    [password],
                )
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [RETENTION])
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(RETENTION)))
            cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(RETENTION), sql.Identifier(OWNER)))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(
                    sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(
                        name=sql.Identifier(DATABASE), owner=sql.Identifier(OWNER)
                    )
                )
    finally:
        connection.close()


@dataclass(frozen=True)
class Redis:
    """A running server that speaks the Redis protocol."""

    process: subprocess.Popen
    port: int

    @property
    def url(self) -> str:
        """Address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"


def start_redis(*, watched: Watched, home: Path, port: int, log: Path | None = None) -> Redis:
    """
    Start Valkey or Redis without persistence: it is a doorbell, PostgreSQL is the queue.

    :raises Problem: no program, or it does not answer
    """
    home.mkdir(parents=True, exist_ok=True)
    where = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(home)]
    process = watched.start([str(programs.redis()), *where, "--save", "", "--appendonly", "no"], log=log, cwd=home)
    server = Redis(process=process, port=port)
    client = redis_client.Redis(host="127.0.0.1", port=port, socket_connect_timeout=1, socket_timeout=1)
    deadline = time.monotonic() + READY_WITHIN_S
    try:
        while True:
            try:
                client.ping()
            except redis_client.RedisError:
                said = log.read_text(errors="replace")[-4000:] if log and log.exists() else ""
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Problem(f"{reason(said)} Valkey kom ikke i gang: {last_line(said)}") from None
                time.sleep(0.02)
            else:
                return server
    finally:
        client.close()
