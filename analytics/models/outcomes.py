"""What recruiting led to and what it cost: counts per source, kroner and hours. Never an applicant's identity (R9)."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class Outcome(TenantModel):
    """HR's counts for one vacancy and one source. None is not registered; 0 is zero."""

    job = models.ForeignKey("recruitment.JobPosting", models.PROTECT, related_name="outcomes")
    source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+")
    applied = models.PositiveIntegerField(_("applied"), null=True, blank=True)
    qualified = models.PositiveIntegerField(_("qualified"), null=True, blank=True)
    interviewed = models.PositiveIntegerField(_("interviewed"), null=True, blank=True)
    offered = models.PositiveIntegerField(_("offered"), null=True, blank=True)
    hired = models.PositiveIntegerField(_("hired"), null=True, blank=True)
    # The Norwegian day the counts belong to in a period: the day they were first registered.
    counted_date = models.DateField(_("counted on"))
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    changed_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            *tenant_wall("outcome", "job", "source"),
            models.UniqueConstraint(fields=["job", "source"], name="outcome_once_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.source_id}"


class Cost(TenantModel):
    """Kroner or hours spent on a source on one Norwegian day, for a vacancy or in general."""

    class Kind(models.TextChoices):
        KRONER = "kroner", _("Kroner")
        HOURS = "hours", _("Hours")

    source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+", verbose_name=_("source"))
    job = models.ForeignKey(
        "recruitment.JobPosting", models.PROTECT, null=True, blank=True, related_name="costs", verbose_name=_("vacancy")
    )
    day = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    amount_ore = models.PositiveBigIntegerField(
        _("amount, in øre"), null=True, blank=True, validators=[MaxValueValidator(10_000_000_00)]
    )
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    note = models.CharField(_("what for"), max_length=150)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ["-day", "-id"]
        constraints = [
            *tenant_wall("cost", "source", "job"),
            models.CheckConstraint(
                condition=Q(kind="kroner", amount_ore__isnull=False, minutes__isnull=True)
                | Q(kind="hours", amount_ore__isnull=True, minutes__isnull=False),
                name="cost_is_kroner_or_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.note
