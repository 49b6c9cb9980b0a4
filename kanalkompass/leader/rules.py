"""
Three sentences written from the figures. Each rule says no more than the figures carry.

Counts are sums of releases, so there may be more than is told: a total is «at least», never exact. What is not known is
said to be so; it is never 0.
"""

from decimal import ROUND_FLOOR, Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from analytics import source_texts
from foundation import formats
from kanalkompass.leader.told import Figures, SourceFigures

# Under so many nothing is told of a share; under so many it is not told in tenths.
ENOUGH, ENOUGH_FOR_TENTHS = 5, 10
# Totals from here on are told in round figures.
ROUND_FROM = 20
MOST_NAMED = 3
# A source whose applicants cannot be shown is news when it took at least this part of all that was spent.
COSTLY_PART = 0.10


def sentences(figures: Figures) -> list[SafeString]:
    """Return the three sentences, as safe HTML with the answer emphasised; one where there is nothing to tell of."""
    if not figures.n_jobs and not figures.sources:
        return [what_came_of_it(figures)]
    return [what_came_of_it(figures), where_they_came_from(figures), what_money_gave(figures)]


def in_period(figures: Figures) -> str:
    """Return the period as it stands within a sentence."""
    if figures.is_year:
        return _("so far in %(year)s") % {"year": figures.period.last_day.year}
    return _("in the last twelve months")


def vacancies(n_jobs: int) -> str:
    """Return "one vacancy", "six vacancies", "38 vacancies"."""
    return ngettext("one vacancy", "%(number)s vacancies", n_jobs) % {"number": formats.in_words(n_jobs)}


def at_least(count: int) -> str:
    """Return a count that may be larger: exact and in words when small, else the round figure below it."""
    if count < ROUND_FROM:
        words = ngettext("at least one", "at least %(number)s", count)
        return words % {"number": formats.in_words(count)}
    step = 10 if count < 1_000 else 100
    below = count // step * step
    return (_("at least %(number)s") if below == count else _("over %(number)s")) % {"number": formats.number(below)}


def what_came_of_it(figures: Figures) -> SafeString:
    """Return how many vacancies there were, and how many qualified applicants and hires they gave at least."""
    when = in_period(figures)
    if not figures.n_jobs:
        return format_html(_("No vacancy has had its deadline {when}."), when=when)
    jobs = capfirst(vacancies(figures.n_jobs))
    if not figures.qualified:
        if figures.n_counted:
            text = _("{jobs} had the deadline {when}. The counts are shown when enough can be shown together.")
        else:
            text = _("{jobs} had the deadline {when}. How many were qualified is not registered yet.")
        return format_html(text, jobs=jobs, when=when)
    qualified = ngettext("%(count)s qualified applicant", "%(count)s qualified applicants", figures.qualified)
    words = {"jobs": jobs, "qualified": _strong(qualified % {"count": at_least(figures.qualified)})}
    if not figures.hired:
        return format_html(_("{jobs} gave {qualified}."), **words)
    hired = ngettext("%(count)s hire", "%(count)s hires", figures.hired) % {"count": at_least(figures.hired)}
    return format_html(_("{jobs} gave {qualified} and {hired}."), hired=hired, **words)


def where_they_came_from(figures: Figures) -> SafeString:
    """Return which part of the qualified applicants came without payment, or why that is not told."""
    known = figures.known or 0
    if not known:
        return _plain(_("Where the qualified applicants saw the vacancies first cannot be told yet."))
    if known < ENOUGH:
        text = _("Too little can be shown so far to say anything about the sources: {count} of the qualified.")
        return format_html(text, count=formats.in_words(known) if known > 1 else pgettext("of applicants", "one"))
    if not figures.is_telling:
        text = _("The source can be shown for {known} of {all}. That is too few to say where most of them came from.")
        return format_html(text, known=_strong(formats.in_words(known)), all=at_least(figures.qualified or 0))
    told = [each for each in figures.sources if each.qualified]
    if figures.spent_ore is None:
        most = max((each.qualified or 0 for each in told), default=0)
        leading = sorted((each for each in told if each.qualified == most), key=lambda each: each.name)
        return format_html(_("No source gave more than {sources}."), sources=_strong(_names(leading)))
    free = [each for each in figures.paid_as("free") if each.qualified]
    n_free = sum(each.qualified or 0 for each in free)
    if not n_free:
        return _plain(_("None of those whose source we can show came without payment."))
    is_registered = all(each.kroner_ore == 0 for each in free)
    without = _("without payment from us") if is_registered else _("without any payment registered")
    words = {"share": _share(n_free, known), "sources": _names(free), "free": _strong(without)}
    words["known"] = formats.in_words(known)
    said = format_html(_("Of the {known} whose source can be shown, {share} came from {sources}, {free}."), **words)
    minutes = [each.minutes for each in free if each.minutes]
    if not minutes:
        return said
    own = ngettext("Own work on it: {hours} hours.", "Own work on them: {hours} hours.", len(free))
    return format_html("{} {}", said, format_html(own, hours=formats.hours(sum(minutes))))


