"""Occupations after STYRK-08 (Statistics Norway's standard for occupations, in force since 2011)."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Occupation(models.Model):
    """A code on one of the four levels of STYRK-08; a vacancy uses the fourth. The code is a string: 0110."""

    code = models.CharField(_("code"), max_length=4, unique=True)
    name_nb = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = _("occupation")
        verbose_name_plural = _("occupations")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name_nb}"


class OccupationTitle(models.Model):
    """A title municipalities advertise, with its STYRK-08 code."""

    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="titles")
    title_nb = models.CharField(_("title in bokmål"), max_length=100)
    title_nn = models.CharField(_("title in nynorsk"), max_length=100)
    service_area = models.CharField(_("service area"), max_length=100)

    class Meta:
        verbose_name = _("advertised title")
        verbose_name_plural = _("advertised titles")
        ordering = ["title_nb"]
        constraints = [
            models.UniqueConstraint(fields=["occupation", "title_nb"], name="title_once_per_occupation"),
        ]

    def __str__(self) -> str:
        return self.title_nn if get_language() == "nn" else self.title_nb
