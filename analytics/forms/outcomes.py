"""The outcome grid: one field per source and count. An empty field is not registered; 0 is zero."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.actions.outcomes import Counts, Whole
from analytics.forms.outcome_doubts import TOTAL, Doubt, doubts
from analytics.masking import mask
from analytics.models import JobCount, Outcome
from analytics.queries.outcomes import COUNTS, GridRow, version_of, without_qualified
from foundation.formats import number
from foundation.forms import Form
from recruitment.models import Source

MOST = 9_999


def column_headings() -> dict[str, str]:
    """Return what stands over each column of counts."""
    return {
        "applied": _("Applicants"),
        "qualified": _("Qualified"),
        "best_qualified": _("Best qualified"),
        "interviewed": _("Interviewed"),
        "offered": _("Offered"),
        "hired": _("Hired"),
    }


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
class Cell:
    """One field of the grid as the page draws it."""

    name: str
    column: str
    label: str
    heading: str
    value: str
    errors: list[str]


@dataclass(frozen=True)
class FormRow:
    """One source of the grid as the page draws it."""

    source: Source
    n_said: int | None
    cells: list[Cell]


class OutcomeForm(Form):
    """
    The grid of one vacancy, its total of applicants, and the reason where counts look wrong.

    `seen` is the mark of what was stored when it was opened.
    """

    seen = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)
    total = CountField(label=gettext_lazy("Applicants in all"))
    reason = forms.CharField(
        label=gettext_lazy("Why the counts are right"),
        help_text=gettext_lazy("For example «Two applied after the deadline». Never a name."),
        max_length=300,
        required=False,
    )

    rest = forms.BooleanField(
        label=gettext_lazy("The rest is 0: no qualified from the sources without a number"), required=False
    )

    def __init__(
        self, *args: Any, rows: list[GridRow], count: JobCount | None = None, positions: int = 1, **kwargs: Any
    ) -> None:
        self.rows, self.count, self.positions = rows, count, positions
        self.doubts: list[Doubt] = []
        total = count.applied if count else None
        stored = {
            "seen": version_of(rows, count),
            "total": "" if total is None else str(total),
            "reason": count.reason if count else "",
        }
        super().__init__(*args, initial=stored, **kwargs)
        labels = {name: str(getattr(Outcome._meta.get_field(name), "verbose_name", name)) for name in COUNTS}
        self.headings = column_headings()
        for row in rows:
            for name, value in row.counts.items():
                field = CountField(label=f"{row.source}: {labels[name]}", initial="" if value is None else str(value))
                self.fields[f"{name}_{row.source.pk}"] = field
        # What is wrong is listed in the order one reads it, and the reason comes after what it explains.
        self.order_fields([name for name in self.fields if name != "reason"])

    def clean(self) -> dict[str, Any]:
        """Ask why counts that look wrong are right: those that no stored reason tells of already."""
        data = super().clean() or {}
        if self.errors:
            return data
        reason = mask(" ".join((data.get("reason") or "").split())).text
        found = self._doubts({pk: vars(counts) for pk, counts in self.counts().items()}, data["total"])
        known = set(self.stored_doubts()) if reason and reason == self.initial["reason"] else set()
        self.doubts = [doubt for doubt in found if not reason or doubt not in known]
        is_reason_new = bool(reason) and reason != self.initial["reason"]
        if self.doubts and not is_reason_new:
            self._ask_for_reason()
        data["reason"] = reason if found else ""
        return data

    def _ask_for_reason(self) -> None:
        for doubt in self.doubts:
            if doubt.source_id is not None:
                self.add_error(f"{doubt.name}_{doubt.source_id}", doubt.text)
            elif doubt.name == TOTAL:
                self.add_error("total", doubt.text)
            else:
                self.add_error(None, doubt.text)
        # Whoever does not correct the counts must write it: it is not marked as optional.
        self.fields["reason"].required = True

    def _doubts(self, counts: Mapping[int, Mapping[str, int | None]], total: int | None) -> list[Doubt]:
        return doubts(counts=counts, total=total, positions=self.positions)

    def stored_doubts(self) -> list[Doubt]:
        """Return what looks wrong in what is stored."""
        counts = {row.source.pk: row.counts for row in self.rows}
        return self._doubts(counts, self.count.applied if self.count else None)

    def asks_for_reason(self) -> bool:
        """Whether the field for the reason is drawn."""
        return bool(self.doubts or self.initial["reason"] or (not self.is_bound and self.stored_doubts()))

    def counts(self) -> dict[int, Counts]:
        """Return the checked counts by source id; those that «the rest is 0» is about have 0 qualified."""
        typed = self._typed()
        for source in without_qualified(self.rows, typed) if self.cleaned_data["rest"] else ():
            typed[source.pk]["qualified"] = 0
        return {pk: Counts(**by_name) for pk, by_name in typed.items()}

    def n_rest(self) -> int:
        """Return how many sources «the rest is 0» is about."""
        return len(without_qualified(self.rows, self._typed()))

    def _typed(self) -> dict[int, dict[str, int | None]]:
        data = self.cleaned_data
        return {row.source.pk: {name: data[f"{name}_{row.source.pk}"] for name in COUNTS} for row in self.rows}

    def whole(self) -> Whole:
        """Return the checked total and reason."""
        return Whole(applied=self.cleaned_data["total"], reason=self.cleaned_data["reason"])

    def drawn_rows(self) -> Iterator[FormRow]:
        """Yield the rows with their fields in the order of the columns."""
        for row in self.rows:
            yield FormRow(row.source, row.n_said, [self._cell(f"{name}_{row.source.pk}", name) for name in COUNTS])

    def _cell(self, name: str, column: str) -> Cell:
        typed = self.data.get(name, "") if self.is_bound else self.fields[name].initial
        return Cell(
            name,
            column,
            str(self.fields[name].label),
            self.headings[column],
            str(typed)[:20],
            [str(error) for error in self.errors.get(name, [])],
        )

    def columns(self) -> list[str]:
        """Return the headings of the columns that are typed in."""
        return list(self.headings.values())

    def sums(self) -> list[tuple[str, str]]:
        """Return heading and sum of each column as the form shows it; a dash when nothing is registered."""
        sums = [self._sum(name) for name in COUNTS]
        shown = [number(total) if total is not None else "\N{EN DASH}" for total in sums]
        return list(zip(self.columns(), shown, strict=True))

    def _sum(self, name: str) -> int | None:
        if self.is_bound:
            typed = ["".join(str(self.data.get(f"{name}_{row.source.pk}", "")).split()) for row in self.rows]
            column = [int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None for text in typed]
        else:
            column = [row.counts[name] for row in self.rows]
        known = [count for count in column if count is not None]
        return sum(known) if known else None

    @property
    def n_said(self) -> int | None:
        """How many answers there are in all; None when they may be deleted."""
        known = [row.n_said for row in self.rows if row.n_said is not None]
        return sum(known) if known else None

    @property
    def n_without_source(self) -> int:
        """How many applicants no source is known for, the unknown one's with them; 0 without a total."""
        total = self.count.applied if self.count else None
        applied = [(row.source.kind, row.counts["applied"]) for row in self.rows if row.counts["applied"] is not None]
        known = sum(n for kind, n in applied if kind != Source.Kind.UNKNOWN)
        return max(total - known, 0) if total is not None and applied else 0

    def without_qualified(self) -> list[Source]:
        """Return the sources whose number of qualified the vacancy waits for; none when it was stored whole."""
        is_registered = any(row.counts["qualified"] is not None for row in self.rows)
        if is_registered and not (self.count and self.count.n_missing):
            return []
        return without_qualified(self.rows, {row.source.pk: row.counts for row in self.rows})
