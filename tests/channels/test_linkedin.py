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
    Draft,
    NothingSent,
    OutcomeUnknown,
    Picture,
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
    def test_publishes_with_the_picture_and_its_text(self, linkedin):
        draft = Draft("Med bilde", marker="m", picture=picture())

        prepared = linkedin.prepare(draft, deadline_s=5)
        receipt = linkedin.publish(prepared, deadline_s=5)

        stored = Api(linkedin.access.access_token).read(f"/rest/posts/{restli.leaf(receipt.external_id)}")
        assert stored["content"] == {"media": {"id": prepared.media_id, "altText": "Et teglrødt hus ved fjorden"}}

    def test_takes_an_id_that_is_percent_encoded(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(post_urn_kind="ugcPost")

        assert publish(linkedin).external_id.startswith("urn:li:ugcPost:")

    def test_a_throttle_without_a_word_leaves_the_wait_to_our_own_count(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.fault(CREATE, kind="status_429")

        with pytest.raises(NothingSent) as problem:
            publish(linkedin)

        assert (problem.value.retry_after_s, problem.value.endpoint) == (None, "POST /rest/posts")
        assert linkedin.calls == {"POST /rest/posts": 1}


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


class TestFigures:
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

    def test_a_long_list_is_asked_for_in_portions_that_linkedin_takes(self):
        urns = [f"urn:li:share:{7_398_000_000_000_000_000 + n}" for n in range(250)]

        portions = restli.portions(urns, start="q=organizationalEntity&shares=List()", max_count=100)

        assert [urn for portion in portions for urn in portion] == urns
        assert all(len(portion) <= 100 for portion in portions)
        assert all(len("q=organizationalEntity&shares=" + restli.list_of(portion)) <= 4000 for portion in portions)


class TestRevoke:
    def test_of_a_token_that_lives_on_is_refused(self, linkedin, linkedin_sandbox):
        linkedin_sandbox.switch(revoke_endpoint=False)

        with pytest.raises(Refused) as problem:
            linkedin.revoke(access_token=linkedin_sandbox.token, refresh_token="")

        assert problem.value.code == "still_active"
        assert linkedin_sandbox.token not in repr(problem.value)


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

    def test_p17_a_token_that_an_answer_repeats_is_not_passed_on(self):
        body = b'{"code": "ACCESS_DENIED", "message": "token AQX-secret is bad", "status": 403}'

        problem = failure(http.Answer(403, {}, body), irreversible=True, now=clock.now())

        assert "AQX-secret" not in str(problem)


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
