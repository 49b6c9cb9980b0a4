"""Pages about sources and the administration's lists, in a municipality of median size and in the largest one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client, override_settings
from django.urls import include, path

import kanalkompass.urls
from analytics.admin import N_DAYS
from analytics.models import Measurement
from foundation import clock
from foundation.paging import MOST_ROWS
from foundation.tenancy import tenant
from recruitment.doors import EVERYBODY, MemberRequest, door, member
from recruitment.models import Channel, JobPosting, Occupation, User
from tests.bench.figures import Figure
from tests.bench.pairs import Measure, Result, run
from tests.bench.world import IDS, Place, World

PAGE_MS, FILTER_MS, ADMIN_MS, HTML_KB, COMPARISON_MS = 150, 400, 300, 60, 10
TIMES_EMPTY = 1.5
# A percentile of 95 needs some pages; a pair's side is the median of a few.
N_PAGES, N_IN_A_PAIR, N_OF_ADMIN = 40, 7, 10
ROWS_A_PAGE = 100
EMPTY = "tom-side/"
SOURCES = "kilder/"


def empty_page(request: MemberRequest) -> HttpResponse:
    """Return the frame that every page of a member's has, with nothing in it: what a page costs at the least."""
    return render(request, "base.html", {})


urlpatterns = [
    path("<number:number>/", include([door(EMPTY, empty_page, name="bench_empty", rule=member(EVERYBODY))])),
    *kanalkompass.urls.urlpatterns,
]


class Refused(RuntimeError):
    """A page did not answer with 200, so its time means nothing."""


@dataclass
class Reader:
    """One logged-in person in one municipality."""

    place: Place
    user: User
    client: Client = field(default_factory=Client)
    n_bytes: int = 0

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    def enter_the_administration(self) -> None:
        """Choose the municipality, as an administrator does."""
        self.client.get(f"/{self.place.number}/administrasjon/")

    def ask(self, address: str) -> tuple[float, float]:
        """Fetch a page; return the seconds it took, and how many of them its statements took."""
        spent = [0.0]

        def timed(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
            start = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent[0] += time.perf_counter() - start

        with connection.execute_wrapper(timed):
            start = time.perf_counter()
            answer = self.client.get(address)
            seconds = time.perf_counter() - start
        if answer.status_code != 200:
            raise Refused(f"{address}: {answer.status_code} {answer.headers.get('Location', '')}")
        self.n_bytes = len(answer.content)
        return seconds, spent[0]

    def at(self, page: str, query: str = "") -> str:
        """Return the address of a page of the municipality's."""
        return f"/{self.place.number}/{page}{'?' if query else ''}{query}"


def measured(world: World, users: dict[int, dict[str, User]], *, say: Callable[[str], None]) -> list[Result | Figure]:
    """Measure in both municipalities."""
    results: list[Result | Figure] = []
    with serving():
        for name, place in (("typical", world.typical), ("largest", world.largest)):
            hr = Reader(place, users[place.pk]["hr"])
            results += [*_page(hr, name=name), _filters(hr, name=name)]
            if name == "typical":
                results.append(run(beside_an_empty_one(hr), say=say))
        administrator = Reader(world.largest, users[world.largest.pk]["administrator"])
        results.append(_administration(administrator))
    for result in results:
        if isinstance(result, Figure):
            say(f"{result.name}: {result.product:.1f} {result.unit}, at most {result.limit}")
    return results


@contextmanager
def serving() -> Iterator[None]:
    """Let the test client ask for pages as a web process answers them, and for the empty one."""
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"]):
        yield


def beside_an_empty_one(reader: Reader) -> Measure:
    """Return the measure of what the page itself costs beside its statements."""
    page, empty = reader.at(SOURCES), reader.at(EMPTY)

    def without_sql() -> float:
        asked = [reader.ask(page) for _ in range(N_IN_A_PAIR)]
        return statistics.median(seconds - in_sql for seconds, in_sql in asked)

    return Measure(
        name="page_without_sql",
        unit="ms",
        better="lower",
        goal=TIMES_EMPTY,
        limit=lambda: statistics.median(reader.ask(empty)[0] for _ in range(N_IN_A_PAIR)),
        product=without_sql,
    )


def _page(reader: Reader, *, name: str) -> list[Figure]:
    reader.ask(reader.at(SOURCES))
    asked = [reader.ask(reader.at(SOURCES)) for _ in range(N_PAGES)]
    in_sql = statistics.median(in_sql for _, in_sql in asked) * 1000
    whole = _at_most(
        f"page_p95_{name}", [seconds for seconds, _ in asked], PAGE_MS, in_sql=round(in_sql, 1),
        n_jobs=reader.place.n_jobs, n_objects=reader.place.n_objects,
    )  # fmt: skip
    return [whole, Figure(f"page_html_{name}", "kB", "lower", 1.0, HTML_KB, reader.n_bytes / 1000)]


def _filters(reader: Reader, *, name: str) -> Figure:
    """Ask once for each combination of filters, and tell which one took longest."""
    asked = {query: reader.ask(reader.at(SOURCES, query))[0] for query in combinations(reader.place)}
    slowest = max(asked, key=lambda query: asked[query])
    return _at_most(
        f"filters_p95_{name}", [*asked.values()], FILTER_MS,
        n_combinations=len(asked), slowest=slowest, slowest_ms=round(asked[slowest] * 1000, 1),
    )  # fmt: skip


def combinations(place: Place) -> list[str]:
    """Return queries with each filter used and not, together with all others; whether or not it leaves anything."""
    with tenant(place.pk):
        # One of the third that have a campaign, in the year that is looked at.
        job = JobPosting.objects.get(pk=place.pk * IDS + place.n_jobs * 5 // 6 // 3 * 3)
        campaign = job.campaigns.values_list("pk", flat=True).first() or 0
        occupation = Occupation.objects.get(pk=job.occupation_id).code
    channel = Channel.objects.order_by("pk").values_list("pk", flat=True)[0]
    offered = {
        "periode": ["", "hittil"], "yrke": ["", occupation], "type": ["", "permanent"], "kanal": ["", channel],
        "stilling": ["", job.pk], "kampanje": ["", campaign or ""], "vis": ["", "delt"],
    }  # fmt: skip
    chosen = (dict(zip(offered, choice, strict=True)) for choice in product(*offered.values()))
    return sorted({"&".join(f"{key}={value}" for key, value in each.items() if value) for each in chosen})


def _administration(reader: Reader) -> Figure:
    reader.enter_the_administration()
    listed = "/admin/analytics/measurementrow/"
    # The last page that can be had: it skips what stands before it.
    with tenant(reader.place.pk):
        n_rows = Measurement.objects.filter(day__gt=clock.today() - timedelta(days=N_DAYS))[:MOST_ROWS].count()
    last = max(1, -(-n_rows // ROWS_A_PAGE))
    addresses = [listed, f"{listed}?p={last}", f"{listed}?is_paid__exact=1", f"{listed}?kind__exact=3"]
    seconds = [reader.ask(address)[0] for _ in range(N_OF_ADMIN) for address in addresses]
    return _at_most("admin_list_p95", seconds, ADMIN_MS)


def _at_most(name: str, seconds: list[float], limit_ms: float, **more: Any) -> Figure:
    """Return the figure of the 95th percentile."""
    ordered = sorted(each * 1000 for each in seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    told = {"median": round(statistics.median(ordered), 1), **more}
    return Figure(name, "ms", "lower", 1.0, limit_ms, p95, tuple(round(each, 1) for each in ordered[-3:]), more=told)
