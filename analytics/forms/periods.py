"""Which days a page is about, read from its address."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.queries.sources import Filters, Period
from foundation.forms import Form
from recruitment.forms import NorwegianDateField

FIRST_DAY = date(2010, 1, 1)
DEFAULT = "12mnd"


@dataclass(frozen=True)
class Preset:
    """A period with a name."""

    slug: str
    label: str
    period: Period


def presets(today: date) -> list[Preset]:
    """Return the periods one may choose by name on the Norwegian day `today`."""
    # 29 February has no day a year before.
    year_ago = date(today.year - 1, today.month, 28 if (today.month, today.day) == (2, 29) else today.day)
    last_year = today.year - 1
    return [
        Preset("12mnd", _("Last 12 months"), Period(year_ago + timedelta(days=1), today)),
        Preset("hittil", _("So far in %(year)s") % {"year": today.year}, Period(date(today.year, 1, 1), today)),
        Preset("ifjor", str(last_year), Period(date(last_year, 1, 1), date(last_year, 12, 31))),
    ]


class PeriodForm(Form):
    """The filters of a comparison: dates in the address win over a named period."""

    periode = forms.CharField(required=False, max_length=20)
    fra = NorwegianDateField(label=gettext_lazy("From and including"), required=False)
    til = NorwegianDateField(label=gettext_lazy("To and including"), required=False)
    timer = forms.ChoiceField(
        label=gettext_lazy("Cost per qualified"),
        choices=[("med", gettext_lazy("Kroner and hours")), ("uten", gettext_lazy("Kroner only"))],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the choices in the list.")},
    )

    def __init__(self, data: QueryDict, *, today: date, **kwargs: Any) -> None:
        self.presets = presets(today)
        self.today = today
        given = {name: data.get(name, "") for name in ("periode", "fra", "til", "timer")}
        super().__init__(given, auto_id="f_%s", **kwargs)
        self.fields["timer"].widget.attrs["class"] = "ds-input"

    def clean_periode(self) -> str:
        """Refuse a period nobody has named."""
        slug = self.cleaned_data["periode"] or DEFAULT
        if slug not in {preset.slug for preset in self.presets}:
            raise ValidationError(_("There is no such period. Choose one of those below."), "unknown")
        return slug

    def clean(self) -> dict[str, Any]:
        """Ask for both days, in order, within what is kept."""
        data = super().clean() or {}
        first, last = data.get("fra"), data.get("til")
        if {"fra", "til"} & set(self.errors):
            return data
        if bool(first) != bool(last):
            self.add_error("til" if first else "fra", _("Write both days, or neither."))
        elif first and last and first > last:
            self.add_error("til", _("The period ends before it begins."))
        elif first and last and (first < FIRST_DAY or last.year > self.today.year + 1):
            self.add_error("fra", _("The period is outside what is kept. Check the years."))
        return data

    @property
    def chosen_preset(self) -> str:
        """The named period that is shown, or "" when days are given."""
        return "" if self.cleaned_data.get("fra") else self.cleaned_data["periode"]

    def period(self) -> Period:
        """Return the checked period."""
        data = self.cleaned_data
        if data["fra"]:
            return Period(data["fra"], data["til"])
        return next(preset.period for preset in self.presets if preset.slug == data["periode"])

    def filters(self) -> Filters:
        """Return the checked filters."""
        return Filters(with_hours=self.cleaned_data["timer"] != "uten")

    def query(self) -> str:
        """Return the address's question part for exactly this selection, with the days written out."""
        period = self.period()
        query = QueryDict(mutable=True)
        query["fra"], query["til"] = period.first_day.isoformat(), period.last_day.isoformat()
        query["timer"] = "med" if self.filters().with_hours else "uten"
        return query.urlencode()
