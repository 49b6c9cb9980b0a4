"""E-mail leaves once, whatever the mail server says, and nobody writes its headers but us (P24, B57)."""

import datetime
import smtplib
import threading

import pytest
from cryptography.fernet import Fernet
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from recruitment.actions import mail
from recruitment.models import OutgoingMail

NOON = datetime.datetime(2026, 11, 23, 11, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
WORDS = {"inviter": "Kari", "municipality": "Lyngvær kommune", "role": "HR", "until": "30. nov.", "link": "https://x/1"}


def post(**changed) -> OutgoingMail:
    letter = mail.post(
        **{"to": "ola@lyngvaer.example", "template": "invitation", "context": WORDS, "language": "nb"} | changed
    )
    OutgoingMail.objects.filter(pk=letter.pk).update(next_try_at=NOON)
    return letter


def refuse(monkeypatch, problem: Exception) -> None:
    def send(self, messages):
        raise problem

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send)


@pytest.mark.django_db
class TestPosting:
    def test_nothing_leaves_before_it_is_sent_and_nothing_at_all_when_the_transaction_is_undone(self, mailoutbox):
        with transaction.atomic():
            post()
            transaction.set_rollback(True)

        assert mail.send_due(now=NOON) == 0
        assert mailoutbox == []

    def test_the_letter_is_in_the_language_asked_for_without_html_signs(self, mailoutbox):
        post(language="nn", context=WORDS | {"inviter": "Kari & <Ola>"})

        mail.send_due(now=NOON)

        assert mailoutbox[0].subject == "Invitasjon til Kanalkompass for Lyngvær kommune"
        assert "Kari & <Ola> inviterer deg til å bruke Kanalkompass" in mailoutbox[0].body

    def test_the_text_is_sealed_while_it_waits_and_gone_when_it_has_left(self):
        letter = post()
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM recruitment_outgoingmail WHERE id = %s", [letter.pk])
            stored = cursor.fetchone()[0]

        mail.send_due(now=NOON)

        letter.refresh_from_db()
        assert "https://x/1" not in stored
        assert (letter.state, letter.body, letter.sent_at) == ("sent", "", NOON)

    @pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\0"])
    def test_what_people_typed_cannot_make_a_header_b57(self, mailoutbox, ending):
        post(context=WORDS | {"municipality": f"Lyngvær{ending}Bcc: spy@evil.example"})

        mail.send_due(now=NOON)

        message = mailoutbox[0].message()
        assert "Bcc" not in message
        assert message["To"] == "ola@lyngvaer.example"
        assert mailoutbox[0].recipients() == ["ola@lyngvaer.example"]

    @pytest.mark.parametrize(
        "to",
        ["a@b.no\r\nBcc: c@d.no", "a@b.no, c@d.no", "Kari <a@b.no>", "a@b.no\n", "", "a@b.no;c@d.no"],
    )
    def test_takes_one_plain_address_and_nothing_else_b57(self, to):
        with pytest.raises(ValidationError):
            post(to=to)

        assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
class TestSending:
    def test_tries_again_later_when_the_server_says_no(self, monkeypatch, mailoutbox):
        letter = post()
        with monkeypatch.context() as patch:
            refuse(patch, smtplib.SMTPServerDisconnected("Kari og https://x/1"))
            mail.send_due(now=NOON)

        letter.refresh_from_db()
        assert (letter.state, letter.n_attempts, letter.problem) == ("waiting", 1, "SMTPServerDisconnected")
        assert mail.send_due(now=NOON) == 0
        assert mail.send_due(now=NOON + HOUR) == 1
        assert len(mailoutbox) == 1

    def test_gives_up_visibly_after_the_last_attempt_and_keeps_no_text(self, monkeypatch):
        letter = post()
        refuse(monkeypatch, smtplib.SMTPDataError(554, b"no"))

        for day in range(len(mail.WAITS) + 3):
            mail.send_due(now=NOON + datetime.timedelta(days=day))

        letter.refresh_from_db()
        assert (letter.state, letter.body, letter.problem) == ("failed", "", "SMTPDataError 554")
        assert letter.n_attempts == len(mail.WAITS) + 1

    def test_every_attempt_is_the_same_letter_to_the_readers_mail_program(self, monkeypatch, mailoutbox):
        letter = post()
        with monkeypatch.context() as patch:
            refuse(patch, OSError())
            mail.send_due(now=NOON)
        mail.send_due(now=NOON + HOUR)

        assert mailoutbox[0].message()["Message-ID"] == f"<{letter.message_id}@localhost>"

    def test_a_letter_whose_worker_died_is_taken_again_when_its_lease_is_over(self, mailoutbox):
        letter = post()
        mail._claim(now=NOON)

        early, late = mail.send_due(now=NOON), mail.send_due(now=NOON + HOUR)

        assert (early, late) == (0, 1)
        letter.refresh_from_db()
        assert letter.n_attempts == 2

    def test_one_that_no_key_opens_waits_for_its_key_and_holds_no_other_back(self, settings, mailoutbox):
        known = settings.CHANNEL_TOKEN_KEYS
        settings.CHANNEL_TOKEN_KEYS = [Fernet.generate_key().decode()]
        unopened = post()
        settings.CHANNEL_TOKEN_KEYS = known
        post(to="kari@lyngvaer.example")

        assert mail.send_due(now=NOON) == 1

        assert [letter.to for letter in mailoutbox] == [["kari@lyngvaer.example"]]
        kept = OutgoingMail.objects.defer("body").get(pk=unopened.pk)
        assert (kept.state, kept.problem) == ("waiting", "KeyLost")

    def test_traces_are_deleted_after_a_month_but_never_a_letter_that_waits(self):
        sent, waiting = post(), post()
        OutgoingMail.objects.update(created_at=NOON - 40 * 24 * HOUR)
        OutgoingMail.objects.filter(pk=sent.pk).update(state="sent", sent_at=NOON, body="")

        assert mail.forget_old(now=NOON) == 1
        assert OutgoingMail.objects.get().pk == waiting.pk


@pytest.mark.django_db(transaction=True)
class TestManyWorkers:
    def test_each_letter_leaves_once(self):
        for _ in range(12):
            post()
        sent: list[int] = []
        together = threading.Barrier(4)

        def work() -> None:
            together.wait(timeout=10)
            try:
                sent.append(mail.send_due(now=NOON))
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(timeout=30)

        assert sum(sent) == len(django_mail.outbox) == 12
        assert set(OutgoingMail.objects.values_list("n_attempts", flat=True)) == {1}
