"""Pictures and videos for posts, with a text for those who do not see them and what they show."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import TenantModel, tenant_wall


class MediaItem(TenantModel):
    """
    A picture, drawn anew by us, or a video whose metadata we took away. The file name is ours.

    `alt_text` is the text for those who do not see it. A video also says how those who do not hear it follow it.
    """

    class Kind(models.TextChoices):
        PICTURE = "picture", _("Picture")
        VIDEO = "video", _("Video")

    class Captions(models.TextChoices):
        IN_PICTURE = "in_picture", _("What is said is captioned in the picture")
        NO_SPEECH = "no_speech", _("Nothing is said in the video")

    class People(models.TextChoices):
        NONE = "none", _("No people in the picture")
        EMPLOYEES = "employees", _("Employees")
        VULNERABLE = "vulnerable", _("Children, patients or users of our services")

    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.PICTURE, editable=False)
    file = models.FileField(_("file"), max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    duration_ms = models.PositiveIntegerField(_("length, in milliseconds"), null=True, editable=False)
    alt_text = models.CharField(_("text for those who do not see the picture"), max_length=400)
    captions = models.CharField(_("speech"), max_length=10, choices=Captions, blank=True)
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
            models.CheckConstraint(
                condition=Q(kind="picture") | (~Q(captions="") & Q(duration_ms__isnull=False)),
                name="video_is_for_those_who_do_not_hear",
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text[:60]

    @property
    def is_video(self) -> bool:
        """Whether it is a video."""
        return self.kind == self.Kind.VIDEO

    @property
    def duration_s(self) -> int:
        """A video's length in whole seconds, 0 for a picture."""
        return round((self.duration_ms or 0) / 1000)


class PreparedMedia(TenantModel):
    """
    A video that already lies at an account's platform, where nobody sees it, so that sending need not wait for it.

    Made by a machine and never needed: without it the send uploads by itself.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        AVAILABLE = "available", _("Ready")
        FAILED = "failed", _("Not accepted by the channel")

    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="+")
    media = models.ForeignKey(MediaItem, models.CASCADE, related_name="prepared")
    external_id = models.CharField(max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State)
    reason = models.CharField(max_length=60, blank=True)
    reason_detail = models.CharField(max_length=500, blank=True)
    prepared_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("prepared video")
        verbose_name_plural = _("prepared videos")
        constraints = [
            *tenant_wall("prepared_media", "account", "media"),
            models.UniqueConstraint(fields=["account", "media"], name="video_prepared_once_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.media_id}/{self.account_id} {self.state}"
