"""A municipality's presence on a channel, how it was set up, and its access."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.sealed import SealedText
from foundation.tenancy import TenantModel, tenant_wall


class Account(TenantModel):
    """A municipality's presence on one channel, for example its LinkedIn page. Without a connection it is manual."""

    channel = models.ForeignKey("recruitment.Channel", models.PROTECT, verbose_name=_("channel"))
    name = models.CharField(_("name"), max_length=150)
    external_id = models.CharField(_("id on the channel"), max_length=200, blank=True, editable=False)
    page_url = models.URLField(_("address of the page"), max_length=300, blank=True)
    responsible = models.ForeignKey(
        "recruitment.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person responsible"),
    )
    deputy = models.ForeignKey(
        "recruitment.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    # T11: off means that a person decides, also when it is proved that a post is not out.
    sends_again_by_itself = models.BooleanField(_("sends again by itself"), default=False, db_default=False)
    # When all its posts were last looked for on the channel.
    looked_after_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("channel account")
        verbose_name_plural = _("channel accounts")
        ordering = ["channel__position", "name"]
        constraints = [
            *tenant_wall("account"),
            models.UniqueConstraint(fields=["municipality", "channel", "name"], name="account_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SetupStep(TenantModel):
    """One step of an account's set-up checklist (A2), with who does it and when it was done."""

    class Kind(models.TextChoices):
        PAGE = "page", _("Create the page")
        NAME_EMAIL = "name_email", _("Fill in name and e-mail address")
        DETAILS = "details", _("Fill in further details")
        CONFIRM_EMAIL = "confirm_email", _("Confirm through the e-mail you receive")
        RESPONSIBLE = "responsible", _("Appoint a person responsible and a deputy")
        RISK = "risk", _("Record the risk assessment")
        CONNECT = "connect", _("Connect the page")

    # Steps that a person ticks; the others are done when the thing itself is recorded.
    BY_HAND = frozenset({Kind.PAGE, Kind.NAME_EMAIL, Kind.DETAILS, Kind.CONFIRM_EMAIL})

    account = models.ForeignKey(Account, models.CASCADE, related_name="steps")
    kind = models.CharField(_("step"), max_length=13, choices=Kind)
    position = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey("recruitment.User", models.PROTECT, null=True, blank=True, related_name="+")
    done_date = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("set-up step")
        verbose_name_plural = _("set-up steps")
        ordering = ["position"]
        constraints = [
            *tenant_wall("setup_step", "account"),
            models.UniqueConstraint(fields=["account", "kind"], name="setup_step_once"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class RiskAssessment(TenantModel):
    """R14: the municipality's own assessment of an account (DPIA). Without an approved one nothing is published."""

    class Status(models.TextChoices):
        ONGOING = "ongoing", _("Being worked on")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Not approved")

    account = models.ForeignKey(Account, models.CASCADE, related_name="risk_assessments")
    status = models.CharField(_("status"), max_length=8, choices=Status)
    assessed_date = models.DateField(_("date"))
    responsible_name = models.CharField(_("person responsible"), max_length=150)
    document_url = models.URLField(_("link to the assessment"), max_length=500, blank=True)
    next_review_date = models.DateField(_("next review"))
    recorded_by = models.ForeignKey("recruitment.User", models.PROTECT, related_name="+", editable=False)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
        ordering = ["-recorded_at", "-id"]
        constraints = [*tenant_wall("risk_assessment", "account")]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.assessed_date}"

    def allows_publishing(self, today: date) -> bool:
        """Whether this assessment is approved and its review date has not passed on the Norwegian day `today`."""
        return self.status == self.Status.APPROVED and self.next_review_date >= today


class Connection(TenantModel):
    """The access to an account. Tokens are sealed, and shown to nobody."""

    class State(models.TextChoices):
        OK = "ok", _("Connected")
        DEAD = "dead", _("Must be connected again")

    account = models.OneToOneField(Account, models.CASCADE, related_name="connection")
    state = models.CharField(_("state"), max_length=4, choices=State, default=State.OK)
    dead_reason = models.CharField(max_length=100, blank=True, editable=False)
    access_token = SealedText(editable=False)
    refresh_token = SealedText(editable=False, blank=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=6, editable=False)
    scopes = models.CharField(_("scopes"), max_length=500, editable=False)
    member_name = models.CharField(_("connected through"), max_length=150, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), editable=False)
    refresh_expires_at = models.DateTimeField(_("renewable until"), null=True, editable=False)
    connected_at = models.DateTimeField(_("connected at"), editable=False)
    connected_by = models.ForeignKey("recruitment.User", models.PROTECT, related_name="+", editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    # While one worker asks the channel for a new token: until when the others leave it alone. The database's clock.
    renewing_until = models.DateTimeField(null=True, editable=False)
    # What the channel does not let us do any more, in words of `access.refused`, while the rest goes on.
    missing = models.CharField(max_length=100, blank=True, default="", editable=False)
    # The daily look at the connection: when the channel last answered it, and why it could not be asked since.
    probed_at = models.DateTimeField(null=True, editable=False)
    probe_problem = models.CharField(max_length=60, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [*tenant_wall("connection", "account")]

    def __str__(self) -> str:
        return f"{self.account} ({self.fingerprint})"

    def is_renewable(self, now: datetime) -> bool:
        """Whether the channel gave something to renew the access with that has not expired itself."""
        return bool(self.refresh_token) and (self.refresh_expires_at is None or self.refresh_expires_at > now)

    @property
    def lacks(self) -> frozenset[str]:
        """What the channel does not let us do: "figures", "comments" and so on; publishing is never among them."""
        return frozenset(self.missing.split())

    @property
    def ends_at(self) -> datetime:
        """The moment (UTC) when the access ends unless a person connects again."""
        return max(self.expires_at, self.refresh_expires_at or self.expires_at)


class PendingConnection(TenantModel):
    """Access just granted at the channel, waiting for a person to confirm the page by name. Lives ten minutes."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    user = models.ForeignKey("recruitment.User", models.CASCADE, related_name="+")
    access_token = SealedText(editable=False)
    refresh_token = SealedText(editable=False, blank=True)
    scopes = models.CharField(max_length=500, editable=False)
    member_name = models.CharField(max_length=150, blank=True, editable=False)
    expires_at = models.DateTimeField(editable=False)
    refresh_expires_at = models.DateTimeField(null=True, editable=False)
    pages = models.JSONField(editable=False)
    valid_until = models.DateTimeField(editable=False)

    class Meta:
        constraints = [*tenant_wall("pending_connection", "account")]

    def __str__(self) -> str:
        return f"{self.account_id}"

    @property
    def ends_at(self) -> datetime:
        """The moment (UTC) when the access would end unless a person connects again."""
        return max(self.expires_at, self.refresh_expires_at or self.expires_at)


class PageClaim(models.Model):
    """Which municipality holds a platform's page. Global and without secrets: two municipalities never share one."""

    channel = models.ForeignKey("recruitment.Channel", models.PROTECT)
    external_id = models.CharField(max_length=200)
    municipality = models.ForeignKey("recruitment.Municipality", models.PROTECT, related_name="+")
    account_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="page_held_by_one_municipality"),
        ]

    def __str__(self) -> str:
        return self.external_id


class OAuthState(models.Model):
    """
    A one-time state of a connect flow, bound to session, user, municipality, account and channel.

    Global, because the channel's redirect names no municipality. Only hashes are kept.
    """

    state_hash = models.CharField(max_length=64, primary_key=True)
    session_hash = models.CharField(max_length=64)
    user = models.ForeignKey("recruitment.User", models.CASCADE, related_name="+")
    municipality = models.ForeignKey("recruitment.Municipality", models.CASCADE, related_name="+")
    account_id = models.BigIntegerField()
    connector = models.CharField(max_length=30)
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["valid_until"], name="oauth_state_valid_until")]
        constraints = [
            models.CheckConstraint(condition=~Q(session_hash=""), name="oauth_state_bound_to_session"),
        ]

    def __str__(self) -> str:
        return self.state_hash[:6]
