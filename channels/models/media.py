"""Pictures for posts: re-encoded on upload, with alternative text and what they show."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class MediaItem(TenantModel):
    """A picture, re-encoded by us: the file name is ours and its metadata (place, camera) is gone."""

    class People(models.TextChoices):
        NONE = "none", _("No people in the picture")
        EMPLOYEES = "employees", _("Employees")
        VULNERABLE = "vulnerable", _("Children, patients or users of our services")

    file = models.FileField(_("file"), max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    alt_text = models.CharField(_("text for those who do not see the picture"), max_length=400)
    people = models.CharField(_("people in the picture"), max_length=10, choices=People)
    consent_reference = models.CharField(_("where the consent is kept"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey("recruitment.User", models.PROTECT, editable=False, related_name="+")

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-created_at"]
        constraints = [
            *tenant_wall("media_item"),
            models.CheckConstraint(condition=~Q(alt_text=""), name="picture_has_alt_text"),
            models.CheckConstraint(
                condition=Q(people="none") | ~Q(consent_reference=""), name="people_shown_have_consented"
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text[:60]
