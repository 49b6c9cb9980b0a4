"""What stands below a published post, for as long as the platform lets us keep it: never who wrote it (R11)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.tenancy import TenantModel, tenant_wall


class Comment(TenantModel):
    """
    A comment as it was read. The text is somebody's own words: it goes when `keep_until` (UTC) is past.

    Not in the audit log, and to be left out of backups that live longer than it may.
    """

    delivery = models.ForeignKey("channels.Delivery", models.CASCADE, related_name="comments")
    external_id = models.CharField(max_length=120)
    parent_external_id = models.CharField(max_length=120, blank=True)
    text = models.TextField(_("text"))
    is_ours = models.BooleanField(_("written by the page"))
    written_at = models.DateTimeField(_("written"), null=True)
    read_at = models.DateTimeField(_("fetched at"))
    keep_until = models.DateTimeField(_("deleted here"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["written_at", "id"]
        indexes = [models.Index(fields=["municipality", "keep_until"], name="comment_keep_until")]
        constraints = [
            *tenant_wall("comment", "delivery"),
            models.UniqueConstraint(fields=["delivery", "external_id"], name="comment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.external_id}"


class CommentReading(TenantModel):
    """When a delivery's comments were last asked for, and what came of it."""

    delivery = models.OneToOneField("channels.Delivery", models.CASCADE, related_name="comment_reading")
    asked_at = models.DateTimeField(_("asked"))
    read_at = models.DateTimeField(_("fetched at"), null=True)
    n_told = models.PositiveIntegerField(_("comments"), null=True)
    problem = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("reading of comments")
        verbose_name_plural = _("readings of comments")
        constraints = [*tenant_wall("comment_reading", "delivery")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.asked_at:%Y-%m-%dT%H:%M}"
