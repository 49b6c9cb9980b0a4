"""How figures, money and days look on a Norwegian screen: 12 345,6 · kr 4 500 · 23. nov. 2026 · kl. 14.30."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats, timezone
from django.utils.translation import gettext as _

NARROW = "\N{NO-BREAK SPACE}"


def number(value: int | float | Decimal | None, decimals: int = 0) -> str:
    """Return 12 345,6 with no-break spaces; "" for None, because a missing figure is told in words."""
    if value is None:
        return ""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{exact:,}".replace(",", NARROW).replace(".", ",").replace("-", "\N{MINUS SIGN}")


def kroner(ore: int | float | Decimal | None) -> str:
    """Return whole kroner of an amount in øre, without the unit."""
    return "" if ore is None else number(Decimal(str(ore)) / 100)


def day(value: date | datetime | None) -> str:
    """Return 23. nov. 2026; a moment is shown as its day in Norway."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return formats.date_format(value, "j. M Y")


def clock(value: datetime) -> str:
    """Return kl. 14.30, the wall clock in Norway."""
    return _("at %(time)s") % {"time": timezone.localtime(value).strftime("%H.%M")}


def moment(value: datetime | None) -> str:
    """Return 23. nov. 2026 kl. 14.30."""
    return "" if value is None else f"{day(value)} {clock(value)}"
