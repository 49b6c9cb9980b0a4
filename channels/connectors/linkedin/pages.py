"""Which LinkedIn pages a member runs, and what they are called."""

from __future__ import annotations

import re

from django.conf import settings

from channels.connectors.base import AccessDead, Page, Refused
from channels.connectors.linkedin import restli
from channels.connectors.linkedin.api import MAX_PAGES, PAGE_SIZE, Api

_ORGANISATION = re.compile(r"urn:li:organization:(\d{1,18})")
_VANITY_NAME = re.compile(r"[\w-]{1,100}")
# Old answers spell the field in other ways.
_PAGE_FIELDS = ("organization", "organizationTarget", "organizationalTarget")


def of_member(api: Api) -> list[Page]:
    """Return the pages the member administers, by name. A page that cannot be looked up is left out."""
    found = []
    for number in _administered(api):
        try:
            found.append(_page(api, number))
        except (Refused, AccessDead):
            continue  # closed down, or the role was lost since it was listed
    return sorted(found, key=lambda page: page.name.casefold())


def _administered(api: Api) -> list[str]:
    numbers: dict[str, None] = {}
    start = 0
    for _ in range(MAX_PAGES):
        query = restli.query(q="roleAssignee", role="ADMINISTRATOR", state="APPROVED", start=start, count=PAGE_SIZE)
        elements = api.find("/rest/organizationAcls", query=query)
        if not elements:
            break
        start += len(elements)
        for element in elements:
            urn = next((element[name] for name in _PAGE_FIELDS if isinstance(element.get(name), str)), "")
            match = _ORGANISATION.fullmatch(urn)
            if match and element.get("role") == "ADMINISTRATOR" and element.get("state") == "APPROVED":
                numbers[match[1]] = None
    return list(numbers)


def _page(api: Api, number: str) -> Page:
    found = api.read(f"/rest/organizations/{number}")
    vanity_name = str(found.get("vanityName", ""))
    address = vanity_name if _VANITY_NAME.fullmatch(vanity_name) else number
    name = str(found.get("localizedName", "")).strip()[:150] or f"LinkedIn {number}"
    return Page(
        external_id=f"urn:li:organization:{number}", name=name, url=f"{settings.LINKEDIN_WEB_BASE}/company/{address}/"
    )
