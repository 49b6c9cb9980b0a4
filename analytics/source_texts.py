"""The sentences of one row of the comparison. Each says no more than the figures carry, and what is missing is told."""

from datetime import date
from decimal import Decimal
from math import floor, log10

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import hidden_texts, statistics
from analytics.queries.source_weeks import Weeks
from analytics.queries.sources import Pair, SourceComparison, SourceRow
from analytics.statistics import ENOUGH, PerQualified
from foundation.formats import in_words, kroner, lowered, moment, number, short_day
from recruitment.models import Source

# Fewer a week than this make a line that goes up and down by chance.
FEW_A_WEEK = 5
# So much more, or less, of what is said than of what is tracked is worth a word.
MUCH = 2.0
# So many sources are named where there is room for it.
NAMED = 6
# Past this the upper end of a ratio says nothing any more.
WIDE = 10.0


def name_of(source: Source) -> str:
    """Return the source's name in the comparison; what applicants do not remember is an unknown source here."""
    return _("Unknown source") if source.kind == Source.Kind.UNKNOWN else source.name


def in_sentence(source: Source) -> str:
    """
    Return the source's name as it stands within a sentence: «lokalavisa», but «FINN.no» and «Nordlys».

    A name that is translated is a common noun, and one that is the same in every language is a proper name. What a
    municipality wrote in one language alone stays as it wrote it.
    """
    name = name_of(source)
    is_proper = source.kind == Source.Kind.PLACE and source.name_nb == source.name_en
    return name if is_proper else lowered(name)


def how_of(source: Source) -> str:
    """Return the channel, where the name does not say it already."""
    if source.channel is None or source.channel.name.casefold() == source.name.casefold():
        return ""
    return source.channel.name


def missing_channel_figure(row: SourceRow) -> str:
    """Return why the channel's figure is missing."""
    if row.channel_figures == "not_fetched":
        return _("not fetched")
    if row.channel_figures == "elsewhere":
        return _("stands elsewhere")
    return _("not for this") if row.channel_figures == "narrowed" else _("not reported")


def until_text(day: date | None) -> str:
    """Return «until 12 Nov.» for a channel whose figures stop before the period does, or ""."""
    return "" if day is None else _("until %(day)s") % {"day": short_day(day)}


def fetched_text(row: SourceRow) -> str:
    """Return who tells views and clicks, and when they were fetched, or why there are none."""
    channel = row.source.channel
    name = channel.name if channel else ""
    if row.fetched_at is not None:
        return _("%(channel)s, fetched %(moment)s") % {"channel": name, "moment": moment(row.fetched_at)}
    return _why_not_fetched(row.channel_figures) % {"channel": name}


def _why_not_fetched(channel_figures: str) -> str:
    if channel_figures == "not_fetched":
        return _("%(channel)s can tell, but nothing has been fetched for this period")
    if channel_figures == "elsewhere":
        return _("stand on another source of %(channel)s")
    if channel_figures == "narrowed":
        return _("%(channel)s has told nothing about these vacancies")
    return _("%(channel)s does not report them") if channel_figures == "not_told" else _("belongs to no channel")


def provenance(comparison: SourceComparison) -> str:
    """Return who says what of every row, beside what the channel tells."""
    if comparison.is_exact:
        return _("Visits: our own links. Said: the survey. Counted: HR, as it is now.")
    return hidden_texts.provenance(comparison.threshold)


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
        if row.qualified is None:
            text = _("Too little can be shown. Probably costs more than kr %(x)s per qualified.")
            return text % {"x": low}
        text = _("No qualified applicants yet for kr %(spent)s. Probably costs more than kr %(x)s per qualified.")
        return text % {"spent": kroner(row.spend_ore), "x": low}
    if cost.kind == "interval_only" and cost.is_mostly_unseen:
        text = _("Between kr %(a)s and %(b)s per qualified; too little can be shown for one figure.")
        return text % {"a": low, "b": high}
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


def cost_in_short(row: SourceRow, *, is_exact: bool) -> tuple[str, str]:
    """Return what stands in the narrow column where no estimate is, and the line below it."""
    cost = row.cost
    if not is_exact and row.qualified is None and (cost is None or cost.kind == "too_few"):
        return "" if row.source.kind == Source.Kind.UNKNOWN else _("hidden"), ""
    if cost is None or cost.kind == "free":
        return cost_sentence(row), ""
    if cost.kind == "interval_only":
        low, high = number(bound_kroner(cost.low)), number(bound_kroner(cost.high))
        short = _("Too little can be shown for one figure") if cost.is_mostly_unseen else _("Too few for one figure")
        return short, f"{low}\N{EN DASH}{high}"
    if cost.kind == "none_yet":
        short = _("Too few to say anything") if is_exact else _("Too little can be shown")
        return short, _("at least %(x)s") % {"x": number(bound_kroner(cost.low))}
    return _("Too few to say anything"), ""


