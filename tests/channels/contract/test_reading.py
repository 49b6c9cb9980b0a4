"""What a platform may answer: nothing is concluded from what cannot be read, and None is never 0 (P7, F16, F17)."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.connectors import NothingSent, PostFigures
from foundation import clock
from tests.channels.contract.posting import publish
from tests.channels.contract.stands import COUNTS

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("impressions", "unique_impressions", "clicks", "reactions", "comments", "shares")
BAD = [
    {"kind": "answer_lost"},
    {"kind": "plain_500"},
    {"kind": "garbage"},
    {"kind": "empty_2xx"},
    {"kind": "other_shape"},
    {"kind": "big_body", "bytes": 11 * 1024 * 1024},
    {"kind": "status_429"},
    {"kind": "redirect"},
    {"kind": "status", "status": 503, "body": [1]},
    {"kind": "fields", "set": {"elements": None}},
    {"kind": "fields", "set": {"elements": "ingen"}},
    {"kind": "fields", "set": {"elements": [None, 7]}},
    {"kind": "fields", "drop": ["elements"]},
]


class TestTheList:
    def test_is_read_to_its_end_newest_first_with_the_text_as_it_was_written(self, stand, channel):
        receipts = [publish(channel, f"Innlegg ({n}) #tema_{n}") for n in range(3)]

        seen = channel.recent_posts(since=LONG_AGO)

        assert seen.is_complete
        assert [post.external_id for post in seen.posts] == [receipt.external_id for receipt in reversed(receipts)]
        assert seen.posts[0].text == "Innlegg (2) #tema_2"

    def test_f16_goes_on_after_a_short_page_and_counts_doubled_posts_once(self, stand, channel):
        for n in range(6):
            publish(channel, f"Innlegg {n}")
        stand.fault("list", kind="list_truncated", keep=2)
        after_a_short_page = channel.recent_posts(since=LONG_AGO)
        stand.fault("list", kind="mangle", what=["doubled"], rate=1)

        doubled = channel.recent_posts(since=LONG_AGO)

        assert after_a_short_page.is_complete
        assert [len(found.posts) for found in (after_a_short_page, doubled)] == [6, 6]

    def test_an_empty_one_is_complete(self, stand, channel):
        seen = channel.recent_posts(since=clock.now() + timedelta(hours=1))

        assert (seen.is_complete, seen.posts) == (True, [])

    def test_f16_f17_an_answer_that_cannot_be_read_is_no_list_at_all(self, stand, channel):
        publish(channel)
        for fault in BAD:
            stand.fault("list", **fault)
            with pytest.raises(NothingSent):
                channel.recent_posts(since=LONG_AGO)

    def test_f16_a_post_that_cannot_be_read_leaves_the_list_incomplete(self, stand, channel):
        """Without its id or text it may be the one that is looked for: nobody may conclude that it is absent."""
        publish(channel)
        for spoilt in ({"id": 7, "commentary": "x"}, {"commentary": "x"}, {"id": "urn:li:share:7", "commentary": None}):
            stand.fault("list", kind="fields", set={"elements": [spoilt]})

            assert not channel.recent_posts(since=LONG_AGO).is_complete

    def test_f17_whatever_is_spoilt_in_it_is_a_list_or_a_clear_refusal(self, stand, channel):
        for n in range(4):
            publish(channel, f"Innlegg {n}")
        for what in ("strings", "nulls", "unknown", "doubled", "missing"):
            stand.fault("list", kind="mangle", what=[what], rate=0.5, count=2)
            try:
                seen = channel.recent_posts(since=LONG_AGO)
            except NothingSent:
                continue
            assert not seen.is_complete or len(seen.posts) == 4, what


class TestOnePost:
    def test_is_read_and_one_that_does_not_exist_is_none(self, stand, channel):
        receipt = publish(channel, "Les meg {her}")

        assert channel.read(receipt.external_id).text == "Les meg {her}"
        assert channel.read(stand.missing_id) is None

    def test_can_be_removed_and_removing_it_again_is_no_error(self, stand, channel):
        receipt = publish(channel)

        channel.delete(receipt.external_id)
        channel.delete(receipt.external_id)

        assert stand.published()[0]["deleted_at"]
        assert channel.read(receipt.external_id) is None

    def test_that_cannot_be_read_now_is_not_taken_for_gone(self, stand, channel):
        receipt = publish(channel)
        for kind in ("plain_500", "garbage", "answer_lost", "redirect"):
            stand.fault("read", kind=kind)
            with pytest.raises(NothingSent):
                channel.read(receipt.external_id)

    def test_with_nul_in_it_has_a_text_that_can_be_stored(self, stand, channel):
        receipt = publish(channel)
        stand.fault("read", kind="fields", set={"commentary": "Hei\u0000 der"})

        assert channel.read(receipt.external_id).text == "Hei der"


class TestFigures:
    def test_p7_of_a_post_that_is_left_out_are_zeros_that_say_so(self, stand, channel):
        receipt = publish(channel)

        figures = channel.figures([receipt.external_id])

        assert figures == {receipt.external_id: PostFigures(0, 0, 0, 0, 0, 0, is_implied_zero=True)}

    @pytest.mark.parametrize(("told", "meant"), COUNTS)
    def test_p7_p8_a_count_is_as_told_or_none_and_never_a_zero_of_ours(self, stand, channel, told, meant):
        """Numbers as strings, nulls, fractions, negative ones, other types, and numbers beyond all bounds."""
        external_id = publish(channel).external_id
        stand.tell_figures(external_id, count=told)

        figures = channel.figures([external_id])[external_id]

        assert [getattr(figures, name) for name in NAMES] == [meant] * 6
        assert not figures.is_implied_zero

    def test_p7_an_answer_that_cannot_be_read_never_becomes_zeros(self, stand, channel):
        external_id = publish(channel).external_id
        for fault in BAD:
            stand.fault("figures", **fault)
            with pytest.raises(NothingSent):
                channel.figures([external_id])

    def test_p7_a_row_that_does_not_say_whose_it_is_leaves_nobody_at_zero(self, stand, channel):
        external_id = publish(channel).external_id
        stand.fault("figures", kind="fields", set={"elements": [{"share": ["?"], "totalShareStatistics": {}}]})

        assert channel.figures([external_id]) == {}

    def test_of_a_post_that_is_gone_and_of_what_is_no_post_are_left_out(self, stand, channel):
        receipt = publish(channel)
        channel.delete(receipt.external_id)

        assert channel.figures([receipt.external_id, "not a post"]) == {}
