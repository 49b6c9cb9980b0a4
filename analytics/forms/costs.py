"""What was spent: kroner, hours or both, on a source and a day, on one vacancy, several or none."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.actions.costs import Spent
from analytics.models import Cost, SharedCost
from foundation.formats import day as shown_day
from foundation.forms import Form, KronerField, OnceMixin
from recruitment.forms import NorwegianDateField, one_line
from recruitment.models import JobPosting, Source

FIRST_DAY = date(2010, 1, 1)
AHEAD = timedelta(days=366)
RULES = {
    SharedCost.Rule.EQUAL: gettext_lazy("Equally: each vacancy carries the same"),
    SharedCost.Rule.POSITIONS: gettext_lazy("By positions: a vacancy with two positions carries twice as much as one"),
}


class HoursField(forms.CharField):
    """Hours as they are written («2», «1,5», «1:30»); the value is whole minutes, None when the field is empty."""

    default_error_messages = {
        "invalid": gettext_lazy("Write hours, for example 1,5 or 1:30."),
        "negative": gettext_lazy("Hours cannot be below 0."),
        "too_large": gettext_lazy("That is more hours than we accept here."),
    }

    def __init__(self, *, max_hours: int = 2_000, **kwargs: Any) -> None:
        self.max_minutes = max_hours * 60
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        """Return minutes, or None."""
        text = "".join(char for char in super().clean(value) if not char.isspace())
        if not text:
            return None
        is_below = text.startswith(("-", "\N{MINUS SIGN}"))
        minutes = minutes_of(text.lstrip("-\N{MINUS SIGN}"))
        if minutes is None:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        if is_below and minutes:
            raise ValidationError(self.error_messages["negative"], "negative")
        if minutes > self.max_minutes:
            raise ValidationError(self.error_messages["too_large"], "too_large")
        return minutes


def minutes_of(text: str) -> int | None:
    """Return the minutes of «1,5», «1.5» or «1:30», or None when it is none of them."""
    for sign in (":", ","):
        whole, found, rest = text.replace(".", ",").partition(sign)
        if not (whole.isascii() and whole.isdigit()):
            continue
        if not found:
            return int(whole) * 60
        if not (rest.isascii() and rest.isdigit() and len(rest) <= 2):
            continue
        if sign == ":":
            return int(whole) * 60 + int(rest) if len(rest) == 2 and int(rest) < 60 else None
        return int((Decimal(f"{whole}.{rest}") * 60).to_integral_value())
    return None


class _SpentForm(Form):
    """What every form about a cost asks."""

    source = forms.ModelChoiceField(  # type: ignore[var-annotated]
        queryset=None,
        label=gettext_lazy("Source"),
        empty_label=gettext_lazy("Choose a source"),
        error_messages={"invalid_choice": gettext_lazy("Choose a source from the list.")},
    )
    amount = KronerField(
        label=gettext_lazy("Kroner"), required=False, help_text=gettext_lazy("0 means free of charge.")
    )
    hours = HoursField(
        label=gettext_lazy("Hours of own work"), required=False, help_text=gettext_lazy("For example 1,5 or 1:30.")
    )
    day = NorwegianDateField(label=gettext_lazy("Date"), help_text=gettext_lazy("For example 25.11.2026."))
    note = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=150,
        help_text=gettext_lazy("For example «Advertisement, quarter page»."),
    )
    carriers = forms.MultipleChoiceField(
        label=gettext_lazy("Vacancies that share the cost"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": gettext_lazy("Choose among the vacancies in the list.")},
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("How is it shared?"),
        choices=list(RULES.items()),
        initial=SharedCost.Rule.EQUAL,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the two ways.")},
    )

    def __init__(self, *args: Any, today: date, carriers: Sequence[JobPosting] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.may_carry = {job.reference: job for job in carriers}
        self.fields["source"].queryset = Source.objects.filter(is_active=True)  # type: ignore[attr-defined]
        choices = [(key, f"{job.title}, {shown_day(job.deadline_date)}") for key, job in self.may_carry.items()]
        self.fields["carriers"].choices = choices  # type: ignore[attr-defined]

    def clean_day(self) -> date:
        """Refuse a day long past or long ahead: nearly always a slip of the year."""
        day = self.cleaned_data["day"]
        if day < FIRST_DAY:
            raise ValidationError(_("The date is before 2010. Check the year."), "too_early")
        if day > self.today + AHEAD:
            raise ValidationError(_("The date is more than a year ahead. Check the year."), "too_late")
        return day

    def clean_note(self) -> str:
        """Return the note on one line."""
        return one_line(self.cleaned_data["note"])

    def clean_rule(self) -> str:
        """Return how it is shared; equally when nothing is chosen."""
        return self.cleaned_data["rule"] or SharedCost.Rule.EQUAL

    def clean(self) -> dict[str, Any]:
        """Ask for kroner or hours."""
        data = super().clean() or {}
        asked = [name for name in ("amount", "hours") if name in self.fields]
        if not set(asked) & set(self.errors) and all(data.get(name) is None for name in asked):
            text = _("Write kroner, hours or both.") if len(asked) > 1 else _("Write what it was. 0 is zero.")
            self.add_error(asked[0], ValidationError(text, "missing"))
        return data

    def chosen(self) -> list[JobPosting]:
        """Return the vacancies that are ticked."""
        return [self.may_carry[key] for key in self.cleaned_data["carriers"]]

    def spent(self) -> Spent:
        """Return the cost as the actions take it; call it on a valid form."""
        data = self.cleaned_data
        return Spent(
            source=data["source"],
            day=data["day"],
            note=data["note"],
            amount_ore=data.get("amount"),
            minutes=data.get("hours"),
        )


class CostForm(OnceMixin, _SpentForm):
    """
    A new cost: of the vacancy whose page it stands on, or of none.

    :param carriers: the other vacancies that may share it
    """

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["day"].initial = today


class CostChangeForm(_SpentForm):
    """
    A cost that is registered: kroner stay kroner, hours stay hours. Of a shared one the whole is changed.

    :param carriers: the vacancies that may share it, those that do among them
    """

    seen = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(self, *args: Any, cost: Cost, seen: str, carrying: Sequence[JobPosting] = (), **kwargs: Any) -> None:
        whole = cost.shared or cost
        initial = {
            "source": cost.source_id,
            "day": cost.day,
            "note": cost.note,
            "amount": None if whole.amount_ore is None else as_typed(whole.amount_ore),
            "hours": None if whole.minutes is None else f"{whole.minutes // 60}:{whole.minutes % 60:02}",
            "carriers": [job.reference for job in carrying],
            "rule": cost.shared.rule if cost.shared else SharedCost.Rule.EQUAL,
            "seen": seen,
        }
        super().__init__(*args, initial=initial, **kwargs)
        del self.fields["hours" if cost.kind == Cost.Kind.KRONER else "amount"]
        if not cost.shared:
            del self.fields["carriers"], self.fields["rule"]
        # A source that is out of use stays where it is.
        self.fields["source"].queryset |= Source.objects.filter(pk=cost.source_id)  # type: ignore[attr-defined]

    def clean_carriers(self) -> list[str]:
        """Refuse a shared cost that nobody carries."""
        if not self.cleaned_data["carriers"]:
            raise ValidationError(_("Choose at least one vacancy that carries the cost."), "nobody")
        return self.cleaned_data["carriers"]


def as_typed(ore: int) -> str:
    """Return an amount as it is typed: 4500 or 4500,50."""
    return f"{ore // 100}" if ore % 100 == 0 else f"{ore // 100},{ore % 100:02}"
