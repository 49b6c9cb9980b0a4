"""What spans every app: when old data was deleted, and municipalities that leave."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class RetentionRun(TenantModel):
    """
    What one night's deletion took of one kind: rows older than a moment (UTC). Deleting again the same day adds.

    A night without anything to delete leaves a row too: it proves that the work was done. How many answers there were
    is for HR alone (R10): whoever shows a row asks `is_for_hr`.
    """

    class What(models.TextChoices):
        ANSWERS = "answers", _("Survey answers")
        OWN_WORDS = "own_words", _("What applicants wrote in their own words")
        CONNECTING = "connecting", _("Connections of channels that were begun and not ended")
        FORMS = "forms", _("Marks of forms that have been sent")
        REPORTING = "reporting", _("Figures that the channels' terms limit")
        READ_BACK = "read_back", _("Posts as they were read on the channels")
        COMMENTS = "comments", _("Comments below posts")
        RUNS = "runs", _("This log itself")

    # Their numbers say how many applicants answered or wrote.
    FOR_HR = frozenset({What.ANSWERS, What.OWN_WORDS})

    day = models.DateField(_("date"))
    what = models.CharField(_("what"), max_length=10, choices=What)
    older_than = models.DateTimeField(_("older than"))
    n_deleted = models.PositiveIntegerField(_("deleted"), default=0)
    ran_at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("deletion of old data")
        verbose_name_plural = _("deletions of old data")
        ordering = ["-day", "what"]
        constraints = [
            *tenant_wall("retention_run"),
            models.UniqueConstraint(fields=["municipality", "day", "what"], name="retention_once_a_day_and_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.what}"

    @property
    def is_for_hr(self) -> bool:
        """Whether the number may be shown to HR alone."""
        return self.what in self.FOR_HR


class MunicipalityDeletion(models.Model):
    """
    A municipality that leaves: asked for by its administrator, confirmed by somebody else, then carried out.

    Global, because it outlives the municipality: when all is deleted, this row without people is the receipt. `receipt`
    holds what was deleted: {"rows": {app: n}, "files": n, "users": n, "messages": n,
    "access": [{"channel", "is_revoked", "problem"}]}.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        RUNNING = "running", _("Being carried out")
        DONE = "done", _("Carried out")

    OPEN = (State.REQUESTED, State.RUNNING)

    # No key of the municipality's: the receipt outlives it. Its id finds it again after a restored backup.
    municipality_key = models.BigIntegerField(editable=False)
    number = models.CharField(_("number"), max_length=4, editable=False)
    name = models.CharField(_("municipality"), max_length=100, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.REQUESTED, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)
    requested_by = models.ForeignKey(
        "recruitment.User",
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
        editable=False,
    )
    requested_at = models.DateTimeField(_("asked for at"), editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        "recruitment.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("confirmed by"), editable=False
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)
    receipt = models.JSONField(_("receipt"), default=dict, editable=False)
    backups_until = models.DateField(_("backups may hold data until"), null=True, editable=False)

    class Meta:
        verbose_name = _("deletion of a municipality")
        verbose_name_plural = _("deletions of municipalities")
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality_key"],
                condition=Q(state__in=["requested", "running"]),
                name="one_open_deletion_per_municipality",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "done"]) | Q(confirmed_at__isnull=False),
                name="deletion_is_confirmed_before_it_runs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
