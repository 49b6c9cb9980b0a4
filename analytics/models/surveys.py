"""The source survey: what anonymous applicants say. R8: no name, address, network address or exact time is kept."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class Survey(TenantModel):
    """The survey of one vacancy. Open until `closes_date` has passed in Norway, or until it is closed by hand."""

    job = models.OneToOneField("recruitment.JobPosting", models.PROTECT, related_name="survey")
    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    is_open = models.BooleanField(_("open"), default=True)
    closes_date = models.DateField(_("closes after"))
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("source survey")
        verbose_name_plural = _("source surveys")
        constraints = [*tenant_wall("survey", "job")]

    def __str__(self) -> str:
        return f"{self.job}"


class SurveyCode(models.Model):
    """Which municipality a survey's code belongs to: the look-up that comes before the municipality is known."""

    code = models.CharField(max_length=12, primary_key=True)
    municipality = models.ForeignKey("recruitment.Municipality", models.PROTECT, related_name="+")
    survey_id = models.BigIntegerField()

    def __str__(self) -> str:
        return self.code


class SurveyAnswer(TenantModel):
    """One applicant's answer. Never in admin, never audited, and no time more exact than the hour."""

    class Mode(models.TextChoices):
        LINK = "link", _("Link or QR code")
        FORM = "form", _("Application form")
        INTERVIEW = "interview", _("Asked at interview")

    class Interest(models.TextChoices):
        PEOPLE = "people", _("The people in the ad")
        TASKS = "tasks", _("The tasks")
        HOURS = "hours", _("Shifts and working hours")
        PLACE = "place", _("The place")
        PAY = "pay", _("The pay")
        OTHER = "other", _("Something else")

    class Followed(models.TextChoices):
        NO = "no", _("No")
        SHORT = "short", _("Yes, for less than half a year")
        YEARS = "years", _("Yes, for half a year to two years")
        LONG = "long", _("Yes, for more than two years")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers")
    first_source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+")
    also_seen = models.ManyToManyField("recruitment.Source", through="analytics.AlsoSeen", related_name="+")
    # Where she saw it, in her own words, when the place was not on the list; masked.
    elsewhere = models.CharField(_("where else"), max_length=80, blank=True, default="", db_default="")
    decisive_source = models.ForeignKey("recruitment.Source", models.PROTECT, null=True, blank=True, related_name="+")
    interests = ArrayField(models.CharField(max_length=6, choices=Interest), default=list)
    remembered = models.ForeignKey("channels.Post", models.PROTECT, null=True, blank=True, related_name="+")
    followed = models.CharField(
        _("followed us before"), max_length=5, choices=Followed, blank=True, default="", db_default=""
    )
    free_text = models.CharField(_("in own words"), max_length=280, blank=True)
    # It belongs to a release, and is never told again: moved, it stays counted where it was (R10).
    is_released = models.BooleanField(default=False, db_default=False, editable=False)
    mode = models.CharField(_("how it was asked"), max_length=9, choices=Mode, default=Mode.LINK)
    language = models.CharField(max_length=2)
    answered_hour = models.DateTimeField(_("answered in the hour"))
    # One-way: the form's one-time token makes an answer count once, the receipt lets the applicant withdraw it.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    receipt_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        # How many named each source in a period is answered from the index alone.
        indexes = [
            models.Index(
                fields=["municipality", "answered_hour"], include=["first_source", "survey"], name="answer_by_hour"
            )
        ]
        constraints = [
            *tenant_wall(
                "survey_answer",
                "survey",
                "first_source",
                "decisive_source",
                "remembered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class AlsoSeen(TenantModel):
    """Another source where the applicant saw the vacancy too."""

    answer = models.ForeignKey(SurveyAnswer, models.CASCADE, related_name="+")
    source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *tenant_wall("also_seen", "answer", "source"),
            models.UniqueConstraint(fields=["answer", "source"], name="also_seen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}/{self.source_id}"


class Reassignment(TenantModel):
    """An answer that HR moved from one source to another: the history of «somewhere else». Deleted with the answer."""

    answer = models.ForeignKey(SurveyAnswer, models.CASCADE, related_name="reassignments")
    from_source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+")
    to_source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(_("moved"), editable=False)
    moved_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)
    undone_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("moved answer")
        verbose_name_plural = _("moved answers")
        ordering = ["-moved_at", "-id"]
        constraints = [*tenant_wall("reassignment", "answer", "from_source", "to_source")]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.from_source_id}>{self.to_source_id}"


class AnswerMonth(TenantModel):
    """
    What is kept of deleted answers: how many named a source first in one month of Norway. For HR alone (R10, R11).

    Written in the transaction that deletes the answers, so that each is counted once.
    """

    month = models.DateField(_("month"))
    source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+", verbose_name=_("source"))
    n_answers = models.PositiveIntegerField(_("answers"))

    class Meta:
        verbose_name = _("answers of a month")
        verbose_name_plural = _("answers by month")
        ordering = ["-month", "source__position"]
        constraints = [
            *tenant_wall("answer_month", "source"),
            models.UniqueConstraint(fields=["municipality", "month", "source"], name="answer_month_once"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.source_id}"
