"""What every page's frame needs: the municipality, its look, the menus, who is logged in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import clock
from foundation.tenancy import acting_user, tenant
from recruitment import doors
from recruitment.models import Membership, Municipality, MunicipalitySettings, User
from recruitment.queries.looks import Look, look_of

Role = Membership.Role
LABELS = {
    "overview": _("Overview"),
    "jobs": _("Vacancies"),
    "campaigns": _("Campaigns"),
    "accounts": _("Channels"),
    "sources": _("Sources"),
    "members": _("Users"),
    "clarifications": _("Clarifications"),
    "costs": _("Costs"),
    "publishing": _("Publishing"),
    "source_list": _("The list of sources"),
    "shared_figures": _("Shared figures"),
    "how_we_count": _("How we count"),
    "appearance": _("The municipality's look"),
    "log": _("Log"),
    "privacy_home": _("Privacy"),
    "admin_of_municipality": _("Administration"),
}
# What one uses daily comes first.
MENUS = {
    Role.READER: ["overview", "sources", "jobs", "campaigns", "accounts"],
    Role.HR: ["overview", "jobs", "sources", "campaigns", "accounts"],
    Role.ADVISER: ["overview", "campaigns", "accounts", "jobs", "sources"],
    Role.ADMINISTRATOR: ["overview", "accounts", "members", "jobs", "campaigns", "sources"],
}
# What one decides or looks into now and then; in the person's menu, under the municipality's name.
SETTINGS_MENUS = {
    Role.READER: ["costs", "how_we_count"],
    Role.HR: ["costs", "source_list", "shared_figures", "clarifications", "how_we_count"],
    Role.ADVISER: ["clarifications", "publishing", "costs", "how_we_count"],
    Role.ADMINISTRATOR: [
        "appearance",
        "source_list",
        "shared_figures",
        "publishing",
        "costs",
        "how_we_count",
        "privacy_home",
        "log",
        "admin_of_municipality",
    ],
}
# Addresses of a room that begin with another word than the room's own.
ROOMS = {
    "innlegg": "kampanjer",
    "leveringer": "kampanjer",
    "media": "kampanjer",
    "annonser": "kampanjer",
    "utvikling": "kilder",
    "yrker": "kilder",
}
NOBODY: dict[str, Any] = {
    "membership": None,
    "menu": [],
    "settings_menu": [],
    "other_memberships": [],
    "sees_log": False,
    "accessibility_url": "",
    "look": None,
}


@dataclass(frozen=True)
class MenuItem:
    """A place in the menu; `is_here` marks the room the page belongs to, `is_this` the page itself."""

    label: Any
    url: str
    is_here: bool
    is_this: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return municipality, membership, menus and the user's other municipalities; empty outside a municipality."""
    membership: Membership | None = getattr(request, "membership", None)
    municipality = getattr(request, "municipality", None)
    if membership is None or municipality is None:
        return NOBODY | {"municipality": municipality}
    user = membership.user
    with acting_user(user.pk):
        others = list(
            Membership.objects.select_related("municipality")
            .filter(user=user, is_active=True)
            .exclude(municipality=municipality)
            .order_by("municipality__name")
        )
    look, accessibility_url = _decided(municipality)
    role = Role(membership.role)
    return {
        "municipality": municipality,
        "membership": membership,
        "menu": list(_items(request, membership, MENUS[role])),
        "settings_menu": list(_items(request, membership, SETTINGS_MENUS[role])),
        "schemes": User.Scheme.choices,
        "other_memberships": others,
        "sees_log": "log" in doors.RULES and doors.is_open_to(membership, "log"),
        "accessibility_url": accessibility_url,
        "look": look,
        "entry_minutes": entry.minutes_left(clock.now()) if (entry := membership.system_entry) else None,
    }


def _items(request: HttpRequest, membership: Membership, names: Iterable[str]) -> Iterator[MenuItem]:
    """Yield the places whose doors are open to the member. What a passing role may not enter is left out."""
    number = membership.municipality.number
    section = request.path.removeprefix(f"/{number}/").split("/")[0]
    here = f"/{number}/{ROOMS.get(section, section)}/" if section else f"/{number}/"
    for name in names:
        is_open = name in doors.RULES and doors.is_open_to(membership, name)
        if is_open and not (membership.system_entry and not doors.RULES[name].is_for_entries):
            url = reverse(name, kwargs={"number": number})
            yield MenuItem(LABELS[name], url, is_here=url == here, is_this=url == request.path)


def _decided(municipality: Municipality) -> tuple[Look, str]:
    """Return the municipality's look, and where its accessibility statement is (R19), "" when it has not said so."""
    wanted = ("accent", "logo_version", "accessibility_url")
    with tenant(municipality.pk):
        decided = MunicipalitySettings.objects.only(*wanted).first() or MunicipalitySettings()
    return look_of(municipality, decided), decided.accessibility_url
