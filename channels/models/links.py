"""Tracked links: made by the system, first-party, counted by the hour, with nothing about the visitor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class TrackedLink(TenantModel):
    """A short address that counts and leads on to a vacancy's application form."""

    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    source = models.ForeignKey("recruitment.Source", models.PROTECT, verbose_name=_("source"))
    job = models.ForeignKey(
        "recruitment.JobPosting", models.PROTECT, null=True, blank=True, related_name="tracked_links"
    )
    campaign = models.ForeignKey("channels.Campaign", models.PROTECT, null=True, blank=True, related_name="+")
    target_url = models.URLField(_("leads to"), max_length=500)
    label = models.CharField(_("used in"), max_length=150)
    # A link made for a named place: a poster in the hall, a stand at a fair. Empty for the source's own link.
    place = models.CharField(_("place"), max_length=60, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("tracked link")
        verbose_name_plural = _("tracked links")
        ordering = ["source__position", "id"]
        constraints = [*tenant_wall("tracked_link", "source", "job", "campaign")]

    def __str__(self) -> str:
        return self.code


class LinkCode(models.Model):
    """Which municipality a code belongs to: the look-up that comes before the municipality is known."""

    code = models.CharField(max_length=12, primary_key=True)
    municipality = models.ForeignKey("recruitment.Municipality", models.PROTECT, related_name="+")
    link_id = models.BigIntegerField()

    def __str__(self) -> str:
        return self.code


class LinkHour(TenantModel):
    """How often one link was followed in one hour, by a coarse class of visitor."""

    class Visitor(models.TextChoices):
        PERSON = "person", _("Person")
        BOT = "bot", _("Robot")
        PREVIEW = "preview", _("Link preview")

    link = models.ForeignKey(TrackedLink, models.CASCADE, related_name="hours")
    hour = models.DateTimeField(_("hour"))
    visitor = models.CharField(_("visitor"), max_length=7, choices=Visitor)
    n_visits = models.PositiveIntegerField(_("visits"), default=0)

    class Meta:
        verbose_name = _("visits in an hour")
        verbose_name_plural = _("visits by hour")
        constraints = [
            *tenant_wall("link_hour", "link"),
            models.UniqueConstraint(fields=["link", "hour", "visitor"], name="link_hour_once"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.hour:%Y-%m-%dT%H}"


class SourceDay(TenantModel):
    """How often persons followed the links of one source on one Norwegian day: the sum of its links' hours."""

    source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(_("day"))
    n_visits = models.PositiveIntegerField(_("visits"))

    class Meta:
        verbose_name = _("source's day")
        verbose_name_plural = _("sources' days")
        constraints = [
            *tenant_wall("source_day", "source"),
            models.UniqueConstraint(fields=["municipality", "day", "source"], name="source_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day}"


class JobSourceDay(TenantModel):
    """How often persons followed one source's links to one vacancy on one Norwegian day: the sum of their hours."""

    job = models.ForeignKey("recruitment.JobPosting", models.PROTECT, related_name="+")
    source = models.ForeignKey("recruitment.Source", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(_("day"))
    n_visits = models.PositiveIntegerField(_("visits"))

    class Meta:
        verbose_name = _("vacancy's and source's day")
        verbose_name_plural = _("vacancies' and sources' days")
        constraints = [
            *tenant_wall("job_source_day", "job", "source"),
            # A period of chosen vacancies is answered from the index alone.
            models.UniqueConstraint(
                fields=["municipality", "day", "job", "source"], include=["n_visits"], name="job_source_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.source_id} {self.day}"
