"""What was spent: kroner, hours or both, on a source and a day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.forms import Form, KronerField, OnceMixin
from recruitment.forms import NorwegianDateField, one_line
from recruitment.models import Source

FIRST_DAY = date(2010, 1, 1)
AHEAD = timedelta(days=366)


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


class CostForm(OnceMixin, Form):
    """One cost of a vacancy."""

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

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["source"].queryset = Source.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["day"].initial = today

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

    def clean(self) -> dict[str, Any]:
        """Ask for kroner or hours."""
        data = super().clean() or {}
        if not {"amount", "hours"} & set(self.errors) and data.get("amount") is None and data.get("hours") is None:
            self.add_error("amount", ValidationError(_("Write kroner, hours or both."), "missing"))
        return data
