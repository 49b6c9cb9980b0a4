"""The form that makes a tracked link for a named place."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.forms import Form
from recruitment.forms import one_line
from recruitment.models import Source


class PlaceForm(Form):
    """Which source a link is counted for, and where it hangs; nowhere in particular for the source's own link."""

    place_source = forms.ChoiceField(
        label=gettext_lazy("Source"),
        error_messages={"invalid_choice": gettext_lazy("Choose a source from the list.")},
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "For example «poster at the hospital» or «stand in Tromsø». Leave it empty for the source's own link."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = Source.objects.filter(is_active=True, kind=Source.Kind.PLACE, channel__has_link=True)
        self.sources = {source.slug: source for source in named.select_related("channel")}
        choices = [("", _("Choose a source")), *((slug, source.name) for slug, source in self.sources.items())]
        self.fields["place_source"].choices = choices  # type: ignore[attr-defined]

    def clean_place(self) -> str:
        """Return the place on one line."""
        return one_line(self.cleaned_data["place"])

    def source(self) -> Source:
        """Return the chosen source; call it on a valid form."""
        return self.sources[self.cleaned_data["place_source"]]
