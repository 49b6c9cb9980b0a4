"""Unknown outcomes: the channel is asked, and decides; else a person (P1, P2, T7, T10-T14, F3-F5, F16, F17)."""

from datetime import datetime, timedelta

import pytest
import requests
from cryptography.fernet import Fernet

from channels.actions import publishing
from channels.actions.publishing import matching, reconciling
from channels.connectors import PostList, SeenPost
from channels.models import Account, Connection, Delivery, Sighting
from channels.queries.deliveries import delivery_story
from foundation.tenancy import tenant
from tests.channels.deliveries import Press

State = Delivery.State
POSTS = "POST /rest/posts"
LIST = "GET /rest/posts"
SETTLED = timedelta(seconds=901)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def lose(press: Press, kind: str = "answer_lost", **more: object) -> Delivery:
    """Send one delivery so that its outcome is unknown."""
    press.sandbox.fault(POSTS, kind=kind, **more)
    delivery = press.due()
    assert press.publish(delivery) == State.UNKNOWN
    return delivery


def vanish(press: Press) -> Delivery:
    """Send one delivery that the channel never received, without a clear answer."""
    return lose(press, "connection_refused_like")


def look_until_settled(press: Press, delivery: Delivery) -> list[str]:
    return [press.reconcile(delivery, later=later) for later in (minutes(1), minutes(8), SETTLED)]


def post_by_hand(press: Press, text: str) -> str:
    """Publish `text` on the page as a colleague would, and return the post's id."""
    from channels.connectors import linkedin

    escaped = linkedin.little_text.escape(text)
    answer = requests.post(
        f"{press.sandbox.base}/rest/posts",
        headers={
            "Authorization": f"Bearer {press.sandbox.token}",
            "LinkedIn-Version": "202608",
            "X-Restli-Protocol-Version": "2.0.0",
        },
        json={
            "author": press.account.external_id,
            "commentary": escaped,
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED"},
            "lifecycleState": "PUBLISHED",
        },
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["x-restli-id"]


class TestAnAnswerThatIsNotClear:
    """T10: whatever may have reached the channel is unknown, and never sent again before the channel is asked."""

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "answer_lost"},
            {"kind": "stored_500"},
            {"kind": "plain_500"},
            {"kind": "connection_refused_like"},
            {"kind": "garbage"},
            {"kind": "empty_2xx"},
            {"kind": "other_shape"},
            {"kind": "no_id"},
            {"kind": "big_body"},
            {"kind": "status", "status": 503},
            {"kind": "status", "status": 408},
        ],
        ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}",
    )
    def test_makes_the_outcome_unknown(self, press, fault):
        """F3, F4, F17."""
        press.sandbox.fault(POSTS, **fault)
        delivery = press.due()

        assert press.publish(delivery) == State.UNKNOWN

        assert (press.n_posted(), press.waits_for(delivery)) == (1, "reconcile")
        with pytest.raises(publishing.NotDue):
            press.publish(delivery, later=minutes(5))
        assert press.n_posted() == 1

    @pytest.mark.parametrize("kind", ["late", "late_before", "slow_bytes"])
    def test_ends_within_the_total_deadline(self, press, settings, kind):
        """F5, F17: one byte a second, or an answer after our deadline."""
        settings.PUBLISH_DEADLINE_S = 1
        press.sandbox.fault(POSTS, kind=kind, delay_s=1.6 if kind != "slow_bytes" else 0.3)
        delivery = press.due()
        began = datetime.now()

        state = press.publish(delivery)

        # The id stands in a header, so a body that dribbles does not make the answer unclear.
        assert state == (State.PUBLISHED if kind == "slow_bytes" else State.UNKNOWN)
        assert (datetime.now() - began).total_seconds() < 2.5


