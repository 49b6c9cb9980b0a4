"""Stopping all publishing: one municipality's, or everybody's. Rows stay when the stop is lifted, as its history."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class Stop(models.Model):
    """When publishing was stopped, by whom and why, and when it was let go on. Moments are UTC."""

    reason = models.CharField(_("reason"), max_length=200)
    began_at = models.DateTimeField(_("stopped"), default=clock.now, editable=False)
    began_by = models.ForeignKey("recruitment.User", models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField(_("lifted"), null=True, editable=False)
    ended_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reason


class Freeze(Stop, TenantModel):
    """A municipality's own stop: nothing of its goes out before somebody lifts it."""

    class Meta:
        verbose_name = _("stop of publishing")
        verbose_name_plural = _("stops of publishing")
        ordering = ["-began_at", "-id"]
        constraints = [
            *tenant_wall("freeze"),
            models.UniqueConstraint(
                fields=["municipality"], condition=Q(ended_at__isnull=True), name="one_freeze_at_a_time"
            ),
        ]


class FreezeForAll(Stop):
    """The system administrator's stop of the whole installation. Global: it concerns every municipality."""

    class Meta:
        verbose_name = _("stop for everybody")
        verbose_name_plural = _("stops for everybody")
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_freeze_for_all_at_a_time",
            ),
        ]
