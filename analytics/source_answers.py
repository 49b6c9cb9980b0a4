"""What the page of sources answers: its heading, how sure that is, and the one next step. Rules, not opinions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import hidden_texts
from analytics.queries.sources import Pair, SourceComparison
from analytics.source_texts import cost_sentence, in_sentence, pair_sentence, percent
from analytics.statistics import BEST_PROBABILITY, ENOUGH
from foundation.formats import all_of, in_words, number
from recruitment.models import Source

# A heading names so many at the most.
MOST_NAMED = 4


def answer(comparison: SourceComparison, *, about: str = "") -> str:
    """
    Return the page's heading: what the figures answer, and nothing they do not.

    :param about: the occupation that is asked about, in words, "" for all
    """
    if not comparison.rows:
        return _("No figures for %(about)s here yet") % {"about": about} if about else _("No figures here yet")
    if not comparison.is_exact and not comparison.known:
        return _where_visits_came_from(comparison)
    names = _names(comparison)
    if best := comparison.best:
        values = {"a": names[best.source_id], "p": percent(best.probability), "occupation": about}
        if about:
            return capfirst(_("%(a)s is probably best for %(occupation)s (probability %(p)s %%)") % values)
        if free_of(comparison):
            return _("Of what you pay for, %(a)s is probably the cheapest (probability %(p)s %%)") % values
        text = _("%(a)s is probably the cheapest way to a qualified applicant (probability %(p)s %%)")
        return capfirst(text % values)
    sentence = _without_a_best(comparison, names)
    if about:
        return _("For %(about)s: %(sentence)s") % {"about": about, "sentence": sentence}
    return capfirst(sentence)


def _without_a_best(comparison: SourceComparison, names: dict[int, str]) -> str:
    if comparison.known < ENOUGH:
        text = _("Too few to say anything: %(k)s qualified altogether. We need at least 5.")
        return (text % {"k": comparison.known}).rstrip(".")
    if group := cheapest_group(comparison):
        return _group_sentence(group, names)
    if told := _told_apart(comparison):
        return pair_sentence(_first_told(told, comparison), names).rstrip(".")
    return _nothing_told_apart(comparison, names).rstrip(".")


@dataclass(frozen=True)
class CheapestGroup:
    """Sources that cannot be told apart, each told to be cheaper than each of the others; ids, the cheapest first."""

    among: tuple[int, ...]
    others: tuple[int, ...]


def cheapest_group(comparison: SourceComparison) -> CheapestGroup | None:
    """
    Return the sources that together stand before all others they can be compared with, None where that is not sure.

    Every pair across must be told, and the chance that any of them is wrong, at most the sum of their own chances
    (Bonferroni), may be no more than that of naming a single best.
    """
    found = {frozenset((pair.a, pair.b)): pair for pair in comparison.pairs if pair.comparison.verdict != "too_few"}
    met = {source for pair in found for source in pair}
    ranked = [row.source.id for row in comparison.rows if row.source.id in met]
    for size in range(2, min(MOST_NAMED, len(ranked) - 1) + 1):
        among, others = ranked[:size], ranked[size:]
        inside = [found.get(frozenset(each)) for each in combinations(among, 2)]
        across = [(one, found.get(frozenset((one, other)))) for one in among for other in others]
        is_tied = all(pair and pair.comparison.verdict == "cannot_tell" for pair in inside)
        doubt = sum(_doubt(one, pair) for one, pair in across)
        if is_tied and doubt <= 1 - BEST_PROBABILITY:
            return CheapestGroup(tuple(among), tuple(others))
    return None


def _doubt(one: int, pair: Pair | None) -> float:
    """Return how probable it is that a source is not the cheaper of a pair; 1 where that is not told."""
    if pair is None or pair.comparison.cheaper is None or (pair.a if pair.comparison.cheaper == "a" else pair.b) != one:
        return 1.0
    return 1 - (pair.comparison.probability or 0.0)


def _group_sentence(group: CheapestGroup, names: dict[int, str]) -> str:
    others = [names[each] for each in group.others]
    values = {
        "group": all_of([names[each] for each in group.among]),
        "others": all_of(others) if len(others) < MOST_NAMED else _("%(n)s others") % {"n": in_words(len(others))},
    }
    return _("%(group)s look cheaper than %(others)s, and cannot be told apart") % values


def how_sure(comparison: SourceComparison) -> str:
    """Return the line under the heading: what the answer rests on, and what cannot be told."""
    if not comparison.rows:
        return ""
    if not comparison.is_exact and not comparison.known:
        return hidden_texts.waiting(comparison.threshold)
    parts = []
    if comparison.known >= ENOUGH:
        text = ngettext(
            "It rests on %(k)s qualified applicant with a known source.",
            "It rests on %(k)s qualified applicants with a known source.",
            comparison.known,
        )
        parts.append(text % {"k": number(comparison.known)})
    if free := free_of(comparison):
        names = _names(comparison)
        parts.append(_("Free of charge: %(names)s.") % {"names": all_of([names[each] for each in free[:MOST_NAMED]])})
    if len(_tied(comparison)) > 1:
        parts.append(_("Some of the sources cannot be told apart."))
    if comparison.n_priced > comparison.n_compared:
        text = _("Only the %(n)s sources with the largest costs are compared with each other.")
        parts.append(text % {"n": number(comparison.n_compared)})
    return " ".join(parts)


@dataclass(frozen=True)
class NextStep:
    """
    What to do next. `kind` says where it leads: "outcomes" (of `job_id`, or the vacancies), "source" (`source_id`),
    "jobs", or "year" (the same filters over twelve months).
    """

    kind: Literal["outcomes", "source", "jobs", "year"]
    why: str
    label: str
    source_id: int | None = None
    job_id: int | None = None


def next_step(comparison: SourceComparison, *, lacking: Sequence[int] = (), n_days: int, may_act: bool) -> NextStep:
    """
    Return the one next step, the most urgent first: count, ask, look at what is dear, use what is best, wait.

    :param lacking: the vacancies that lack outcomes, for those who may register them
    :param n_days: how long the period is
    :param may_act: whether who reads it works with vacancies, and does not only look
    """
    then = _without_lacking(comparison, n_days=n_days, may_act=may_act)
    return _register(lacking, then=then) if lacking else then


def _without_lacking(comparison: SourceComparison, *, n_days: int, may_act: bool) -> NextStep:
    ask = _("Ask the applicants") if may_act else _("Go to the vacancies")
    names = _names(comparison)
    if not comparison.rows or comparison.known < ENOUGH:
        why = (
            _("More applicants must say where they saw the vacancy before the sources can be compared.")
            if comparison.is_exact
            else hidden_texts.before_counts_come(comparison.threshold)
        )
        return NextStep("jobs", why, ask)
    if dear := _dearest(comparison):
        return NextStep(
            "source",
            capfirst(_("%(a)s costs more per qualified than others. Is it worth it?") % {"a": names[dear]}),
            _("Look at the costs of %(a)s") % {"a": names[dear]},
            source_id=dear,
        )
    if bare := _without_costs(comparison):
        return NextStep(
            "source",
            capfirst(_("%(a)s gave qualified applicants, but no costs are registered.") % {"a": names[bare]}),
            _("Look at %(a)s") % {"a": names[bare]},
            source_id=bare,
        )
    if comparison.best:
        best = comparison.best.source_id
        return NextStep(
            "source",
            _("Use %(a)s next time too, and look again then.") % {"a": names[best]},
            _("See what %(a)s gave") % {"a": names[best]},
            source_id=best,
        )
    if n_days < 360:
        return NextStep("year", _("A longer period has more applicants and says more."), _("Look at twelve months"))
    return NextStep(
        "jobs",
        _("Do not drop a source yet: the differences may be chance. More answers tell them apart."),
        ask,
    )


def _register(lacking: Sequence[int], *, then: NextStep) -> NextStep:
    """Return the step of counting; what the figures say already stands behind it."""
    n = len(lacking)
    why = ngettext(
        "%(n)s vacancy whose deadline has passed lacks the number of qualified. Its costs count already.",
        "%(n)s vacancies whose deadline has passed lack the number of qualified. Their costs count already.",
        n,
    )
    label = ngettext("Register qualified for %(n)s vacancy", "Register qualified for %(n)s vacancies", n)
    whys = f"{why % {'n': n}} {then.why}"
    return NextStep("outcomes", whys, label % {"n": n}, job_id=lacking[0] if n == 1 else None)


def free_of(comparison: SourceComparison) -> list[int]:
    """Return the sources that cost nothing and gave enough qualified to say so."""
    rows = [row for row in comparison.rows if row.cost and row.cost.kind == "free" and row.cost.k >= ENOUGH]
    return [row.source.id for row in rows]


def _names(comparison: SourceComparison) -> dict[int, str]:
    return {row.source.id: in_sentence(row.source) for row in comparison.rows}


def _told_apart(comparison: SourceComparison) -> list[Pair]:
    return [pair for pair in comparison.pairs if pair.comparison.cheaper]


def _first_told(told: list[Pair], comparison: SourceComparison) -> Pair:
    """
    Return the pair to tell of: the cheaper is the first in the table that beats any, as a reader takes it to be.

    What it is told to beat is what most is known about, clear verdicts first.
    """
    places = {row.source.pk: place for place, row in enumerate(comparison.rows)}

    def order(pair: Pair) -> tuple[int, bool, int]:
        cheaper = pair.a if pair.comparison.cheaper == "a" else pair.b
        return places[cheaper], pair.comparison.verdict != "clearly_cheaper", -pair.comparison.k

    return min(told, key=order)


def _tied(comparison: SourceComparison) -> list[Pair]:
    return [pair for pair in comparison.pairs if pair.comparison.verdict == "cannot_tell"]


def _dearest(comparison: SourceComparison) -> int | None:
    """Return the source that most others are cheaper than, when at least half of those compared with it are."""
    lost: Counter[int] = Counter()
    met: Counter[int] = Counter()
    for pair in comparison.pairs:
        if pair.comparison.verdict == "too_few":
            continue
        met.update((pair.a, pair.b))
        if pair.comparison.cheaper:
            lost[pair.b if pair.comparison.cheaper == "a" else pair.a] += 1
    often = {source: n for source, n in lost.items() if 2 * n >= met[source]}
    spend = {row.source.id: row.spend_ore or 0 for row in comparison.rows}
    return max(often, key=lambda source: (often[source], spend[source])) if often else None


def _without_costs(comparison: SourceComparison) -> int | None:
    rows = [
        row
        for row in comparison.rows
        if row.spend_ore is None and (row.qualified or 0) >= ENOUGH and row.source.kind != Source.Kind.UNKNOWN
    ]
    return max(rows, key=lambda row: row.qualified or 0).source.pk if rows else None


def _nothing_told_apart(comparison: SourceComparison, names: dict[int, str]) -> str:
    ties = _tied(comparison)
    if len(ties) == 1:
        return _("%(a)s and %(b)s cannot be told apart on these figures.") % {
            "a": names[ties[0].a],
            "b": names[ties[0].b],
        }
    if ties:
        return _("The sources cannot be told apart on these figures")
    priced = [row for row in comparison.rows if row.cost and row.cost.kind == "estimate"]
    if priced:
        values = {"a": in_sentence(priced[0].source), "sentence": cost_sentence(priced[0])}
        return _("only %(a)s has enough, %(sentence)s") % values
    return _("The costs of more sources are needed to compare them")


def _where_visits_came_from(comparison: SourceComparison) -> str:
    visits = [(row.visits, row) for row in comparison.rows if row.visits]
    if not visits:
        return _("Nobody has followed a tracked link in this period")
    total = sum(n for n, _row in visits)
    most = max(n for n, _row in visits)
    leaders = [row for n, row in visits if n == most]
    if len(leaders) > 1:
        text = ngettext(
            "%(total)s visit through the tracked links", "%(total)s visits through the tracked links", total
        )
        return text % {"total": number(total)}
    text = _("%(a)s gave the most visits through the tracked links: %(n)s of %(total)s")
    return capfirst(text % {"a": in_sentence(leaders[0].source), "n": number(most), "total": number(total)})
