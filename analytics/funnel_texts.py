"""The funnel in words."""

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import hidden_texts
from analytics.queries.funnel import Count, Passed, Stage
from foundation.formats import number


def label(key: str) -> str:
    """Return a stage's name."""
    return {
        "views": _("Views"),
        "clicks": _("Clicks"),
        "visits": _("Visits, tracked"),
        "said": _("Applicants, said"),
        "applied": _("Applicants, counted"),
        "qualified": _("Qualified"),
        "interviewed": _("Interviewed"),
        "offered": _("Offered the position"),
        "hired": _("Hired"),
    }[key]


def truth(key: str) -> str:
    """Return who counts the stages that follow."""
    return {
        "channel": _("The channels say"),
        "links": _("Our links counted"),
        "people": _("Applicants say, in the survey"),
        "hr": _("HR has counted"),
    }[key]


def missing(stage: Stage, *, threshold: int | None) -> str:
    """Return why a stage has no number; `threshold` is None where counts are exact."""
    if stage.count.why == "empty":
        return _("none yet")
    if stage.truth == "channel":
        return _("not told")
    if stage.truth == "links":
        return _("cannot be tracked")
    if threshold is not None:
        return hidden_texts.hidden_in_short(stage.key, threshold)
    return _("answers deleted") if stage.truth == "people" else _("not registered")


def percent(share: float) -> str:
    """Return a share as it is read: 4,1 % or 38 %, never a false 0."""
    if 0 < share < 0.001:
        return _("under 0,1 %")
    return _("%(p)s %%") % {"p": number(share * 100, 1 if share < 0.1 else 0)}


def range_of(passed: Passed | None) -> str:
    """Return where the share probably lies, "" where no interval is true."""
    if passed is None or passed.low is None or passed.high is None:
        return ""
    low, high = passed.low * 100, passed.high * 100
    decimals = 0 if round(low) < round(high) else 1
    return _("probably %(low)s to %(high)s %%") % {"low": number(low, decimals), "high": number(high, decimals)}


def note(stage: Stage, *, qualified: Count) -> str:
    """Return what goes with a stage's number: that more may be there, or that applicants are not assessed yet."""
    n = stage.count.n
    if n is None:
        return ""
    if stage.count.why == "pending":
        return _("more may wait")
    waiting = n - (qualified.step.of if qualified.step else 0)
    if stage.key != "applied" or waiting <= 0:
        return ""
    return ngettext("%(n)s is not assessed yet", "%(n)s are not assessed yet", waiting) % {"n": number(waiting)}


def of_which(stage: Stage, *, before: Count | None) -> str:
    """Return what a share is made of where that is not the two stages as they stand, "" where it is."""
    if stage.passed is None or before is None:
        return ""
    step = stage.passed.step
    if (step.n, step.of) == (stage.count.n, before.n):
        return ""
    return _("%(n)s of %(of)s") % {"n": number(step.n), "of": number(step.of)}


def answer(stages: Sequence[Stage], *, about: str) -> str:
    """Return the heading: how many came through of how many, as far as HR has counted; else the furthest count."""
    by_key = {stage.key: stage for stage in stages}
    applied, step = by_key["applied"].count, by_key["qualified"].count.step
    if applied.n and step is not None and not applied.why and 0 < step.of < applied.n and step.n <= step.of:
        # Those of vacancies without outcomes would make the share too low.
        values = {"n": number(step.n), "of": number(step.of), "source": about}
        if about:
            return _("%(n)s of %(of)s assessed applicants from %(source)s were qualified") % values
        return _("%(n)s of %(of)s assessed applicants were qualified") % values
    if applied.n and step is not None and not applied.why and 0 < step.n <= step.of:
        values = {"n": number(step.n), "of": number(step.of), "source": about}
        if about:
            return _("%(n)s of %(of)s applicants from %(source)s were qualified") % values
        return _("%(n)s of %(of)s applicants were qualified") % values
    furthest = next((stage for stage in reversed(stages) if stage.count.n), None)
    if furthest is None:
        return _("Nothing has been counted in this period yet")
    values = {"counted": counted(furthest.key, furthest.count.n or 0), "source": about}
    if about:
        return capfirst(_("%(source)s, as far as it is counted: %(counted)s") % values)
    return _("As far as it is counted: %(counted)s") % values


def counted(key: str, count: int) -> str:
    """Return so many of a stage, as a sentence says it: 42 hired."""
    texts = {
        "views": ngettext("%(n)s view", "%(n)s views", count),
        "clicks": ngettext("%(n)s click", "%(n)s clicks", count),
        "visits": ngettext("%(n)s tracked visit", "%(n)s tracked visits", count),
        "said": ngettext("%(n)s applicant has answered", "%(n)s applicants have answered", count),
        "applied": ngettext("%(n)s applicant", "%(n)s applicants", count),
        "qualified": ngettext("%(n)s qualified person", "%(n)s qualified persons", count),
        "interviewed": ngettext("%(n)s interviewed person", "%(n)s interviewed persons", count),
        "offered": ngettext("%(n)s was offered the position", "%(n)s were offered the position", count),
        "hired": ngettext("%(n)s hired person", "%(n)s hired persons", count),
    }
    return texts[key] % {"n": number(count)}
