"""One running installation: what is started in which order, watched, and ended the other way round."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kanalkompass.launcher import (
    console,
    demo_access,
    environment,
    health_check,
    place,
    ports,
    preparation,
    servers,
    services,
    stand_in,
    supervision,
)
from kanalkompass.launcher.problems import Problem
from kanalkompass.launcher.services import Service
from kanalkompass.launcher.watched import Watched

HEALTHY_WITHIN_S = 90
# Together below ten seconds. A worker that is sending a post gets the larger share.
WORKERS_END_WITHIN_S = 6.0
STORES_END_WITHIN_S = 2.5
CODES_EVERY_S = 30


class Installation:
    """One running installation, from its folder to its last process."""

    def __init__(self) -> None:
        self.env = dict(os.environ)
        self.ports: dict[str, int] = {}
        self.watched: Watched | None = None
        self.sandbox_base = ""
        # In the order of starting; ended the other way.
        self.stores: list[Service] = []
        self.workers: list[Service] = []

    def begin(self) -> None:
        """Start everything and say where it is."""
        environment.read_dotenv()
        self.env = dict(os.environ)
        environment.refuse_half_a_database(self.env)
        folder = place.var()
        console.say(f"Kanalkompass starter. Data og logger ligger i {folder}")
        place.prepare(folder)
        lock = place.take_lock(folder)
        self.ports = ports.choose(self.env, folder / "ports.json")
        self.watched = Watched(inherit=[lock])
        kept = place.kept_secrets(folder)
        environment.complete(self.env, secrets=kept, web_port=self.ports["web"])
        self._start_stores(self.watched, kept)
        if self.env["KK_DEMO"] == "1":
            self._start_sandbox(self.watched)
        environment.keep(self.env)
        preparation.prepare(self.env | self._demo_access())
        with console.step("Starter nettsider, arbeidere og klokken"):
            self.workers += services.of_the_product(watched=self.watched, env=self.env, web_port=self.ports["web"])
            for service in self.workers:
                if service.process is None:
                    supervision.start(service)
            self._wait_until_healthy()
        self._welcome()

    def _start_stores(self, watched: Watched, kept: dict[str, str]) -> None:
        if self.env.get("DATABASE_URL"):
            console.say("  PostgreSQL: bruker DATABASE_URL")
        else:
            self._start_postgres(watched, kept)
        if self.env.get("REDIS_URL"):
            console.say("  Redis: bruker REDIS_URL")
            return
        log = services.log_file("redis")

        def start_redis() -> subprocess.Popen:
            server = servers.start_redis(watched=watched, home=place.var() / "redis", port=self.ports["redis"], log=log)
            self.env["REDIS_URL"] = server.url
            return server.process

        with console.step(f"Starter Valkey på port {self.ports['redis']}"):
            self._add(self.stores, "redis", log, start_redis)

    def _start_postgres(self, watched: Watched, kept: dict[str, str]) -> None:
        home = place.database_home(place.var())
        passwords = servers.Passwords(
            superuser=kept["postgres_superuser"], owner=kept["postgres_owner"], runtime=kept["postgres_runtime"]
        )
        log = services.log_file("postgres")

        def start_postgres() -> subprocess.Popen:
            server = servers.start_postgres(
                watched=watched, home=home, port=self.ports["postgres"], passwords=passwords, log=log, is_lasting=True
            )
            self.env |= {"DATABASE_URL": server.url, "DATABASE_OWNER_URL": server.owner_url}
            return server.process

        with console.step(f"Starter PostgreSQL på port {self.ports['postgres']}, data i {home}"):
            self._add(self.stores, "postgres", log, start_postgres)

    def _start_sandbox(self, watched: Watched) -> None:
        log = services.log_file("sandbox")

        def start_sandbox() -> subprocess.Popen:
            sandbox = stand_in.start_sandbox(
                watched=watched,
                log=log,
                port=self.ports["sandbox"],
                data=place.var() / "sandbox.state",
                environ=self.env,
            )
            # Whoever sets these addresses points the product at something else on purpose.
            for name, value in sandbox.environment.items():
                self.env.setdefault(name, value)
            self.sandbox_base = sandbox.base
            return sandbox.process

        with console.step(f"Starter sandkassen (står inn for LinkedIn) på port {self.ports['sandbox']}"):
            self._add(self.workers, "sandbox", log, start_sandbox)

    def _demo_access(self) -> dict[str, str]:
        """Return what only the loading of demonstration data is told: access to pages that our own sandbox plays."""
        if self.sandbox_base and self.env["LINKEDIN_API_BASE"] == self.sandbox_base:
            return {"KK_DEMO_ACCESS": json.dumps(demo_access.obtain(self.sandbox_base))}
        return {}

    def _add(self, group: list[Service], name: str, log: Path, start: Callable[[], subprocess.Popen]) -> None:
        service = Service(name=name, start=start, log=log)
        supervision.start(service)
        group.append(service)

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + HEALTHY_WITHIN_S
        while True:
            self._revive()
            missing = health_check.missing_parts(web_port=self.ports["web"])
            if not missing:
                return
            if time.monotonic() > deadline:
                logs = place.var() / "log"
                raise Problem(f"Ikke alt kom i gang på {HEALTHY_WITHIN_S} s: {', '.join(missing)}. Se loggene i {logs}")
            time.sleep(0.3)

    def _revive(self) -> None:
        if self.watched is not None:
            supervision.revive_the_dead(self.stores + self.workers, watched=self.watched)

    def _welcome(self) -> None:
        console.say(f"\nKanalkompass kjører:  {self.env['SITE_URL']}")
        if self.env["KK_DEMO"] == "1":
            console.say(f"Sandkassens LinkedIn: {self.env['LINKEDIN_WEB_BASE']}/company/lyngvaer-kommune/")
            users = console.demo_users(self.env)
            if users:
                console.say("\nDemonstrasjonsbrukere (oppdiktede). Koden skifter hvert 30. sekund:")
            for user in users:
                what = " · ".join(str(user[key]) for key in ("role", "municipality") if user.get(key))
                code = f"kode {user['code']}" if user.get("code") else "uten totrinn"
                console.say(f"  {user['email']:<34} passord {user['password']}   {code:<12}  {what}")
            console.say("\nNye koder i en annen terminal: .venv/bin/python manage.py demo_users")
        console.say("Stopp alt med Ctrl-C.\n")

    def stay(self) -> None:
        """Stay until asked to end; start again what dies, and show fresh codes on a terminal."""
        show_codes_at = time.monotonic() + CODES_EVERY_S
        while True:
            self._revive()
            time.sleep(0.5)
            if sys.stdout.isatty() and self.env["KK_DEMO"] == "1" and time.monotonic() > show_codes_at:
                console.show_in_place(console.codes_line(console.demo_users(self.env)))
                show_codes_at = time.monotonic() + CODES_EVERY_S

    def end(self) -> None:
        """End everything that was started, the users of a server before the server."""
        if self.watched is None:
            return
        console.say("\nAvslutter …")
        for group, within_s in [(self.workers, WORKERS_END_WITHIN_S), (self.stores, STORES_END_WITHIN_S)]:
            supervision.end_all(group, watched=self.watched, within_s=within_s)
        self.watched.close()
        console.say("Alt er avsluttet.")
