"""Where people work: counties, municipalities (the tenants) and their workplaces."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.file_names import in_file_name
from foundation.hosts import listed_host
from foundation.tenancy import TenantModel, tenant_wall

MOST_HOSTS = 100


class LanguageForm(models.TextChoices):
    """The municipality's decision on written Norwegian (målvedtak)."""

    BOKMAL = "nb", _("Bokmål")
    NYNORSK = "nn", _("Nynorsk")
    NEUTRAL = "neutral", _("Neutral")


class County(models.Model):
    """A county (fylke), numbered by Kartverket. The number is a string: keep the leading zero."""

    number = models.CharField(_("number"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_official = models.CharField(_("official name"), max_length=200)
    org_number = models.CharField(_("organisation number"), max_length=9)
    population = models.PositiveIntegerField(_("population"))
    website = models.URLField(_("website"), blank=True)

    class Meta:
        verbose_name = _("county")
        verbose_name_plural = _("counties")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A municipality or a county municipality: the tenant. Never keyed on its name: Herøy and Våler exist twice."""

    number = models.CharField(_("number"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_official = models.CharField(_("official name"), max_length=200)
    county = models.ForeignKey(County, models.PROTECT, null=True, blank=True, verbose_name=_("county"))
    org_number = models.CharField(_("organisation number"), max_length=9, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    kostra_group = models.PositiveSmallIntegerField(_("KOSTRA group"), null=True, blank=True)
    language_form = models.CharField(
        _("language form"), max_length=7, choices=LanguageForm, default=LanguageForm.NEUTRAL
    )
    website = models.URLField(_("website"), blank=True)
    is_demo = models.BooleanField(_("invented, for demonstration"), default=False)
    # All municipalities of the country stand here from the start; those with people are in use.
    in_use_since = models.DateTimeField(_("in use since"), null=True, editable=False)

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name

    @property
    def file_name(self) -> str:
        """The name as it stands in the name of a file."""
        return in_file_name(self.name, otherwise=self.number)

    @property
    def language(self) -> str:
        """The interface language until a user chooses: nynorsk where the municipality chose it, else bokmål."""
        return "nn" if self.language_form == LanguageForm.NYNORSK else "nb"


class MunicipalitySettings(TenantModel):
    """What one municipality decides for itself."""

    link_hosts = ArrayField(
        models.CharField(max_length=253),
        verbose_name=_("hosts that tracked links may lead to"),
        default=list,
        help_text=_("A host also covers its subdomains."),
    )
    hour_cost_ore = models.PositiveIntegerField(_("cost of an hour, in øre"), default=55_000)
    retention_months = models.PositiveSmallIntegerField(_("months that answers are kept"), default=12)
    # R10: what is told to others than HR is a sum of at least so many; fewer than five needs a written reason.
    release_threshold = models.PositiveSmallIntegerField(_("fewest answers shown together"), default=5, db_default=5)
    release_threshold_reason = models.CharField(
        _("why fewer than five"), max_length=500, blank=True, default="", db_default=""
    )
    # T2: whoever wrote a post, or changed it last, does not approve it.
    needs_two_people = models.BooleanField(_("two people for each post"), default=False, db_default=False)
    accessibility_url = models.URLField(_("accessibility statement"), blank=True)
    privacy_url = models.URLField(_("the municipality's own privacy notice"), blank=True)
    # The look: six hexadecimal digits, and the name of the picture in Logo; "" for none.
    accent = models.CharField(_("accent colour"), max_length=6, blank=True, default="", db_default="")
    logo_version = models.CharField(_("logo"), max_length=24, blank=True, default="", db_default="", editable=False)

    class Meta:
        verbose_name = _("municipality settings")
        verbose_name_plural = _("municipality settings")
        constraints = [
            *tenant_wall("municipality_settings"),
            models.UniqueConstraint(fields=["municipality"], name="one_settings_per_municipality"),
            models.CheckConstraint(
                condition=models.Q(retention_months__gte=1, retention_months__lte=24), name="retention_within_two_years"
            ),
            models.CheckConstraint(
                condition=models.Q(release_threshold__gte=3, release_threshold__lte=10), name="release_threshold_range"
            ),
            models.CheckConstraint(
                condition=models.Q(release_threshold__gte=5) | ~models.Q(release_threshold_reason=""),
                name="low_release_threshold_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.municipality)

    def clean(self) -> None:
        """Keep hosts in the form that addresses are compared with, each once (P21)."""
        hosts = [listed_host(each) for each in self.link_hosts or []]
        for typed, host in zip(self.link_hosts or [], hosts, strict=True):
            if not host:
                sentence = gettext(
                    "«%(host)s» is not a host. Write it as www.example.no, without https:// and without what comes "
                    "after a slash."
                )
                raise ValidationError({"link_hosts": ValidationError(sentence, "host", params={"host": typed})})
        if len(hosts) > MOST_HOSTS:
            sentence = gettext("At most %(count)s hosts.")
            raise ValidationError({"link_hosts": ValidationError(sentence, "many", params={"count": MOST_HOSTS})})
        self.link_hosts = list(dict.fromkeys(hosts))


class Logo(TenantModel):
    """The municipality's logo: a small PNG that we have drawn, at most 480 by 160 pixels. One for each municipality."""

    content = models.BinaryField(_("picture"))
    version = models.CharField(_("name of the picture"), max_length=24)

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")
        constraints = [
            *tenant_wall("logo"),
            models.UniqueConstraint(fields=["municipality"], name="one_logo_per_municipality"),
        ]

    def __str__(self) -> str:
        return self.version


class Workplace(TenantModel):
    """A unit where people work (underenhet), for example a nursing home or a school."""

    name = models.CharField(_("name"), max_length=150)
    org_number = models.CharField(_("organisation number of the sub-unit"), max_length=9, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("workplace")
        verbose_name_plural = _("workplaces")
        ordering = ["name"]
        constraints = [
            *tenant_wall("workplace"),
            models.UniqueConstraint(fields=["municipality", "name"], name="workplace_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
