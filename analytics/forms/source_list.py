"""A source of the municipality's own, and which source another one is merged into."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from analytics.actions.source_list import LAST_POSITION, SourceDetails
from foundation.forms import Form, OnceMixin
from recruitment.forms import one_line
from recruitment.models import Channel, Source

TOO_LONG = gettext_lazy("Write at most %(limit_value)d characters; you have %(show_value)d.")
FROM_LIST = gettext_lazy("Choose a source from the list.")
# A list to choose from is looked through by eye; more are found by searching.
MOST_OFFERED = 200


def _name(label: Any, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=80, help_text=help_text, error_messages={"max_length": TOO_LONG}
    )


class SourceForm(OnceMixin, Form):
    """What a source is called and stands for. Of one that has been asked about the meaning is not on the form."""

    name_nb = _name(gettext_lazy("Name in bokmål"), required=True)
    name_nn = _name(gettext_lazy("Name in nynorsk"), help_text=gettext_lazy("Empty means the same as in bokmål."))
    name_en = _name(gettext_lazy("Name in English"), help_text=gettext_lazy("Empty means the same as in bokmål."))
    channel = forms.ModelChoiceField(
        queryset=Channel.objects.all(),
        label=gettext_lazy("Channel"),
        empty_label=gettext_lazy("Choose a channel"),
        help_text=gettext_lazy("What kind of place it is. The channel's figures stand at the first source of each."),
        error_messages={"invalid_choice": gettext_lazy("Choose a channel from the list.")},
    )
    is_own_account = forms.BooleanField(
        label=gettext_lazy("It is somebody's own account"),
        required=False,
        help_text=gettext_lazy("Call it by the role, never by the person: «The leader's own account»."),
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place in the list"),
        min_value=0,
        max_value=LAST_POSITION,
        required=False,
        help_text=gettext_lazy("A smaller number stands higher. Empty means last."),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use: applicants are asked about it"), required=False, initial=True
    )

    def __init__(self, *args: Any, source: Source | None = None, is_locked: bool = False, **kwargs: Any) -> None:
        if source is not None:
            names = ("name_nb", "name_nn", "name_en", "channel", "is_own_account", "position", "is_active")
            kwargs["initial"] = {name: getattr(source, name) for name in names} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.source = source
        fixed = {"channel", "is_own_account"} if is_locked else set()
        if source is not None and source.kind != Source.Kind.PLACE:
            fixed |= {"channel", "is_own_account", "position", "is_active"}
        if source is not None and source.merged_into_id:
            fixed |= {"is_active"}
        for name in fixed:
            del self.fields[name]

    def clean_name_nb(self) -> str:
        """Return the name on one line."""
        return one_line(self.cleaned_data["name_nb"])

    def clean_name_nn(self) -> str:
        """Return the name on one line, "" for the same as in bokmål."""
        return one_line(self.cleaned_data["name_nn"]) if self.cleaned_data["name_nn"] else ""

    def clean_name_en(self) -> str:
        """Return the name on one line, "" for the same as in bokmål."""
        return one_line(self.cleaned_data["name_en"]) if self.cleaned_data["name_en"] else ""

    def details(self) -> SourceDetails:
        """Return what was decided; what is not on the form stays as it is."""
        kept = self.source or Source()
        data = self.cleaned_data
        return SourceDetails(
            name_nb=data["name_nb"],
            name_nn=data["name_nn"],
            name_en=data["name_en"],
            channel=data.get("channel", kept.channel),
            is_own_account=data.get("is_own_account", kept.is_own_account),
            position=data.get("position"),
            is_active=data.get("is_active", kept.is_active),
        )


class PlaceChoice(forms.ModelChoiceField):
    """One named place of the municipality's list; of very long lists the first are offered, or those that are found."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=None,
            empty_label=gettext_lazy("Choose a source"),
            error_messages={"required": FROM_LIST, "invalid_choice": FROM_LIST},
            **kwargs,
        )

    def offer(self, *, but: Source | None = None) -> None:
        """Take any place that is not merged; show the first, with their channel."""
        places = Source.objects.filter(kind=Source.Kind.PLACE, merged_into__isnull=True).select_related("channel")
        self.queryset = places.exclude(pk=but.pk) if but else places
        offered = self.queryset.order_by("-is_active", "position", "pk")[:MOST_OFFERED]
        self.choices = [("", self.empty_label), *[(each.pk, self.label_from_instance(each)) for each in offered]]

    def label_from_instance(self, source: Source) -> str:
        """Return the name, and the channel where it says something more."""
        channel = str(source.channel) if source.channel else ""
        return source.name if channel in ("", source.name) else f"{source.name} ({channel})"


class MergeForm(Form):
    """The source that takes over."""

    into = PlaceChoice(label=gettext_lazy("Merge into"))

    def __init__(self, *args: Any, source: Source, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].offer(but=source)  # type: ignore[attr-defined]
