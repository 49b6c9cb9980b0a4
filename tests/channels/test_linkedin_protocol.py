"""Reading LinkedIn's answers, paging to the end, tunnelling, scopes, waits."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.connectors import Access, AccessDead, ConnectorError, NothingSent, Refused, http
from channels.connectors.linkedin import LinkedIn, api, oauth, reading
from channels.connectors.linkedin.api import Api, failure
from tests.channels.contract.stands import COUNTS
from tests.channels.web import page, web

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


class TestReaders:
    @pytest.mark.parametrize(("told", "meant"), COUNTS)
    def test_a_count_is_a_count_or_none(self, told, meant):
        assert reading.count(told) == meant

    @pytest.mark.parametrize(
        ("told", "meant"),
        [
            (1_793_000_000_000, datetime(2026, 10, 26, 7, 33, 20, tzinfo=UTC)),
            ("1793000000000", datetime(2026, 10, 26, 7, 33, 20, tzinfo=UTC)),
            (0, None),
            (-5, None),
            (10**18, None),
            (True, None),
            (float("nan"), None),
            (None, None),
            ("i går", None),
        ],
    )
    def test_a_moment_is_a_moment_or_none(self, told, meant):
        assert reading.moment(told) == meant

    def test_a_text_can_always_be_stored(self):
        assert reading.text("Hei\ud800 \0du") == "Hei\ufffd du"
        assert reading.text("😀" * 5, most=3) == "😀😀😀"
        assert [reading.text(told) for told in (None, 7, [], {})] == [""] * 4

    def test_a_urn_is_of_the_kinds_asked_for(self):
        assert reading.urn("urn:li:share:7", "share", "ugcPost") == "urn:li:share:7"
        assert [reading.urn(told, "share") for told in ("urn:li:person:7", "urn:li:share:7 ", 7, None, "x" * 999)] == [
            ""
        ] * 5

    @given(JSON)
    def test_none_of_them_raises_whatever_is_told(self, told):
        assert reading.count(told) is None or isinstance(reading.count(told), int)
        assert reading.moment(told) is None or reading.moment(told).tzinfo is UTC
        assert isinstance(reading.text(told), str)
        assert reading.urn(told, "share") == ""
        assert isinstance(reading.child(told, "a"), dict)
        assert all(isinstance(each, dict) for each in reading.objects(told))
        reading.text(told).encode()

    @given(st.integers(200, 599), JSON, st.sampled_from(["", "5", "-1", "i morgen", "Mon, 23 Nov 2026 12:00:30 GMT"]))
    def test_every_answer_becomes_one_of_the_four_kinds(self, status, body, retry_after):
        answer = http.Answer(status, {"Retry-After": retry_after}, json.dumps(body).encode())

        problem = failure(answer, irreversible=False, now=NOON)

        assert isinstance(problem, ConnectorError)
        assert len(problem.detail) <= 500


class TestWaits:
    @pytest.mark.parametrize(
        ("header", "message", "seconds"),
        [
            ("17", "", 17),
            ("0", "", 1),
            ("999999999999", "", 86_400),
            ("Mon, 23 Nov 2026 12:00:30 GMT", "", 30),
            ("Mon, 23 Nov 2026 11:00:00 GMT", "", 1),
            ("snart", "", None),
            ("", "Resource level throttle limit for calls to this resource is reached.", None),
            ("", "Requests exceed 45 million metric values", 331),
            ("", "Comment create throttled for the member", 65),
        ],
    )
    def test_are_linkedins_own_where_it_tells_them(self, header, message, seconds):
        answer = http.Answer(429, {"Retry-After": header}, json.dumps({"message": message}).encode())

        problem = failure(answer, irreversible=True, now=NOON)

        assert isinstance(problem, NothingSent)
        assert problem.retry_after_s == seconds

    def test_a_version_is_dead_by_status_or_code(self):
        for answer in (http.Answer(426, {}, b"<html>"), http.Answer(400, {}, b'{"code": "INVALID_VERSION"}')):
            problem = failure(answer, irreversible=True, now=NOON)
            assert isinstance(problem, AccessDead)
            assert problem.code == "version_sunset"


class TestScopes:
    def test_the_whole_set_of_the_apps_products_is_asked_for_at_once(self, settings):
        settings.LINKEDIN_PRODUCTS = ["community", "advertising"]
        both = LinkedIn.scopes()
        settings.LINKEDIN_PRODUCTS = ["community"]
        query = parse_qs(urlsplit(oauth.authorise_url(state="s", redirect_uri="http://localhost/")).query)

        assert {"r_ads", "r_ads_reporting", "w_organization_social_feed"} <= set(both)
        assert "r_ads" not in query["scope"][0].split()
        assert set(query["scope"][0].split()) == set(LinkedIn.scopes()) < set(both)
        assert len(both) == len(set(both))


@pytest.fixture
def told(settings):
    """Return a function that has LinkedIn answer with the given pages, one after the other, the last one for ever."""
    with web() as platform:
        settings.LINKEDIN_API_BASE = platform.url("", host="127.0.0.1")

        def tell(*answers: dict | bytes) -> Api:
            waiting = [page(json.dumps(each).encode()) if isinstance(each, dict) else each for each in answers]
            platform.answers["/x"] = lambda sock: sock.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])
            return Api("token")

        yield tell


def rows(*numbers: int, following: str | None = "") -> dict:
    """Return a page of elements, with the next page's cursor unless it is ""."""
    more = {} if following == "" else {"metadata": {"nextPageToken": following}}
    return {"elements": [{"id": number} for number in numbers], **more}


