"""Fault kinds that speak LinkedIn's language. The common ones are in `sandbox.faults`."""

from __future__ import annotations

from sandbox.faults import COMMON_KINDS, Fault, Run, Spoil
from sandbox.http import Answer
from sandbox.linkedin import posts
from sandbox.linkedin.errors import error_answer
from sandbox.world import World


def _stored_500(fault: Fault, run: Run) -> Answer:
    run()
    return error_answer("retry_later")


def _plain_500(fault: Fault, run: Run) -> Answer:
    return error_answer("internal")


def _status_429(fault: Fault, run: Run) -> Answer:
    """LinkedIn sends no Retry-After; `retry_after` seconds adds one."""
    answer = error_answer("throttled")
    seconds = fault.options.get("retry_after")
    return answer if seconds is None else answer.with_headers(("Retry-After", str(int(seconds))))


def _no_id(fault: Fault, run: Run) -> Answer:
    return run().without_header("x-restli-id").without_header("Location")


def _token_expired(fault: Fault, run: Run) -> Answer:
    return error_answer("token_expired")


def _token_revoked(fault: Fault, run: Run) -> Answer:
    return error_answer("token_revoked")


def _token_invalid(fault: Fault, run: Run) -> Answer:
    return error_answer("token_invalid")


def _version_gone(fault: Fault, run: Run) -> Answer:
    return error_answer("version_inactive", version=str(fault.options.get("version", "202608")))


def _role_lost(fault: Fault, run: Run) -> Answer:
    method, _, path = fault.endpoint.partition(" ")
    return error_answer("forbidden", what=f"{path.removeprefix('/rest/') or 'resource'}.{method}")


def _run(fault: Fault, run: Run) -> Answer:
    """Whoever answers the call looks at the fault."""
    return run()


def kinds(world: World) -> dict[str, Spoil]:
    """Return every kind this platform knows."""

    def duplicate_ghost(fault: Fault, run: Run) -> Answer:
        return error_answer("duplicate", urn=posts.ghost_urn(world))

    return {**COMMON_KINDS, **OWN_KINDS, "duplicate_ghost": duplicate_ghost}


OWN_KINDS: dict[str, Spoil] = {
    "stored_500": _stored_500,  # carried out, 500 "retry later"
    "plain_500": _plain_500,  # not carried out
    "status_429": _status_429,  # not carried out; retry_after: seconds adds the header
    "no_id": _no_id,  # carried out, 201 without x-restli-id
    "token_expired": _token_expired,  # 401, not carried out
    "token_revoked": _token_revoked,  # 401, not carried out
    "token_invalid": _token_invalid,  # 401, not carried out
    "version_gone": _version_gone,  # 426, not carried out
    "role_lost": _role_lost,  # 403, not carried out
    "list_lag": _run,  # the list lacks posts younger than lag_s (60)
    "expired_cursor": _run,  # 400 on a call with a pageToken; others go through
}
NAMES = frozenset({*COMMON_KINDS, *OWN_KINDS, "duplicate_ghost"})
