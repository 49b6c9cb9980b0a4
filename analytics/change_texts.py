"""What is said of changes and shares: words only where the intervals allow them, and the interval beside each share."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import statistics
from analytics.queries.source_changes import Change, Earlier
from analytics.queries.sources import SourceComparison, SourceRow
from analytics.queries.steps import Step
from analytics.source_texts import cost_in_short, in_sentence, name_of, percent, times, value_kroner
from analytics.statistics import ENOUGH
from foundation.formats import number


@dataclass(frozen=True)
class Told:
    """An earlier period in one line: what it cost then, and what may be said of the changes."""

    cost: str
    words: str
    share: str


@dataclass(frozen=True)
class Share:
    """A share in words: counts, percent, where it probably lies, and the band if willingness to answer differs."""

    counts: str
    percent: str = ""
    interval: str = ""
    band: str = ""


def cost_now(row: SourceRow | None, *, is_exact: bool) -> str:
    """Return the estimate in kroner, or why there is none."""
    if row is None:
        return _("no figures")
    if row.cost is not None and row.cost.value is not None:
        return number(value_kroner(row.cost.value))
    return cost_in_short(row, is_exact=is_exact)[0] or "\N{EN DASH}"


def told(change: Change, *, is_exact: bool) -> Told:
    """Return what may be said of a source's change since an earlier period; nothing where it had no figures."""
    cost = cost_now(change.row, is_exact=is_exact)
    if change.row is None:
        return Told(cost=cost, words="", share="")
    return Told(
        cost=cost, words=cost_words(change.cost, is_exact=is_exact), share=share_words(change.share, is_exact=is_exact)
    )


def _nothing_to_say(*, is_exact: bool) -> str:
    # What is told of two periods may be different parts of them.
    return _("too little to say") if is_exact else _("cannot be said of what is shared")


def cost_words(found: statistics.Comparison | None, *, is_exact: bool) -> str:
    """Return whether a qualified applicant has become cheaper or dearer; side a is now."""
    if found is None or found.cheaper is None:
        return _nothing_to_say(is_exact=is_exact)
    low, high = found.times or (None, None)
    if found.verdict == "clearly_cheaper" and low is not None and high is not None and low >= 1:
        text = (
            _("clearly cheaper: %(low)s to %(high)s times")
            if found.cheaper == "a"
            else _("clearly dearer: %(low)s to %(high)s times")
        )
        return text % {"low": times(low), "high": times(high)}
    text = (
        _("looks cheaper (probability %(p)s %%)") if found.cheaper == "a" else _("looks dearer (probability %(p)s %%)")
    )
    return text % {"p": percent(found.probability or 0)}


def share_words(found: statistics.Difference | None, *, is_exact: bool) -> str:
    """Return how the share of the answers has changed, in percentage points."""
    if found is None or not found.is_told_apart:
        return _nothing_to_say(is_exact=is_exact)
    low, high = sorted((abs(round(100 * found.low)), abs(round(100 * found.high))))
    text = (
        _("up %(low)s to %(high)s percentage points")
        if found.value > 0
        else _("down %(low)s to %(high)s percentage points")
    )
    return text % {"low": low, "high": high}


def share(k: int | None, n: int | None, *, unknown: str) -> Share:
    """Return k of n with its 90 % interval and the band, or that it is `unknown`; of fewer than 5 no share is told."""
    if k is None or n is None:
        return Share(unknown)
    if k > n:
        # Two counts that are released, or typed, one by one need not fit yet.
        return Share(_("%(k)s and %(n)s do not fit together yet") % {"k": number(k), "n": number(n)})
    if n < ENOUGH:
        return Share(_("%(k)s of %(n)s, too few for a share") % {"k": number(k), "n": number(n)})
    return Share(
        counts=_("%(k)s of %(n)s") % {"k": number(k), "n": number(n)},
        percent=_percent(k / n),
        interval=_between(statistics.share(k, n)),
        band=_between(statistics.willingness_band(k, n)),
    )


def assessed(step: Step | None, *, applied: int | None, is_exact: bool) -> Share:
    """Return how many of the applicants were qualified, among those of vacancies where HR has counted both."""
    if not is_exact:
        # Releases of two questions need not be of the same vacancies.
        return Share(_("cannot be said of what is shared"))
    if step is None:
        return Share(_("not assessed yet") if applied else _("not known"))
    return share(step.n, step.of, unknown="")


def plain_share(k: int | None, n: int) -> Share:
    """Return k of n without an interval: visits are counted, not asked for."""
    if k is None:
        return Share(_("cannot be tracked"))
    if not n:
        return Share(number(k))
    return Share(counts=_("%(k)s of %(n)s") % {"k": number(k), "n": number(n)}, percent=_percent(k / n))


def _percent(part: float) -> str:
    """Return a share in percent; what is there is never told as 0."""
    if 0 < part < 0.005:
        return _("under 1 %")
    return f"{_whole(part)}\N{NO-BREAK SPACE}%"


def _whole(part: float) -> int:
    return round(100 * part)


def _between(bounds: tuple[float, float]) -> str:
    low, high = (_whole(bound) for bound in bounds)
    return f"{low}\N{EN DASH}{high}\N{NO-BREAK SPACE}%"


def answer(comparison: SourceComparison, before: Earlier) -> str:
    """
    Return the page's heading: the surest change since the period before, as sure as it is, and how many more there are.
    """
    changed = [
        (row, change.cost)
        for row in comparison.rows
        if (change := before.of[row.source.pk]).cost is not None and change.cost.cheaper
    ]
    if not changed:
        if not comparison.is_exact:
            return _("What is shared is too little to say whether a source has changed")
        return _("No source has changed so much that it can be told")
    # The sort is stable: of changes that are equally sure, the one of the most money stands first.
    changed.sort(key=lambda each: -(each[0].spend_ore or 0))
    changed.sort(key=lambda each: (each[1].verdict != "clearly_cheaper", -round(each[1].probability or 0, 2)))
    row, found = changed[0]
    sentence = _change_sentence(found) % {"a": name_of(row.source), "p": percent(found.probability or 0)}
    if len(changed) == 1:
        return sentence
    if len(changed) == 2:
        more = _("%(a)s has changed too") % {"a": in_sentence(changed[1][0].source)}
    else:
        more = ngettext("%(n)s more source has changed", "%(n)s more sources have changed", len(changed) - 1)
        more %= {"n": number(len(changed) - 1)}
    return f"{sentence}; {more}"


def _change_sentence(found: statistics.Comparison) -> str:
    if found.verdict == "clearly_cheaper":
        return (
            _("%(a)s has become cheaper per qualified since the period before")
            if found.cheaper == "a"
            else _("%(a)s has become dearer per qualified since the period before")
        )
    return (
        _("%(a)s looks cheaper per qualified than in the period before (probability %(p)s %%)")
        if found.cheaper == "a"
        else _("%(a)s looks dearer per qualified than in the period before (probability %(p)s %%)")
    )
