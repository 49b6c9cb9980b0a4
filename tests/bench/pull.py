"""
Pulling figures to stored rows: against a bare loop over the same pages, and against what waiting alone would take.

`pull_to_stored_rows`: one account after another, the sandbox answering at once. The limit is `requests` with a session,
`json` and COPY with an upsert into one table, over exactly the pages that the product asked for. `pull_50_ms_pages`:
eight accounts at a time, each page 50 ms late; the limit is pages x 50 ms / 8.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg2
import requests
from django.conf import settings
from django.db import connections, transaction

from analytics.actions import pulling
from analytics.models import FetchRun, Measurement, ObjectKind, Snapshot
from channels.connectors.linkedin import api
from channels.models import Delivery
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.launcher.servers import RUNTIME
from kanalkompass.launcher.stand_in import Sandbox
from tests.bench.pairs import Measure
from tests.bench.posts import Town, Towns

GOAL, GOAL_PARALLEL = 0.6, 0.75
N_ACCOUNTS, N_POSTS = 8, 40
LATE_S = 0.05
BARE_TABLE = f"""
CREATE TABLE bench_pull (object text, day text, told jsonb, fetched_at timestamptz, PRIMARY KEY (object, day));
GRANT SELECT, INSERT, UPDATE ON bench_pull TO {RUNTIME}
"""
UPSERT = """
INSERT INTO bench_pull SELECT * FROM bench_pull_incoming
ON CONFLICT (object, day) DO UPDATE SET told = excluded.told, fetched_at = excluded.fetched_at
WHERE bench_pull.told IS DISTINCT FROM excluded.told
"""


class Miscounted(RuntimeError):
    """A side did not fetch or store what it should, so its time means nothing."""


@dataclass
class Pull:
    """Eight connected pages with posts that are out, and the pages that fetching their figures asks for."""

    sandbox: Sandbox
    towns: list[Town]
    now: datetime = field(default_factory=clock.now)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @classmethod
    def founded(cls, *, sandbox: Sandbox, towns: Towns, superuser: psycopg2.extensions.cursor) -> Pull:
        """Publish the posts, fetch the year behind the pages once, and note what a night asks for."""
        settings.LINKEDIN_API_BASE = sandbox.base
        for name in ("LINKEDIN_PULL_DAILY_CALLS", "LINKEDIN_MEMBER_DAILY_CALLS", "LINKEDIN_APP_DAILY_CALLS"):
            setattr(settings, name, 0)
        superuser.execute(BARE_TABLE)
        pull = cls(sandbox, towns.towns[:N_ACCOUNTS])
        pull._control("POST", "/_reset", {"seed": 1})
        pull._control("DELETE", "/_fault")
        limits = {"app_daily_limit": 10_000_000, "member_daily_limit": 10_000_000}
        pull._control("POST", "/_switch", limits | {"duplicate_window_s": 0})
        for town in pull.towns:
            pull._publish(town)
        pull._later()
        pull._all()
        with pull._noted():
            pull._all()
        return pull

    def measures(self) -> list[Measure]:
        """Return both measures; each side is reported for all accounts together."""
        return [
            Measure("pull_to_stored_rows", "ms", "higher", GOAL, limit=self.bare, product=self.one_by_one),
            Measure("pull_50_ms_pages", "ms", "higher", GOAL_PARALLEL, limit=self.ideal, product=self.side_by_side),
        ]

    def bare(self) -> float:
        """Fetch and store the same pages with as little as it takes; return seconds."""
        self._later()
        start = time.perf_counter()
        rows: list[tuple[str, str, str]] = []
        with requests.Session() as session:
            for url, headers in self.asked:
                answer = session.get(url, headers=headers, timeout=15)
                rows += _rows(url, json.loads(answer.content))
        unique = {(thing, day): told for thing, day, told in rows}
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE bench_pull_incoming (LIKE bench_pull) ON COMMIT DROP")
            cursor.copy_expert("COPY bench_pull_incoming FROM STDIN", _copied(unique, fetched_at=self.now))
            cursor.execute(UPSERT)
        seconds = time.perf_counter() - start
        if len(unique) < N_ACCOUNTS * N_POSTS:
            raise Miscounted(f"{len(unique)} rows")
        return seconds

    def one_by_one(self) -> float:
        """Fetch all accounts' figures as one slot of the worker does; return seconds."""
        self._later()
        # Planning the night comes before it.
        runs = [self._run(town) for town in self.towns]
        return self._timed(lambda: [self._carry_out(*each) for each in zip(self.towns, runs, strict=True)])

    def ideal(self) -> float:
        """Return what waiting alone takes."""
        return len(self.asked) * LATE_S / N_ACCOUNTS

    def side_by_side(self) -> float:
        """Fetch all accounts' figures at the same time, as the worker's threads do; return seconds."""
        self._later()
        self._control("POST", "/_fault", {"endpoint": "*", "kind": "late", "count": 1_000_000, "delay_s": LATE_S})
        try:
            with ThreadPoolExecutor(N_ACCOUNTS) as pool:
                list(pool.map(lambda _: connections["default"].ensure_connection(), range(N_ACCOUNTS * 2)))
                runs = [self._run(town) for town in self.towns]
                return self._timed(lambda: list(pool.map(self._carry_out, self.towns, runs)))
        finally:
            self._control("DELETE", "/_fault")

    def _timed(self, work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        seconds = time.perf_counter() - start
        with tenant(self.towns[0].municipality_id):
            n_told = Snapshot.objects.filter(taken_at=self.now).count()
            n_stored = Measurement.objects.filter(kind=ObjectKind.DELIVERY, fetched_at=self.now).count()
        if n_told != N_POSTS or not n_stored:
            raise Miscounted(f"{n_told} snapshots, {n_stored} days")
        return seconds

    def _all(self) -> None:
        for town in self.towns:
            self._carry_out(town, self._run(town))

    def _run(self, town: Town) -> FetchRun:
        with tenant(town.municipality_id):
            return pulling.request_fetch(account=town.account, trigger=FetchRun.Trigger.NIGHTLY, now=self.now)

    def _carry_out(self, town: Town, run: FetchRun) -> None:
        ended = pulling.run_fetch(municipality_id=town.municipality_id, run_id=run.pk, now=self.now)
        if ended.state != FetchRun.State.DONE or ended.n_fetched != N_POSTS:
            raise Miscounted(f"{ended.state}: {ended.problem}, {ended.n_fetched} posts")

    def _later(self) -> None:
        """Let ten minutes pass on both sides, so that there is something new to store."""
        self.now += timedelta(minutes=10)
        self._control("POST", "/_clock", {"advance_s": 600})

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Note every page that the product asks for, with its headers."""
        real = api.http.request

        def noting(method: str, url: str, *, token: str = "", headers: dict[str, str], **more: Any) -> Any:
            self.asked.append((url, headers | {"Authorization": f"Bearer {token}"}))
            return real(method, url, token=token, headers=headers, **more)

        api.http.request = noting  # type: ignore[assignment]
        try:
            yield
        finally:
            api.http.request = real

    def _publish(self, town: Town) -> None:
        """Put posts on the platform as anybody could, and have the product know them as published."""
        organisation = self.sandbox.announced["organisations"][0]["urn"]
        headers = {
            "Authorization": f"Bearer {self.sandbox.announced['tokens']['linkedin']}",
            "LinkedIn-Version": settings.LINKEDIN_VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        urns = []
        for number in range(N_POSTS):
            body = {
                "author": organisation, "commentary": f"Innlegg {town.account.pk}/{number}", "visibility": "PUBLIC",
                "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [],
                                 "thirdPartyDistributionChannels": []},
                "lifecycleState": "PUBLISHED", "isReshareDisabledByAuthor": False,
            }  # fmt: skip
            answer = requests.post(f"{self.sandbox.base}/rest/posts", json=body, headers=headers, timeout=10)
            urns.append(answer.headers["x-restli-id"])
        with tenant(town.municipality_id):
            made = Towns(self.sandbox, [town])._schedule(town, n=N_POSTS, due_at=self.now + timedelta(days=300))
            for code, urn in zip(made, urns, strict=True):
                published = {"state": Delivery.State.PUBLISHED, "published_at": self.now, "external_id": urn}
                Delivery.objects.filter(link__code=code).update(**published)

    def _control(self, method: str, path: str, body: object = None) -> None:
        requests.request(method, self.sandbox.base + path, json=body, timeout=30).raise_for_status()


def _rows(url: str, told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return object, day and figures of one page, whatever it is about."""
    if "elements" not in told:
        return [(str(told.get("entity", url)), "", json.dumps(told))]
    found = []
    for element in told["elements"]:
        thing = element.get("share") or element.get("ugcPost") or url.split("?", 1)[0]
        found.append((thing, str(element.get("timeRange", {}).get("start", "")), json.dumps(element)))
    return found


def _copied(rows: dict[tuple[str, str], str], *, fetched_at: datetime) -> Any:
    import io

    written = io.StringIO()
    for (thing, day), told in rows.items():
        written.write(f"{thing}\t{day}\t{told}\t{fetched_at.isoformat()}\n")
    written.seek(0)
    return written
