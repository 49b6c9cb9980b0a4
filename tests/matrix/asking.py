"""One request at a time, undone afterwards: what was answered, what it cost, and what it touched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tests.matrix.people import Houses

# What differs each time a page is drawn, whoever asks: one-time values, and the number of an incident.
ONE_TIME = re.compile(r"(?:csrfmiddlewaretoken|form_key|token)[^>]{0,80}?value=\"[^\"]*\"|\b[0-9a-f]{8}\b|nonce-[\w-]+")
# A session is stored anew at each request, also at one that leads nowhere.
OF_THE_SESSION = {"django_session", "usersessions_usersession"}
# As pg_stat_xact_user_tables tells, without the indexes that it adds up on the way.
TOUCHED = """
    SELECT relname, n FROM (
        SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
            + pg_stat_get_xact_tuples_deleted(oid) AS n
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    ) AS counted WHERE n > 0
"""


# One for all: a new one would read the middleware again each time. Its cookies are emptied before each request.
_browser = Client(raise_request_exception=False)


@dataclass(frozen=True)
class Answer:
    """An answer with its address taken out, so that answers to different addresses can be held against each other."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...]
    n_queries: int
    touched: frozenset[str]
    forms: tuple[Any, ...] = ()

    @property
    def location(self) -> str:
        """Where it leads, "" for nowhere."""
        return dict(self.headers).get("Location", "")

    @property
    def leads_to_login(self) -> bool:
        """Whether it asks the person to log in first."""
        return self.status == 302 and self.location.startswith(("/konto/login/", "/admin/login/"))

    def unlike(self, other: Answer) -> str:
        """Return in what this answer can be told from another, "" for nothing (P13)."""
        if self.status != other.status:
            return f"status {self.status} against {other.status}"
        if self.headers != other.headers:
            return f"headers {sorted(set(self.headers) ^ set(other.headers))}"
        if self.body != other.body:
            lines = set(self.body.splitlines()) ^ set(other.body.splitlines())
            return f"body: {sorted(line.strip()[:120] for line in lines)[:4]}"
        if self.n_queries != other.n_queries:
            return f"{self.n_queries} database queries against {other.n_queries}"
        return ""


class Counted:
    """Counts the queries that pass through it."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Let one query through."""
        self.n += 1
        return execute(sql, params, many, context)


def ask(
    houses: Houses, who: str, method: str, address: str, data: Any = None, *, extra: dict[str, Any] | None = None
) -> Answer:
    """Send one request as somebody and undo whatever it did."""
    client = _browser
    client.cookies.clear()
    if who in houses.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = houses.sessions[who]
    houses.n_asked += 1
    # Limits that count by address are another test's subject.
    given = {"REMOTE_ADDR": f"10.{houses.n_asked // 2500 % 250}.{houses.n_asked // 10 % 250}.1", **(extra or {})}
    with transaction.atomic():
        before = touched() if method not in {"get", "head", "options"} else None
        queries = Counted()
        with connection.execute_wrapper(queries):
            response = getattr(client, method)(address, data or {}, **given)
        after = touched() if before is not None else {}
        body = _body(response)
        transaction.set_rollback(True)
    changed = {name for name, count in after.items() if count != (before or {}).get(name, 0)}
    return Answer(
        status=response.status_code,
        body=_without(address, ONE_TIME.sub("*", body)),
        headers=_headers(response, address),
        n_queries=queries.n,
        touched=frozenset(changed - OF_THE_SESSION),
    )


def _without(address: str, text: str) -> str:
    """Take the address that was asked for out of a text; the front page's is in every other."""
    return text.replace(address, "*") if len(address) > 1 else text


def _body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", errors="replace")


def _headers(response: Any, address: str) -> tuple[tuple[str, str], ...]:
    headers = {name: _without(address, value) for name, value in response.items() if name != "Content-Length"}
    # The second in which a page was drawn is the asker's, and may pass between two questions.
    headers |= dict.fromkeys({"Date", "Expires", "Last-Modified"} & headers.keys(), "*")
    # The cookies' names and flags; their values and ends are new each time.
    for name, cookie in response.cookies.items():
        flags = {key: cookie[key] for key in ("path", "samesite", "secure", "httponly", "max-age")}
        headers[f"cookie {name}"] = str(flags)
    return tuple(sorted(headers.items()))


def touched() -> dict[str, int]:
    """Return how many rows of each table this connection has written; counted, whether kept or undone."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(TOUCHED)
            return dict(cursor.fetchall())
    except DatabaseError:
        # The request left a broken transaction behind; its answer is a 500, which is the finding.
        return {}
