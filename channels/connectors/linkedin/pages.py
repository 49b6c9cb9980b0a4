"""Which LinkedIn pages a member runs, and what they are called."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from channels.connectors.base import AccessDead, NothingSent, Page, Refused
from channels.connectors.linkedin import reading
from channels.connectors.linkedin.api import Api, Listing

_VANITY_NAME = re.compile(r"[\w-]{1,100}")
# Old answers spell the field in other ways.
_PAGE_FIELDS = ("organization", "organizationTarget", "organizationalTarget")


def of_member(api: Api) -> list[Page]:
    """Return the pages the member administers, by name. A page that cannot be looked up is left out."""
    found = []
    for urn in _administered(api).elements:
        try:
            found.append(_page(api, urn.rpartition(":")[2]))
        except Refused:
            continue  # closed down since it was listed
        except AccessDead as problem:
            if problem.code != "access_denied":
                raise
    return sorted(found, key=lambda page: page.name.casefold())


def is_administered(api: Api, urn: str) -> bool:
    """
    Return whether the member administers a page.

    :raises NothingSent: the list could not be read to its end, so that nothing can be concluded
    """
    listing = _administered(api)
    if urn in listing.elements:
        return True
    if not listing.is_complete:
        raise NothingSent("unclear_answer", "The list of pages has no end")
    return False


def _administered(api: Api) -> Listing:
    """Return the approved roles of an administrator, by the page's URN."""
    return api.listing(
        "/rest/organizationAcls", key=_page_urn, q="roleAssignee", role="ADMINISTRATOR", state="APPROVED"
    )


def _page_urn(element: dict[str, Any]) -> str:
    if element.get("role") != "ADMINISTRATOR" or element.get("state") != "APPROVED":
        return ""
    return next((urn for name in _PAGE_FIELDS if (urn := reading.urn(element.get(name), "organization"))), "")


def _page(api: Api, number: str) -> Page:
    found = api.read(f"/rest/organizations/{number}")
    vanity_name = reading.text(found.get("vanityName"))
    address = vanity_name if _VANITY_NAME.fullmatch(vanity_name) else number
    name = reading.text(found.get("localizedName")).strip()[:150] or f"LinkedIn {number}"
    return Page(
        external_id=f"urn:li:organization:{number}", name=name, url=f"{settings.LINKEDIN_WEB_BASE}/company/{address}/"
    )
