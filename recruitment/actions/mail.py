"""
E-mail out of the house, through an outbox: `post` in one's own transaction, `send_due` on the default queue.

A letter may be sent twice when a worker dies between the mail server's yes and our note of it (both copies carry the
same Message-ID); it is never lost, and given up only after the attempts below, visibly.
"""

import logging
import smtplib
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from recruitment.models import Municipality, OutgoingMail

logger = logging.getLogger(__name__)

State = OutgoingMail.State
# How long to wait after each failed attempt, in minutes; after the last one the letter is given up.
WAITS = (1, 5, 15, 60, 240, 720, 1440)
# Longer than the mail server is given to answer (EMAIL_TIMEOUT): until then nobody else takes the letter.
LEASE_MINUTES = 5
KEPT_DAYS = 30
SUBJECT_LENGTH = 200


def post(
    *,
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str,
    municipality: Municipality | None = None,
) -> OutgoingMail:
    """
    Put one letter in the outbox, in the transaction that is open: it leaves only when that commits.

    The text comes from `mail/<template>.txt` and `mail/<template>_subject.txt`, in `language` ("nb", "nn" or "en").
    Both may use `site_url`. What people typed cannot make a header of its own (P24, B57): the subject becomes one line.

    :raises ValidationError: `to` is not one plain address
    """
    validate_email(to)
    with translation.override(language):
        words = Context({"site_url": settings.SITE_URL, **context}, autoescape=False)
        subject, body = (_draw(name, words) for name in (f"mail/{template}_subject.txt", f"mail/{template}.txt"))
    return OutgoingMail.objects.create(
        municipality=municipality,
        recipient=to,
        subject=_one_line(subject)[:SUBJECT_LENGTH],
        body=body.strip() + "\n",
        template=template,
    )


def send_due(*, now: datetime, limit: int = 50) -> int:
    """Send what waits, one letter at a time, and return how many left. Several workers never take the same letter."""
    n_sent = 0
    for _ in range(limit):
        letter = _claim(now=now)
        if letter is None:
            break
        n_sent += _send(letter, now=now)
    return n_sent


def forget_old(*, now: datetime) -> int:
    """Delete letters that are done with since a month, and return how many: an address is kept no longer than used."""
    old = OutgoingMail.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).exclude(state=State.WAITING)
    return old.delete()[0]


def _claim(*, now: datetime) -> OutgoingMail | None:
    with transaction.atomic():
        waiting = OutgoingMail.objects.select_for_update(skip_locked=True).filter(
            state=State.WAITING, next_try_at__lte=now
        )
        # The text is opened when it is sent: one that no key opens must not hold the letters behind it back.
        letter = waiting.order_by("next_try_at", "id").defer("body").first()
        if letter is not None:
            letter.n_attempts += 1
            letter.next_try_at = now + timedelta(minutes=LEASE_MINUTES)
            letter.save(update_fields=["n_attempts", "next_try_at"])
    return letter


def _send(letter: OutgoingMail, *, now: datetime) -> bool:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    try:
        message = EmailMessage(
            subject=letter.subject,
            body=letter.body,
            to=[letter.recipient],
            headers={"Message-ID": f"<{letter.message_id}@{host}>", "Auto-Submitted": "auto-generated"},
        )
        message.send()
    except (OSError, smtplib.SMTPException, ValueError, InvalidToken) as problem:
        _note_failure(letter, problem, now=now)
        return False
    letter.state, letter.sent_at, letter.body, letter.problem = State.SENT, now, "", ""
    letter.save(update_fields=["state", "sent_at", "body", "problem"])
    return True


def _note_failure(letter: OutgoingMail, problem: Exception, *, now: datetime) -> None:
    # Its class and the server's code alone: the text of such an error repeats addresses and lines of the letter.
    code = getattr(problem, "smtp_code", None)
    letter.problem = f"{type(problem).__name__} {code or ''}".strip()[:100]
    is_hopeless = isinstance(problem, ValueError) or letter.n_attempts > len(WAITS)
    changed = ["problem", "state", "next_try_at"]
    if is_hopeless:
        letter.state, letter.body = State.FAILED, ""
        changed.append("body")
    else:
        letter.next_try_at = now + timedelta(minutes=WAITS[letter.n_attempts - 1])
    letter.save(update_fields=changed)
    logger.warning("E-mail %s (%s), attempt %s: %s", letter.pk, letter.template, letter.n_attempts, letter.problem)


def _draw(name: str, words: Context) -> str:
    template: Any = get_template(name)
    return template.template.render(words)


def _one_line(text: str) -> str:
    """Return the text on one line, without characters that end a line or steer a screen."""
    plain = "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") else char for char in text)
    return " ".join(plain.split())