def key(element: dict) -> str:
    return str(element.get("id", ""))


class TestPaging:
    def test_goes_on_to_the_empty_page_and_counts_each_element_once(self, told):
        asked = told(rows(1, 2), rows(2, 3), {"elements": [{"id": 4}, {"name": "uten nøkkel"}]}, rows())

        found = asked.listing("/x", key=key, q="author")

        assert (list(found.elements), found.is_complete) == (["1", "2", "3", "4"], True)
        assert asked.calls == {"GET /x": 4}

    def test_ends_incomplete_when_the_list_stands_still(self, told):
        asked = told(rows(1))

        found = asked.listing("/x", key=key, q="author")

        assert (list(found.elements), found.is_complete, asked.calls["GET /x"]) == (["1"], False, 4)

    def test_ends_incomplete_at_fifty_pages(self, told):
        asked = told(*[rows(n) for n in range(60)])

        found = asked.listing("/x", key=key, q="author")

        assert (len(found.elements), found.is_complete) == (api.MAX_PAGES, False)

    def test_begins_anew_once_when_a_cursor_has_expired(self, told):
        expired = page(b'{"code": "INVALID_VALUE_FOR_FIELD"}', status="400 Bad Request")
        asked = told(rows(1, following="a"), expired, rows(1, following="b"), rows(2, following=None))

        found = asked.search("/x", query="q=search", key=key)

        assert (list(found.elements), found.is_complete) == (["1", "2"], True)

    def test_gives_up_when_the_cursor_is_refused_again(self, told):
        expired = page(b"{}", status="400 Bad Request")
        asked = told(rows(1, following="a"), expired, rows(1, following="a"), expired)

        with pytest.raises(NothingSent):
            asked.search("/x", query="q=search", key=key)

    def test_a_cursor_that_leads_in_a_circle_is_no_end(self, told):
        asked = told(rows(1, following="a"), rows(2, following="b"), rows(3, following="a"))

        assert not asked.search("/x", query="q=search", key=key).is_complete

    def test_a_first_page_that_is_refused_is_a_refusal(self, told):
        asked = told(page(b"{}", status="400 Bad Request"))

        with pytest.raises(Refused):
            asked.search("/x", query="q=search", key=key)


class TestTunnelling:
    def test_a_query_that_is_too_long_for_an_address_is_asked_all_the_same(self, linkedin_sandbox):
        linkedin = LinkedIn(Access(linkedin_sandbox.token, linkedin_sandbox.organisations[0]["urn"]))
        asked = Api(linkedin.access.access_token)
        urns = [f"urn:li:share:{7_398_000_000_000_000_000 + n}" for n in range(150)]
        query = f"q=organizationalEntity&organizationalEntity={api.restli.leaf(linkedin.access.external_id)}"
        query += f"&shares={api.restli.list_of(urns)}"

        elements = asked.find("/rest/organizationalEntityShareStatistics", query=query)

        call = linkedin_sandbox.calls()[-1]
        assert {element["share"] for element in elements} <= set(urns)
        # As an address it would be too long for the stand-in, which notes what a tunnelled call means.
        assert (call["status"], len(query) > 4096) == (200, True)
        assert asked.calls == {"GET /rest/organizationalEntityShareStatistics": 1}
