"""The companies behind the platforms, and on what basis personal data may go to them (R15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Platform:
    """A platform that we speak with. `transfer_basis` gives a sentence in the active language."""

    company: str
    transfer_basis: Callable[[], str]


def _linkedin() -> str:
    return _(
        "The company is in the EEA. Its parent company in the United States receives data under the EU-US Data Privacy "
        "Framework; the municipality checks each year that this still holds."
    )


PLATFORMS = {
    "linkedin": Platform(company="LinkedIn Ireland Unlimited Company, Dublin", transfer_basis=_linkedin),
}


def of(connector: str) -> Platform | None:
    """Return the platform that a connector speaks with, or None for a channel that is served by hand."""
    return PLATFORMS.get(connector)
