"""What a platform has been asked, when it must be left alone, and which alarms have been sent."""

from django.db import models
from django.db.models import Q

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class CallCount(models.Model):
    """
    How often one account asked one endpoint of its platform on one UTC day.

    Global and without content: the platform counts for the whole installation too, whatever the municipality.
    """

    connector = models.CharField(max_length=30)
    municipality = models.ForeignKey("recruitment.Municipality", models.CASCADE, related_name="+")
    account_id = models.BigIntegerField()
    endpoint = models.CharField(max_length=80)
    day = models.DateField()
    n_calls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connector", "day", "endpoint", "account_id"], name="calls_counted_once_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.endpoint} {self.day}"


class PlatformPause(models.Model):
    """
    Until when a platform has asked to be left alone: by one account or by all, for one kind of work.

    Global, because a pause of all accounts belongs to no municipality. `until` is UTC; one that is over is kept, so
    that the next one can last longer. Without `until` it lasts until what the reason names has been changed.
    """

    class Reason(models.TextChoices):
        QUOTA = "quota"
        ASKED = "asked"
        BACKOFF = "backoff"
        VERSION = "version"

    connector = models.CharField(max_length=30)
    scope_key = models.CharField(max_length=60)
    municipality = models.ForeignKey("recruitment.Municipality", models.CASCADE, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=7, choices=Reason)
    n_in_a_row = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connector", "scope_key"], name="pause_once_per_scope"),
            models.CheckConstraint(
                condition=Q(until__isnull=False) | Q(reason="version"), name="pause_ends_or_waits_for_a_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connector} {self.scope_key}"


class AccountNotice(TenantModel):
    """That people were told of one cause at an account. One message for one cause, however often it is met (P6)."""

    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="+")
    cause = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            *tenant_wall("account_notice", "account"),
            models.UniqueConstraint(fields=["account", "cause"], name="account_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.cause}"


class PlatformNotice(models.Model):
    """That the system administrators were told of one cause at a platform. Global: it concerns every municipality."""

    connector = models.CharField(max_length=30)
    cause = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "cause"], name="platform_notice_once")]

    def __str__(self) -> str:
        return f"{self.connector} {self.cause}"
