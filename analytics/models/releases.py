"""
The release ledger: which sums of answers and counts everybody may see (R10).

An answer, and a count that HR typed, belongs to one release at most; a figure that is shown to others than HR is a sum
of whole releases. The tables are written by `analytics.actions.releasing` alone.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.tenancy import TenantModel, tenant_wall


class Question(models.TextChoices):
    """What is released: the place an applicant named first, and each of HR's counts. Each has its own ledger."""

    SAID = "said", _("Said in the survey")
    APPLIED = "applied", _("Applied")
    QUALIFIED = "qualified", _("Qualified")
    BEST_QUALIFIED = "best_qualified", _("Best qualified")
    INTERVIEWED = "interviewed", _("Interviewed")
    OFFERED = "offered", _("Offered the position")
    HIRED = "hired", _("Hired")


class LedgerVacancy(TenantModel):
    """
    A vacancy whose answers to one question are complete, so that they may be released: it waits in the pools.

    The occupation is the one it had then, because the pool it waits in must not change. `threshold` is the
    municipality's at the time: fewer than that many are known to be unreleased.
    """

    job = models.ForeignKey("recruitment.JobPosting", models.PROTECT, related_name="+")
    question = models.CharField(_("question"), max_length=14, choices=Question)
    occupation = models.ForeignKey("recruitment.Occupation", models.PROTECT, related_name="+")
    month = models.DateField(_("from the month"))
    threshold = models.PositiveSmallIntegerField(_("threshold"))

    class Meta:
        verbose_name = _("vacancy that waits")
        verbose_name_plural = _("vacancies that wait")
        constraints = [
            *tenant_wall("ledger_vacancy", "job"),
            models.UniqueConstraint(fields=["job", "question"], name="ledger_vacancy_once"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.question}"


class Release(TenantModel):
    """
    One sum that everybody may see, of one vacancy or of several together. Never changed, whatever is corrected later.

    What it is about (days, occupation, kind, vacancy) follows its vacancies: None and "" are several. `month` is the
    Norwegian month it was released for.
    """

    question = models.CharField(_("question"), max_length=14, choices=Question)
    source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+", verbose_name=_("source"))
    count = models.PositiveIntegerField(_("count"))
    threshold = models.PositiveSmallIntegerField(_("threshold"))
    month = models.DateField(_("month"))
    released_date = models.DateField(_("released on"))
    n_jobs = models.PositiveIntegerField(_("vacancies"))
    first_deadline = models.DateField(_("first application deadline"))
    last_deadline = models.DateField(_("last application deadline"))
    occupation = models.ForeignKey("recruitment.Occupation", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("type of employment"), max_length=10, blank=True)
    job = models.ForeignKey("recruitment.JobPosting", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-released_date", "-id"]
        indexes = [
            models.Index(
                fields=["municipality", "last_deadline"],
                include=["first_deadline", "question", "source", "count"],
                name="release_by_deadline",
            )
        ]
        constraints = [
            *tenant_wall("release", "source", "job"),
            models.CheckConstraint(condition=Q(count__gte=models.F("threshold")), name="release_reaches_threshold"),
            models.CheckConstraint(condition=Q(threshold__gte=3), name="release_threshold_three"),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.source_id} {self.month:%Y-%m}"


class ReleaseVacancy(TenantModel):
    """
    A vacancy of a release. For HR's own counts, how many of the release are its own, so that none is told twice.

    Of what applicants said no count is kept here: the answers themselves are marked. `source` is the one the count was
    registered on, which may have been merged into the release's.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="vacancies")
    job = models.ForeignKey("recruitment.JobPosting", models.PROTECT, related_name="+")
    source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+")
    n_told = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("vacancy of a release")
        verbose_name_plural = _("vacancies of releases")
        constraints = [
            *tenant_wall("release_vacancy", "release", "job", "source"),
            models.UniqueConstraint(fields=["release", "job", "source"], name="release_vacancy_once"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.job_id}"


class ReleaseMonth(TenantModel):
    """A month end that has been gone through: pools that reached the threshold were released, if it was safe."""

    month = models.DateField(_("month"))
    threshold = models.PositiveSmallIntegerField(_("threshold"))
    gone_through_at = models.DateTimeField(_("gone through"))

    class Meta:
        verbose_name = _("month of releases")
        verbose_name_plural = _("months of releases")
        ordering = ["-month"]
        constraints = [
            *tenant_wall("release_month"),
            models.UniqueConstraint(fields=["municipality", "month"], name="release_month_once"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ResponseQuarter(TenantModel):
    """
    How many answered of those who applied in one quarter, rounded to the threshold. None where it may not be told.

    A quarter is told once, some months after its end, and then stays.
    """

    quarter = models.DateField(_("quarter, its first day"))
    n_answers = models.PositiveIntegerField(_("answers"), null=True)
    n_applied = models.PositiveIntegerField(_("applicants"), null=True)
    released_date = models.DateField(_("released on"))

    class Meta:
        verbose_name = _("response of a quarter")
        verbose_name_plural = _("responses by quarter")
        ordering = ["-quarter"]
        constraints = [
            *tenant_wall("response_quarter"),
            models.UniqueConstraint(fields=["municipality", "quarter"], name="response_quarter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter:%Y-%m}"
