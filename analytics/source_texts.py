"""The sentences of the comparison. Each says no more than the figures carry, and a missing figure is told in words."""

from decimal import Decimal
from math import floor, log10

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.intervals import ENOUGH, PerQualified
from analytics.queries.sources import Pair, SourceComparison, SourceRow
from foundation.formats import in_words, kroner, number
from recruitment.models import Source

# P(best) must be at least this; it is bounded from below by the pairs (Bonferroni).
BEST = 0.8
ENOUGH_FOR_BEST = 10


def name_of(source: Source) -> str:
    """Return the source's name in the comparison; what applicants do not remember is an unknown source here."""
    return _("Unknown source") if source.kind == Source.Kind.UNKNOWN else source.name


def waiting_text() -> str:
    """Return what others than HR read in the place of answers and outcomes (R10)."""
    return _("New answers are shown when at least 5 can be shown together.")


def missing_channel_figure(row: SourceRow) -> str:
    """Return why the channel's figure is missing."""
    if row.channel_figures == "not_fetched":
        return _("not fetched")
    if row.channel_figures == "elsewhere":
        return _("stands elsewhere")
    return _("not reported")


def rounded(amount: float) -> Decimal:
    """Return the bound of an interval with two significant figures: it is not known more exactly than that."""
    if amount <= 0:
        return Decimal(0)
    exponent = floor(log10(amount)) - 1
    return Decimal(str(amount)).quantize(Decimal(1).scaleb(exponent)) if exponent < 0 else _whole(amount, exponent)


def _whole(amount: float, exponent: int) -> Decimal:
    step = 10**exponent
    return Decimal(round(amount / step) * step)


def bound_kroner(ore: float | None) -> Decimal | None:
    """Return a bound given in øre as rounded kroner."""
    return None if ore is None else Decimal(int(rounded(ore / 100)))


def value_kroner(ore: float | None) -> Decimal | None:
    """Return an estimate given in øre as whole kroner."""
    return None if ore is None else Decimal(round(ore / 100))


def cost_sentence(row: SourceRow) -> str:
    """Return what a qualified applicant from the source costs, or why that cannot be said."""
    cost = row.cost
    if cost is None:
        if row.source.kind == Source.Kind.UNKNOWN:
            return ""
        return _("Qualified not registered") if row.qualified is None else _("Cost not registered")
    if cost.kind == "free":
        return _free_sentence(row.hours)
    if cost.kind == "too_few":
        return _("Too few to say anything")
    low, high = number(bound_kroner(cost.low)), number(bound_kroner(cost.high))
    if cost.kind == "none_yet":
        text = _("No qualified applicants yet for kr %(spent)s. Probably costs more than kr %(x)s per qualified.")
        return text % {"spent": kroner(row.spend_ore), "x": low}
    if cost.kind == "interval_only":
        text = ngettext(
            "%(k)s qualified. Between kr %(a)s and %(b)s per qualified; too few to give one figure.",
            "%(k)s qualified. Between kr %(a)s and %(b)s per qualified; too few to give one figure.",
            cost.k,
        )
        return text % {"k": cost.k, "a": low, "b": high}
    text = _("kr %(x)s per qualified, probably between %(a)s and %(b)s (90 %%).")
    return text % {"x": number(value_kroner(cost.value)), "a": low, "b": high}


def _free_sentence(hours: PerQualified | None) -> str:
    if hours is None or hours.low is None:
        return _("Free of charge")
    low = number(rounded(hours.low), 1 if hours.low < ENOUGH else 0)
    if hours.high is None:
        return _("Free of charge. Probably takes more than %(x)s hours per qualified.") % {"x": low}
    high = number(rounded(hours.high), 1 if hours.high < ENOUGH else 0)
    return _("Free of charge. Between %(a)s and %(b)s hours per qualified.") % {"a": low, "b": high}