def _share(part: int, whole: int) -> str:
    """Return a part of a whole in words: "six in ten", "half", "four"."""
    if part == whole:
        return _("all")
    if 2 * part == whole:
        return _("half")
    if whole < ENOUGH_FOR_TENTHS:
        return formats.in_words(part) if part > 1 else pgettext("of applicants", "one")
    tenths = int((Decimal(10 * part) / whole + Decimal("0.5")).to_integral_value(ROUND_FLOOR))
    if tenths in (0, 10):
        return _("nearly all") if tenths else _("nearly none")
    if tenths == 5:
        return _("about half")
    return ngettext("one in ten", "%(number)s in ten", tenths) % {"number": formats.in_words(tenths)}


def _names(sources: list[SourceFigures]) -> str:
    """Return the first sources by name, and how many others there are."""
    # One more name is as short as «one other source».
    n_named = len(sources) if len(sources) <= MOST_NAMED + 1 else MOST_NAMED
    names = [each.in_sentence or each.name for each in sources[:n_named]]
    n_more = len(sources) - len(names)
    if n_more:
        names.append(_("%(number)s other sources") % {"number": formats.in_words(n_more)})
    return formats.all_of(names)


def what_money_gave(figures: Figures) -> SafeString:
    """Return what the most costly source gave; a costly one whose applicants cannot be shown comes first."""
    if figures.spent_ore is None:
        return _plain(
            _("What the sources cost is not registered. Once it is, this page tells what a qualified applicant costs.")
        )
    paid = sorted(figures.paid_as("paid"), key=lambda each: (-(each.kroner_ore or 0), each.name))
    if not paid:
        return format_html(_("No kroner were spent on the sources {when}."), when=in_period(figures))
    chosen = costly_untold(figures) or next((each for each in paid if (each.qualified or 0) >= ENOUGH), paid[0])
    words = {"source": chosen.name, "kroner": formats.kroner(chosen.kroner_ore)}
    if (chosen.qualified or 0) < ENOUGH:
        if not figures.n_counted:
            return format_html(_("{source} cost kr {kroner}. What it gave is not registered yet."), **words)
        if not figures.qualified:
            text = _("{source} cost kr {kroner}. What it gave is shown when enough can be shown together.")
            return format_html(text, **words)
        # What is not released may be few, or only not shown: nothing is said of how many there are.
        untold = _strong(_("can be seen by HR alone so far"))
        return format_html(_("{source} cost kr {kroner}. What it gave {untold}."), untold=untold, **words)
    words["count"] = at_least(chosen.qualified or 0)
    low, high = source_texts.bound_kroner(chosen.low_ore), source_texts.bound_kroner(chosen.high_ore)
    if low is None or high is None:
        return format_html(_("{source} cost kr {kroner} and gave {count} qualified applicants."), **words)
    between = _("probably between kr %(low)s and %(high)s for each") % {
        "low": formats.number(low),
        "high": formats.number(high),
    }
    text = _("{source} cost kr {kroner} and gave {count} qualified applicants: {between}.")
    return format_html(text, between=_strong(between), **words)


def costly_untold(figures: Figures) -> SourceFigures | None:
    """Return the source that took most kroner of those whose qualified applicants cannot be shown, if it took much."""
    much = COSTLY_PART * (figures.spent_ore or 0)
    paid = sorted(figures.paid_as("paid"), key=lambda each: (-(each.kroner_ore or 0), each.name))
    untold = [each for each in paid if (each.qualified or 0) < ENOUGH and (each.kroner_ore or 0) >= much]
    return untold[0] if untold else None


def _plain(text: str) -> SafeString:
    return format_html("{}", text)


def _strong(text: str) -> SafeString:
    return format_html("<strong>{}</strong>", text)
