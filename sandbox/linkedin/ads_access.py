"""Advertising's own rules: scopes, roles in an account, cursor paging, and the newer shape of a refusal."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, ads_store
from sandbox.linkedin.errors import ERRORS, LinkedInError
from sandbox.linkedin.rest import Call

READ_SCOPES = frozenset({"r_ads", "rw_ads"})
WRITE_SCOPES = frozenset({"rw_ads"})
REPORTING_SCOPES = frozenset({"r_ads_reporting"})
WRITING_ROLES = frozenset(ads_store.ROLES) - {"VIEWER"}
ACCOUNT_URN = re.compile(r"(?:urn:li:sponsoredAccount:)?([0-9]{1,18})")


class AdsRefusal(LinkedInError):
    """A 400 of adAccounts, adCampaignGroups and adCampaigns: a list of what is wrong with which field."""

    def __init__(self, code: str, *, field: str, reason: str) -> None:
        super().__init__("bad_parameter", reason=reason)
        self.code = code
        self.field = field

    def as_json(self) -> dict[str, Any]:
        wrong = {
            "code": self.code,
            "description": self.texts["reason"],
            "input": {"inputPath": {"fieldPath": self.field}},
        }
        return {
            "status": ERRORS[self.name].status,
            "code": self.code,
            "message": self.texts["reason"],
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "errorDetails": {"inputErrors": [wrong]},
        }

    def answer(self) -> Answer:
        return json_answer(ERRORS[self.name].status, self.as_json())


def account(call: Call, *, resource: str, method: str, is_writing: bool = False) -> int:
    """
    Return the account of the path when the caller may use it.

    :raises LinkedInError: 400 no number, 403 scope or role missing, 404 no such account
    """
    raw = call.urn("account")
    match = ACCOUNT_URN.fullmatch(raw)
    if match is None:
        raise AdsRefusal("INVALID_VALUE_FOR_FIELD", field="/account", reason=f"{raw[:40]} is not an account id")
    what = call.what(resource, method)
    access.require_scope(call.caller, WRITE_SCOPES if is_writing else READ_SCOPES, what=what)
    number = int(match[1])
    if ads_store.one(call.world, ads_store.ACCOUNT, number) is None:
        raise LinkedInError("not_found", what=f"Account {number}")
    role = ads_store.accounts_of(call.world, call.caller.member_id).get(number)
    if role is None or (is_writing and role not in WRITING_ROLES):
        raise LinkedInError("forbidden", what=what)
    return number


# --- paging ----------------------------------------------------------------------------------------------------------


def cursor_page(call: Call, elements: list[Any], *, max_size: int) -> Answer:
    """Return one page; `metadata.nextPageToken` is there while more remain."""
    size = _size(call, max_size)
    start = _place(call)
    found = elements[start : start + size]
    metadata = {"nextPageToken": _token(call, start + size)} if start + size < len(elements) else {}
    return json_answer(200, {"elements": found, "metadata": metadata})


def _size(call: Call, max_size: int) -> int:
    asked = call.parameters.get("pageSize", str(min(100, max_size)))
    if not isinstance(asked, str) or not re.fullmatch(r"[0-9]{1,9}", asked) or not 1 <= int(asked) <= max_size:
        raise AdsRefusal("FIELD_VALUE_TOO_HIGH", field="/pageSize", reason=f"pageSize must be from 1 to {max_size}")
    return int(asked)


def _token(call: Call, start: int) -> str:
    return base64.urlsafe_b64encode(f"DgGerr:{call.request.path}:{start}".encode()).decode().rstrip("=")


def _place(call: Call) -> int:
    """Return where the page of a token starts; a token belongs to its own collection."""
    token = call.parameters.get("pageToken")
    if not token:
        return 0
    try:
        plain = base64.urlsafe_b64decode(str(token) + "=" * (-len(str(token)) % 4)).decode()
    except (binascii.Error, ValueError):
        plain = ""
    match = re.fullmatch(rf"DgGerr:{re.escape(call.request.path)}:([0-9]{{1,9}})", plain)
    if match is None:
        raise AdsRefusal("INVALID_VALUE_FOR_FIELD", field="/pageToken", reason="Invalid pageToken")
    return int(match[1])
