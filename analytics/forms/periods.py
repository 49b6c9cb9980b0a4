"""Which days a page is about, read from its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.queries.selection import Period
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


def year_before(day: date) -> date:
    """Return the same day a year before; 29 February has none, and gets the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def twelve_months(today: date) -> Period:
    """Return the year that ends with the Norwegian day `today`: what pages are about when nobody chooses."""
    return Period(year_before(today) + timedelta(days=1), today)


def presets(today: date) -> list[Preset]:
    """Return the periods one may choose by name on the Norwegian day `today`."""
    last_year = today.year - 1
    return [
        Preset("12mnd", _("Last 12 months"), twelve_months(today)),
        Preset("hittil", _("So far in %(year)s") % {"year": today.year}, Period(date(today.year, 1, 1), today)),
        Preset("ifjor", str(last_year), Period(date(last_year, 1, 1), date(last_year, 12, 31))),
    ]


class PeriodForm(Form):
    """A period: days in the address win over a named period."""

    periode = forms.CharField(required=False, max_length=20)
    fra = NorwegianDateField(label=gettext_lazy("From and including"), required=False)
    til = NorwegianDateField(label=gettext_lazy("To and including"), required=False)

    def __init__(self, data: Mapping[str, Any], *, today: date, **kwargs: Any) -> None:
        self.presets = presets(today)
        self.today = today
        super().__init__({name: data.get(name, "") for name in self.base_fields}, auto_id="f_%s", **kwargs)

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
        """The named period that is shown, or "" when days are given that no preset has."""
        shown = self.period()
        if not self.cleaned_data.get("fra"):
            return self.cleaned_data["periode"]
        return next((preset.slug for preset in self.presets if preset.period == shown), "")

    def period(self) -> Period:
        """Return the checked period."""
        data = self.cleaned_data
        if data["fra"]:
            return Period(data["fra"], data["til"])
        return next(preset.period for preset in self.presets if preset.slug == data["periode"])
