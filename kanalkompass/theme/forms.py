"""The form of the municipality's look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.media import MAX_BYTES, NotAPicture
from foundation.forms import Form
from kanalkompass.theme import colour, scale
from kanalkompass.theme.logo import draw_logo


class LookForm(Form):
    """One accent colour and a logo; both may be left out."""

    accent = forms.CharField(
        label=gettext_lazy("Accent colour"),
        required=False,
        max_length=20,
        help_text=gettext_lazy(
            "Six characters, for example #12606e. Leave it empty to use the colour of Kanalkompass."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("PNG, JPEG or WebP, made for a light ground. It is shown on white, 32 points high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )

    # The nearest colour that can be used, where the one that was written cannot.
    nearest = ""

    def clean_accent(self) -> str:
        """
        Return six hexadecimal digits, "" for our own colour.

        :raises ValidationError: it is no colour, or white text on it cannot be read
        """
        written = self.cleaned_data["accent"]
        if not written:
            return ""
        accent = colour.parse(written)
        if accent is None:
            raise ValidationError(_("Write the colour as # and six characters, 0 to 9 and a to f."))
        if not scale.is_readable(accent):
            self.nearest = scale.nearest_readable(accent)
            ratio = f"{colour.contrast(accent, scale.WHITE):.1f}".replace(".", ",")
            raise ValidationError(
                _(
                    "White text on this colour is too hard to read: the contrast is %(ratio)s, and 4,5 is the least. "
                    "The nearest that can be used is #%(nearest)s."
                )
                % {"ratio": ratio, "nearest": self.nearest}
            )
        return accent

    def clean_logo(self) -> Any:
        """
        Return the logo drawn anew, or None.

        :raises ValidationError: the file is no picture that we take
        """
        upload = self.cleaned_data["logo"]
        if not upload:
            return None
        if upload.size > MAX_BYTES:
            raise ValidationError(_("The picture is larger than 20 MB. Save it smaller and try again."))
        try:
            return draw_logo(upload)
        except NotAPicture as problem:
            raise ValidationError(str(problem)) from None
