"""A delivery in words: every state and reason has its sentences, and they are true."""

import inspect
import re
from datetime import timedelta

import pytest
from django.utils import translation

from channels.actions import publishing
from channels.models import Delivery
from channels.queries import deliveries, reasons, trails
from foundation.tenancy import tenant
from recruitment.models import Membership

State = Delivery.State
CODES = {
    State.UNKNOWN: ["no_answer_in_time", "answer_lost", "server_error", "unclear_answer", "lease_expired", "duplicate"],
    State.REJECTED: ["text_too_long", "version_sunset", "picture_refused", "picture_changed", "never heard of"],
    State.BLOCKED: ["access_dead", "not_connected", "risk_missing", "risk_overdue"],
    State.LATE: ["too_late", "job_closed"],
    State.MANUAL: ["twice", "likely", "second_unknown", "unreadable", "bound_elsewhere", "taken_over"],
}
CASES = [(state, code) for state in State for code in CODES.get(state, [""])]


def story_of(press, delivery, *, later=timedelta(0), language="nb"):
    with tenant(press.town.pk), translation.override(language):
        stored = Delivery.objects.select_related("post", "account__channel").get(pk=delivery.pk)
        return deliveries.delivery_story(stored, now=press.now + later)


class TestStory:
    @pytest.mark.parametrize("language", ["nb", "nn"])
    @pytest.mark.parametrize(("state", "code"), CASES)
    def test_has_whole_sentences_for_every_state_and_reason(self, press, state, code, language):
        delivery = press.due()
        times = {"published_at": press.now, "unknown_since": press.now, "lease_until": press.now}
        press.set(delivery, state=state, reason=code, **times)

        story = story_of(press, delivery, language=language)

        assert "Innlegg" in story.headline
        for text in (story.headline, story.what_happened, story.what_next, story.who_acts):
            assert text
            assert not re.search(r"%\(|\{|  ", text)
            assert not re.search(r"\b(the|is|are|not|and|was)\b", text), "English"
        for text in (story.what_happened, story.what_next, story.who_acts):
            assert text.endswith(".")

    def test_names_those_who_can_act(self, press):
        story = story_of(press, press.due())

        assert str(press.town.adviser) in story.who_acts
        assert str(press.town.novice) not in story.who_acts

    def test_names_several(self, press):
        with tenant(press.town.pk):
            Membership.objects.filter(user=press.town.novice).update(may_publish=True)

        assert "Adviser Hansen eller Novice Hansen" in story_of(press, press.due()).who_acts

    def test_says_when_nobody_can_act(self, press):
        delivery = press.due()
        with tenant(press.town.pk):
            Membership.objects.update(may_publish=False)

        assert "administrator" in story_of(press, delivery).who_acts

    def test_never_offers_to_try_again_while_the_outcome_is_unknown(self, press):
        """P2."""
        press.sandbox.fault("POST /rest/posts", kind="answer_lost")
        delivery = press.due()
        press.publish(delivery)

        story = story_of(press, delivery)

        whole = " ".join([story.headline, story.what_happened, story.what_next, story.who_acts]).lower()
        assert "prøv igjen" not in whole
        assert "sender ikke på nytt" in whole

    def test_tells_when_something_happens_next(self, press):
        press.sandbox.fault("POST /rest/posts", kind="status_429", retry_after=120)
        delivery = press.due()
        press.publish(delivery)

        story = story_of(press, delivery)

        assert story.next_at == press.fresh(delivery).next_at
        assert story.trail[-1] == trails.TrailEntry(story.next_at, "next", "Sendes til LinkedIn")

    def test_tells_the_truth_all_along_when_the_answer_is_lost(self, press):
        press.sandbox.fault("POST /rest/posts", kind="answer_lost")
        delivery = press.due()
        told = [story_of(press, delivery)]
        press.publish(delivery)
        told.append(story_of(press, delivery))
        press.reconcile(delivery)
        told.append(story_of(press, delivery))

        assert ["publiseres" in told[0].headline, "vet ikke" in told[1].headline] == [True, True]
        assert told[2].headline.endswith("ligger ute på LinkedIn")
        assert [entry.mark for entry in told[1].trail] == ["done", "done", "done", "unknown", "next", "next"]
        assert told[2].trail[-1].title == "Funnet på LinkedIn ved hjelp av lenken vår"

    def test_takes_two_queries_however_long_the_trail(self, press, django_assert_num_queries):
        delivery = press.due()
        press.publish(delivery)
        with tenant(press.town.pk):
            stored = Delivery.objects.select_related("post", "account__channel").get(pk=delivery.pk)

            with django_assert_num_queries(2):
                deliveries.delivery_story(stored, now=press.now)

    def test_shows_the_day_when_it_is_not_today(self, press):
        delivery = press.due()

        assert str(press.now.year) not in story_of(press, delivery).headline
        assert str(press.now.year) in story_of(press, delivery, later=timedelta(days=2)).headline


class TestNeedsAttention:
    def test_lists_what_waits_for_a_person_those_in_doubt_first(self, press):
        late, manual, _scheduled = press.due(), press.due(), press.due()
        press.set(late, state=State.LATE, reason="too_late")
        press.set(manual, state=State.MANUAL, reason="likely")

        with tenant(press.town.pk):
            found = deliveries.needs_attention(now=press.now)

        assert [each.delivery.pk for each in found] == [manual.pk, late.pk]
        assert found[0].badge.color == "warning"

    def test_of_the_neighbour_is_not_ours(self, press, storvika):
        """P13."""
        press.set(press.due(), state=State.LATE)

        with tenant(storvika.pk):
            assert deliveries.needs_attention(now=press.now) == []


class TestBadge:
    @pytest.mark.parametrize("state", State)
    def test_exists_for_every_state(self, state):
        badge = deliveries.state_badge(state)

        assert badge.label
        assert badge.color in {"neutral", "accent", "success", "warning", "danger"}


class TestTrail:
    def test_has_words_for_every_kind_of_event(self, press):
        delivery = press.due()
        with tenant(press.town.pk):
            for kind in trails.Kind:
                for actor in (None, press.town.adviser):
                    publishing.trail.write(delivery.pk, kind=kind, at=press.now, actor=actor, detail="some: HTTP 500")

        trail = story_of(press, delivery).trail

        assert all(entry.title and "%(" not in entry.title + entry.detail for entry in trail)

    def test_reasons_never_raise_on_a_code_nobody_foresaw(self):
        for _name, function in inspect.getmembers(reasons, inspect.isfunction):
            if function.__module__ == reasons.__name__:
                more = {"channel": "LinkedIn"} if "channel" in inspect.signature(function).parameters else {}
                assert function("never heard of", **more) is not None
