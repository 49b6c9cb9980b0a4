"""What pages about publishing need besides their own: whether all publishing is stopped."""

from typing import Any

from django.http import HttpRequest

from channels.queries import stops
from foundation.tenancy import tenant
from recruitment import doors

# The first part of the addresses that have to do with publishing; "" is the front page.
SECTIONS = frozenset({"", "avklaringer", "innlegg", "kampanjer", "kanaler", "leveringer"})


def publishing(request: HttpRequest) -> dict[str, Any]:
    """Return the stop in force where publishing is talked about. One query there, none elsewhere."""
    membership, municipality = getattr(request, "membership", None), getattr(request, "municipality", None)
    if membership is None or municipality is None:
        return {}
    if request.path.removeprefix(f"/{municipality.number}/").split("/")[0] not in SECTIONS:
        return {}
    with tenant(municipality.pk):
        stop = stops.in_force()
    return {"publishing_stop": stop, "may_see_stop": doors.is_open_to(membership, "publishing")}
