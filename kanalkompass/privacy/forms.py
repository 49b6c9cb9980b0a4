"""Forms of the privacy pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.forms import Form
from recruitment.forms import WebAddressField
from recruitment.models import Municipality, MunicipalitySettings

# R10: five is the practice; below three a sum would point at people.
LEAST_THRESHOLD, USUAL_THRESHOLD, MOST_THRESHOLD = 3, 5, 10
THRESHOLD_MESSAGE = gettext_lazy("Write a whole number from 3 to 10.")


class PrivacySettingsForm(Form):
    """How long answers are kept, how few are shown together, and where the municipality's own texts are."""

    retention_months = forms.IntegerField(
        label=gettext_lazy("Months that answers are kept"),
        min_value=1,
        max_value=24,
        help_text=gettext_lazy("From 1 to 24. What applicants wrote in their own words is deleted after 12 at most."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write a whole number from 1 to 24."),
            "invalid": gettext_lazy("Write a whole number from 1 to 24."),
            "min_value": gettext_lazy("Write a whole number from 1 to 24."),
            "max_value": gettext_lazy("Write a whole number from 1 to 24."),
        },
    )
    release_threshold = forms.IntegerField(
        label=gettext_lazy("Fewest answers shown together to others than HR"),
        min_value=LEAST_THRESHOLD,
        max_value=MOST_THRESHOLD,
        help_text=gettext_lazy(
            "Usually 5. Goes for every file too. HR's own counts are never shared under 5. What is shared already "
            "stays shared."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), THRESHOLD_MESSAGE),
    )
    release_threshold_reason = forms.CharField(
        label=gettext_lazy("Why fewer than five"),
        min_length=20,
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed for 3 or 4. Kept in the log. Write what the data protection officer said."),
        error_messages={
            "min_length": gettext_lazy("Write a little more, at least twenty characters."),
        },
    )
    accessibility_url = WebAddressField(
        label=gettext_lazy("Address of the accessibility statement"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Made in uustatus.no. It is linked at the foot of every page."),
    )
    privacy_url = WebAddressField(
        label=gettext_lazy("Address of the municipality's own privacy notice"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("There applicants find the data protection officer."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where fewer than five are to be shown together; a reason that is not needed is not kept."""
        data = super().clean() or {}
        threshold = data.get("release_threshold")
        if threshold is not None and threshold >= USUAL_THRESHOLD:
            data["release_threshold_reason"] = ""
        elif threshold and not data.get("release_threshold_reason") and not self.has_error("release_threshold_reason"):
            self.add_error("release_threshold_reason", _("Write why fewer than five may be shown together."))
        return data

    @staticmethod
    def initial_of(decided: MunicipalitySettings) -> dict[str, Any]:
        """Return what the form shows of what is decided."""
        return {name: getattr(decided, name) for name in PrivacySettingsForm.base_fields}


class DeletionForm(Form):
    """Why the municipality is to be deleted, with its name typed by hand."""

    reason = forms.CharField(
        label=gettext_lazy("Why is the municipality to be deleted?"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Read by whoever confirms. It is deleted with the rest."),
        error_messages={
            "required": gettext_lazy("Write why."),
            "min_length": gettext_lazy("Write a little more, at least ten characters."),
        },
    )
    name = forms.CharField(label=gettext_lazy("Write the municipality's name"), max_length=100)

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.municipality = municipality
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_name(self) -> str:
        """
        Take the name as it is written in the page's heading.

        :raises ValidationError: it is another
        """
        typed = " ".join(self.cleaned_data["name"].split())
        if typed.casefold() != self.municipality.name.casefold():
            raise ValidationError(_("Write %(name)s, exactly as here.") % {"name": self.municipality.name})
        return typed
