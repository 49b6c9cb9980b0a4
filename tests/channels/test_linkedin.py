"""The LinkedIn connector against the stand-in, over HTTP: what goes out, what comes back, and what each fault means."""

import io
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from channels import connectors
from channels.connectors import (
    Access,
    AccessDead,
    ConnectorError,
    Draft,
    NothingSent,
    OutcomeUnknown,
    Picture,
    PostFigures,
    Prepared,
    Refused,
    http,
)
from channels.connectors.linkedin import LinkedIn, little_text, restli
from channels.connectors.linkedin.api import Api, failure
from foundation import clock

CREATE = "POST /rest/posts"
LIST = "GET /rest/posts"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
# Short, so that a call that is held up ends a test soon.
BRIEF_S = 0.8


@pytest.fixture
def linkedin(linkedin_sandbox) -> LinkedIn:
    """The connector with access to the stand-in's first page."""
    return LinkedIn(Access(linkedin_sandbox.token, linkedin_sandbox.organisations[0]["urn"]))


def picture(width: int = 20) -> Picture:
    content = io.BytesIO()
    Image.new("RGB", (width, width), "teal").save(content, "PNG")
    return Picture(content.getvalue(), "image/png", "Et teglrødt hus ved fjorden")


def publish(linkedin: LinkedIn, text: str = "Vi søker sykepleier", *, deadline_s: float = 5):
    return linkedin.publish(Prepared(Draft(text, marker="m")), deadline_s=deadline_s)


TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
        st.sampled_from(list(little_text.RESERVED)),
        st.sampled_from(
            [
                "\n",
                " ",
                "https://kk.example/s/aB_3-x~",
                "https://x.example/(a)_[b]*{c}|d@e#f\\",
                "#LedigStilling",
                "#ledig_stilling",
                "#1_",
                "##",
                "{hashtag|\\#|jobb}",
                "\\(",
                "(100 %)",
                "@[",
                "](",
            ]
        ),
    ),
    max_size=12,
).map("".join)