class TestLooking:
    @pytest.mark.parametrize("kind", ["answer_lost", "stored_500", "garbage", "no_id"])
    def test_finds_the_post_by_its_marker(self, press, kind):
        """T7, F3, F4: one post on the channel, and the delivery ends published."""
        delivery = lose(press, kind)

        assert press.reconcile(delivery) == "found"

        stored, [copy] = press.fresh(delivery), press.copies(delivery)
        assert (stored.state, stored.external_id) == (State.PUBLISHED, copy["id"])
        assert copy["id"] in stored.permalink
        assert press.waits_for(delivery) == ""
        assert press.n_posted() == 1

    def test_finds_what_the_channel_stored_after_our_deadline(self, press, settings):
        """F5: not found yet is no proof; found later is."""
        settings.PUBLISH_DEADLINE_S = 1
        delivery = lose(press, "late_before", delay_s=1.5)

        findings = [press.reconcile(delivery)]
        while findings[-1] != "found" and len(findings) < 60:
            findings.append(press.reconcile(delivery, later=minutes(len(findings) / 10)))

        assert findings[-1] == "found"
        assert press.n_posted() == 1

    def test_sends_again_when_the_post_is_proved_not_to_be_out(self, press):
        """T11."""
        delivery = vanish(press)

        assert look_until_settled(press, delivery) == ["absent"] * 3

        assert press.state(delivery) == State.SCHEDULED
        assert press.publish(delivery, later=SETTLED) == State.PUBLISHED
        assert len(press.copies(delivery)) == 1
        assert [attempt.marker for attempt in press.attempts(delivery)] == [press.fresh(delivery).link.code] * 2

    def test_does_not_believe_fewer_reads_than_three(self, press):
        delivery = vanish(press)

        press.reconcile(delivery, later=SETTLED)
        press.reconcile(delivery, later=SETTLED + minutes(1))

        assert press.state(delivery) == State.UNKNOWN

    def test_does_not_believe_reads_before_the_window_has_passed(self, press):
        delivery = vanish(press)

        for minute in range(14):
            press.reconcile(delivery, later=minutes(minute))

        assert press.state(delivery) == State.UNKNOWN

    def test_is_not_fooled_by_a_list_that_lags(self, press):
        """F16."""
        delivery = lose(press)
        press.sandbox.fault(LIST, kind="list_lag", count=3, lag_s=60)

        findings = [press.reconcile(delivery, later=minutes(minute)) for minute in range(4)]

        assert findings == ["absent", "absent", "absent", "found"]
        assert press.n_posted() == 1

    def test_does_not_count_a_list_that_could_not_be_read(self, press):
        """F16."""
        delivery = vanish(press)
        press.sandbox.fault(LIST, kind="plain_500", count=3)

        findings = [press.reconcile(delivery, later=SETTLED + minutes(minute)) for minute in range(3)]

        assert findings == ["unreadable"] * 3
        assert (press.state(delivery), press.fresh(delivery).n_absent_reads) == (State.UNKNOWN, 0)

    def test_finds_it_on_a_page_that_was_cut_short(self, press):
        """F16."""
        delivery = lose(press)
        for _ in range(3):
            press.publish(press.due())
        press.sandbox.fault(LIST, kind="list_truncated", keep=1)

        assert press.reconcile(delivery) == "found"

    def test_does_not_count_a_list_that_was_not_read_to_its_end(self, press):
        delivery = vanish(press)
        with tenant(press.town.pk):
            case = reconciling._case(delivery.pk)
            assert matching.judge(case, PostList([], is_complete=False)).kind == "incomplete"
            assert matching.judge(case, PostList([], is_complete=True)).kind == "absent"

    def test_notes_access_that_turns_out_to_be_dead(self, press):
        """P6."""
        delivery = lose(press)
        press.sandbox.fault(LIST, kind="token_revoked")

        assert press.reconcile(delivery) == "unreadable"

        with tenant(press.town.pk):
            assert Connection.objects.get().state == "dead"
        assert press.state(delivery) == State.UNKNOWN

    def test_is_told_in_the_trail_but_not_without_end(self, press):
        delivery = vanish(press)

        for minute in range(1, 41):
            if press.state(delivery) == State.UNKNOWN:
                press.sandbox.fault(LIST, kind="plain_500")
                press.reconcile(delivery, later=minutes(minute))

        assert press.events(delivery).count("looked") == reconciling.MAX_TOLD

    def test_of_what_is_known_by_now_is_refused(self, press):
        delivery = lose(press)
        press.reconcile(delivery)

        with pytest.raises(publishing.NotUnknown):
            press.reconcile(delivery)

    def test_by_the_neighbour_finds_nothing_to_ask_about(self, press, storvika):
        """P13."""
        delivery = lose(press)

        with pytest.raises(publishing.NotUnknown):
            publishing.reconcile(municipality_id=storvika.pk, delivery_id=delivery.pk, now=press.now)


