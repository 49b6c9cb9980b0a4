"""System checks of channels: knobs that must fit together, or the promise of at most once has a hole."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning


def publishing_knobs_fit(**_: Any) -> list[CheckMessage]:
    """A whole send fits into a lease; absence is believed only after any answer and any lease has run out (P1)."""
    problems: list[CheckMessage] = []
    if settings.PUBLISH_DEADLINE_S >= settings.PUBLISH_LEASE_S:
        problems.append(
            Warning("PUBLISH_LEASE_S must be longer than PUBLISH_DEADLINE_S: nothing can be sent.", id="channels.W001")
        )
    if settings.RECONCILE_SETTLE_S < settings.PUBLISH_LEASE_S + settings.PUBLISH_DEADLINE_S:
        problems.append(
            Warning(
                "RECONCILE_SETTLE_S is shorter than a lease and a deadline together: a post could be sent twice.",
                id="channels.W002",
            )
        )
    return problems
