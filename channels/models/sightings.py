"""Posts seen on a channel that may be, or surely are, one of our deliveries: candidates and copies."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class Sighting(TenantModel):
    """
    One post on the channel that has to do with a delivery: it carries our link, or only resembles it.

    Of a published delivery, a marked one that is not the bound one is a copy. Moments are UTC. `gone_at`: removed by
    us, or no longer there.
    """

    class Kind(models.TextChoices):
        MARKED = "marked", _("Carries our link")
        LIKELY = "likely", _("Has the same words")

    delivery = models.ForeignKey("channels.Delivery", models.CASCADE, related_name="sightings")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    external_id = models.CharField(_("id on the channel"), max_length=200)
    permalink = models.URLField(_("address"), max_length=400, blank=True)
    # What stands there, so that a person can hold it beside ours. Emptied when the matter is settled.
    text = models.TextField(blank=True)
    published_at = models.DateTimeField(_("published"), null=True)
    seen_at = models.DateTimeField(_("seen"), default=clock.now)
    gone_at = models.DateTimeField(_("gone"), null=True)
    removed_by = models.ForeignKey("recruitment.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("post seen on the channel")
        verbose_name_plural = _("posts seen on the channel")
        ordering = ["published_at", "id"]
        constraints = [
            *tenant_wall("sighting", "delivery"),
            models.UniqueConstraint(fields=["delivery", "external_id"], name="sighting_once"),
        ]

    def __str__(self) -> str:
        return self.external_id
