"""What the pages about figures share: the filters of «Kilder», each page's own choices, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from analytics.forms.figures import Asked as OwnForm
from analytics.forms.selections import SelectionForm
from analytics.views.sources import frame
from recruitment.doors import MemberRequest


@dataclass(frozen=True)
class Question:
    """What is asked about: the filters, and the page's own choices. Both are read from the address alone."""

    filters: SelectionForm
    own: OwnForm

    @property
    def is_valid(self) -> bool:
        """Whether both can be answered."""
        # Both are asked, so that every message is there at once.
        return all([self.filters.is_valid(), self.own.is_valid()])

    @property
    def is_exact(self) -> bool:
        """Whether exact counts are shown."""
        return self.filters.view() == "exact"

    def query(self, **changes: str) -> str:
        """Return the address's question part for this selection with the page's own choices, some set anew."""
        return self.filters.query(**(self.own.given() | changes))

    def links(self, name: str, *, clear: str = "") -> list[tuple[str, str, bool]]:
        """Return label, question part and whether it is chosen, for each choice of one of the page's own fields."""
        cleared = {clear: ""} if clear else {}
        chosen = self.own.chosen(name)
        return [
            (str(label), self.query(**cleared, **{name: value}), value == chosen)
            for value, label in self.own.choices_of(name)
        ]

    def context(self) -> dict[str, Any]:
        """Return what every page about figures draws."""
        return {**frame(self.filters), "keep": sorted(self.own.given().items()), "file_query": self.query(vis="")}


def question(request: MemberRequest, own: type[OwnForm]) -> Question:
    """Read what is asked about from the address."""
    return Question(filters=SelectionForm.of(request, extra=list(own.base_fields)), own=own(request.GET))


def refused(request: MemberRequest, asked: Question, *, here: str) -> HttpResponse:
    """Return the page's filters with what was wrong, beside the field where it can be put right."""
    context = {"form": asked.filters, "own": asked.own, "here": here, "keep": [], "query": ""}
    return render(request, "analytics/figures_refused.html", context, status=422)
