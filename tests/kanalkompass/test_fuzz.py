"""
Whatever is thrown at the doors that stand open to everybody, the answer is ours: a page in Norwegian, never a fault.

Hypothesis makes up the bytes, the fields and the headers. Nothing may be stored but what a valid form says.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.actions.surveys import ensure_survey
from analytics.models import SurveyAnswer
from channels.actions.links import make_links_for_job
from foundation.tenancy import tenant
from tests.analytics.answering import opened

FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What our pages read, beside names that nobody reads.
NAMES = [
    "token", "first", "also", "interests", "own_words", "website", "code", "language", "next", "login", "password",
    "remember", "state", "error", "sprak", "csrfmiddlewaretoken", "form_key", "action", "id", "[]", "__proto__",
]  # fmt: skip
ODD = [
    "",
    "\0",
    "\ud800",
    "\u202e",
    "١٢",
    "-1",
    "9" * 400,
    "1e309",
    "NaN",
    "{}",
    "[]",
    "'; DROP TABLE job; --",
    "<svg>",
]
HEADERS = [
    "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_REFERER", "HTTP_USER_AGENT", "HTTP_ORIGIN", "HTTP_HX_REQUEST",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_RANGE", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT",
    "CONTENT_TYPE",
]  # fmt: skip
METHODS = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FLYTT"]
KINDS = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json",
    "text/plain",
    "æ/ø",
]

words = st.one_of(st.sampled_from(ODD), st.text(max_size=60))
fields = st.dictionaries(st.sampled_from(NAMES), words, max_size=6)
headers = st.dictionaries(st.sampled_from(HEADERS), st.text(st.characters(max_codepoint=255), max_size=60), max_size=4)
addresses = st.integers(1, 10**6).map(lambda n: f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")


@pytest.fixture
def open_doors(lyngvaer, make_job) -> dict[str, str]:
    """Return the addresses that anybody may ask, by name."""
    with tenant(lyngvaer.pk):
        job = make_job()
        link, survey = make_links_for_job(job=job)[0], ensure_survey(job=job)
    return {
        "survey": f"/u/{survey.code}/",
        "thanks": f"/u/{survey.code}/takk/",
        "withdraw": "/u/trekk/",
        "link": f"/s/{link.code}",
        "privacy": "/personvern/9901/",
        "login": "/konto/login/",
        "reset": "/konto/password/reset/",
        "language": "/konto/sprak/",
        "oauth": "/kanaler/linkedin/tilbake/",
        "start": "/",
        "member": "/9901/stillinger/",
        "nothing": "/finnes-ikke/",
        "files": "/static/",
    }


def ask(door: str, address: str, *, method: str = "GET", body: bytes = b"", kind: str = "", **extra: Any) -> Any:
    client = Client(raise_request_exception=False)
    return client.generic(method, address, body, content_type=kind or "application/octet-stream", **extra)


def is_ours(answer: Any, *, method: str) -> None:
    """The answer is no fault; what is refused is told in Norwegian, or in the language that was asked for."""
    assert answer.status_code < 500, (answer.status_code, answer.content[:300])
    assert b"Traceback" not in answer.content
    page = answer.content.decode(errors="replace")
    if (
        answer.status_code >= 400
        and method not in ("HEAD", "OPTIONS")
        and "text/html" in answer.headers["Content-Type"]
    ):
        assert any(f'lang="{language}' in page for language in ("nb", "nn", "en")), page[:300]


def stored(town: Any) -> int:
    with tenant(town.pk):
        return SurveyAnswer.objects.count()


def as_query(pairs: dict[str, str]) -> str:
    return "&".join(f"{quote(name)}={quote(value.encode(errors='surrogatepass'))}" for name, value in pairs.items())


def test_p27_b7_no_fields_lead_to_a_fault_and_no_answer_is_stored(lyngvaer, open_doors):
    @FUZZ
    @given(name=st.sampled_from(sorted(open_doors)), asked=fields, sent=fields, who=addresses)
    def holds(name: str, asked: dict[str, str], sent: dict[str, str], who: str) -> None:
        for method in ("GET", "POST"):
            address = f"{open_doors[name]}?{as_query(asked)}"
            is_ours(
                ask(name, address, method=method, body=as_query(sent).encode(), kind=KINDS[0], REMOTE_ADDR=who),
                method=method,
            )

    holds()
    assert stored(lyngvaer) == 0


def test_b2_b6_b7_whatever_is_written_in_a_true_form_is_stored_or_told_at_the_field(lyngvaer, open_doors):
    code = open_doors["survey"].split("/")[2]
    answered = []

    @FUZZ
    @given(
        first=st.one_of(st.just("linkedin"), words),
        also=st.lists(words, max_size=4),
        own_words=st.one_of(words, st.just("😀" * 10_000), st.text(min_size=281, max_size=400)),
        who=addresses,
    )
    def holds(first: str, also: list[str], own_words: str, who: str) -> None:
        sent = opened(code) | {"first": first, "also": also[0] if also else "", "own_words": own_words}
        sent.pop("interests")
        answer = ask(
            "survey", f"/u/{code}/", method="POST", body=as_query(sent).encode(), kind=KINDS[0], REMOTE_ADDR=who
        )
        is_ours(answer, method="POST")
        assert answer.status_code in (200, 422), answer.status_code
        answered.append(answer.status_code)

    holds()
    assert stored(lyngvaer) == answered.count(200)
    assert 422 in answered


def test_p27_b55_no_bytes_and_no_method_lead_to_a_fault(lyngvaer, open_doors):
    @FUZZ
    @given(
        name=st.sampled_from(sorted(open_doors)),
        method=st.sampled_from(METHODS),
        kind=st.sampled_from(KINDS),
        body=st.one_of(st.binary(max_size=400), st.just(b"[" * 10_000), st.just(b'{"a":' * 10_000)),
        who=addresses,
    )
    def holds(name: str, method: str, kind: str, body: bytes, who: str) -> None:
        is_ours(ask(name, open_doors[name], method=method, body=body, kind=kind, REMOTE_ADDR=who), method=method)

    holds()
    assert stored(lyngvaer) == 0


def test_p27_b59_no_headers_lead_to_a_fault(lyngvaer, open_doors):
    @FUZZ
    @given(name=st.sampled_from(sorted(open_doors)), odd=headers, who=addresses)
    def holds(name: str, odd: dict[str, str], who: str) -> None:
        is_ours(ask(name, open_doors[name], **{"REMOTE_ADDR": who} | odd), method="GET")

    holds()


def test_b5_b35_no_guessed_address_leads_to_a_fault_or_to_anybody(lyngvaer, open_doors):
    @FUZZ
    @given(
        where=st.sampled_from(
            ["/u/{}/", "/u/{}/takk/", "/s/{}", "/personvern/{}/", "/kanaler/{}/tilbake/", "/{}/", "/9901/{}/"]
        ),
        code=st.one_of(st.sampled_from(ODD[1:]), st.text(min_size=1, max_size=40)),
        who=addresses,
    )
    def holds(where: str, code: str, who: str) -> None:
        answer = ask("guess", where.format(quote(code.encode(errors="surrogatepass"), safe="")), REMOTE_ADDR=who)
        is_ours(answer, method="GET")
        assert answer.status_code in (302, 400, 404), answer.status_code

    holds()


def test_b55_a_request_that_calls_itself_another_is_what_it_is(lyngvaer, open_doors):
    for name in ("HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_METHOD_OVERRIDE"):
        plain, odd = ask("survey", open_doors["survey"]), ask("survey", open_doors["survey"], **{name: "POST"})

        assert (odd.status_code, len(odd.content)) == (plain.status_code, len(plain.content))
    assert ask("survey", open_doors["survey"] + "?_method=DELETE").status_code == 200


def test_b55_json_is_no_form(lyngvaer, open_doors):
    answer = ask(
        "survey", open_doors["survey"], method="POST", kind="application/json", body=b'{"first_seen": 1, "token": "x"}'
    )

    assert answer.status_code == 422
    assert stored(lyngvaer) == 0
