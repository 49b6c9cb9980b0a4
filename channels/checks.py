"""System checks of channels: knobs that must fit together, and platforms' versions that must be alive."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from channels import connectors
from channels.queries import quotas
from foundation import clock


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


def versions_are_alive(**_: Any) -> list[CheckMessage]:
    """
    Every platform's version stands in its table and answers today.

    One that nobody knows is a slip of the pen, so it stops the start. One that has died with time must not: everything
    but that platform goes on, and its posts wait.
    """
    problems: list[CheckMessage] = []
    for kind in connectors.REGISTRY.values():
        version, ends_on = kind.version(), kind.version_ends_on()
        if version and ends_on is None:
            hint = "Write one that stands in the platform's list, and add its end to the settings if it is new."
            problems.append(Error(f"{kind.label}: version {version} is not known.", hint=hint, id="channels.E001"))
        elif ends_on is not None and ends_on <= quotas.utc_day(clock.now()):
            problems.append(
                Warning(f"{kind.label}: version {version} has not answered since {ends_on}.", id="channels.W003")
            )
    return problems
