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
    best_qualified = models.PositiveIntegerField(_("best qualified"), null=True, blank=True)
    interviewed = models.PositiveIntegerField(_("interviewed"), null=True, blank=True)
    offered = models.PositiveIntegerField(_("offered"), null=True, blank=True)
    hired = models.PositiveIntegerField(_("hired"), null=True, blank=True)
    # The Norwegian day the counts belong to in a period: the deadline, or earlier when they were registered before it.
    counted_date = models.DateField(_("counted on"))
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    changed_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        indexes = [
            models.Index(fields=["municipality", "counted_date"], name="outcome_by_day"),
            # Whether a vacancy has any is asked of thousands at once.
            models.Index(
                fields=["municipality", "job"], condition=Q(qualified__isnull=False), name="outcome_qualified"
            ),
        ]
        constraints = [
            *tenant_wall("outcome", "job", "source"),
            models.UniqueConstraint(fields=["job", "source"], name="outcome_once_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.source_id}"


class JobCount(TenantModel):
    """
    What HR counted for a vacancy as a whole: all who applied, and why counts that look wrong are right.

    None is not registered; the sources' own counts may add up to less, because a source is not always known.
    `n_missing` is how many sources with applicants lacked a number of qualified when HR last stored the counts: with
    more than 0 the vacancy is half registered, and its qualified count nowhere.
    """

    job = models.OneToOneField("recruitment.JobPosting", models.PROTECT, related_name="job_count")
    applied = models.PositiveIntegerField(_("applicants in all"), null=True, blank=True)
    reason = models.CharField(_("why the counts are right"), max_length=300, blank=True)
    n_missing = models.PositiveSmallIntegerField(_("sources without a number of qualified"), default=0)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    changed_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("count of a vacancy")
        verbose_name_plural = _("counts of vacancies")
        constraints = [*tenant_wall("job_count", "job")]

    def __str__(self) -> str:
        return f"{self.job_id}"


class SharedCost(TenantModel):
    """
    A cost that several vacancies carry together, and by which rule. What each carries is a `Cost` of its own.

    The parts add up to the whole, to the last øre or minute.
    """

    class Rule(models.TextChoices):
        EQUAL = "equal", _("Equally")
        POSITIONS = "positions", _("By number of positions")

    rule = models.CharField(_("shared"), max_length=9, choices=Rule)
    amount_ore = models.PositiveBigIntegerField(_("amount, in øre"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("shared cost")
        verbose_name_plural = _("shared costs")
        constraints = [
            *tenant_wall("shared_cost"),
            models.CheckConstraint(
                condition=Q(amount_ore__isnull=False, minutes__isnull=True)
                | Q(amount_ore__isnull=True, minutes__isnull=False),
                name="shared_cost_is_kroner_or_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


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
    shared = models.ForeignKey(
        SharedCost,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="parts",
        verbose_name=_("shared"),
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["municipality", "day"], name="cost_by_day")]
        constraints = [
            *tenant_wall("cost", "source", "job", "shared"),
            models.CheckConstraint(
                condition=Q(kind="kroner", amount_ore__isnull=False, minutes__isnull=True)
                | Q(kind="hours", amount_ore__isnull=True, minutes__isnull=False),
                name="cost_is_kroner_or_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.note
