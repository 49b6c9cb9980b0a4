"""What is possible but unusual in HR's counts. Nothing is refused for it: a reason is asked for and stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.queries.outcomes import COUNTS
from foundation.formats import number

# The stages an applicant passes in order. «Best qualified» is a part of the qualified and leads nowhere.
STAGES = ("applied", "qualified", "interviewed", "offered", "hired")
# More than this by one source, or by all, is nearly always a slip of the finger.
MANY_OF_ONE_SOURCE, MANY_IN_ALL = 500, 2_000
TOTAL = "total"

ByName = Mapping[str, int | None]


@dataclass(frozen=True)
class Doubt:
    """One thing to check, at a field. Of the vacancy as a whole `source_id` is None, `name` is `TOTAL` or a count."""

    source_id: int | None
    name: str
    text: str


def doubts(*, counts: Mapping[int, ByName], total: int | None, positions: int) -> list[Doubt]:
    """Return what should be checked in the counts by source id, in the total, and against the positions."""
    found = [doubt for source_id, by_name in counts.items() for doubt in _of_source(source_id, by_name)]
    n_applied = sum(by_name["applied"] or 0 for by_name in counts.values())
    if total is not None and n_applied > total:
        text = _("The sources have %(sum)s applicants together, more than the %(total)s in all.")
        found.append(Doubt(None, TOTAL, text % {"sum": number(n_applied), "total": number(total)}))
    if total is not None and total > MANY_IN_ALL:
        found.append(Doubt(None, TOTAL, _("Unusually many: %(n)s.") % {"n": number(total)}))
    n_hired = sum(by_name["hired"] or 0 for by_name in counts.values())
    if n_hired > positions:
        text = _("%(hired)s are hired in all, more than the positions announced (%(positions)s).")
        found.append(Doubt(None, "hired", text % {"hired": number(n_hired), "positions": number(positions)}))
    return found


def _of_source(source_id: int, counts: ByName) -> Iterator[Doubt]:
    words = stage_words()
    pairs = [("best_qualified", "qualified")]
    pairs += [(name, _stage_before(name, counts)) for name in STAGES[1:]]
    for name, before in pairs:
        few, many = counts.get(name), counts.get(before)
        if few is not None and many is not None and few > many:
            text = _("More %(stage)s (%(more)s) than %(before)s (%(fewer)s).")
            told = {"stage": words[name], "more": number(few), "before": words[before], "fewer": number(many)}
            yield Doubt(source_id, name, text % told)
    for name in COUNTS:
        value = counts.get(name)
        if value is not None and value > MANY_OF_ONE_SOURCE:
            yield Doubt(source_id, name, _("Unusually many: %(n)s.") % {"n": number(value)})


def _stage_before(name: str, counts: ByName) -> str:
    """Return the nearest earlier stage with a count, so that a stage nobody registered hides nothing."""
    earlier = STAGES[: STAGES.index(name)]
    return next((each for each in reversed(earlier) if counts.get(each) is not None), earlier[-1])


def stage_words() -> dict[str, str]:
    """Return what those counted in each stage are called in a sentence."""
    return {
        "applied": pgettext("counted in a stage", "applicants"),
        "qualified": pgettext("counted in a stage", "qualified"),
        "best_qualified": pgettext("counted in a stage", "best qualified"),
        "interviewed": pgettext("counted in a stage", "interviewed"),
        "offered": pgettext("counted in a stage", "offers"),
        "hired": pgettext("counted in a stage", "hired"),
    }