class TestHandingOver:
    """T12: what a machine cannot know goes to a person."""

    def test_a_second_unknown_outcome_that_is_not_found(self, press):
        delivery = vanish(press)
        look_until_settled(press, delivery)
        press.sandbox.fault(POSTS, kind="connection_refused_like")
        assert press.publish(delivery, later=SETTLED) == State.UNKNOWN

        for later in (SETTLED, SETTLED * 1.5, SETTLED * 2):
            press.reconcile(delivery, later=later)

        assert (press.state(delivery), press.fresh(delivery).reason) == (State.MANUAL, "second_unknown")
        assert press.n_posted() == 2

    def test_a_second_unknown_outcome_that_is_found_needs_nobody(self, press):
        delivery = vanish(press)
        look_until_settled(press, delivery)
        press.sandbox.fault(POSTS, kind="answer_lost")
        press.publish(delivery, later=SETTLED)

        assert press.reconcile(delivery, later=SETTLED) == "found"

        assert len(press.copies(delivery)) == 1

    def test_a_list_that_cannot_be_read_for_a_day(self, press):
        delivery = vanish(press)
        press.sandbox.fault(LIST, kind="plain_500", count=2)

        press.reconcile(delivery, later=timedelta(hours=23))
        assert press.state(delivery) == State.UNKNOWN
        press.reconcile(delivery, later=timedelta(hours=24, seconds=1))

        assert (press.state(delivery), press.fresh(delivery).reason) == (State.MANUAL, "unreadable")

    def test_a_list_that_no_key_opens_the_way_to_for_a_day(self, press, settings):
        """A lost key is dead access (P6), and never keeps the case from a person (T12)."""
        delivery = vanish(press)
        settings.CHANNEL_TOKEN_KEYS = [Fernet.generate_key().decode()]

        findings = [press.reconcile(delivery, later=later) for later in (minutes(1), timedelta(hours=25))]

        assert (findings, press.state(delivery)) == (["unreadable"] * 2, State.MANUAL)
        with tenant(press.town.pk):
            assert Connection.objects.values_list("state", "dead_reason").get() == ("dead", "token_unopened")

    @pytest.mark.parametrize("step", [(reconciling, "_ask"), (matching, "judge")])
    def test_what_we_ourselves_cannot_read_for_a_day(self, press, monkeypatch, caplog, step):
        """T12: a fault of our own is no reason to look for ever, and its text is not logged."""

        def fail(*_, **__):
            raise ValueError("what-was-sent")

        delivery = vanish(press)
        monkeypatch.setattr(*step, fail)

        findings = [press.reconcile(delivery, later=later) for later in (minutes(1), timedelta(hours=25))]

        assert (findings, press.state(delivery)) == (["unreadable"] * 2, State.MANUAL)
        assert "ValueError" in caplog.text
        assert "what-was-sent" not in caplog.text

    def test_a_marker_that_is_found_twice(self, press):
        delivery = lose(press)
        text = press.fresh(delivery).approved_text
        post_by_hand(press, f"{text} Igjen.")

        assert press.reconcile(delivery) == "twice"

        assert (press.state(delivery), press.fresh(delivery).reason) == (State.MANUAL, "twice")
        with tenant(press.town.pk):
            assert list(Sighting.objects.values_list("kind", flat=True)) == ["marked", "marked"]

    def test_a_post_with_our_words_but_without_our_link(self, press):
        delivery = vanish(press)
        stored = press.fresh(delivery)
        rewritten = stored.approved_text.replace(f"http://localhost/s/{stored.link.code}", "https://lnkd.in/xyz")
        found = post_by_hand(press, rewritten)

        assert press.reconcile(delivery) == "likely"

        stored = press.fresh(delivery)
        assert (stored.state, stored.reason, stored.reason_detail) == (State.MANUAL, "likely", found)
        with tenant(press.town.pk):
            seen = Sighting.objects.get()
        assert (seen.kind, seen.external_id, seen.text) == ("likely", found, rewritten)

    def test_never_takes_the_newest_post_for_ours(self, press):
        """Somebody else's post is not ours because it came last."""
        delivery = vanish(press)
        post_by_hand(press, "Åpent hus på rådhuset på torsdag, alle er velkommen.")

        assert press.reconcile(delivery) == "absent"

    def test_a_marker_in_a_post_that_another_delivery_holds(self, press):
        delivery, other = lose(press), press.due()
        press.set(other, external_id=press.copies(delivery)[0]["id"])

        assert press.reconcile(delivery) == "bound_elsewhere"

        assert press.state(delivery) == State.MANUAL

    def test_likeness_looks_at_words_and_time_and_another_pages_post_is_never_ours(self, press):
        delivery = vanish(press)
        with tenant(press.town.pk):
            case = reconciling._case(delivery.pk)
            words, own = case.text.split("http")[0], press.account.external_id

            def judged(text: str, *, at: datetime = press.now, author: str = own) -> str:
                post = SeenPost("urn:li:share:9", text, "https://x.example/9", at, author=author)
                return matching.judge(case, PostList([post], is_complete=True)).kind

            assert [judged(text) for text in (words.upper(), words[:60])] == ["likely", "likely"]
            assert [judged(text) for text in (words[:12], "Helt andre ord")] == ["absent", "absent"]
            assert judged(case.text) == "found"
            assert judged(words, at=press.now - timedelta(hours=1)) == "absent"
            # A channel that does not tell the author lists only the page's own.
            assert judged(case.text, author="") == "found"
            for author in ("urn:li:organization:1", "urn:li:person:abc"):
                assert [judged(text, author=author) for text in (case.text, words)] == ["absent", "absent"]

    def test_proved_absent_is_not_sent_again_where_the_account_is_not_set_to_that(self, press):
        """T11: sending again by itself is the account's choice; without it a person decides, with what was found."""
        delivery = vanish(press)
        with tenant(press.town.pk):
            Account.objects.update(sends_again_by_itself=False)

        assert look_until_settled(press, delivery) == ["absent"] * 3

        stored = press.fresh(delivery)
        assert (stored.state, stored.reason, press.waits_for(delivery)) == (State.MANUAL, "absent", "")
        assert stored.looked_at == press.now + SETTLED
        assert press.n_posted() == 1


