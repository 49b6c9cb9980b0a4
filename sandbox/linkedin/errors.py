"""How LinkedIn says no. The table is data; texts in braces are filled in by whoever raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.http import Answer, json_answer


@dataclass(frozen=True)
class Row:
    status: int
    code: str | None
    service_code: int | None
    message: str


ERRORS: dict[str, Row] = {
    # Tokens. The three 656xx numbers are observed, not documented.
    "token_missing": Row(401, None, 401, "Empty oauth2_access_token"),
    "token_invalid": Row(401, "INVALID_ACCESS_TOKEN", 65600, "Invalid access token"),
    "token_expired": Row(401, "EXPIRED_ACCESS_TOKEN", 65601, "The token used in the request has expired"),
    "token_revoked": Row(
        401, "REVOKED_ACCESS_TOKEN", 65604, "The token used in the request has been revoked by the user"
    ),
    # Versions
    "version_missing": Row(
        400, "VERSION_MISSING", None, "A version must be present. Please specify a version by adding a version header."
    ),
    "version_malformed": Row(400, "INVALID_VERSION", None, "Invalid version format in the header: {version}"),
    "version_inactive": Row(426, "NONEXISTENT_VERSION", None, "Requested version {version} is not active"),
    # Routes
    "no_route": Row(404, "RESOURCE_NOT_FOUND", 0, "No virtual resource found"),
    "wrong_method": Row(405, "METHOD_NOT_ALLOWED", 0, "Method {method} is not allowed on this resource"),
    "length_required": Row(411, None, None, "Length Required"),
    "query_too_long": Row(414, None, None, "URI Too Long"),
    "body_too_large": Row(413, None, None, "Payload Too Large"),
    # Parameters
    "bad_parameter": Row(400, "ILLEGAL_ARGUMENT", 0, "{reason}"),
    "bad_value": Row(400, "INVALID_VALUE_FOR_FIELD", 0, "{reason}"),
    "missing_field": Row(400, "MISSING_FIELD", 0, "{reason}"),
    "too_long": Row(400, "FIELD_LENGTH_TOO_LONG", 0, "{reason}"),
    "bad_urn_type": Row(400, "INVALID_URN_TYPE", 0, "{reason}"),
    "parameter_not_allowed": Row(400, "QUERY_PARAM_NOT_ALLOWED", 0, "Invalid query parameter passed: {name}"),
    "bad_interval": Row(400, "ILLEGAL_ARGUMENT", 0, "Invalid timeIntervals parameter. {reason}"),
    "bad_json": Row(400, "ILLEGAL_ARGUMENT", 0, "Cannot parse the request entity"),
    "bad_schema": Row(422, None, 0, "{reason}"),
    "duplicate": Row(422, "DUPLICATE_POST", 0, "Content is a duplicate of {urn}"),
    # Access
    "forbidden": Row(403, "ACCESS_DENIED", 100, "Not enough permissions to access: {what}"),
    "development_tier": Row(403, "ACCESS_DENIED", 100, "{what} is not available in the Development tier"),
    "throttled": Row(429, None, 101, "Resource level throttle limit for calls to this resource is reached."),
    "ads_throttled": Row(
        429, "TOO_MANY_REQUESTS", 101, "The limit of 45 million metric values in 5 minutes is exceeded"
    ),
    # Things
    "conflict": Row(409, "CONFLICT", 0, "{reason}"),
    "comments_throttled": Row(429, None, 101, "Comment create throttled. Please wait a minute."),
    "expired_cursor": Row(400, "ILLEGAL_ARGUMENT", 0, "Invalid pageToken: the token has expired"),
    "not_found": Row(404, "NOT_FOUND", 0, "{what} could not be found"),
    "inactive": Row(404, "NOT_FOUND", 0, "Organization {id} is inactive"),
    # The platform's own trouble
    "internal": Row(500, "INTERNAL_ERROR", 0, "Internal Server Error"),
    "retry_later": Row(500, "INTERNAL_ERROR", 0, "An unexpected error has occurred. Please retry later."),
    "crashed": Row(500, "SANDBOX_CRASHED", 0, "The sandbox itself failed; see its error output"),
}


class LinkedInError(Exception):
    """Ends a request with one row of the table."""

    def __init__(self, name: str, /, **texts: Any) -> None:
        super().__init__(name)
        self.name = name
        self.texts = texts
        self.headers: tuple[tuple[str, str], ...] = ()

    def answer(self) -> Answer:
        answer = error_answer(self.name, **self.texts)
        return answer.with_headers(*self.headers)

    def as_json(self) -> dict[str, Any]:
        return error_body(self.name, **self.texts)


def error_body(name: str, /, **texts: Any) -> dict[str, Any]:
    row = ERRORS[name]
    body: dict[str, Any] = {"status": row.status, "message": row.message.format(**texts)}
    if row.code is not None:
        body["code"] = row.code
    if row.service_code is not None:
        body["serviceErrorCode"] = row.service_code
    return body


def error_answer(name: str, /, **texts: Any) -> Answer:
    return json_answer(ERRORS[name].status, error_body(name, **texts))
