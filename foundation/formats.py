"""How figures, money and days look on a Norwegian screen: 12 345,6 · kr 4 500 · 23. nov. 2026 · kl. 14.30."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext_lazy

NARROW = "\N{NO-BREAK SPACE}"
# The months as Norwegian shortens them: juni and juli are written out, and september is sept. in both languages.
# They stand in our catalogues, which are asked before the framework's own, so that its filters say the same.
MONTHS = (
    pgettext_lazy("abbrev. month", "Jan."),
    pgettext_lazy("abbrev. month", "Feb."),
    pgettext_lazy("abbrev. month", "March"),
    pgettext_lazy("abbrev. month", "April"),
    pgettext_lazy("abbrev. month", "May"),
    pgettext_lazy("abbrev. month", "June"),
    pgettext_lazy("abbrev. month", "July"),
    pgettext_lazy("abbrev. month", "Aug."),
    pgettext_lazy("abbrev. month", "Sept."),
    pgettext_lazy("abbrev. month", "Oct."),
    pgettext_lazy("abbrev. month", "Nov."),
    pgettext_lazy("abbrev. month", "Dec."),
)

# Looked up when they are used, one at a time.
WORDS = (
    gettext_noop("two"),
    gettext_noop("three"),
    gettext_noop("four"),
    gettext_noop("five"),
    gettext_noop("six"),
    gettext_noop("seven"),
    gettext_noop("eight"),
    gettext_noop("nine"),
    gettext_noop("ten"),
    gettext_noop("eleven"),
    gettext_noop("twelve"),
)


def number(value: int | float | Decimal | None, decimals: int = 0) -> str:
    """Return 12 345,6 with no-break spaces; "" for None, because a missing figure is told in words."""
    if value is None:
        return ""
    if type(value) is int and not decimals:
        # A page has hundreds of these, and they need no rounding.
        return f"{value:,}".replace(",", NARROW).replace("-", "\N{MINUS SIGN}")
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{exact:,}".replace(",", NARROW).replace(".", ",").replace("-", "\N{MINUS SIGN}")


def kroner(ore: int | float | Decimal | None) -> str:
    """Return whole kroner of an amount in øre, without the unit."""
    return "" if ore is None else number(Decimal(str(ore)) / 100)


def kroner_exact(ore: int | None) -> str:
    """Return kroner to the last øre: 4 500, or 4 500,50 where there are øre."""
    return "" if ore is None else number(Decimal(ore) / 100, 0 if ore % 100 == 0 else 2)


def day(value: date | datetime | None) -> str:
    """Return 23. nov. 2026; a moment is shown as its day in Norway."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return f"{short_day(value)} {value.year}"


def short_day(value: date) -> str:
    """Return 23. nov., without the year."""
    # Put together here: the framework's way takes twenty times as long, and a page of figures has many days.
    return f"{value.day}. {MONTHS[value.month - 1]}"


def clock(value: datetime) -> str:
    """Return kl. 14.30, the wall clock in Norway."""
    return _("at %(time)s") % {"time": timezone.localtime(value).strftime("%H.%M")}


def moment(value: datetime | None) -> str:
    """Return 23. nov. 2026 kl. 14.30."""
    return "" if value is None else f"{day(value)} {clock(value)}"


def in_words(count: int) -> str:
    """Return two … twelve in words for headings and sentences, other counts in figures. For one, use ngettext."""
    return _(WORDS[count - 2]) if 2 <= count <= 12 else number(count)


def lowered(words: str) -> str:
    """Return a label as it stands within a sentence: «fast stilling», while «HR-rådgiver» keeps its capitals."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def all_of(names: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def either(names: Sequence[str]) -> str:
    """Return "a", "a or b" or "a, b or c"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def days_left(deadline: date, today: date) -> str:
    """Return how long one may still apply, in words, counted in Norwegian days."""
    n_days = (deadline - today).days
    if n_days < 0:
        return _("The deadline has passed")
    if n_days == 0:
        return _("Last day today")
    return capfirst(ngettext("one day left", "%(count)s days left", n_days) % {"count": in_words(n_days)})


def hours(minutes: int | None) -> str:
    """Return minutes as hours with at most one decimal: 1,5."""
    return "" if minutes is None else number(Decimal(minutes) / 60, 0 if minutes % 60 == 0 else 1)
