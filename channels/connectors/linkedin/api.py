"""One call to LinkedIn's API: headers, version, and what each answer means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from channels.connectors import http
from channels.connectors.base import AccessDead, ConnectorError, NothingSent, OutcomeUnknown, Refused
from foundation import clock

# For calls whose caller sets no limit of its own. Seconds.
READ_DEADLINE_S = 15.0
MAX_PAGES = 50
PAGE_SIZE = 100

_DUPLICATE = re.compile(r"duplicate of (urn:li:(?:share|ugcPost):\d{1,19})\b")
_CODE = re.compile(r"[A-Z0-9_]{1,60}")


@dataclass(frozen=True)
class Api:
    """Calls in the name of one token."""

    token: str = field(repr=False)

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
        answer = http.request(
            method,
            f"{settings.LINKEDIN_API_BASE}{path}{'?' if query else ''}{query}",
            deadline_s=deadline_s,
            token=self.token,
            headers=headers,
            json_body=json_body,
            irreversible=irreversible,
        )
        if not 200 <= answer.status < 300:
            raise failure(answer, irreversible=irreversible, now=clock.now())
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
        if not isinstance(elements, list):
            raise NothingSent("unclear_answer", "No list of elements")
        return [element for element in elements if isinstance(element, dict)]


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
        return Refused("version_sunset", f"{settings.LINKEDIN_VERSION}: {detail}")
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


def _wait_s(answer: http.Answer, *, now: datetime) -> int:
    """Return the seconds to wait: what LinkedIn asks for, else until its daily quota starts again at 00:00 UTC."""
    asked = answer.headers.get("Retry-After", "")
    if asked.isascii() and asked.isdigit():
        return min(int(asked), 86_400)
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    return int((midnight - now).total_seconds()) + 1
