"""Vacancies (JobPosting; a variable is called `job`)."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class JobPosting(TenantModel):
    """One announced vacancy; it may cover several positions. It closes by itself after its deadline."""

    class Kind(models.TextChoices):
        PERMANENT = "permanent", _("Permanent position")
        TEMPORARY = "temporary", _("Temporary position")
        WEEKEND = "weekend", _("Weekend shifts")
        EXTRA = "extra", _("Extra shifts")
        SUMMER = "summer", _("Summer job")

    class Language(models.TextChoices):
        BOKMAL = "nb", _("Bokmål")
        NYNORSK = "nn", _("Nynorsk")

    reference = models.CharField(_("reference"), max_length=20, editable=False)
    title = models.CharField(_("title"), max_length=150)
    occupation = models.ForeignKey("recruitment.Occupation", models.PROTECT, verbose_name=_("occupation (STYRK-08)"))
    workplace = models.ForeignKey("recruitment.Workplace", models.PROTECT, verbose_name=_("workplace"))
    kind = models.CharField(_("type of employment"), max_length=10, choices=Kind, default=Kind.PERMANENT)
    percentage = models.PositiveSmallIntegerField(
        _("percentage of full time"), default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    positions = models.PositiveSmallIntegerField(
        _("number of positions"), default=1, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    deadline_date = models.DateField(_("application deadline"))
    requirements = models.TextField(_("requirements"), max_length=4000, blank=True)
    apply_url = models.URLField(_("link to the application form"), max_length=500)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.BOKMAL)
    # R5: a vacancy is marketed only when one open public announcement is recorded, or a named person exempted it.
    announced_date = models.DateField(_("publicly announced on"), null=True, blank=True)
    announced_where = models.CharField(_("announced where"), max_length=200, blank=True)
    internal_notice_date = models.DateField(_("internal notice given on"), null=True, blank=True)
    exemption_reason = models.TextField(_("why the position is exempt from announcement"), max_length=1000, blank=True)
    exempted_by = models.ForeignKey(
        "recruitment.User", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("vacancy")
        verbose_name_plural = _("vacancies")
        ordering = ["-deadline_date", "-id"]
        # The newest are listed, and those that end in a period, without reading the others.
        indexes = [models.Index(fields=["municipality", "deadline_date", "id"], name="job_by_deadline")]
        constraints = [
            *tenant_wall("job", "workplace"),
            models.UniqueConstraint(fields=["municipality", "reference"], name="job_reference_once"),
            models.CheckConstraint(condition=Q(percentage__gte=1, percentage__lte=100), name="job_percentage"),
            models.CheckConstraint(condition=Q(positions__gte=1), name="job_has_positions"),
            models.CheckConstraint(
                condition=Q(exemption_reason="") | Q(exempted_by__isnull=False), name="exemption_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_open(self, today: date) -> bool:
        """Whether one may still apply on the Norwegian day `today`; the deadline day itself is open."""
        return self.deadline_date >= today

    @property
    def may_be_marketed(self) -> bool:
        """R5: publicly announced and internally noticed, or exempted with a reason and a name."""
        is_announced = self.announced_date is not None and self.internal_notice_date is not None
        return is_announced or bool(self.exemption_reason)
