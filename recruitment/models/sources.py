"""Channel kinds, the same for all, and the sources that one municipality asks its applicants about."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class NamedInThreeLanguages(models.Model):
    """A name that applicants read in bokmål, nynorsk and English."""

    name_nb = models.CharField(_("name in bokmål"), max_length=80)
    name_nn = models.CharField(_("name in nynorsk"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return getattr(self, f"name_{get_language()}", self.name_nb)


class Channel(NamedInThreeLanguages):
    """A kind of channel: LinkedIn page, print, job fair … Reference data, the same for every municipality."""

    slug = models.SlugField(_("slug"), unique=True)
    letters = models.CharField(_("letters"), max_length=4)
    connector = models.CharField(_("connector"), max_length=30, blank=True)
    reports_views = models.BooleanField(_("can report views"), default=False)
    reports_clicks = models.BooleanField(_("can report clicks"), default=False)
    has_link = models.BooleanField(_("can carry a tracked link or a QR code"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["position", "slug"]


class Source(NamedInThreeLanguages, TenantModel):
    """
    Where an applicant saw a vacancy: a locked list, each source tied to a channel.

    What was registered on a source that is merged into another stays on its own rows, and is told under the other.
    """

    class Kind(models.TextChoices):
        PLACE = "place", _("A named place")
        ELSEWHERE = "elsewhere", _("Somewhere else")
        UNKNOWN = "unknown", _("Does not remember, or not asked")

    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, verbose_name=_("channel"))
    slug = models.SlugField(_("slug"), max_length=50)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.PLACE)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    # The own account of a leader or an employee, called by the role: never the name of a person.
    is_own_account = models.BooleanField(_("somebody's own account"), default=False, db_default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("merged into")
    )
    # None for those that were there before this was kept.
    created_at = models.DateTimeField(default=clock.now, null=True, editable=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["position", "id"]
        constraints = [
            *tenant_wall("source", "merged_into"),
            models.UniqueConstraint(fields=["municipality", "slug"], name="source_slug_once"),
            models.CheckConstraint(
                condition=~models.Q(kind="place") | models.Q(channel__isnull=False), name="named_source_has_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(is_active=False, kind="place"),
                name="merged_source_is_out_of_use",
            ),
        ]


class SourceMerge(TenantModel):
    """One source taken over by another: who decided it, when, and whether it was undone."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    into = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("merged into"))
    merged_at = models.DateTimeField(_("merged"), editable=False)
    merged_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)
    undone_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("merging of sources")
        verbose_name_plural = _("mergings of sources")
        ordering = ["-merged_at", "-id"]
        constraints = [
            *tenant_wall("source_merge", "source", "into"),
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(undone_at__isnull=True), name="source_merged_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}>{self.into_id}"
