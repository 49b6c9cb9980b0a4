"""Fields that describe a picture, in the composer and on the picture's own page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.media import Drawn, NotAPicture, Shown, draw_anew
from channels.models import MediaItem
from foundation.forms import Form
from recruitment.forms import one_line

MAX_ALT_TEXT = 400
ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"


class DescriptionFields(forms.Form):
    """What a picture shows (R20, R22). `shown()` gives the action's value."""

    alt_text = forms.CharField(
        label=gettext_lazy("Text for those who do not see the picture"),
        max_length=MAX_ALT_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "ds-input is-short"}),
        help_text=gettext_lazy("Say what is to be seen, and repeat any text that stands in the picture."),
    )
    people = forms.ChoiceField(
        label=gettext_lazy("People in the picture"),
        choices=MediaItem.People.choices,
        initial=MediaItem.People.NONE,
        required=False,
    )
    consent_reference = forms.CharField(
        label=gettext_lazy("Where the consent is kept"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example the case number in the archive. Write no names here."),
    )

    def check_description(self) -> None:
        """Ask for the alternative text, and for a consent when people are shown."""
        values = self.cleaned_data
        if "alt_text" not in self.errors:
            try:
                values["alt_text"] = one_line(values.get("alt_text", ""))
            except forms.ValidationError:
                self.add_error("alt_text", _("Describe the picture for those who do not see it."))
        values["people"] = values.get("people") or MediaItem.People.NONE
        has_people = values["people"] != MediaItem.People.NONE
        if has_people and not values.get("consent_reference") and "consent_reference" not in self.errors:
            self.add_error("consent_reference", _("People are shown: say where their consent is kept."))
        if not has_people:
            values["consent_reference"] = ""

    def shown(self) -> Shown:
        """Return the description as the actions take it; call it on a valid form."""
        return Shown(**{name: self.cleaned_data[name] for name in Shown.__dataclass_fields__})


class PictureForm(DescriptionFields, Form):
    """What is said of a stored picture."""

    def clean(self) -> dict[str, Any]:
        """Ask for what the description lacks."""
        super().clean()
        self.check_description()
        return self.cleaned_data


class PictureField(forms.FileField):
    """A picture file; its value is the picture drawn anew, or None."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})

    def clean(self, data: Any, initial: Any = None) -> Drawn | None:
        """Return the picture. The name the file came with is not looked at."""
        if data in self.empty_values:
            return None
        try:
            return draw_anew(data)
        except NotAPicture as problem:
            raise forms.ValidationError(str(problem), "picture") from problem
