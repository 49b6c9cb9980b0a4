"""One source in words: its calculation, what is said beside what is tracked, and what a click has cost."""

from collections.abc import Callable

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from analytics import hidden_texts, source_texts
from analytics.charts import Chart, exact_kroner
from analytics.models import Cost
from analytics.queries.source_rows import SourceComparison, SourceRow
from foundation.formats import hours, kroner, number

Fact = tuple[str, str, str, bool]


def answer(row: SourceRow | None, comparison: SourceComparison) -> str:
    """Return the line under the name: what a qualified applicant from here costs, or why that cannot be said."""
    if row is None:
        return _("Nothing is known of this source in the period.")
    sentence = source_texts.cost_sentence(row)
    if sentence:
        return sentence if sentence.endswith(".") else f"{sentence}."
    if comparison.is_exact:
        return _("Nothing can be said of what a qualified applicant costs.")
    return hidden_texts.waiting(comparison.threshold)


def facts(row: SourceRow | None, comparison: SourceComparison, *, with_hours: bool) -> list[Fact]:
    """Return the calculation line by line: label, text, a note, and whether the figure is missing."""
    if row is None:
        return [(_("Paid"), _("not registered"), "", True)]
    found = [_or_missing(_("Paid"), row.kroner_ore, lambda ore: _("kr %(amount)s") % {"amount": kroner(ore)})]
    if row.minutes is not None:
        own = _("kr %(amount)s") % {"amount": kroner(row.minutes * comparison.hour_cost_ore / 60)}
        label = _("%(hours)s hours at kr %(price)s") % {
            "hours": hours(row.minutes),
            "price": kroner(comparison.hour_cost_ore),
        }
        found.append((label, own if with_hours else _("not counted in"), "", False))
    found += _in_all(row, with_hours=with_hours)
    found.append(_qualified(row, comparison))
    found += _reckoned(row, comparison)
    found += _per_qualified(row)
    hired = (_uncounted(comparison), "", True) if row.hired is None else (number(row.hired), "", False)
    found.append((_("Hired"), *hired))
    return found


def _or_missing(label: str, value: int | None, text: Callable[[int], str]) -> Fact:
    return (label, _("not registered"), "", True) if value is None else (label, text(value), "", False)


def _uncounted(comparison: SourceComparison) -> str:
    """Return why a count of HR's is missing."""
    if comparison.is_exact:
        return _("not registered")
    return hidden_texts.hidden_in_short("qualified", comparison.threshold)


def _qualified(row: SourceRow, comparison: SourceComparison) -> Fact:
    label = _("Qualified applicants")
    if row.qualified is None:
        return (label, _uncounted(comparison), "", True)
    values = {"known": number(comparison.known), "all": number(comparison.qualified)}
    of_known = _("%(known)s of all %(all)s have a known source") % values
    more = "" if comparison.is_exact else "; " + _("more may wait")
    return (label, number(row.qualified), f"({of_known}{more})", False)


def _in_all(row: SourceRow, *, with_hours: bool) -> list[Fact]:
    """Return kroner and own hours together, where both are counted in."""
    if not with_hours or row.kroner_ore is None or row.minutes is None or row.spend_ore is None:
        return []
    return [(_("Together"), _("kr %(amount)s") % {"amount": kroner(row.spend_ore)}, "", False)]


def _reckoned(row: SourceRow, comparison: SourceComparison) -> list[Fact]:
    """Return the count with its part of those of unknown source, which the price is divided by (k/rho)."""
    n_unknown = comparison.qualified - comparison.known
    if row.cost is None or row.cost.value is None or not row.qualified or not comparison.known or n_unknown <= 0:
        return []
    label = _("With its share of those whose source is unknown")
    sum_in_words = f"({number(row.qualified)} × {number(comparison.qualified)} / {number(comparison.known)})"
    return [(label, number(round(row.qualified * comparison.qualified / comparison.known)), sum_in_words, False)]


def _per_qualified(row: SourceRow) -> list[Fact]:
    label, cost = _("Per qualified applicant"), row.cost
    if cost is None or cost.kind in ("free", "too_few"):
        return [(label, source_texts.cost_sentence(row) or "–", "", False)]
    low, high = number(source_texts.bound_kroner(cost.low)), number(source_texts.bound_kroner(cost.high))
    if cost.value is None:
        text = _("over kr %(low)s") % {"low": low} if cost.high is None else f"kr {low}\N{EN DASH}{high}"
        return [(label, text, "", False)]
    value = number(source_texts.value_kroner(cost.value))
    return [(label, _("kr %(amount)s") % {"amount": value}, f"({low}\N{EN DASH}{high}, 90 %)", False)]


def verdict(row: SourceRow | None, comparison: SourceComparison, names: dict[int, str]) -> str:
    """Return what may be said of this source beside the others, "" for nothing."""
    if row is None:
        return ""
    told = [pair for pair in comparison.pairs if row.source.pk in (pair.a, pair.b) and pair.comparison.cheaper]
    if told:
        return capfirst(source_texts.pair_sentence(max(told, key=lambda pair: pair.comparison.k), names))
    tie = source_texts.tie_sentence(row, names, most=source_texts.NAMED)
    return f"{tie}." if tie and not tie.endswith(".") else tie


def said_and_tracked(row: SourceRow | None, comparison: SourceComparison, *, name: str) -> str:
    """Return how many say they came from here beside how many followed our links, and why the two differ."""
    if row is None or (row.said is None and row.visits is None):
        return _("Neither answers nor visits are known.")
    if row.visits is None:
        tracked = capfirst(_("%(name)s cannot be tracked: there is no link to follow.") % {"name": name})
    else:
        tracked = _("%(n)s visits came through the links for %(name)s.") % {"n": number(row.visits), "name": name}
    if row.said is None:
        is_deleted = comparison.is_exact
        said = _("The answers are deleted.") if is_deleted else hidden_texts.waiting(comparison.threshold)
        return f"{said} {tracked}"
    said = _("%(n)s applicants say that they saw the vacancy first at %(name)s.") % {
        "n": number(row.said),
        "name": name,
    }
    if row.visits is not None and row.visits < row.said:
        why = _("Some probably see it there and go straight to the site.")
    elif row.visits is not None:
        why = _("A visit is not an application, so visits are usually more.")
    else:
        why = ""
    return f"{said} {tracked} {why}".rstrip()


def amount(cost: Cost) -> str:
    """Return a cost's kroner or hours."""
    if cost.amount_ore is not None:
        return _("kr %(amount)s") % {"amount": exact_kroner(cost.amount_ore)}
    return _("%(hours)s hours") % {"hours": hours(cost.minutes)}


def price_sentence(known: list[tuple[int, str]], chart: Chart) -> str:
    """Return the newest price with the lowest and the highest of the months."""
    if not known:
        return ""
    values = [value for value, _label in known]
    newest, label = known[-1]
    return _("kr %(newest)s in %(month)s; between kr %(low)s and %(high)s in the period.") % {
        "newest": chart.text(newest),
        "month": label,
        "low": chart.text(min(values)),
        "high": chart.text(max(values)),
    }
