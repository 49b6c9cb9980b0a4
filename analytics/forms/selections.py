"""The filters of the pages about sources, read from the address: the same on every page, so that they can be kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Literal, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.forms.addresses import refuse_strange, set_twice
from analytics.forms.periods import PeriodForm
from analytics.queries.filter_options import FilterOptions, filter_options
from analytics.queries.selection import Selection
from foundation import clock
from foundation.file_names import in_file_name
from foundation.markup import NOTHING, html, together
from recruitment.doors import HR, MemberRequest
from recruitment.models import JobPosting

View = Literal["exact", "released"]
# What one may sort the sources by; a minus before it turns the order.
SORTS = ("navn", "visninger", "klikk", "besok", "sagt", "sokere", "kvalifiserte", "ansatt", "kroner", "timer", "pris")
FIRST_SORT = "pris"
SHARED = "delt"
NO_CHOICE = gettext_lazy("Choose one of the choices in the list.")


OPTION = '<option value="{}"{}>{}</option>'
CHOSEN = html(" {}", "selected")
FIELD = '<ds-field class="ds-field{}"><label class="ds-label" for="{}">{}</label>{}{}</ds-field>'
HAS_ERROR = html("{}", " has-error")
MESSAGE = '<p class="ds-validation-message">{}</p>'


class PlainSelect(forms.Select):
    """A list drawn in one go: a template for each of two hundred options would take most of the page's time."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the list as HTML."""
        chosen = "" if value is None else str(value)
        parts = [
            part for key, label in self.choices for part in (key, CHOSEN if str(key) == chosen else NOTHING, label)
        ]
        # One pattern for all of them: a call for each option would take twice as long.
        options = html(OPTION * (len(parts) // 3), *parts)
        said = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return html("<select{}>{}</select>", said, options)


class Choice(forms.ChoiceField):
    """A filter: nothing chosen is everything, and what is not in the list is refused at the field."""

    widget = PlainSelect

    def __init__(self, label: Any, everything: Any, unknown: Any = NO_CHOICE) -> None:
        self.everything = everything
        super().__init__(label=label, required=False, error_messages={"invalid_choice": unknown})

    def offer(self, options: list[tuple[str, str]]) -> None:
        """Set what may be chosen."""
        self.choices = [("", self.everything), *options]


class SelectionForm(PeriodForm):
    """Period, vacancies, channel, hours, view and order. `of` makes it from a request; `extra` are a page's own."""

    yrke = Choice(gettext_lazy("Occupation"), gettext_lazy("All occupations"))
    type = Choice(gettext_lazy("Kind of position"), gettext_lazy("All kinds"))
    kanal = Choice(gettext_lazy("Channel"), gettext_lazy("All channels"))
    stilling = Choice(
        gettext_lazy("Vacancy"),
        gettext_lazy("All vacancies"),
        gettext_lazy("There is no such vacancy. Choose another."),
    )
    kampanje = Choice(
        gettext_lazy("Campaign"),
        gettext_lazy("All campaigns"),
        gettext_lazy("There is no such campaign. Choose another."),
    )
    timer = forms.ChoiceField(
        label=gettext_lazy("Cost per qualified"),
        choices=[("med", gettext_lazy("Kroner and hours")), ("uten", gettext_lazy("Kroner only"))],
        required=False,
        widget=PlainSelect,
        error_messages={"invalid_choice": NO_CHOICE},
    )
    vis = forms.ChoiceField(
        choices=[("", ""), (SHARED, "")], required=False, error_messages={"invalid_choice": NO_CHOICE}
    )
    sorter = forms.CharField(required=False, max_length=20)
    side = forms.CharField(required=False, max_length=6)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        today: date,
        sees_exact: bool,
        options: FilterOptions,
        extra: Collection[str] = (),
        doubled: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, today=today, **kwargs)
        self.sees_exact = sees_exact
        self.doubled = sorted(set(doubled) & {*self.base_fields, *extra})
        self.unknown = sorted(set(data) - set(self.base_fields) - set(extra))
        offered: dict[str, list[tuple[str, str]]] = {
            "stilling": options.jobs,
            "yrke": options.occupations,
            "type": [(value, str(label)) for value, label in JobPosting.Kind.choices],
            "kampanje": options.campaigns,
            "kanal": options.channels,
        }
        for name, choices in offered.items():
            self.choice(name).offer(choices)

    @classmethod
    def of(cls, request: MemberRequest, *, extra: Collection[str] = ()) -> SelectionForm:
        """Return the form of a request's address, with what the entered municipality may choose. Five queries."""
        options = filter_options(job_id=_id(request.GET.get("stilling")), campaign_id=_id(request.GET.get("kampanje")))
        sees_exact = request.membership.role in HR
        about: dict[str, Any] = {"options": options, "extra": extra, "doubled": set_twice(request.GET)}
        return cls(request.GET, today=clock.today(), sees_exact=sees_exact, **about)

    def choices_first(self) -> SafeString:
        """Return the filters that stand in the line, as HTML."""
        return together(_drawn(self[name]) for name in ("yrke", "type", "kanal", "timer"))

    def choices_more(self) -> SafeString:
        """Return the filters that are folded away until they are used, as HTML."""
        return together(_drawn(self[name]) for name in ("stilling", "kampanje"))

    def has_more(self) -> bool:
        """Whether one of the folded filters is used, or was refused."""
        return any(self.data[name] or name in self.errors for name in ("stilling", "kampanje"))

    def hidden_errors(self) -> list[str]:
        """Return the messages that stand at no field one sees."""
        names = ("periode", "vis", "sorter", "side")
        return [*self.non_field_errors(), *(error for name in names for error in self.errors.get(name, []))]

    def choice(self, name: str) -> Choice:
        """Return one of the filters that offer a list."""
        return cast(Choice, self.fields[name])

    def clean_sorter(self) -> str:
        """Refuse an order that the table does not have."""
        key = self.cleaned_data["sorter"] or FIRST_SORT
        if key.removeprefix("-") not in SORTS:
            raise ValidationError(_("The table cannot be sorted by that. Choose one of its columns."), "unknown")
        return key

    def clean_side(self) -> int:
        """Return the page's number, the first when none is given."""
        text = self.cleaned_data["side"] or "1"
        if not (text.isascii() and text.isdigit() and int(text)):
            raise ValidationError(_("There is no such page of the table."), "unknown")
        return int(text)

    def clean(self) -> dict[str, Any]:
        """Refuse a filter that does not exist, or is set to two things: who wrote it would believe that it counts."""
        data = super().clean()
        refuse_strange(self, unknown=self.unknown, doubled=self.doubled)
        return data

    def selection(self) -> Selection:
        """Return the checked filters about days, vacancies and channel."""
        data = self.cleaned_data
        return Selection(
            period=self.period(),
            job_id=_id(data["stilling"]),
            occupation=data["yrke"],
            kind=data["type"],
            campaign_id=_id(data["kampanje"]),
            channel_id=_id(data["kanal"]),
        )

    def view(self) -> View:
        """Return whether exact counts are shown, or what the release ledger lets everybody see (R10)."""
        return "exact" if self.sees_exact and self.cleaned_data["vis"] != SHARED else "released"

    def with_hours(self) -> bool:
        """Whether own hours are counted as money."""
        return self.cleaned_data["timer"] != "uten"

    def sort(self) -> str:
        """Return the column that rows stand in order by, with a minus when the order is turned."""
        return self.cleaned_data["sorter"]

    def page_number(self) -> int:
        """Return which page of the table is asked for, from 1."""
        return self.cleaned_data["side"]

    def chosen(self) -> list[tuple[str, str, str]]:
        """Return the filters that are on beside the period: name, label and what is chosen, in words."""
        found = []
        for name in ("yrke", "type", "kanal", "stilling", "kampanje"):
            if value := self.cleaned_data.get(name):
                words = dict(self.choice(name).choices)  # type: ignore[arg-type]
                found.append((name, str(self.fields[name].label), str(words[value])))
        if not self.with_hours():
            found.append(("timer", str(self.fields["timer"].label), _("Kroner only")))
        return found

    def file_words(self) -> str:
        """Return what is chosen beside the period as the name of a file says it: "-sykepleiere", "" for all."""
        return "".join(f"-{in_file_name(words, otherwise=name)}" for name, _label, words in self.chosen())

    def chosen_label(self, name: str) -> str:
        """Return what is chosen in one filter, in words, or ""."""
        return next((words for key, _label, words in self.chosen() if key == name), "")

    def query(self, **changes: str) -> str:
        """
        Return the question part of an address for exactly this selection, with the days written out.

        :param changes: filters to set anew by their names; "" leaves one out
        """
        data, period = self.cleaned_data, self.period()
        values = {"fra": period.first_day.isoformat(), "til": period.last_day.isoformat()}
        values |= {name: data[name] for name in ("yrke", "type", "kanal", "stilling", "kampanje")}
        values |= {"timer": "" if self.with_hours() else "uten", "vis": data["vis"] if self.sees_exact else ""}
        values["sorter"] = "" if self.sort() == FIRST_SORT else self.sort()
        return urlencode({name: value for name, value in (values | changes).items() if value})


def _drawn(field: BoundField) -> SafeString:
    """Return a list with its label, and what was wrong with it."""
    messages = together(html(MESSAGE, error) for error in field.errors)
    has_error = HAS_ERROR if messages else NOTHING
    return html(FIELD, has_error, field.id_for_label, field.label, field.as_widget(), messages)


def _id(text: str | None) -> int | None:
    """Return a row's id from an address, None for none and for what cannot be one."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
