"""One call to LinkedIn's API: headers, version, and what each answer means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings

from channels.connectors import http
from channels.connectors.base import AccessDead, ConnectorError, NothingSent, OutcomeUnknown, Refused
from channels.connectors.linkedin import reading, restli
from foundation import clock

# For calls whose caller sets no limit of its own. Seconds.
READ_DEADLINE_S = 15.0
MAX_PAGES = 50
PAGE_SIZE = 100
# So many pages without anything new: the list stands still, or `start` is not heeded.
MAX_PAGES_WITHOUT_NEWS = 3
# Waits that LinkedIn's texts mean, in seconds, where it sends no Retry-After: limits of some minutes, not of a day.
WAITS_BY_TEXT = {"45 million metric values": 331, "Comment create throttled": 65}
LONGEST_WAIT_S = 86_400

_DUPLICATE = re.compile(r"duplicate of (urn:li:(?:share|ugcPost):\d{1,19})\b")
_CODE = re.compile(r"[A-Z0-9_]{1,60}")


@dataclass(frozen=True)
class Listing:
    """What a list told: each element once, by its key, and whether the list was read to its end."""

    elements: dict[str, dict[str, Any]]
    is_complete: bool


@dataclass(frozen=True)
class Api:
    """Calls in the name of one token. `calls` counts them by endpoint, whatever is answered."""

    token: str = field(repr=False)
    calls: Counter[str] = field(default_factory=Counter, repr=False, compare=False)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        json_body: Any = None,
        restli_method: str = "",
        deadline_s: float = READ_DEADLINE_S,
        irreversible: bool = False,
    ) -> http.Answer:
        """
        Return the answer of one successful call; every other answer becomes one of the four kinds.

        :param path: below the API's base, with keys encoded
        :param query: encoded Rest.li, see `restli`
        """
        headers = {"LinkedIn-Version": settings.LINKEDIN_VERSION, "X-Restli-Protocol-Version": "2.0.0"}
        if restli_method:
            headers["X-RestLi-Method"] = restli_method
        endpoint, content = restli.endpoint(method, path), None
        if method == "GET" and len(query) > restli.MAX_QUERY_LENGTH:
            # A query that is too long for an address goes as the body of a POST that says what it means.
            headers |= {"X-HTTP-Method-Override": "GET", "Content-Type": "application/x-www-form-urlencoded"}
            method, content, query = "POST", query.encode("ascii"), ""
        self.calls[endpoint] += 1
        answer = http.request(
            method,
            f"{settings.LINKEDIN_API_BASE}{path}{'?' if query else ''}{query}",
            deadline_s=deadline_s,
            token=self.token,
            headers=headers,
            json_body=json_body,
            content=content,
            irreversible=irreversible,
        )
        if not 200 <= answer.status < 300:
            problem = failure(answer, irreversible=irreversible, now=clock.now())
            if isinstance(problem, NothingSent):
                problem.endpoint = endpoint
            raise problem
        return answer

    def read(
        self, path: str, *, query: str = "", restli_method: str = "GET", deadline_s: float = READ_DEADLINE_S
    ) -> dict:
        """
        Return the JSON object that a GET answers.

        :raises NothingSent: also when a 2xx cannot be understood
        """
        answer = self.call("GET", path, query=query, restli_method=restli_method, deadline_s=deadline_s)
        found = answer.json()
        if not found:
            raise NothingSent("unclear_answer", f"HTTP {answer.status} without a JSON object")
        return found

    def find(self, path: str, *, query: str, deadline_s: float = READ_DEADLINE_S) -> list[dict]:
        """
        Return the `elements` of a finder's answer.

        :raises NothingSent: there is no such list, so nothing may be concluded from what is not in it
        """
        elements = self.read(path, query=query, restli_method="FINDER", deadline_s=deadline_s).get("elements")
        if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
            raise NothingSent("unclear_answer", "No list of elements")
        return elements

    def listing(self, path: str, *, key: Callable[[dict[str, Any]], str], **parameters: str | int) -> Listing:
        """
        Return what a list tells that is paged by `start` and `count`.

        A page may be short while more remain, so only an empty one is the end; and elements move while we read, so each
        counts once. A list of more than `MAX_PAGES` pages, or one that stands still, is not complete.

        :param key: what an element is known by; "" leaves it out
        """
        found: dict[str, dict[str, Any]] = {}
        start, n_without_news = 0, 0
        for _ in range(MAX_PAGES):
            query = restli.query(**parameters, start=start, count=PAGE_SIZE)
            elements = self.find(path, query=query)
            if not elements:
                return Listing(found, is_complete=True)
            start += len(elements)
            n_before = len(found)
            found |= reading.once(elements, key)
            n_without_news = n_without_news + 1 if len(found) == n_before else 0
            if n_without_news >= MAX_PAGES_WITHOUT_NEWS:
                break
        return Listing(found, is_complete=False)

    def search(self, path: str, *, query: str, key: Callable[[dict[str, Any]], str]) -> Listing:
        """
        Return what a list tells that is paged by a cursor, each element once.

        A cursor that LinkedIn does not take any more means to begin anew, once.

        :param key: what an element is known by; "" leaves it out
        :raises NothingSent: also when a cursor is refused again
        """
        try:
            return self._search(path, query=query, key=key)
        except _CursorRefused:
            try:
                return self._search(path, query=query, key=key)
            except _CursorRefused as problem:
                raise NothingSent("unclear_answer", f"A list that cannot be read to its end: {problem}") from None

    def _search(self, path: str, *, query: str, key: Callable[[dict[str, Any]], str]) -> Listing:
        found: dict[str, dict[str, Any]] = {}
        seen: set[str] = set()
        cursor = ""
        for _ in range(MAX_PAGES):
            try:
                following = f"{query}&pageToken={restli.leaf(cursor)}" if cursor else query
                answer = self.read(path, query=following, restli_method="FINDER")
            except Refused as problem:
                if cursor and problem.code == "invalid_request":
                    raise _CursorRefused(problem.detail) from None
                raise
            if not isinstance(answer.get("elements"), list):
                raise NothingSent("unclear_answer", "No list of elements")
            found |= reading.once(reading.objects(answer["elements"]), key)
            cursor = reading.text(reading.child(answer, "metadata").get("nextPageToken"))
            if not cursor:
                return Listing(found, is_complete=True)
            if cursor in seen:
                break
            seen.add(cursor)
        return Listing(found, is_complete=False)


class _CursorRefused(Exception):
    """A cursor that LinkedIn itself gave is not taken any more."""


def failure(answer: http.Answer, *, irreversible: bool, now: datetime) -> ConnectorError:
    """Return what an answer other than 2xx means. Codes and statuses decide; texts may change without notice."""
    status, body = answer.status, answer.json()
    code = str(body.get("code", ""))
    detail = _detail(answer, code)
    if status in (401, 403):
        return AccessDead("token_dead" if status == 401 else "access_denied", detail)
    if status == 404:
        return Refused("not_found", detail)
    if status == 422:
        return _unprocessable(body, detail, irreversible=irreversible)
    if status == 426 or code == "INVALID_VERSION":
        return AccessDead("version_sunset", f"{settings.LINKEDIN_VERSION}: {detail}")
    if status == 429:
        return NothingSent("throttled", detail, retry_after_s=_wait_s(answer, now=now))
    if 400 <= status < 500 and status not in (408, 409):
        return Refused("text_too_long" if code == "FIELD_LENGTH_TOO_LONG" else "invalid_request", detail)
    # 5xx, a time-out or conflict on their side, a redirect: for a post this may mean that it is out.
    trouble = "server_error" if status >= 500 else "unclear_answer"
    return OutcomeUnknown(trouble, detail) if irreversible else NothingSent(trouble, detail)


def _unprocessable(body: dict, detail: str, *, irreversible: bool) -> ConnectorError:
    message = str(body.get("message", ""))
    named = _DUPLICATE.search(message)
    if named or body.get("code") == "DUPLICATE_POST":
        return Refused("duplicate", detail, duplicate_of=named[1] if named else "")
    if irreversible and not body:
        # It may be the duplicate refusal, whose text proves that the post is out.
        return OutcomeUnknown("unclear_answer", detail)
    return Refused("invalid_request", detail)


def _detail(answer: http.Answer, code: str) -> str:
    """Return status, code and LinkedIn's id of the call: what its support asks for, and nothing that we sent."""
    trace = answer.headers.get("x-li-uuid", "")
    parts = [f"HTTP {answer.status}", code if _CODE.fullmatch(code) else "", trace if trace.isalnum() else ""]
    return " ".join(part for part in parts if part)


def _wait_s(answer: http.Answer, *, now: datetime) -> int | None:
    """Return the seconds that LinkedIn asks for, None where it does not say: as a rule it sends no Retry-After."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(max(int(asked[:9]), 1), LONGEST_WAIT_S)
    if asked and (until := _http_date(asked)):
        return min(max(int((until - now).total_seconds()), 1), LONGEST_WAIT_S)
    message = reading.text(answer.json().get("message"))
    return next((seconds for words, seconds in WAITS_BY_TEXT.items() if words in message), None)


def clock_skew_s(answer: http.Answer, *, now: datetime) -> int | None:
    """Return the seconds that LinkedIn's clock is ahead of ours, None when the answer tells no time."""
    told = _http_date(answer.headers.get("Date", ""))
    return int((told - now).total_seconds()) if told else None


def _http_date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
