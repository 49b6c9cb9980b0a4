"""Comments below our posts: shown for the hours that the platform allows, without names, to those who keep the page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.actions import comments as actions
from channels.models import Comment, Connection, Delivery
from channels.queries import comments as queries
from foundation.tenancy import tenant
from kanalkompass.models import RetentionRun
from kanalkompass.privacy import retention

LATER = timedelta(minutes=5)


def published(press) -> Delivery:
    delivery = press.due()
    press.publish(delivery)
    return press.fresh(delivery)


def write(press, delivery, text: str, *, below: str = "") -> str:
    """Let an invented member write below the post, or answer a comment; return the comment's URN."""
    return press.sandbox.comment(post=below or delivery.external_id, text=text)


def read(press, delivery, *, later: timedelta = timedelta(0)):
    return actions.read(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now + later)


def shown(press, delivery, *, later: timedelta = timedelta(0)) -> queries.Conversation:
    with tenant(press.town.pk):
        return queries.conversation(delivery=delivery, now=press.now + later)


class TestReading:
    def test_r11_stores_texts_and_answers_in_their_places_and_nobodys_name(self, press):
        delivery = published(press)
        first = write(press, delivery, "Når er fristen? <script>alert(1)</script>")
        write(press, delivery, "Fristen er 1. desember.", below=first)
        write(press, delivery, "Er det turnus?")

        reading = read(press, delivery)

        found = shown(press, delivery)
        assert (reading.problem, reading.n_told) == ("", 3)
        assert [thread.comment.text for thread in found.threads][0].startswith("Når er fristen?")
        assert [[answer.text for answer in thread.answers] for thread in found.threads] == [
            ["Fristen er 1. desember."],
            [],
        ]
        assert not {field.name for field in Comment._meta.fields} & {"actor", "author", "name", "member"}

    def test_a_post_nobody_commented_has_none_and_says_so(self, press):
        delivery = published(press)

        reading = read(press, delivery)

        assert (reading.problem, reading.n_told) == ("", 0)
        assert not shown(press, delivery).is_forgotten

    def test_what_was_changed_or_taken_away_on_the_channel_is_so_here(self, press):
        delivery = published(press)
        kept = write(press, delivery, "Blir her")
        gone = write(press, delivery, "Angret")
        read(press, delivery)
        press.sandbox.remove_comment(gone)

        read(press, delivery, later=LATER)

        assert [thread.comment.external_id for thread in shown(press, delivery, later=LATER).threads] == [kept]

    def test_two_at_once_ask_once(self, press):
        delivery = published(press)
        read(press, delivery)

        with pytest.raises(actions.TooSoon):
            read(press, delivery, later=timedelta(seconds=30))

    def test_p6_a_missing_role_takes_comments_alone_and_keeps_what_was_read(self, press):
        delivery = published(press)
        write(press, delivery, "Når er fristen?")
        read(press, delivery)
        press.sandbox.fault("GET /rest/socialActions/*", kind="role_lost", count=5)

        reading = read(press, delivery, later=LATER)

        with tenant(press.town.pk):
            connection = Connection.objects.get(account=press.account)
        assert reading.problem == "access_denied"
        assert connection.state == Connection.State.OK
        assert connection.lacks == {"comments"}
        assert len(shown(press, delivery, later=LATER).threads) == 1

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "garbage"},
            {"kind": "other_shape"},
            {"kind": "plain_500"},
            {"kind": "answer_lost"},
            {"kind": "fields", "set": {"elements": [{"commentUrn": 7, "message": None, "created": "x"}, None]}},
        ],
        ids=lambda fault: fault["kind"],
    )
    def test_odd_answers_lose_nothing_and_end_in_a_clean_state(self, press, fault):
        delivery = published(press)
        write(press, delivery, "Når er fristen?")
        read(press, delivery)
        press.sandbox.fault("GET /rest/socialActions/*", count=50, **fault)

        reading = read(press, delivery, later=LATER)

        assert reading.problem
        assert len(shown(press, delivery, later=LATER).threads) == 1


class TestForgetting:
    def test_r11_after_48_hours_nothing_is_shown_and_the_next_hour_deletes_it_with_a_line_in_the_log(self, press):
        delivery = published(press)
        write(press, delivery, "Når er fristen?")
        read(press, delivery)
        past = timedelta(hours=48, seconds=1)

        hidden = shown(press, delivery, later=past)
        retention.tidy_hourly(now=press.now + timedelta(hours=47))
        with tenant(press.town.pk):
            n_early = Comment.objects.count()
        retention.tidy_hourly(now=press.now + past)

        with tenant(press.town.pk):
            assert hidden.threads == []
            assert hidden.is_forgotten
            assert (n_early, Comment.objects.count()) == (1, 0)
            assert RetentionRun.objects.get(what="comments").n_deleted == 1


class TestPage:
    def test_shows_them_escaped_and_to_page_keepers_alone(self, press, client_of):
        delivery = published(press)
        write(press, delivery, "Når er fristen? <script>alert(1)</script>")
        address = f"/9901/leveringer/{delivery.pk}/kommentarer/"
        adviser = client_of(press.town.adviser)

        asked = adviser.post(f"{address}hent/")
        page = adviser.get(address).content.decode()

        assert asked.status_code == 302
        assert "Én kommentar under innlegget" in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "LinkedIn-medlem" in page
        assert client_of(press.town.people["hr"]).get(address).status_code == 404
        assert client_of(press.town.people["reader"]).get(address).status_code == 404
