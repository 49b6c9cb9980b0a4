"""«Kilder» for tests: a town in which all is released, and what stands on the page and in its files."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
from django.test import Client

from analytics.actions import releasing
from analytics.models import Cost, Outcome, Survey
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import JobPosting
from tests.analytics.test_sources import TODAY, World

PAGE, FILE, BOOK, BEHIND = (f"/9901/kilder/{name}" for name in ("", "kilder.csv", "kilder.xlsx", "bak-tallene/"))
SHARED = "delt"
DAY = timedelta(days=1)


def released_world(lyngvaer: Any) -> World:
    """
    A closed vacancy with much from LinkedIn and the own web, three from print, and one from FINN; all of it released.

    Amounts have øre, and an hour's cost makes uneven sums, so that rounding would show.
    """
    world = World(lyngvaer)
    closed = TODAY - timedelta(days=20)
    with tenant(lyngvaer.pk):
        JobPosting.objects.filter(pk=world.job.pk).update(deadline_date=closed, created_at=clock.now() - 60 * DAY)
    world.figures("linkedin", impressions=5400, clicks=321)
    for slug, n in (("linkedin", 87), ("own-web", 140)):
        world.visits(slug, n)
    for slug, n in (("linkedin", 19), ("own-web", 14), ("print", 3)):
        world.answers(slug, n, at=clock.now() - 30 * DAY)
    world.outcome("linkedin", applied=22, qualified=17, hired=2)
    world.outcome("own-web", applied=14, qualified=11, hired=1)
    world.outcome("print", applied=3, qualified=3, hired=0)
    with tenant(lyngvaer.pk):
        Cost.objects.create(source=world.sources["linkedin"], job=world.job, day=TODAY, note="x", kind="kroner",
                            amount_ore=900_033)  # fmt: skip
        Survey.objects.update(closes_date=closed)
        Outcome.objects.update(changed_at=clock.now() - 15 * DAY)
    world.cost("own-web", minutes=95)
    world.cost("print", kroner=14_000)
    world.cost("cinema", kroner=700, job=None)
    release(world)
    return world


def release(world: World) -> None:
    """Let the nights until next month pass."""
    releasing.release(municipality_id=world.town.pk, now=clock.now() + 40 * DAY)


def main_of(client: Client, address: str) -> str:
    """Return the page's own part: all that could tell something."""
    html = client.get(address).content.decode()
    return html[html.index('<div id="figures">') : html.index("</main>")]


def told_on(html: str) -> dict[str, list[str]]:
    """
    Return the page's table: by source the figures from views to hours, then estimate and bounds, without spaces.

    What several columns say together is told for each of them.
    """
    found = {}
    for row in re.findall(r'<tr role="row"(?: class="is-few")?>\s*<th role="rowheader".*?</tr>', html, re.DOTALL):
        name = re.search(r"<a [^>]*>([^<]+)</a>", row)
        cells = re.findall(r'<td role="cell" class="num[^"]*"(?: colspan="(\d)")?[^>]*>(.*?)</td>', row, re.DOTALL)
        if name:
            found[name[1]] = [
                plain(re.sub(r'<span class="sub.*', "", cell))
                for columns, cell in cells
                for _ in range(int(columns or 1))
            ]
    return found


def plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text).replace("\u00a0", "").strip()


def rows_of(content: bytes) -> list[list[Any]]:
    if content.startswith(b"PK"):
        return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def table_of(content: bytes) -> dict[str, list[Any]]:
    """Return a file's rows below its heading, by source."""
    rows = rows_of(content)
    heading = next(n for n, row in enumerate(rows) if row and row[0] == "Kilde")
    end = next((n for n, row in enumerate(rows) if n > heading and not any(row)), len(rows))
    return {row[0]: row[1:] for row in rows[heading + 1 : end]}


PASSING = re.compile(rb'csrfmiddlewaretoken" value="[^"]*"|Laget;[^\r]*|data-csrf="[^"]*"')
