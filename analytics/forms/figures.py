"""What is asked about beyond the filters: which figure, how often, which source, what the rows are."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from analytics.forms.addresses import refuse_strange, set_twice
from analytics.models import Question
from foundation.forms import Form

UNKNOWN = {"invalid_choice": _("There is no such choice. Choose one of those below.")}


class Asked(Form):
    """A form that takes its own fields out of the address and leaves the rest alone; empty is the first choice."""

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        super().__init__({name: data.get(name, "") for name in self.base_fields}, auto_id="f_%s", **kwargs)

    def choices_of(self, name: str) -> list[tuple[str, Any]]:
        """Return what one may choose."""
        field = self.fields[name]
        # Fields for numbers are asked nothing here.
        return list(field.choices) if isinstance(field, forms.ChoiceField) else []  # type: ignore[arg-type]

    def chosen(self, name: str) -> str:
        """Return what was chosen, or the first choice."""
        return self.cleaned_data[name] or self.choices_of(name)[0][0]

    def label_of(self, name: str) -> str:
        """Return what was chosen in words."""
        return str(dict(self.choices_of(name))[self.chosen(name)])

    def given(self) -> dict[str, str]:
        """Return what stands in the address, checked, by its names there."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class OverTimeForm(Asked):
    """Which figure, and by week or month; without a choice the period decides how often."""

    tall = forms.ChoiceField(
        label=_("Figure"),
        required=False,
        error_messages=UNKNOWN,
        choices=[
            ("besok", _("Visits")),
            ("klikk", _("Clicks")),
            ("visninger", _("Views")),
            ("kroner", _("Kroner")),
            ("sagt", _("Applicants, said")),
        ],
    )
    per = forms.ChoiceField(
        label=_("How often"),
        required=False,
        error_messages=UNKNOWN,
        choices=[("uke", _("By week")), ("maaned", _("By month"))],
    )


class FunnelForm(Asked):
    """Which source; none is all of them together."""

    kilde = forms.IntegerField(
        label=_("Source"),
        required=False,
        min_value=1,
        max_value=2**31,
        error_messages={"invalid": _("There is no such source.")},
    )


class GridForm(Asked):
    """What the rows are, and which page of them."""

    etter = forms.ChoiceField(
        label=_("Rows"),
        required=False,
        error_messages=UNKNOWN,
        choices=[("yrke", _("By occupation")), ("type", _("By kind of position"))],
    )
    side = forms.IntegerField(label=_("Page"), required=False, min_value=1, max_value=10_000)


class AskedAlone(Asked):
    """All that a page is asked: what else stands in the address belongs to another page and is refused."""

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.unknown = sorted(set(data) - set(self.base_fields))
        self.doubled = [name for name in set_twice(data) if name in self.base_fields]

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot count."""
        data = super().clean() or {}
        refuse_strange(self, unknown=self.unknown, doubled=self.doubled)
        return data


class DevelopmentForm(AskedAlone):
    """Which figure is drawn year over year, and of which channel; none is all of them together."""

    tall = forms.ChoiceField(
        label=_("Figure"),
        required=False,
        error_messages=UNKNOWN,
        choices=[
            ("besok", _("Visits")),
            ("visninger", _("Views")),
            ("klikk", _("Clicks")),
            ("folgere", _("Followers")),
            ("svar", _("Answers")),
            ("sokere", _("Applicants")),
            ("kvalifiserte", _("Qualified")),
            ("kroner", _("Kroner")),
        ],
    )
    kanal = forms.IntegerField(
        label=_("Channel"),
        required=False,
        min_value=1,
        max_value=2**31,
        error_messages={"invalid": _("There is no such channel.")},
    )


class SharedForm(AskedAlone):
    """Which question the release ledger is shown for, and which page of its sources."""

    tall = forms.ChoiceField(
        label=_("Which figures"),
        required=False,
        error_messages={"invalid_choice": _("There are no such figures. Choose among those below.")},
        choices=Question,
    )
    side = forms.IntegerField(label=_("Page"), required=False, min_value=1, max_value=10_000)


class PageFiguresForm(AskedAlone):
    """Whether a page's own figures are shown by week or by day."""

    vis = forms.ChoiceField(
        label=_("How often"),
        required=False,
        error_messages=UNKNOWN,
        choices=[("uker", _("By week")), ("dager", _("By day"))],
    )