class TestDuplicateRefusal:
    """T10: the channel's own net catches a second copy, and names the first."""

    def test_that_names_our_own_post_means_published(self, press):
        delivery = lose(press)
        press.set(delivery, state=State.SCHEDULED, next_at=press.now)

        assert press.publish(delivery) == State.PUBLISHED

        [copy] = press.copies(delivery)
        assert press.fresh(delivery).external_id == copy["id"]
        assert press.events(delivery)[-2:] == ["unknown", "found"]

    def test_that_names_a_ghost_stays_unknown_and_is_told_in_words(self, press):
        """P2: LinkedIn may name a post that nobody can read; that proves nothing."""
        press.sandbox.fault(POSTS, kind="duplicate_ghost")
        delivery = press.due()

        assert press.publish(delivery) == State.UNKNOWN

        stored = press.fresh(delivery)
        assert (stored.reason, press.events(delivery)[-2:]) == ("duplicate_gone", ["unknown", "looked"])
        assert press.waits_for(delivery) == "reconcile"
        with tenant(press.town.pk):
            story = delivery_story(stored, now=press.now)
        assert "finnes ikke" in story.what_happened
        assert story.trail[-3].detail == "Det finnes ikke der, så det beviser ingenting."

    def test_that_names_another_post_stays_unknown(self, press):
        text = "Vi søker helsefagarbeider til Solbakken omsorgssenter, og du er den vi leter etter. {lenke}"
        first = press.due(text=text)
        press.publish(first)
        other = press.fresh(first)
        body = {"status": 422, "code": "DUPLICATE_POST", "message": f"Content is a duplicate of {other.external_id}"}
        press.sandbox.fault(POSTS, kind="status", status=422, body=body)
        second = press.due(text="Noe helt annet. {lenke}")

        assert press.publish(second) == State.UNKNOWN

        assert press.fresh(second).external_id == ""


