"""Which places, in the applicants' own words, are which source."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.forms.source_list import PlaceChoice
from analytics.queries.elsewhere import Written
from foundation.forms import Form


class AssignForm(Form):
    """The places that are ticked, and the source they are."""

    words = forms.MultipleChoiceField(
        label=_("Places in their own words"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one of the places."),
            "invalid_choice": _("One of the places was moved meanwhile. Look through the list again."),
        },
    )
    source = PlaceChoice(label=_("They are"))

    def __init__(self, *args: Any, written: Iterable[Written], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["words"]).choices = [(each.key, each.text) for each in written]
        cast(PlaceChoice, self.fields["source"]).offer()
