"""Correcting a published post: approved like the first, repeated until the channel shows it, dropped only in time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection as database
from django.urls import reverse

from channels.actions import publishing
from channels.actions.publishing import editing
from channels.models import Delivery, Errand, Post, PostEdit
from channels.queries import contents
from foundation.tenancy import tenant
from recruitment.models import MunicipalitySettings
from tests.channels.deliveries import Press

State = PostEdit.State
EDIT = "POST /rest/posts/{urn}"
READ = "GET /rest/posts/{urn}"
NEW = "Vi søker sykepleier til Solbakken. Lønna er rettet til (650 000)."


@pytest.fixture
def out(press) -> Delivery:
    """A post that is out on LinkedIn."""
    delivery = press.due()
    assert press.publish(delivery) == "published"
    return press.fresh(delivery)


def ask(press: Press, delivery: Delivery, *, text: str = NEW, by=None) -> PostEdit:
    with tenant(press.town.pk):
        return editing.ask_for_edit(delivery=delivery, text=text, by=by or press.town.adviser, now=press.now)


def carry_out(press: Press, delivery: Delivery, *, later=timedelta(0)) -> str:
    return editing.carry_out_edit(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now + later)


def stored(press: Press, edit: PostEdit) -> PostEdit:
    with tenant(press.town.pk):
        return PostEdit.objects.get(pk=edit.pk)


def n_edits(press: Press) -> int:
    return sum(call["method"] == "POST" and call["path"].startswith("/rest/posts/") for call in press.sandbox.calls())


def shown(press: Press, delivery: Delivery) -> str:
    """Return what stands on the channel, as the stand-in shows it to readers."""
    from channels.connectors import Access
    from channels.connectors.linkedin import LinkedIn

    return LinkedIn(Access(press.sandbox.token, press.account.external_id)).read(delivery.external_id).text


def url(press: Press, name: str, delivery: Delivery, **more) -> str:
    return reverse(name, kwargs={"number": press.town.number, "delivery_id": delivery.pk, **more})


class TestDone:
    def test_p3_what_was_approved_is_what_stands_there_with_its_mark(self, press, out):
        before = out.approved_text
        edit = ask(press, out)
        assert Errand.objects.filter(delivery_id=out.pk, kind="edit").exists()

        assert carry_out(press, out) == State.DONE

        now = press.fresh(out)
        assert shown(press, out) == edit.text == now.approved_text
        assert edit.text.startswith(NEW)
        assert contents.has_marker(edit.text, out.link.code), "the link is put in where it was left out"
        assert stored(press, edit).previous_text == before
        assert (now.state, now.approved_hash) == ("published", edit.text_hash)
        assert press.events(out)[-2:] == ["edit_asked", "edited"]
        assert not Errand.objects.filter(delivery_id=out.pk).exists()
        assert carry_out(press, out) == ""
        assert n_edits(press) == 1

    def test_the_delivery_can_still_be_removed_and_then_nothing_is_corrected_t14(self, press, out):
        edit = ask(press, out)
        publishing.remove(municipality_id=press.town.pk, delivery_id=out.pk, by=press.town.adviser, now=press.now)

        assert carry_out(press, out) == ""
        assert (stored(press, edit).state, stored(press, edit).reason) == (State.REFUSED, "not_out")
        assert n_edits(press) == 0


class TestTrouble:
    @pytest.mark.parametrize("kind", ["answer_lost", "stored_500"])
    def test_a_lost_answer_is_read_back_and_needs_no_second_edit(self, press, out, kind):
        edit = ask(press, out)
        press.sandbox.fault(EDIT, kind=kind)

        assert carry_out(press, out) == State.UNKNOWN
        assert "edit_unknown" in press.events(out)
        assert carry_out(press, out, later=timedelta(minutes=2)) == State.DONE
        assert n_edits(press) == 1
        assert shown(press, out) == edit.text

    def test_what_did_not_arrive_is_sent_again_until_the_read_back_agrees(self, press, out):
        edit = ask(press, out)
        press.sandbox.fault(EDIT, kind="plain_500", count=2)

        states = [carry_out(press, out, later=timedelta(minutes=number)) for number in range(3)]

        assert states == [State.UNKNOWN, State.UNKNOWN, State.DONE]
        assert stored(press, edit).n_tries == 3
        assert shown(press, out) == edit.text

    def test_a_read_back_that_fails_decides_nothing(self, press, out):
        edit = ask(press, out)
        press.sandbox.fault(READ, kind="plain_500")

        assert carry_out(press, out) == State.UNKNOWN
        assert press.fresh(out).approved_text != edit.text
        assert carry_out(press, out, later=timedelta(minutes=2)) == State.DONE

    def test_what_was_proved_not_to_be_sent_can_still_be_dropped(self, press, out):
        edit = ask(press, out)
        press.sandbox.fault(EDIT, kind="status_429")

        assert carry_out(press, out) == State.ASKED
        with tenant(press.town.pk):
            editing.drop_edit(edit=edit, by=press.town.adviser, now=press.now)
        assert carry_out(press, out) == ""
        assert press.fresh(out).approved_text == shown(press, out)

    def test_a_post_that_is_gone_ends_it_with_words(self, press, out, client_of):
        edit = ask(press, out)
        press.sandbox.reset()

        assert carry_out(press, out) == State.REFUSED
        assert stored(press, edit).reason == "not_found"
        page = client_of(press.town.adviser).get(url(press, "delivery", out)).content.decode()
        assert "Innlegget er ikke lenger på LinkedIn." in page

    def test_p3_a_text_changed_behind_the_approval_is_not_sent(self, press, out):
        edit = ask(press, out)
        with tenant(press.town.pk):
            PostEdit.objects.filter(pk=edit.pk).update(text=edit.text + " Og mer.")

        assert carry_out(press, out) == ""
        assert stored(press, edit).reason == "changed_after_approval"
        assert n_edits(press) == 0

    def test_p6_waits_while_the_account_may_not_publish_and_gives_up_after_a_day(self, press, out):
        from channels.models import Connection

        edit = ask(press, out)
        with tenant(press.town.pk):
            Connection.objects.update(state="dead")

        assert carry_out(press, out) == ""
        assert (stored(press, edit).state, stored(press, edit).reason) == (State.ASKED, "access_dead")
        assert carry_out(press, out, later=timedelta(hours=25)) == ""
        assert (stored(press, edit).state, stored(press, edit).reason) == (State.REFUSED, "given_up")


class TestApproving:
    def test_who_may_not_publish_asks_and_who_may_approve_reads_it_first(self, press, out, client_of):
        novice, adviser = (client_of(getattr(press.town, role)) for role in ("novice", "adviser"))
        asked = novice.post(url(press, "delivery_edit", out), {"text": NEW})
        assert asked.status_code == 302
        with tenant(press.town.pk):
            edit = PostEdit.objects.get()
        assert (edit.state, edit.approved_by) == (State.AWAITING_APPROVAL, None)
        assert carry_out(press, out) == ""
        approve = url(press, "delivery_edit_approve", out, edit_id=edit.pk)
        assert novice.post(approve).status_code == 404

        page = adviser.get(url(press, "delivery", out)).content.decode()
        assert NEW in page.replace("&#x27;", "'")
        assert adviser.post(approve).status_code == 302
        assert carry_out(press, out) == State.DONE
        page = adviser.get(url(press, "delivery", out)).content.decode()
        assert "LinkedIn viser den nye teksten." in page
        assert "Novice Hansen" in page

    def test_p3_two_people_stand_behind_a_correction_where_that_is_wanted(self, press, out, client_of):
        with tenant(press.town.pk):
            MunicipalitySettings.objects.update(needs_two_people=True)
        edit = ask(press, out)
        assert edit.state == State.AWAITING_APPROVAL

        answer = client_of(press.town.adviser).post(
            url(press, "delivery_edit_approve", out, edit_id=edit.pk), follow=True
        )

        assert "en annen må godkjenne" in answer.content.decode()
        assert stored(press, edit).state == State.AWAITING_APPROVAL

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "Den rettede teksten"),
            ("a" * 3001, "3000"),
            ("Vi søker ung sykepleier.", "Skriv hvorfor"),
            (" ".join(f"#Ord{number}" for number in range(31)), "30 emneknagger"),
        ],
    )
    def test_b39_r2_is_judged_as_when_it_was_written(self, press, out, client_of, text, says):
        answer = client_of(press.town.adviser).post(url(press, "delivery_edit", out), {"text": text})

        assert answer.status_code == 422
        assert says in answer.content.decode().replace("\xa0", "").replace("3 000", "3000")
        with tenant(press.town.pk):
            assert not PostEdit.objects.exists()

    def test_the_same_text_and_a_second_correction_at_once_are_told(self, press, out, client_of):
        client = client_of(press.town.adviser)
        same = client.post(url(press, "delivery_edit", out), {"text": out.approved_text})
        assert "står der" in same.content.decode()
        ask(press, out)

        other = client.post(url(press, "delivery_edit", out), {"text": NEW + " Igjen."})

        assert other.status_code == 422
        assert "En annen rettelse" in other.content.decode()

    def test_is_not_there_for_what_is_not_out_nor_for_another_municipality(self, press, out, storvika, client_of):
        waiting = press.due()

        assert client_of(press.town.adviser).get(url(press, "delivery_edit", waiting)).status_code == 404
        theirs = reverse("delivery_edit", kwargs={"number": storvika.number, "delivery_id": out.pk})
        assert client_of(storvika.adviser).get(theirs).status_code == 404


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_p5_dropping_wins_before_sending_begins_or_is_told_that_it_lost(self, press, out, client_of):
        """Both at the same moment, many times: never both, never neither."""
        ended = []
        for number in range(6):
            edit = ask(press, press.fresh(out), text=f"{NEW} Forsøk {number}.")
            start, told = threading.Barrier(2), {}

            def drop(edit=edit, start=start, told=told):
                start.wait()
                try:
                    with tenant(press.town.pk):
                        editing.drop_edit(edit=edit, by=press.town.adviser, now=press.now)
                    told["drop"] = "won"
                except editing.AlreadySent as problem:
                    told["drop"] = str(problem)
                finally:
                    database.close()

            def send(start=start, told=told):
                start.wait()
                told["send"] = carry_out(press, out)
                database.close()

            threads = [threading.Thread(target=drop), threading.Thread(target=send)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            state = stored(press, edit).state
            ended.append((told["drop"] == "won", told["send"], state))
            is_there = f"Forsøk {number}." in shown(press, out)
            assert is_there == (state == State.DONE)

        assert set(ended) <= {(True, "", "dropped"), (False, "done", "done")}

    def test_p5_an_edit_of_a_draft_and_its_sending_at_once_never_publish_a_mixture(self, press):
        from channels.actions import posts

        for number in range(4):
            delivery = press.due()
            start, told = threading.Barrier(2), {}
            with tenant(press.town.pk):
                post = Post.objects.get(pk=delivery.post_id)

            def change(start=start, told=told, post=post, number=number):
                start.wait()
                try:
                    with tenant(press.town.pk):
                        posts.change_post(
                            post=post,
                            content=posts.Content(post.title, f"Noe annet {number}.", target_url="https://soknad.example/1",
                                                  card_title="Et kort"),
                            accounts=[],
                            seen_version=1,
                            may_void=True,
                            reasons={},
                            user=press.town.adviser,
                            now=press.now,
                        )  # fmt: skip
                    told["change"] = "won"
                except publishing.AlreadySending as problem:
                    told["change"] = str(problem)
                finally:
                    database.close()

            def send(start=start, told=told, delivery=delivery):
                start.wait()
                try:
                    told["send"] = press.publish(delivery)
                except publishing.NotDue:
                    told["send"] = "not due"
                database.close()

            threads = [threading.Thread(target=change), threading.Thread(target=send)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            if told["change"] == "won":
                assert told["send"] == "not due"
                assert press.state(delivery) == "draft"
                assert press.copies(delivery) == []
            else:
                assert told["send"] == "published"
                (copy,) = press.copies(delivery)
                assert "Noe annet" not in copy["text"]
