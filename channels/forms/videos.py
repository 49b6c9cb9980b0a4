"""Fields that describe a video: what a picture's description holds, and how those who do not hear follow it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.videos import Filmed, NotAVideo, ShownInVideo, read_video
from channels.forms.pictures import DescriptionFields
from channels.models import MediaItem
from foundation.forms import Form


class VideoField(forms.FileField):
    """A video file; its value is the video with its metadata blanked."""

    widget = forms.FileInput(attrs={"accept": "video/mp4"})

    def clean(self, data: Any, initial: Any = None) -> Filmed | None:
        """Return the video. The name the file came with is not looked at."""
        if data in self.empty_values:
            raise forms.ValidationError(_("Choose a video file."), "required")
        try:
            return read_video(data)
        except NotAVideo as problem:
            raise forms.ValidationError(str(problem), "video") from problem


class VideoDescription(DescriptionFields, Form):
    """What is said of a video (R20, R22)."""

    captions = forms.ChoiceField(
        label=gettext_lazy("For those who do not hear"),
        choices=MediaItem.Captions.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A video in which something is said must be captioned before it is published."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alt_text"].label = _("Text for those who do not see the video")
        self.fields["alt_text"].help_text = _(
            "Say in a sentence or two what happens in it. It follows the video as its title."
        )
        self.fields["people"].label = _("People in the video")
        self.fields["people"].choices = [  # type: ignore[attr-defined]
            (value, _("No people in the video") if value == MediaItem.People.NONE else label)
            for value, label in MediaItem.People.choices
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for what the description lacks."""
        super().clean()
        if not self.cleaned_data.get("captions") and "captions" not in self.errors:
            self.add_error("captions", _("Say how those who do not hear follow the video."))
        self.check_description()
        return self.cleaned_data

    def shown(self) -> ShownInVideo:
        """Return the description as the actions take it; call it on a valid form."""
        return ShownInVideo(**{name: self.cleaned_data[name] for name in ShownInVideo.__dataclass_fields__})


class VideoForm(VideoDescription):
    """A new video for a post. It carries the version of the post that was opened."""

    file = VideoField(label=gettext_lazy("Video file"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ["file", "alt_text", "captions", "people", "consent_reference"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most_mb = settings.VIDEO_MAX_BYTES // 1024 // 1024
        self.fields["file"].help_text = _(
            "MP4, between 3 seconds and 30 minutes, at most %(most)s MB. Place and camera data are removed."
        ) % {"most": most_mb}
