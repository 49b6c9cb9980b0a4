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
    "fresh_token_delay_s": 0,  # a token is unknown this long after it was given
    "signed_in_member": "",  # id; with prompt=none and the same scopes agreed to before, no page is shown
    "code_lifetime_s": 600,  # how long an authorisation code can be exchanged
    "scope_separator": ",",  # how the token answer writes granted scopes
    "revoke_endpoint": True,  # the app may end its tokens by program; otherwise only the member can
    "added_versions": {},  # {"202610": "2027-10-15"}: further versions with their sunset
    "killed_versions": [],  # ["202608"]: versions that answer 426 before their time
    "malformed_version_status": 400,  # 400 INVALID_VERSION or 426 NONEXISTENT_VERSION
    "products": [  # what the app was granted; brings scopes, opens routes
        "sign_in",
        "share_on_linkedin",
        "community_management",
        "advertising",
        "pages_data_portability",
    ],
    "development_tier": False,  # 500 calls a day and endpoint, 100 for a member, no BATCH_GET, no webhooks
    "app_daily_limit": 100_000,  # per endpoint and UTC day
    "member_daily_limit": 100_000,
    "quota_retry_after_s": 0,  # seconds in Retry-After when a quota is used up; 0 = no header
    "protocol_1_accepts_2": False,  # read List() and records although the 2.0.0 header is absent
    "acl_organisation_field": "organization",  # older answers say "organizationTarget"
    # Posts and media
    "duplicate_window_s": 86_400,  # same author and text inside it is refused; 0 = never
    "duplicate_of_deleted": False,  # a deleted post still counts; the refusal then names a post nobody can read
    "post_urn_kind": "share",  # "share" or "ugcPost"
    "encoded_restli_id": False,  # x-restli-id comes percent-encoded
    "unknown_fields_refused": True,  # a create body with a field nobody knows answers 422
    "count_cap_is_silent": False,  # count > 100 answers 100 rows in place of 400
    "list_lag_s": 0,  # posts younger than this are missing from the list
    "processing_delay_s": 0,  # an uploaded image stays PROCESSING this long
    "processing_failed": False,  # images uploaded from now on end as PROCESSING_FAILED
    "upload_status": 201,  # 201 or 200
    "inactive_organisations": [],  # ids that answer 404 "is inactive"
    # Comments and reactions
    "empty_comments_status": 404,  # the list of comments where there are none: 404, or 200 with nothing in it
    "comment_update_status": 204,  # 204, or 200 with the comment
    "comments_per_minute": 0,  # more in one minute by the same actor answer 429; 0 = no limit
    # Figures
    "omit_metrics": [],  # metric names missing from share statistics
    "daily_unique_impressions": False,  # whether time-bound buckets carry uniqueImpressionsCount
    "omit_empty_days": False,  # whether buckets without activity are left out
    "lifetime_lag_s": 0,  # lifetime figures are this much older than now
    "follower_window_is_cut": False,  # follower days asked for too early are left out in place of 400
    "history_listed": False,  # whether the posts finder also lists what stood before the sandbox was started
    "ad_values_limit": 45_000_000,  # metric values of adAnalytics for an app in five minutes
    "per_post_time_bound_status": 400,  # answer to shares + timeIntervals
    "withdrawn_reactions": 0,  # reactions taken back on every post at the moment the switch is set
}


# What can differ from app to app, see `POST /_app`.
OF_AN_APP = frozenset({"products", "development_tier", "app_daily_limit", "member_daily_limit", "refresh_tokens"})


class SwitchRefused(ValueError):
    """No such switch, or a value of the wrong type."""


class Switches:
    """Current values; what was changed is kept in the store, and once read in memory: every call asks for several."""

    def __init__(self, *, store: Store) -> None:
        self._store = store
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self._state(f"switch:{name}", DEFAULTS[name])

    def of_app(self, client_id: str, name: str) -> Any:
        """Return a switch as it stands for one app: its own value when it has one, else everybody's."""
        own = self._state(f"app:{client_id}:{name}", None)
        return self[name] if own is None else own

    def _state(self, key: str, default: Any) -> Any:
        if key not in self._known:
            self._known[key] = self._store.state(key, default)
        return self._known[key]

    def forget(self) -> None:
        """Read everything from the store again."""
        self._known = {}

    def all(self) -> dict[str, Any]:
        return {name: self[name] for name in DEFAULTS}

    def set(self, *, values: dict[str, Any], now_ms: int, client_id: str | None = None) -> None:
        """
        Set several switches or none, for every app or for one.

        :raises SwitchRefused: with the first name or value that is wrong
        """
        for name, value in values.items():
            if client_id is not None and name not in OF_AN_APP:
                raise SwitchRefused(f"{name!r} is no matter of one app; those are {', '.join(sorted(OF_AN_APP))}")
            if name not in DEFAULTS:
                raise SwitchRefused(f"unknown switch {name!r}; known: {', '.join(sorted(DEFAULTS))}")
            if not _fits(value, DEFAULTS[name]):
                raise SwitchRefused(f"{name} must be a {type(DEFAULTS[name]).__name__}")
        with self._store.write():
            for name, value in values.items():
                self._store.set_state(f"switch:{name}" if client_id is None else f"app:{client_id}:{name}", value)
                self._store.set_state(f"switch_at:{name}", now_ms)
        self.forget()

    def set_at_ms(self, name: str) -> int:
        """Return when the switch was last set, 0 if never."""
        return int(self._state(f"switch_at:{name}", 0))


def _fits(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, int):
        return isinstance(value, int | float) and value >= 0
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(part, str | int) for part in value)
    return isinstance(value, type(default))
