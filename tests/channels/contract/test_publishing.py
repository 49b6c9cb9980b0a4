"""The one irreversible call: sent once, and what came of it is never guessed (P1, P2)."""

import time

import pytest

from channels import connectors
from channels.connectors import AccessDead, NothingSent, OutcomeUnknown, Refused
from tests.channels.contract.posting import BRIEF_S, publish
from tests.channels.contract.stands import STANDS
from tests.faults.workers import until

STORED_OR_NOT = [
    {"kind": "answer_lost"},
    {"kind": "connection_refused_like"},
    {"kind": "stored_500"},
    {"kind": "plain_500"},
    {"kind": "garbage"},
    {"kind": "empty_2xx"},
    {"kind": "other_shape"},
    {"kind": "big_body"},
    {"kind": "no_id"},
    {"kind": "redirect", "status": 302},
    {"kind": "redirect", "status": 307, "stored": True},
    {"kind": "status", "status": 408},
    {"kind": "status", "status": 409},
    {"kind": "status", "status": 422, "body": "not an object"},
    {"kind": "status", "status": 599},
]


def test_every_connector_has_a_stand():
    assert set(STANDS) == set(connectors.REGISTRY)


class TestTheIrreversibleCall:
    def test_p1_gives_the_platforms_id_and_an_address_that_holds_it(self, stand, channel):
        receipt = publish(channel, "Kom til oss")

        assert [(post["id"], post["text"]) for post in stand.published()] == [(receipt.external_id, "Kom til oss")]
        assert channel.external_id_in(receipt.permalink) == receipt.external_id
        assert channel.permalink(receipt.external_id) == receipt.permalink

    def test_p2_f3_f4_f17_is_an_unknown_outcome_after_any_unclear_answer_and_sent_once(self, stand, channel):
        for number, fault in enumerate(STORED_OR_NOT, 1):
            stand.fault("publish", **fault)

            with pytest.raises(OutcomeUnknown):
                publish(channel, f"Innlegg {number}")

            assert stand.n_asked("publish") <= number, fault
        assert len(stand.published()) <= len(STORED_OR_NOT)

    @pytest.mark.parametrize("fault", [{"kind": "late", "delay_s": 1.5}, {"kind": "late_before", "delay_s": 1}])
    def test_p2_f5_ends_within_its_deadline_as_an_unknown_outcome(self, stand, channel, fault):
        stand.fault("publish", **fault)
        started = time.monotonic()

        with pytest.raises(OutcomeUnknown):
            publish(channel, deadline_s=BRIEF_S)

        assert time.monotonic() - started < BRIEF_S + 0.5
        # It comes out after our deadline, in this test and not in the next one.
        until(stand.published, what="the late post", every_s=0.02)

    def test_f17_takes_a_clear_answer_although_its_body_dribbles_one_byte_at_a_time(self, stand, channel):
        stand.fault("publish", kind="slow_bytes", delay_s=0.3)

        assert publish(channel, deadline_s=BRIEF_S).external_id == stand.published()[0]["id"]

    def test_p6_tells_dead_access_apart_and_publishes_nothing(self, stand, channel):
        for kind in ("token_expired", "token_revoked", "role_lost"):
            stand.fault("publish", kind=kind)
            with pytest.raises(AccessDead):
                publish(channel)

        assert stand.published() == []

    def test_f6_a_throttle_has_published_nothing_and_its_wait_is_the_platforms_own_or_none(self, stand, channel):
        waits = []
        for more in ({}, {"retry_after": 17}):
            stand.fault("publish", kind="status_429", **more)
            with pytest.raises(NothingSent) as problem:
                publish(channel)
            waits.append((problem.value.code, problem.value.retry_after_s))

        assert waits == [("throttled", None), ("throttled", 17)]
        assert stand.published() == []

    def test_a_dead_version_is_nobodys_access_and_burns_no_post(self, stand, channel, settings):
        if channel.version():
            stand.kill_version(settings)

            with pytest.raises(AccessDead) as refusal:
                publish(channel)

            assert refusal.value.code == "version_sunset"

    def test_p1_a_duplicate_is_refused_and_names_the_post_it_resembles(self, stand, channel):
        first = publish(channel, "Samme tekst")

        with pytest.raises(Refused) as refusal:
            publish(channel, "Samme tekst")

        assert (refusal.value.code, refusal.value.duplicate_of) == ("duplicate", first.external_id)

    def test_a_text_beyond_the_platforms_length_is_refused(self, stand, channel):
        with pytest.raises(Refused) as refusal:
            publish(channel, "a" * (channel.text_rules.max_length + 1))

        assert refusal.value.code == "text_too_long"
        assert publish(channel, "(" * channel.text_rules.max_length)


class TestWords:
    def test_lengths_are_counted_as_the_platform_counts(self, stand, channel):
        assert [(text, channel.length(text)) for text, _ in stand.lengths] == stand.lengths

    def test_the_post_is_found_in_pasted_addresses_and_nowhere_else(self, stand, channel):
        assert [(pasted, channel.external_id_in(pasted)) for pasted, _ in stand.pasted] == stand.pasted

    def test_each_call_is_counted_by_endpoint_whatever_is_answered(self, stand, channel):
        publish(channel)
        stand.fault("publish", kind="plain_500")
        with pytest.raises(OutcomeUnknown):
            publish(channel, "En til")

        assert sum(channel.calls.values()) == 2
        assert channel.quota().pulling is None or channel.quota().pulling > 0