def tie_sentence(row: SourceRow, names: dict[int, str], *, most: int = 2) -> str:
    """Return which sources this one cannot be told apart from: `most` by name within a sentence, more by number."""
    if not row.ties or row.cost is None or row.cost.kind not in ("estimate", "interval_only"):
        return ""
    if len(row.ties) > most:
        return _("Cannot be told apart from %(n)s others") % {"n": in_words(len(row.ties))}
    *others, last = (names[source_id] for source_id in row.ties)
    if not others:
        return _("Cannot be told apart from %(a)s") % {"a": last}
    return _("Cannot be told apart from %(a)s and %(b)s") % {"a": ", ".join(others), "b": last}


def pair_sentence(pair: Pair, names: dict[int, str]) -> str:
    """Return the verdict about two sources that can be told apart, by names as they stand within a sentence."""
    found = pair.comparison
    a, b = (pair.a, pair.b) if found.cheaper == "a" else (pair.b, pair.a)
    values = {"a": names[a], "b": names[b]}
    low, high = found.times or (None, None)
    # The ratio alone, not drawn towards the mean, may reach further: then only the probability is told.
    if found.verdict == "clearly_cheaper" and low is not None and high is not None and low >= 1:
        if high > WIDE * low:
            text = _("%(a)s is clearly cheaper than %(b)s: probably at least %(low)s times.")
            return text % (values | {"low": times(low)})
        text = _("%(a)s is clearly cheaper than %(b)s: probably %(low)s to %(high)s times.")
        return text % (values | {"low": times(low), "high": times(high)})
    text = _("%(a)s looks cheaper than %(b)s (probability %(p)s %%).")
    return text % (values | {"p": percent(found.probability or 0)})


def times(ratio: float) -> str:
    """Return how many times, with one decimal below ten."""
    return number(rounded(ratio), 0 if ratio >= 10 else 1)


def percent(probability: float) -> int:
    """Return a probability in percent; never 100: what is left is small, not nothing."""
    return min(99, round(probability * 100))


def said_and_tracked(row: SourceRow, comparison: SourceComparison) -> str:
    """
    Return a hint where applicants say something else than the links show, or "".

    Shares are held against each other: the source's part of the answers, with its interval, and its part of the visits,
    among sources that have a link. Visits are no persons, so that only a large difference is worth a word.
    """
    if row.visits is None or row.said is None:
        return ""
    n_said, n_visits = comparison.of_linked
    if n_said < ENOUGH or n_visits < ENOUGH:
        return ""
    low, high = statistics.share(row.said, n_said)
    of_visits = row.visits / n_visits
    if low > of_visits * MUCH:
        return _("more than tracked")
    return _("fewer than tracked") if high * MUCH < of_visits else ""


def weeks_text(weeks: Weeks) -> str:
    """Return the last twelve weeks in words, for who does not see the line."""
    known = [value for value in weeks.values if value is not None]
    values = {"first": number(known[0]), "last": number(known[-1])}
    text = (
        _("Clicks a week, the last 12 weeks: from %(first)s to %(last)s")
        if weeks.what == "clicks"
        else _("Visits a week, the last 12 weeks: from %(first)s to %(last)s")
    ) % values
    n_gone = weeks.values.count(None)
    if not n_gone:
        return text
    missing = ngettext("%(n)s week not fetched", "%(n)s weeks not fetched", n_gone) % {"n": n_gone}
    return f"{text}, {missing}"


def response_sentence(comparison: SourceComparison) -> str:
    """Return how many answered and what the figures take for granted, or "" when it is not known."""
    response = comparison.response
    if response is None:
        return ""
    share = round(100 * response.n_answers / response.n_applied)
    text = _("%(p)s %% answered (%(n)s of %(of)s). The figures assume that those who answered resemble the others.")
    sentence = text % {"p": share, "n": number(response.n_answers), "of": number(response.n_applied)}
    if not comparison.is_exact:
        return sentence
    # The columns beside it hold other answers and applicants too.
    about = _("It is about vacancies whose applicants HR has counted, with those that no source is counted for.")
    return f"{sentence} {about}"