class TestSettlingByAPerson:
    """T13."""

    def manual(self, press) -> Delivery:
        delivery = vanish(press)
        press.set(delivery, state=State.MANUAL, reason="second_unknown")
        return delivery

    def as_published(self, press, delivery, address, who="adviser"):
        publishing.settle_as_published(
            municipality_id=press.town.pk,
            delivery_id=delivery.pk,
            address=address,
            by=getattr(press.town, who),
            now=press.now,
        )

    def test_binds_the_post_whose_address_is_given(self, press):
        delivery = self.manual(press)
        found = post_by_hand(press, "Lagt ut for hånd.")

        self.as_published(press, delivery, f"https://www.linkedin.com/feed/update/{found}/")

        stored = press.fresh(delivery)
        assert (stored.state, stored.external_id) == (State.PUBLISHED, found)
        assert press.events(delivery)[-1] == "settled"

    def test_refuses_another_pages_post_and_takes_the_accounts_own(self, press):
        """A post by somebody else's account never binds, whoever says so."""
        delivery = lose(press)
        found = press.copies(delivery)[0]["id"]
        press.sandbox.fault("GET /rest/posts/*", kind="fields", set={"author": "urn:li:organization:999"})

        with pytest.raises(publishing.AddressRefused) as refusal:
            self.as_published(press, delivery, found)

        assert "en annen side" in str(refusal.value)
        assert press.state(delivery) == State.UNKNOWN
        self.as_published(press, delivery, found)
        assert press.state(delivery) == State.PUBLISHED

    def test_may_give_the_address_while_the_outcome_is_unknown(self, press):
        delivery = lose(press)

        self.as_published(press, delivery, press.copies(delivery)[0]["id"])

        assert press.state(delivery) == State.PUBLISHED
        assert press.events(delivery)[-2:] == ["manual", "settled"]

    @pytest.mark.parametrize("address", ["", "https://lyngvaer.example/", "urn:li:share:1", "hei"])
    def test_refuses_an_address_that_leads_to_no_post(self, press, address):
        delivery = self.manual(press)

        with pytest.raises(publishing.AddressRefused) as refusal:
            self.as_published(press, delivery, address)

        assert str(refusal.value)
        assert press.state(delivery) == State.MANUAL

    def test_refuses_a_post_that_is_bound_to_another_delivery(self, press):
        other = press.due()
        press.publish(other)
        delivery = self.manual(press)

        with pytest.raises(publishing.AddressRefused):
            self.as_published(press, delivery, press.fresh(other).permalink)

        assert press.state(delivery) == State.MANUAL

    def test_refuses_a_strangers_post_without_calling_our_own_access_dead(self, press):
        delivery = self.manual(press)
        press.sandbox.fault("GET /rest/posts/*", kind="role_lost")

        with pytest.raises(publishing.AddressRefused):
            self.as_published(press, delivery, "urn:li:share:7398000007919000041")

        with tenant(press.town.pk):
            assert Connection.objects.get().state == "ok"

    def absent(self, press, delivery, later=timedelta(0)):
        with tenant(press.town.pk):
            publishing.settle_as_absent(delivery=press.fresh(delivery), by=press.town.adviser, now=press.now + later)

    def test_sends_what_a_person_says_is_not_there_at_the_time_she_confirms(self, press):
        delivery = self.manual(press)

        self.absent(press, delivery, later=SETTLED)

        assert press.state(delivery) == State.SCHEDULED
        assert press.publish(delivery, later=SETTLED) == State.PUBLISHED
        assert len(press.copies(delivery)) == 1

    @pytest.mark.parametrize("state", [State.UNKNOWN, State.MANUAL])
    def test_does_not_let_a_person_conclude_too_early_either(self, press, state):
        """P1, P2: new posts take a while to be seen."""
        delivery = vanish(press)
        press.set(delivery, state=state)

        with pytest.raises(publishing.NotToBeSettled):
            self.absent(press, delivery, later=minutes(5))
        self.absent(press, delivery, later=SETTLED)

        assert press.state(delivery) == State.SCHEDULED

    def test_goes_to_a_person_again_when_it_becomes_unknown_again(self, press):
        delivery = self.manual(press)
        self.absent(press, delivery, later=SETTLED)
        press.sandbox.fault(POSTS, kind="connection_refused_like")
        press.publish(delivery, later=SETTLED)

        for later in (minutes(1), minutes(8), SETTLED):
            press.reconcile(delivery, later=SETTLED + later)

        assert press.state(delivery) == State.MANUAL

    def test_lets_a_person_drop_it(self, press):
        delivery = self.manual(press)

        with tenant(press.town.pk):
            publishing.settle_as_dropped(delivery=delivery, by=press.town.adviser, now=press.now)

        assert (press.state(delivery), press.waits_for(delivery)) == (State.CANCELLED, "")

    @pytest.mark.parametrize("state", ["draft", "scheduled", "published", "late", "rejected"])
    def test_has_nothing_to_settle_when_the_outcome_is_clear(self, press, state):
        delivery = press.due()
        press.set(delivery, state=state)

        with pytest.raises(publishing.NotToBeSettled):
            self.absent(press, delivery)

    def test_takes_the_right_to_publish(self, press):
        delivery = self.manual(press)

        with pytest.raises(publishing.LacksRight):
            self.as_published(press, delivery, "urn:li:share:1", who="novice")


class TestRemoving:
    """T14."""

    def remove(self, press, delivery, who="adviser"):
        publishing.remove(
            municipality_id=press.town.pk, delivery_id=delivery.pk, by=getattr(press.town, who), now=press.now
        )

    def test_takes_the_post_away_from_the_channel(self, press):
        delivery = press.due()
        press.publish(delivery)

        self.remove(press, delivery)

        assert (press.state(delivery), press.events(delivery)[-1]) == (State.REMOVED, "removed")
        assert press.copies(delivery)[0]["deleted_at"] is not None

    def test_may_be_repeated_after_the_channel_did_not_answer(self, press):
        delivery = press.due()
        press.publish(delivery)
        press.sandbox.fault("DELETE /rest/posts/*", kind="answer_lost")

        with pytest.raises(publishing.NotRemoved):
            self.remove(press, delivery)
        assert press.state(delivery) == State.PUBLISHED
        self.remove(press, delivery)

        assert press.state(delivery) == State.REMOVED

    def test_is_for_published_posts_and_those_with_the_right(self, press):
        delivery = press.due()
        with pytest.raises(publishing.NotRemoved):
            self.remove(press, delivery)
        with pytest.raises(publishing.LacksRight):
            self.remove(press, delivery, who="novice")
