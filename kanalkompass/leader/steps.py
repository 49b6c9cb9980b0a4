"""The one next step of the leader's page: whom to ask for what, made by rules from the same figures."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation import formats
from kanalkompass.leader.rules import ENOUGH, costly_untold
from kanalkompass.leader.told import Figures


@dataclass(frozen=True)
class Step:
    """What to do, in a sentence. `kind` says where its link leads: the vacancies that lack outcomes, or the sources."""

    kind: Literal["lacking", "sources", "jobs"]
    text: str
    label: str


def next_step(figures: Figures) -> Step:
    """Return the step that most of the page waits for: counts, prices, then what is paid for without being seen."""
    see = _("See the sources")
    if figures.n_lacking:
        text = ngettext(
            "Ask HR to register the qualified applicants of one vacancy whose deadline has passed.",
            "Ask HR to register the qualified applicants of %(n)s vacancies whose deadline has passed.",
            figures.n_lacking,
        )
        return Step("lacking", text % {"n": formats.in_words(figures.n_lacking)}, _("See which"))
    if not figures.sources:
        return Step("jobs", _("The figures come by themselves when vacancies have closed."), _("See the vacancies"))
    without_price = [each.name for each in figures.paid_as("unknown") if (each.qualified or 0) >= ENOUGH]
    if without_price:
        text = _("Ask HR what %(source)s cost: it gave qualified applicants, and no price is registered.")
        return Step("sources", text % {"source": without_price[0]}, see)
    untold = costly_untold(figures)
    if untold:
        text = _("Ask HR what %(source)s gave before it is paid for again.")
        return Step("sources", text % {"source": untold.name}, see)
    return Step("sources", _("Look at what each source costs before the next vacancy is announced."), see)
