"""The schema of a create body: which fields there are, of which type. All faults are told in one text, a line each."""

from __future__ import annotations

from typing import Any

from sandbox.linkedin.errors import LinkedInError

VISIBILITIES = ("PUBLIC", "CONNECTIONS", "LOGGED_IN")
DISTRIBUTIONS = ("MAIN_FEED", "NONE")
READ_ONLY = ("id", "createdAt", "publishedAt", "lastModifiedAt", "lifecycleStateInfo")
KNOWN = {
    "": (
        "author",
        "commentary",
        "visibility",
        "distribution",
        "lifecycleState",
        "isReshareDisabledByAuthor",
        "content",
        "reshareContext",
        "adContext",
        "container",
        "contentCallToActionLabel",
        "contentLandingPage",
        *READ_ONLY,
    ),
    "distribution": ("feedDistribution", "targetEntities", "thirdPartyDistributionChannels"),
    "reshareContext": ("parent", "root"),
    "adContext": ("dscAdAccount", "dscName", "dscStatus", "dscAdType", "isDsc"),
}


def check(body: dict[str, Any], *, is_strict: bool) -> None:
    """:raises LinkedInError: 422 with a line for every field that is missing, wrong, read-only or (strict) unknown"""
    lines = _unknown(body) if is_strict else []
    lines += [f"ERROR :: /{name} :: ReadOnly field present in a create request" for name in READ_ONLY if name in body]
    for name in ("author", "commentary", "visibility", "lifecycleState"):
        lines += _text_fault(body, name, path=f"/{name}")
    distribution = body.get("distribution")
    if isinstance(distribution, dict):
        lines += _text_fault(distribution, "feedDistribution", path="/distribution/feedDistribution")
    else:
        lines += _missing_or_wrong(distribution, "/distribution", "record")
    for name in ("content", "reshareContext", "adContext"):
        if body.get(name) is not None and not isinstance(body[name], dict):
            lines += _missing_or_wrong(body[name], f"/{name}", "record")
    for name in ("targetEntities", "thirdPartyDistributionChannels"):
        value = (distribution.get(name) if isinstance(distribution, dict) else None) or []
        if not isinstance(value, list):
            lines += _missing_or_wrong(value, f"/distribution/{name}", "array")
    if not isinstance(body.get("isReshareDisabledByAuthor") or False, bool):
        lines += _missing_or_wrong(body["isReshareDisabledByAuthor"], "/isReshareDisabledByAuthor", "boolean")
    lines += [
        f"ERROR :: /adContext/{name} :: ReadOnly field present in a create request"
        for name in ("dscAdType", "isDsc")
        if isinstance(body.get("adContext"), dict) and name in body["adContext"]
    ]
    if not lines:
        lines += _enum_fault(body["visibility"], VISIBILITIES, path="/visibility")
        lines += _enum_fault(
            body["distribution"]["feedDistribution"], DISTRIBUTIONS, path="/distribution/feedDistribution"
        )
    if lines:
        raise LinkedInError("bad_schema", reason="\n".join(lines))


def _text_fault(record: dict[str, Any], name: str, *, path: str) -> list[str]:
    return [] if isinstance(record.get(name), str) else _missing_or_wrong(record.get(name), path, "string")


def _missing_or_wrong(value: Any, path: str, kind: str) -> list[str]:
    if value is None:
        return [f"ERROR :: {path} :: field is required but not found and has no default value"]
    return [f"ERROR :: {path} :: value cannot be coerced to {kind}"]


def _enum_fault(value: str, allowed: tuple[str, ...], *, path: str) -> list[str]:
    return [] if value in allowed else [f'ERROR :: {path} :: "{value[:40]}" is not an enum symbol']


def _unknown(body: dict[str, Any]) -> list[str]:
    lines = []
    for part, known in KNOWN.items():
        record = body.get(part) if part else body
        names = [name for name in record if name not in known] if isinstance(record, dict) else []
        where = f"/{part}" if part else ""
        lines += [f"ERROR :: {where}/{name[:60]} :: unrecognized field found but not allowed" for name in names]
    return lines
