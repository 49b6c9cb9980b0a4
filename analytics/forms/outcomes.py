"""The outcome grid: one field per source and count. An empty field is not registered; 0 is zero."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.actions.outcomes import Counts
from analytics.models import Outcome
from analytics.queries.outcomes import COUNTS, GridRow
from foundation.formats import number
from foundation.forms import Form
from recruitment.models import Source

MOST = 9_999


class CountField(forms.CharField):
    """A whole number from 0, typed; None when the field is empty."""

    default_error_messages = {
        "invalid": gettext_lazy("Write a whole number, or leave the field empty."),
        "negative": gettext_lazy("The number cannot be below 0."),
        "too_large": gettext_lazy("The number is larger than we accept here."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=12, required=False, **kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        """Return the number, or None."""
        text = "".join(char for char in super().clean(value) if not char.isspace())
        if not text:
            return None
        digits = text.removeprefix("-").removeprefix("\N{MINUS SIGN}")
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        if digits != text and int(digits):
            raise ValidationError(self.error_messages["negative"], "negative")
        if int(digits) > MOST:
            raise ValidationError(self.error_messages["too_large"], "too_large")
        return int(digits)


@dataclass(frozen=True)
class FormRow:
    """One source of the grid as the page draws it."""

    source: Source
    n_said: int
    fields: list[forms.BoundField]


class OutcomeForm(Form):
    """The grid of one vacancy. `seen` is the mark of what was stored when it was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)

    def __init__(self, *args: Any, rows: list[GridRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            for name, value in row.counts.items():
                label = f"{row.source}: {getattr(Outcome._meta.get_field(name), 'verbose_name', name)}"
                field = CountField(label=label, initial="" if value is None else str(value))
                field.widget.attrs["aria-label"] = label
                self.fields[f"{name}_{row.source.pk}"] = field

    def clean(self) -> dict[str, Any]:
        """Refuse counts that cannot be: more of those who applied than applied."""
        data = super().clean() or {}
        for row in self.rows:
            applied = data.get(f"applied_{row.source.pk}")
            for name in COUNTS[1:]:
                value = data.get(f"{name}_{row.source.pk}")
                if applied is not None and value is not None and value > applied:
                    text = _("More than applied: %(value)s against %(applied)s.")
                    self.add_error(f"{name}_{row.source.pk}", text % {"value": value, "applied": applied})
        return data

    def counts(self) -> dict[int, Counts]:
        """Return the checked counts by source id."""
        data = self.cleaned_data
        return {
            row.source.pk: Counts(**{name: data[f"{name}_{row.source.pk}"] for name in COUNTS}) for row in self.rows
        }

    def drawn_rows(self) -> Iterator[FormRow]:
        """Yield the rows with their fields in the order of the columns."""
        for row in self.rows:
            yield FormRow(row.source, row.n_said, [self[f"{name}_{row.source.pk}"] for name in COUNTS])

    def sums(self) -> list[str]:
        """Return the sum of each column as it is stored; a dash when nothing is registered."""
        columns = [[count for row in self.rows if (count := row.counts[name]) is not None] for name in COUNTS]
        return [number(sum(column)) if column else "\N{EN DASH}" for column in columns]


def doubts(rows: list[GridRow], *, positions: int) -> list[str]:
    """Return what is possible but unusual in what is stored, as sentences; HR decides whether it is right."""
    found = []
    for row in rows:
        counts = row.counts
        for less, more, text in (
            ("interviewed", "qualified", _("%(source)s: more interviewed (%(less)s) than qualified (%(more)s).")),
            ("offered", "interviewed", _("%(source)s: more offers (%(less)s) than interviewed (%(more)s).")),
            ("hired", "offered", _("%(source)s: more hired (%(less)s) than offers (%(more)s).")),
        ):
            few, many = counts[less], counts[more]
            if few is not None and many is not None and few > many:
                found.append(text % {"source": row.source, "less": few, "more": many})
    n_hired = sum(row.counts["hired"] or 0 for row in rows)
    if n_hired > positions:
        text = _("%(hired)s are hired in all, more than the positions announced (%(positions)s).")
        found.append(text % {"hired": n_hired, "positions": positions})
    return found