def tie_sentence(row: SourceRow, names: dict[int, str]) -> str:
    """Return which sources this one cannot be told apart from; two by name, more by number."""
    if not row.ties or row.cost is None or row.cost.kind not in ("estimate", "interval_only"):
        return ""
    if len(row.ties) > 2:
        return _("Cannot be told apart from %(n)s others") % {"n": in_words(len(row.ties))}
    if len(row.ties) == 1:
        return _("Cannot be told apart from %(a)s") % {"a": names[row.ties[0]]}
    return _("Cannot be told apart from %(a)s and %(b)s") % {"a": names[row.ties[0]], "b": names[row.ties[1]]}


def answer(comparison: SourceComparison) -> str:
    """Return the page's heading: what the figures answer, and nothing they do not."""
    if not comparison.rows:
        return _("No figures in this period yet")
    if not comparison.with_answers:
        return _where_visits_came_from(comparison)
    if comparison.known < ENOUGH:
        text = _("Too few to say anything: %(k)s qualified altogether. We need at least 5.")
        return text % {"k": comparison.known}
    names = {row.source.pk: name_of(row.source) for row in comparison.rows}
    if best := _best(comparison):
        return _("%(a)s is probably the cheapest way to a qualified applicant") % {"a": names[best]}
    told = [pair for pair in comparison.pairs if pair.comparison.cheaper]
    if told:
        # The pair that most is known about says more than the most extreme one.
        return pair_sentence(
            max(told, key=lambda pair: (pair.comparison.verdict == "clearly_cheaper", pair.comparison.k)), names
        )
    return _nothing_told_apart(comparison, names)


def pair_sentence(pair: Pair, names: dict[int, str]) -> str:
    """Return the verdict about two sources that can be told apart."""
    found = pair.comparison
    a, b = (pair.a, pair.b) if found.cheaper == "a" else (pair.b, pair.a)
    values = {"a": names[a], "b": names[b]}
    low, high = found.times or (None, None)
    if found.verdict == "clearly_cheaper" and low is not None and high is not None:
        text = _("%(a)s is clearly cheaper than %(b)s: probably %(low)s to %(high)s times.")
        return text % (values | {"low": _times(low), "high": _times(high)})
    # Never 100 %: what is left is small, not nothing.
    percent = min(99, round((found.probability or 0) * 100))
    return _("%(a)s looks cheaper than %(b)s (probability %(p)s %%).") % (values | {"p": percent})


def _times(ratio: float) -> str:
    return number(rounded(ratio), 0 if ratio >= 10 else 1)


def _best(comparison: SourceComparison) -> int | None:
    """Return the source that is cheapest of all with probability 0.8 at least, when 10 in all are qualified."""
    sources = {pair.a for pair in comparison.pairs} | {pair.b for pair in comparison.pairs}
    if comparison.known < ENOUGH_FOR_BEST:
        return None
    for source in sources:
        own = [pair for pair in comparison.pairs if source in (pair.a, pair.b)]
        wins = [pair.comparison for pair in own if pair.comparison.cheaper == ("a" if pair.a == source else "b")]
        if len(wins) == len(own) and sum(1 - (win.probability or 0) for win in wins) <= 1 - BEST:
            return source
    return None


def _nothing_told_apart(comparison: SourceComparison, names: dict[int, str]) -> str:
    ties = [pair for pair in comparison.pairs if pair.comparison.verdict == "cannot_tell"]
    if len(ties) == 1:
        return _("%(a)s and %(b)s cannot be told apart on these figures.") % {
            "a": names[ties[0].a],
            "b": names[ties[0].b],
        }
    if ties:
        return _("The sources cannot be told apart on these figures")
    priced = [row for row in comparison.rows if row.cost and row.cost.kind == "estimate"]
    if priced:
        return f"{name_of(priced[0].source)}: {cost_sentence(priced[0])}"
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
    return text % {"a": name_of(leaders[0].source), "n": number(most), "total": number(total)}


def response_sentence(comparison: SourceComparison) -> str:
    """Return how many answered and what the figures take for granted, or "" when it is not known."""
    response = comparison.response
    if response is None:
        return ""
    percent = round(100 * response.n_answers / response.n_applied)
    text = _("%(p)s %% answered (%(n)s of %(of)s). The figures assume that those who answered resemble the others.")
    return text % {"p": percent, "n": number(response.n_answers), "of": number(response.n_applied)}
