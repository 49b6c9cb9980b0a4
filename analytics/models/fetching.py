"""Runs that ask a channel for figures, and the cumulative figures they brought."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.tenancy import TenantModel, tenant_wall


class FetchRun(TenantModel):
    """One round of asking a channel for an account's figures."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        PARTLY = "partly", _("Partly done")
        FAILED = "failed", _("Failed")

    class Trigger(models.TextChoices):
        NIGHTLY = "nightly", _("Nightly")
        ON_DEMAND = "on_demand", _("On demand")

    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="fetch_runs")
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    trigger = models.CharField(_("trigger"), max_length=9, choices=Trigger)
    asked_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    n_fetched = models.PositiveIntegerField(_("posts with figures"), default=0)
    n_failed = models.PositiveIntegerField(_("posts that failed"), default=0)
    n_days = models.PositiveIntegerField(_("days of the page that were told"), default=0, db_default=0)
    # Posts that the channel's quota left no room for; they come first the next time.
    n_left_out = models.PositiveIntegerField(_("posts left for the next time"), default=0, db_default=0)
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    # Waits because the channel asked for it or did not answer; a run that is only planned may be moved forward.
    is_come_back = models.BooleanField(default=False, db_default=False, editable=False)
    asked_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("fetch run")
        verbose_name_plural = _("fetch runs")
        ordering = ["-asked_at"]
        constraints = [*tenant_wall("fetch_run", "account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.asked_at:%Y-%m-%d}"


class Snapshot(TenantModel):
    """
    A published delivery's figures since it was published, as the channel told them at one moment.

    Cumulative; None is what the channel did not tell. Daily figures are the differences between the last snapshots
    of consecutive days.
    """

    delivery = models.ForeignKey("channels.Delivery", models.CASCADE, related_name="snapshots")
    run = models.ForeignKey(FetchRun, models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(_("fetched at"))
    impressions = models.IntegerField(_("views"), null=True)
    unique_impressions = models.IntegerField(_("reach"), null=True)
    clicks = models.IntegerField(_("clicks"), null=True)
    reactions = models.IntegerField(_("reactions"), null=True)
    comments = models.IntegerField(_("comments"), null=True)
    shares = models.IntegerField(_("shares"), null=True)
    is_implied_zero = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["taken_at"]
        constraints = [
            *tenant_wall("snapshot", "delivery", "run"),
            models.UniqueConstraint(fields=["delivery", "taken_at"], name="snapshot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.taken_at:%Y-%m-%dT%H:%M}"
