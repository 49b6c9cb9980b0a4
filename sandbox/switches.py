"""
Behaviours nobody outside the platform knows for certain, and states that are not faults. Each is one switch.

`DEFAULTS` is the whole list: a name that is not here is refused, and so is a value of another type.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Store

DEFAULTS: dict[str, Any] = {
    # Access
    "refresh_tokens": True,  # the app may renew tokens by program
    "code_lifetime_s": 600,  # how long an authorisation code can be exchanged
    "scope_separator": ",",  # how the token answer writes granted scopes
    "revoke_endpoint": True,  # the app may end its tokens by program; otherwise only the member can
    "malformed_version_status": 400,  # 400 INVALID_VERSION or 426 NONEXISTENT_VERSION
    "development_tier": False,  # small quotas, no BATCH_GET
    "app_daily_limit": 100_000,  # per endpoint and UTC day
    "member_daily_limit": 100_000,
    "protocol_1_accepts_2": False,  # read List() and records although the 2.0.0 header is absent
    "acl_organisation_field": "organization",  # older answers say "organizationTarget"
    # Posts and media
    "duplicate_window_s": 86_400,  # same author and text inside it is refused; 0 = never
    "post_urn_kind": "share",  # "share" or "ugcPost"
    "encoded_restli_id": False,  # x-restli-id comes percent-encoded
    "count_cap_is_silent": False,  # count > 100 answers 100 rows in place of 400
    "list_lag_s": 0,  # posts younger than this are missing from the list
    "processing_delay_s": 0,  # an uploaded image stays PROCESSING this long
    "processing_failed": False,  # images uploaded from now on end as PROCESSING_FAILED
    "upload_status": 201,  # 201 or 200
    "inactive_organisations": [],  # ids that answer 404 "is inactive"
    # Figures
    "omit_metrics": [],  # metric names missing from share statistics
    "daily_unique_impressions": False,  # whether time-bound buckets carry uniqueImpressionsCount
    "omit_empty_days": False,  # whether buckets without activity are left out
    "lifetime_lag_s": 0,  # lifetime figures are this much older than now
    "per_post_time_bound_status": 400,  # answer to shares + timeIntervals
    "withdrawn_reactions": 0,  # reactions taken back on every post at the moment the switch is set
}


class SwitchRefused(ValueError):
    """No such switch, or a value of the wrong type."""


class Switches:
    """Current values; what was changed is kept in the store."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    def __getitem__(self, name: str) -> Any:
        return self._store.state(f"switch:{name}", DEFAULTS[name])

    def all(self) -> dict[str, Any]:
        return {name: self[name] for name in DEFAULTS}

    def set(self, *, values: dict[str, Any], now_ms: int) -> None:
        """
        Set several switches or none.

        :raises SwitchRefused: with the first name or value that is wrong
        """
        for name, value in values.items():
            if name not in DEFAULTS:
                raise SwitchRefused(f"unknown switch {name!r}; known: {', '.join(sorted(DEFAULTS))}")
            if not _fits(value, DEFAULTS[name]):
                raise SwitchRefused(f"{name} must be a {type(DEFAULTS[name]).__name__}")
        with self._store.write():
            for name, value in values.items():
                self._store.set_state(f"switch:{name}", value)
                self._store.set_state(f"switch_at:{name}", now_ms)

    def set_at_ms(self, name: str) -> int:
        """Return when the switch was last set, 0 if never."""
        return int(self._store.state(f"switch_at:{name}", 0))


def _fits(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, int):
        return isinstance(value, int | float) and value >= 0
    return isinstance(value, type(default))
