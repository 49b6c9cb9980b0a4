"""E-mail on its way out: a row in the transaction that wanted it, so that none is sent about what never was."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.sealed import SealedText


class OutgoingMail(models.Model):
    """
    One letter to one address. Global, because the one who sends looks in all municipalities at once.

    The text may hold a one-time link: it is sealed while it waits, and gone when the letter has left or was given up.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")

    municipality = models.ForeignKey(
        "recruitment.Municipality", models.PROTECT, null=True, related_name="+", verbose_name=_("municipality")
    )
    recipient = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = SealedText(blank=True)
    template = models.CharField(_("kind"), max_length=40)
    # The same in every attempt: a reader whose first copy arrived after all does not see two.
    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    n_attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next attempt"), default=clock.now)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    problem = models.CharField(_("what went wrong"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-id"]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="mail_that_waits")]
        constraints = [
            models.CheckConstraint(condition=Q(state="waiting") | Q(body=""), name="text_is_gone_when_mail_is"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_mail_has_time"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"