class TestLittleText:
    @pytest.mark.parametrize("character", little_text.RESERVED)
    def test_escapes_each_of_the_fifteen_reserved_characters(self, character):
        assert little_text.escape(f"a {character} b") == f"a \\{character} b"

    @pytest.mark.parametrize(
        ("text", "commentary"),
        [
            ("Sykepleier (100 %)", "Sykepleier \\(100 %\\)"),
            ("a\\b", "a\\\\b"),
            ("#LedigStilling", "#LedigStilling"),
            ("#ledig_stilling!", "#ledig\\_stilling!"),
            ("C# og a#b", "C\\# og a\\#b"),
            ("Les https://x.example/a_b~c*d nå", "Les https://x.example/a_b~c*d nå"),
            ("(https://x.example/a_b)", "\\(https://x.example/a_b\\)"),
            (
                "Takk, @[Lyngvær kommune](urn:li:organization:1001)",
                "Takk, @[Lyngvær kommune](urn:li:organization:1001)",
            ),
            ("@[Kari](urn:li:person:x)", "\\@\\[Kari\\]\\(urn:li:person:x\\)"),
            ("æøå – «sitat» 👩‍⚕️", "æøå – «sitat» 👩‍⚕️"),
        ],
    )
    def test_writes_what_is_meant(self, text, commentary):
        assert little_text.escape(text) == commentary

    @given(TEXTS)
    def test_reads_back_what_it_wrote(self, text):
        if "{hashtag" not in text:
            assert little_text.plain(little_text.escape(text)) == text

    @pytest.mark.parametrize(
        ("text", "length"),
        [("(a)", 3), ("https://x.example/a_b", 21), ("👍🏽", 2), ("Hei @[Lyngvær](urn:li:organization:1001)", 11)],
    )
    def test_counts_what_readers_see(self, text, length):
        assert LinkedIn().length(text) == length

    def test_p3_what_is_published_equals_what_was_approved_for_any_text(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(duplicate_window_s=0)
        texts = []

        @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
        @given(TEXTS.filter(str.strip))
        def publish_any(text):
            publish(linkedin, text)
            texts.append(text)

        publish_any()

        assert [line["text"] for line in linkedin_sandbox.truth()] == texts
        assert len(texts) >= 80


class TestPublish:
    def test_gives_the_posts_id_and_an_address_a_person_can_open(self, linkedin, linkedin_sandbox):
        receipt = publish(linkedin, "Kom til oss")

        assert receipt.external_id == linkedin_sandbox.truth()[0]["id"]
        assert receipt.permalink == f"{linkedin_sandbox.base}/feed/update/{receipt.external_id}/"
        assert linkedin.external_id_in(receipt.permalink) == receipt.external_id

    def test_publishes_with_the_picture_and_its_text(self, linkedin):
        draft = Draft("Med bilde", marker="m", picture=picture())

        prepared = linkedin.prepare(draft, deadline_s=5)
        receipt = linkedin.publish(prepared, deadline_s=5)

        stored = Api(linkedin.access.access_token).read(f"/rest/posts/{restli.leaf(receipt.external_id)}")
        assert stored["content"] == {"media": {"id": prepared.media_id, "altText": "Et teglrødt hus ved fjorden"}}

    def test_takes_an_id_that_is_percent_encoded(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(post_urn_kind="ugcPost")

        assert publish(linkedin).external_id.startswith("urn:li:ugcPost:")

    @pytest.mark.parametrize(
        ("kind", "options"),
        [
            ("answer_lost", {}),
            ("connection_refused_like", {}),
            ("stored_500", {}),
            ("plain_500", {}),
            ("late", {"delay_s": 2}),
            ("garbage", {}),
            ("empty_2xx", {}),
            ("other_shape", {}),
            ("big_body", {}),
            ("no_id", {}),
            ("status", {"status": 302}),
            ("status", {"status": 408}),
            ("status", {"status": 409}),
            ("status", {"status": 422, "body": "not an object"}),
        ],
    )
    def test_p2_an_unclear_answer_is_an_unknown_outcome(self, linkedin, linkedin_sandbox, kind, options):
        linkedin_sandbox.fault(CREATE, kind=kind, **options)
        started = time.monotonic()

        with pytest.raises(OutcomeUnknown):
            publish(linkedin, deadline_s=BRIEF_S)

        assert time.monotonic() - started < BRIEF_S + 0.5
        assert sum(call["method"] == "POST" for call in linkedin_sandbox.calls()) <= 1, "sent once, never again"

    def test_takes_the_id_as_the_clear_answer_even_when_the_body_dribbles(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.fault(CREATE, kind="slow_bytes", delay_s=0.3)

        receipt = publish(linkedin, deadline_s=BRIEF_S)

        assert receipt.external_id == linkedin_sandbox.truth()[0]["id"]

    def test_a_duplicate_names_the_post_it_resembles(self, linkedin, linkedin_sandbox):
        first = publish(linkedin, "Samme tekst")

        with pytest.raises(Refused) as refusal:
            publish(linkedin, "Samme tekst")

        assert (refusal.value.code, refusal.value.duplicate_of) == ("duplicate", first.external_id)

    @pytest.mark.parametrize("kind", ["token_expired", "token_revoked", "role_lost"])
    def test_p6_dead_access_is_told_apart(self, linkedin, linkedin_sandbox, kind):
        linkedin_sandbox.fault(CREATE, kind=kind)

        with pytest.raises(AccessDead):
            publish(linkedin)

        assert linkedin_sandbox.truth() == []

    def test_a_throttle_without_a_word_leaves_the_wait_to_our_own_count(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.fault(CREATE, kind="status_429")

        with pytest.raises(NothingSent) as problem:
            publish(linkedin)

        assert (problem.value.retry_after_s, problem.value.endpoint) == (None, "POST /rest/posts")
        assert linkedin.calls == {"POST /rest/posts": 1}

    def test_a_throttle_that_says_how_long_is_believed(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.fault(CREATE, kind="status_429", retry_after=17)

        with pytest.raises(NothingSent) as problem:
            publish(linkedin)

        assert problem.value.retry_after_s == 17

    def test_a_version_past_its_sunset_burns_no_post_and_is_nobodys_access(self, linkedin, settings):
        settings.LINKEDIN_VERSION = "202511"

        with pytest.raises(AccessDead) as refusal:
            publish(linkedin)

        assert refusal.value.code == "version_sunset"

    def test_a_text_that_is_too_long_is_refused(self, linkedin, linkedin_sandbox):
        with pytest.raises(Refused) as refusal:
            publish(linkedin, "a" * 3001)

        assert refusal.value.code == "text_too_long"
        assert publish(linkedin, "(" * 3000)


class TestPrepare:
    def test_waits_until_the_picture_may_be_used(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(processing_delay_s=0.4)

        prepared = linkedin.prepare(Draft("x", marker="m", picture=picture()), deadline_s=5)

        assert linkedin.publish(prepared, deadline_s=5)

    def test_does_not_wait_for_ever(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(processing_delay_s=60)

        with pytest.raises(NothingSent) as problem:
            linkedin.prepare(Draft("x", marker="m", picture=picture()), deadline_s=3)

        assert problem.value.code == "picture_not_ready"

    def test_a_picture_that_linkedin_cannot_use_is_refused(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(processing_failed=True)

        with pytest.raises(Refused) as refusal:
            linkedin.prepare(Draft("x", marker="m", picture=picture()), deadline_s=5)

        assert refusal.value.code == "picture_refused"

    @pytest.mark.parametrize("endpoint", ["POST /rest/images", "PUT /dms-uploads/*", "GET /rest/images/*"])
    @pytest.mark.parametrize("kind", ["answer_lost", "plain_500"])
    def test_whatever_fails_here_nothing_is_sent(self, linkedin, linkedin_sandbox, endpoint, kind):
        linkedin_sandbox.fault(endpoint, kind=kind)

        with pytest.raises(NothingSent):
            linkedin.prepare(Draft("x", marker="m", picture=picture()), deadline_s=5)

    def test_a_draft_without_a_picture_needs_no_call(self, linkedin, linkedin_sandbox):
        assert linkedin.prepare(Draft("x", marker="m"), deadline_s=5).media_id == ""
        assert linkedin_sandbox.calls() == []


class TestRecentPosts:
    def test_reads_to_the_end_and_shows_what_was_written(self, linkedin):
        receipts = [publish(linkedin, f"Innlegg ({n}) #tema_{n}") for n in range(3)]

        seen = linkedin.recent_posts(since=LONG_AGO)

        assert seen.is_complete
        assert [post.external_id for post in seen.posts] == [receipt.external_id for receipt in reversed(receipts)]
        assert seen.posts[0].text == "Innlegg (2) #tema_2"

    def test_f16_a_short_page_is_not_the_end(self, linkedin, linkedin_sandbox):
        for n in range(6):
            publish(linkedin, f"Innlegg {n}")
        linkedin_sandbox.fault(LIST, kind="list_truncated", keep=2)

        seen = linkedin.recent_posts(since=LONG_AGO)

        assert seen.is_complete
        assert len(seen.posts) == 6

    def test_stops_at_posts_from_before_the_time_asked_for(self, linkedin, linkedin_sandbox):
        publish(linkedin, "Gammelt")

        seen = linkedin.recent_posts(since=clock.now() + timedelta(hours=1))

        assert seen.is_complete
        assert seen.posts == []
        assert len([call for call in linkedin_sandbox.calls() if call["method"] == "GET"]) == 1

    def test_a_list_that_never_ends_is_not_complete(self, linkedin, monkeypatch):
        publish(linkedin)
        monkeypatch.setattr("channels.connectors.linkedin.posts.MAX_PAGES", 1)

        assert not linkedin.recent_posts(since=LONG_AGO).is_complete

    @pytest.mark.parametrize("kind", ["answer_lost", "garbage", "other_shape", "big_body", "plain_500", "status_429"])
    def test_f16_f17_an_answer_that_cannot_be_read_is_no_list_at_all(self, linkedin, linkedin_sandbox, kind):
        linkedin_sandbox.fault(LIST, kind=kind)

        with pytest.raises(NothingSent):
            linkedin.recent_posts(since=LONG_AGO)


class TestReadAndDelete:
    def test_reads_one_post(self, linkedin):
        receipt = publish(linkedin, "Les meg {her}")

        assert linkedin.read(receipt.external_id).text == "Les meg {her}"

    def test_a_post_that_does_not_exist_is_none(self, linkedin):
        assert linkedin.read("urn:li:share:7000000000000000001") is None

    def test_deletes_and_deleting_again_is_no_error(self, linkedin, linkedin_sandbox):
        receipt = publish(linkedin)

        linkedin.delete(receipt.external_id)
        linkedin.delete(receipt.external_id)

        assert linkedin_sandbox.truth()[0]["deleted_at"]
        assert linkedin.read(receipt.external_id) is None

    @pytest.mark.parametrize(
        ("pasted", "urn"),
        [
            ("https://www.linkedin.com/feed/update/urn:li:share:7123/", "urn:li:share:7123"),
            ("https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A7123?x=1", "urn:li:ugcPost:7123"),
            ("https://www.linkedin.com/posts/lyngvaer_jobb-activity-7123-AbC1/", "urn:li:activity:7123"),
            ("https://www.linkedin.com/company/lyngvaer/", ""),
            ("urn:li:share:71234567890123456789012", ""),
            ("javascript:alert(1)", ""),
        ],
    )
    def test_finds_the_post_in_a_pasted_address(self, pasted, urn):
        assert LinkedIn().external_id_in(pasted) == urn


class TestFigures:
    def test_a_post_left_out_has_implied_zeros(self, linkedin):
        receipt = publish(linkedin)

        figures = linkedin.figures([receipt.external_id])

        assert figures == {receipt.external_id: PostFigures(0, 0, 0, 0, 0, 0, is_implied_zero=True)}

    def test_reads_what_has_come_in(self, linkedin, linkedin_sandbox):
        receipt = publish(linkedin)
        linkedin_sandbox.advance(5 * 86_400)

        figures = linkedin.figures([receipt.external_id])[receipt.external_id]

        assert figures.impressions > figures.unique_impressions > 0
        assert figures.clicks >= 0
        assert not figures.is_implied_zero

    def test_p7_a_figure_that_is_not_told_is_none_and_never_zero(self, linkedin, linkedin_sandbox):
        receipt = publish(linkedin)
        linkedin_sandbox.advance(5 * 86_400)
        linkedin_sandbox.switch(omit_metrics=["clickCount", "uniqueImpressionsCount"])

        figures = linkedin.figures([receipt.external_id])[receipt.external_id]

        assert (figures.clicks, figures.unique_impressions) == (None, None)
        assert figures.impressions > 0

    def test_takes_reactions_from_share_statistics_when_social_metadata_is_closed(self, linkedin, linkedin_sandbox):
        receipt = publish(linkedin)
        linkedin_sandbox.advance(20 * 86_400)
        told = linkedin.figures([receipt.external_id])[receipt.external_id]
        linkedin_sandbox.fault("GET /rest/socialMetadata/*", kind="role_lost")

        figures = linkedin.figures([receipt.external_id])[receipt.external_id]

        assert figures == told

    def test_one_social_answer_that_fails_leaves_only_those_figures_open(self, linkedin, linkedin_sandbox):
        receipts = [publish(linkedin, f"Innlegg {n}") for n in range(2)]
        linkedin_sandbox.advance(5 * 86_400)
        linkedin_sandbox.fault("GET /rest/socialMetadata/*", kind="plain_500")

        first, second = linkedin.figures([receipt.external_id for receipt in receipts]).values()

        assert (first.reactions, first.comments) == (None, None)
        assert first.impressions > 0
        assert second.reactions is not None

    def test_a_post_that_is_gone_is_left_out(self, linkedin, linkedin_sandbox):
        receipt = publish(linkedin)
        linkedin.delete(receipt.external_id)

        assert linkedin.figures([receipt.external_id, "not a post"]) == {}

    @pytest.mark.parametrize("kind", ["garbage", "other_shape", "answer_lost", "plain_500"])
    def test_p7_an_unreadable_answer_never_becomes_zeros(self, linkedin, linkedin_sandbox, kind):
        receipt = publish(linkedin)
        linkedin_sandbox.fault("GET /rest/organizationalEntityShareStatistics", kind=kind)

        with pytest.raises(NothingSent):
            linkedin.figures([receipt.external_id])

    def test_a_long_list_is_asked_for_in_portions_that_linkedin_takes(self):
        urns = [f"urn:li:share:{7_398_000_000_000_000_000 + n}" for n in range(250)]

        portions = restli.portions(urns, start="q=organizationalEntity&shares=List()", max_count=100)

        assert [urn for portion in portions for urn in portion] == urns
        assert all(len(portion) <= 100 for portion in portions)
        assert all(len("q=organizationalEntity&shares=" + restli.list_of(portion)) <= 4000 for portion in portions)


class TestRevoke:
    def test_returns_only_when_the_platform_says_that_the_tokens_are_dead_p11(self, linkedin, linkedin_sandbox):
        linkedin.revoke(access_token=linkedin_sandbox.token, refresh_token="")

        with pytest.raises(AccessDead):
            linkedin.recent_posts(since=LONG_AGO)

    def test_of_a_token_that_lives_on_is_refused(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(revoke_endpoint=False)

        with pytest.raises(Refused) as problem:
            linkedin.revoke(access_token=linkedin_sandbox.token, refresh_token="")

        assert problem.value.code == "still_active"
        assert linkedin_sandbox.token not in repr(problem.value)

    def test_twice_is_no_error(self, linkedin, linkedin_sandbox):
        for _ in range(2):
            linkedin.revoke(access_token=linkedin_sandbox.token, refresh_token="ukjent")

        with pytest.raises(AccessDead):
            linkedin.recent_posts(since=LONG_AGO)

    @pytest.mark.parametrize("endpoint", ["POST /oauth/v2/revoke", "POST /oauth/v2/introspectToken"])
    def test_without_an_answer_is_not_taken_for_done(self, linkedin, linkedin_sandbox, endpoint):
        linkedin_sandbox.fault(endpoint, kind="plain_500", count=9)

        with pytest.raises(ConnectorError):
            linkedin.revoke(access_token=linkedin_sandbox.token, refresh_token="")


class TestPages:
    def test_finds_the_pages_that_the_member_administers(self, linkedin, linkedin_sandbox):
        pages = linkedin.pages(access_token=linkedin_sandbox.token)

        assert [(page.external_id, page.name) for page in pages] == [("urn:li:organization:1001", "Lyngvær kommune")]
        assert pages[0].url == f"{linkedin_sandbox.base}/company/lyngvaer-kommune/"

    def test_a_page_that_is_closed_down_is_left_out(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(inactive_organisations=[1001])

        assert linkedin.pages(access_token=linkedin_sandbox.token) == []


class TestOneCall:
    """The total deadline and the proof that nothing was sent, on sockets of our own."""

    def test_nothing_is_sent_when_nobody_listens(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]

        with pytest.raises(NothingSent) as problem:
            http.request("POST", f"http://127.0.0.1:{port}/", deadline_s=1, irreversible=True)

        assert problem.value.code == "not_reached"

    def test_a_name_that_does_not_exist_sends_nothing(self):
        with pytest.raises(NothingSent):
            http.request("POST", "http://finnes-ikke.invalid/", deadline_s=2, irreversible=True)

    @pytest.mark.parametrize("dribble", [b"", b"H", b"HTTP/1.1 201 Created\r\nX-A: "])
    def test_headers_that_dribble_end_at_the_deadline_too(self, dribble):
        with _server(dribble=dribble) as base:
            started = time.monotonic()

            with pytest.raises(OutcomeUnknown):
                http.request("POST", f"{base}/", deadline_s=BRIEF_S, irreversible=True)

        assert BRIEF_S - 0.1 < time.monotonic() - started < BRIEF_S + 0.5

    def test_headers_that_break_off_are_no_answer(self):
        half = b"HTTP/1.1 201 Created\r\nx-restli-id: urn:li:share:73"

        with _server(dribble=half, closes=True) as base, pytest.raises(OutcomeUnknown):
            http.request("POST", f"{base}/", deadline_s=2, irreversible=True)

    def test_a_redirect_is_not_followed(self, linkedin_sandbox):
        linkedin_sandbox.fault("GET /rest/posts", kind="status", status=302)

        assert http.request("GET", f"{linkedin_sandbox.base}/rest/posts", deadline_s=2).status == 302

    def test_p17_the_token_is_in_no_exception(self, linkedin, linkedin_sandbox):
        token = linkedin_sandbox.token
        faults = ["answer_lost", "garbage", "stored_500", "token_expired", "role_lost", "status_429", "duplicate_ghost"]

        for kind in faults:
            linkedin_sandbox.fault(CREATE, kind=kind)
            with pytest.raises(ConnectorError) as problem:
                publish(linkedin, kind)
            chain = [problem.value, problem.value.__cause__, problem.value.__context__]
            assert token not in "".join(repr(each) + str(each) for each in chain)
        assert token not in repr(linkedin.access)

    def test_p17_a_token_that_an_answer_repeats_is_not_passed_on(self):
        body = b'{"code": "ACCESS_DENIED", "message": "token AQX-secret is bad", "status": 403}'

        problem = failure(http.Answer(403, {}, body), irreversible=True, now=clock.now())

        assert "AQX-secret" not in str(problem)

    def test_p17_the_token_goes_in_a_header_and_in_no_address(self, linkedin, linkedin_sandbox):
        publish(linkedin)
        linkedin.recent_posts(since=LONG_AGO)

        assert linkedin_sandbox.token not in str(linkedin_sandbox.calls())


class _server:  # noqa: N801 - used as a function
    """A server that takes a request, begins an answer and goes on one byte at a time for ever, or closes."""

    def __init__(self, *, dribble: bytes, closes: bool = False) -> None:
        self.dribble, self.closes = dribble, closes
        self.stop = threading.Event()

    def __enter__(self) -> str:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            connection.recv(4096)
            try:
                connection.sendall(self.dribble)
                while not self.closes and not self.stop.wait(0.05):
                    if self.dribble:
                        connection.sendall(b"a")
            except OSError:
                return

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()
        self.listener.close()


def test_the_registry_knows_the_connector():
    assert connectors.by_slug("linkedin") is LinkedIn
    assert connectors.by_slug("print") is None
