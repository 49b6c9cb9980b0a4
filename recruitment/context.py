"""What every page's frame needs: the municipality, the menu, who is logged in."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import acting_user, tenant
from recruitment import doors
from recruitment.models import Membership, MunicipalitySettings

MENU = [
    ("overview", _("Overview")),
    ("jobs", _("Vacancies")),
    ("campaigns", _("Campaigns")),
    ("accounts", _("Channels")),
    ("sources", _("Sources")),
]


@dataclass(frozen=True)
class MenuItem:
    """A place in the menu; `is_here` marks the room the page belongs to."""

    label: Any
    url: str
    is_here: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return municipality, membership, menu and the user's other municipalities; empty outside a municipality."""
    membership: Membership | None = getattr(request, "membership", None)
    municipality = getattr(request, "municipality", None)
    if membership is None or municipality is None:
        return {
            "municipality": municipality,
            "membership": None,
            "menu": [],
            "other_memberships": [],
            "sees_log": False,
            "accessibility_url": "",
        }
    section = request.path.removeprefix(f"/{municipality.number}/").split("/")[0]
    menu = []
    for name, label in MENU:
        if name in doors.RULES and doors.is_open_to(membership, name):
            url = reverse(name, kwargs={"number": municipality.number})
            menu.append(
                MenuItem(label, url, url == f"/{municipality.number}/{section}/" if section else url == request.path)
            )
    user = membership.user
    with acting_user(user.pk):
        others = list(
            Membership.objects.select_related("municipality")
            .filter(user=user, is_active=True)
            .exclude(municipality=municipality)
            .order_by("municipality__name")
        )
    return {
        "municipality": municipality,
        "membership": membership,
        "menu": menu,
        "other_memberships": others,
        "sees_log": "log" in doors.RULES and doors.is_open_to(membership, "log"),
        "accessibility_url": _accessibility_url(municipality.pk),
        "entry_minutes": entry.minutes_left(clock.now()) if (entry := membership.system_entry) else None,
    }


def _accessibility_url(municipality_id: int) -> str:
    """R19: where the municipality's accessibility statement is, "" when it has not said so."""
    with tenant(municipality_id):
        return MunicipalitySettings.objects.values_list("accessibility_url", flat=True).first() or ""
