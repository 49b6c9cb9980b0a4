"""How people come in: invitations, and the system administrator's entry with a reason (break-glass)."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock, tenancy
from foundation.tenancy import TenantModel, tenant_wall
from recruitment.models.people import Membership, User


class Invitation(TenantModel):
    """
    A role that waits for one e-mail address. The link works once, and for a week after it was sent last.

    Only a hash of the link's secret is kept: who reads the database cannot accept for somebody else.
    """

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=13, choices=Membership.Role)
    may_approve = models.BooleanField(_("may approve posts"), default=False)
    may_publish = models.BooleanField(_("may schedule and publish"), default=False)
    may_connect = models.BooleanField(_("may connect channels"), default=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("invited by"))
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    # Of an OutgoingMail. No foreign key: letters are forgotten outside every municipality, and before invitations are.
    letter_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]
        constraints = [
            *tenant_wall("invitation"),
            models.UniqueConstraint(
                fields=["municipality", "email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.pk}"

    @property
    def role_in_sentence(self) -> str:
        """Return the role as it stands within a sentence."""
        return Membership.Role(self.role).in_sentence

    def is_open(self, now: datetime) -> bool:
        """Whether the link still works."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class SystemEntry(models.Model):
    """
    A system administrator's hour inside a municipality she is no member of: for reading, with a reason, told to it.

    Read by her own policy before the municipality is entered, and by the municipality.
    """

    municipality = models.ForeignKey("recruitment.Municipality", models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("system administrator"))
    reason = models.TextField(_("reason"), max_length=500)
    entered_at = models.DateTimeField(_("entered"), default=clock.now)
    ends_at = models.DateTimeField(_("access until"))
    left_at = models.DateTimeField(_("left"), null=True)
    seen_at = models.DateTimeField(_("seen"), null=True)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("seen by"))

    class Meta:
        verbose_name = _("entry by a system administrator")
        verbose_name_plural = _("entries by system administrators")
        ordering = ["-entered_at"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "id"], name="system_entry_tenant_key"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=models.F("entered_at") + timedelta(hours=1)),
                name="entry_lasts_an_hour_at_most",
            ),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(seen_by__isnull=False), name="seen_entry_has_a_name"
            ),
            tenancy.MembershipPolicy(name="system_entry_policy"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    def is_open(self, now: datetime) -> bool:
        """Whether she may still read."""
        return self.left_at is None and now < self.ends_at

    def minutes_left(self, now: datetime) -> int:
        """Return the whole minutes left, at least one while it is open."""
        return max(1, int((self.ends_at - now).total_seconds() // 60))
