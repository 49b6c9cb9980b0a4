"""OAuth 2.0 with three legs: consent page, code, tokens, introspection, who am I."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.http import Answer, Request, json_answer
from sandbox.linkedin import access, pages, planting, products
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call
from sandbox.world import World

ACCESS_LIFE_S = 60 * 86_400
REFRESH_LIFE_S = 365 * 86_400


class GrantRefused(Exception):
    """The token endpoint says no: (status, error, description)."""


# --- the consent page ------------------------------------------------------------------------------------------------


def authorise(world: World, request: Request, *, redirect_uris: tuple[str, ...]) -> Answer:
    """
    Show the consent page (GET) or act on the choice made there (POST with `member` and `choice`).

    A wrong client or return address is never redirected to; other faults go back to the app as LinkedIn does.
    """
    query = request.query_fields()
    trouble = _client_trouble(world, query, redirect_uris)
    if trouble:
        return pages.message(world, status=400, title="Forespørselen kan ikke behandles", text=trouble)
    granted = products.scopes_of(world.switches.of_app(query["client_id"], "products"))
    unknown = [scope for scope in query.get("scope", "").split() if scope not in granted]
    if query.get("response_type") != "code":
        return _back(query, error="unsupported_response_type", error_description="response_type must be code")
    if unknown or not query.get("scope", "").split():
        text = f'Scope "{" ".join(unknown)}" is not authorized for your application'
        return _back(query, error="unauthorized_scope_error", error_description=text)
    members = world.store.all("SELECT * FROM member ORDER BY number")
    if request.method == "GET":
        if query.get("prompt") == "none" and _has_agreed(world, query):
            return _back(query, code=_code(world, query, member_id=world.switches["signed_in_member"]))
        return pages.consent(world, members=members, scopes=query["scope"].split())
    return _act_on_choice(world, request.form(), query, {row["id"] for row in members})


def _client_trouble(world: World, query: dict[str, str], redirect_uris: tuple[str, ...]) -> str | None:
    if not planting.is_client(world, query.get("client_id", "")):
        return "Appen (client_id) er ukjent i sandkassen."
    if not _is_registered(query.get("redirect_uri", ""), redirect_uris):
        return "Returadressen (redirect_uri) er ikke registrert for appen."
    return None


def _is_registered(redirect_uri: str, registered: tuple[str, ...]) -> bool:
    if registered:
        return redirect_uri in registered
    try:
        parts = urlsplit(redirect_uri)
        is_local = parts.hostname in {"localhost", "127.0.0.1"} and parts.username is None
    except ValueError:
        return False
    return parts.scheme == "http" and is_local and not parts.fragment


def _act_on_choice(world: World, form: dict[str, str], query: dict[str, str], member_ids: set[str]) -> Answer:
    if form.get("choice") == "cancel_login":
        return _back(query, error="user_cancelled_login", error_description="The user cancelled LinkedIn login")
    if form.get("choice") == "deny":
        text = "The user cancelled the authorization"
        return _back(query, error="user_cancelled_authorize", error_description=text)
    if form.get("choice") != "allow" or form.get("member") not in member_ids:
        return pages.message(world, status=400, title="Velg et medlem", text="Gå tilbake og velg hvem du er.")
    return _back(query, code=_code(world, query, member_id=form["member"]))


def _has_agreed(world: World, query: dict[str, str]) -> bool:
    """Whether the member who is signed in has given this app exactly these scopes before."""
    sql = "SELECT scope FROM code WHERE member_id = ? AND client_id = ? AND is_used = 1"
    earlier = world.store.all(sql, world.switches["signed_in_member"], query["client_id"])
    return any(set(row["scope"].split()) == set(query["scope"].split()) for row in earlier)


def _code(world: World, query: dict[str, str], *, member_id: str) -> str:
    scope = " ".join(query["scope"].split())
    _end_tokens_of_other_scopes(world, client_id=query["client_id"], member_id=member_id, scope=scope)
    code = "AQT" + secrets.token_urlsafe(90)
    expires_s = world.clock.now_s() + int(world.switches["code_lifetime_s"])
    with world.store.write() as db:
        row = (planting.hashed(code), query["client_id"], query["redirect_uri"], member_id, scope, expires_s)
        db.execute("INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, 0)", row)
    return code


def _end_tokens_of_other_scopes(world: World, *, client_id: str, member_id: str, scope: str) -> None:
    """A member who consents to another set of scopes loses every earlier token of the app."""
    wanted = set(scope.split())
    sql = "SELECT hash, scope FROM token WHERE member_id = ? AND client_id = ?"
    with world.store.write() as db:
        for row in world.store.all(sql, member_id, client_id):
            if set(row["scope"].split()) != wanted:
                db.execute("UPDATE token SET is_revoked = 1 WHERE hash = ?", (row["hash"],))


def _back(query: dict[str, str], **fields: str) -> Answer:
    if "state" in query:
        fields["state"] = query["state"]
    address = query["redirect_uri"]
    joint = "&" if urlsplit(address).query else "?"
    return Answer(302, b"", (("Location", address + joint + urlencode(fields)), ("Cache-Control", "no-store")))


# --- tokens ----------------------------------------------------------------------------------------------------------


def access_token(world: World, request: Request) -> Answer:
    try:
        form = _client_form(world, request)
        grant = form.get("grant_type")
        if grant == "authorization_code":
            payload = _exchange_code(world, form)
        elif grant == "refresh_token":
            payload = _refresh(world, form)
        elif grant == "client_credentials":
            text = "This application is not allowed to create application tokens"
            raise GrantRefused(400, "access_denied", text)
        else:
            raise GrantRefused(400, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token")
    except GrantRefused as refusal:
        return _refused(refusal)
    return json_answer(200, payload, ("Cache-Control", "no-store"))


def _refused(refusal: GrantRefused) -> Answer:
    status, error, description = refusal.args
    return json_answer(status, {"error": error, "error_description": description})


def _client_form(world: World, request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise GrantRefused(400, "invalid_request", "The body must be application/x-www-form-urlencoded")
    form = request.form()
    if not planting.is_secret_of(world, form.get("client_id", ""), form.get("client_secret", "")):
        raise GrantRefused(401, "invalid_client", "Invalid client credentials")
    return form


def _exchange_code(world: World, form: dict[str, str]) -> dict[str, Any]:
    for name in ("code", "redirect_uri"):
        if not form.get(name):
            raise GrantRefused(400, "invalid_request", f'A required parameter "{name}" is missing')
    now_s = world.clock.now_s()
    with world.store.write() as db:
        row = world.store.one("SELECT * FROM code WHERE hash = ?", planting.hashed(form["code"]))
        is_spent = row is None or row["is_used"] or row["expires_s"] <= now_s
        if (
            row is None
            or is_spent
            or (row["client_id"], row["redirect_uri"]) != (form["client_id"], form["redirect_uri"])
        ):
            text = "The code does not match the app or the redirect URI, has been used or has expired"
            raise GrantRefused(400, "invalid_grant", text)
        db.execute("UPDATE code SET is_used = 1 WHERE hash = ?", (row["hash"],))
        payload = _issue(world, row, life_s=ACCESS_LIFE_S)
        if world.switches.of_app(form["client_id"], "refresh_tokens"):
            payload["refresh_token"] = _store_token(world, row, kind="refresh", life_s=REFRESH_LIFE_S)
            payload["refresh_token_expires_in"] = REFRESH_LIFE_S
    return payload


def _refresh(world: World, form: dict[str, str]) -> dict[str, Any]:
    """A new access token; the refresh token stays the same and does not live a second longer."""
    now_s = world.clock.now_s()
    token = form.get("refresh_token", "")
    row = world.store.one("SELECT * FROM token WHERE hash = ? AND kind = 'refresh'", planting.hashed(token))
    is_allowed = world.switches.of_app(form["client_id"], "refresh_tokens")
    if (
        row is None
        or row["client_id"] != form["client_id"]
        or row["is_revoked"]
        or row["expires_s"] <= now_s
        or not is_allowed
    ):
        raise GrantRefused(400, "invalid_grant", "The provided refresh token is invalid, expired or revoked")
    left_s = row["expires_s"] - now_s
    payload = _issue(world, row, life_s=min(ACCESS_LIFE_S, left_s))
    return {**payload, "refresh_token": token, "refresh_token_expires_in": left_s}


def _issue(world: World, row: Any, *, life_s: int) -> dict[str, Any]:
    token = _store_token(world, row, kind="access", life_s=life_s)
    scope = str(world.switches["scope_separator"]).join(row["scope"].split())
    return {"access_token": token, "expires_in": life_s, "scope": scope, "token_type": "Bearer"}


def _store_token(world: World, row: Any, *, kind: str, life_s: int) -> str:
    """Tokens are long on purpose: the platform's are, and they grow."""
    token = ("AQX" if kind == "access" else "AQW") + secrets.token_urlsafe(260)
    now_s = world.clock.now_s()
    values = (planting.hashed(token), kind, row["client_id"], row["member_id"], row["scope"], now_s, now_s + life_s)
    with world.store.write() as db:
        db.execute("INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?, 0)", values)
    return token


def mint(world: World, *, client_id: str, member_id: str, scope: str, life_s: int, kind: str = "access") -> str:
    """Make a token without a browser, for the control plane."""
    row = {"client_id": client_id, "member_id": member_id, "scope": scope}
    return _store_token(world, row, kind=kind, life_s=life_s)


def introspect(world: World, request: Request) -> Answer:
    try:
        form = _client_form(world, request)
    except GrantRefused as refusal:
        return _refused(refusal)
    row = world.store.one("SELECT * FROM token WHERE hash = ?", planting.hashed(form.get("token", "")))
    if row is None or row["client_id"] != form["client_id"]:
        return json_answer(200, {"active": False})
    is_expired = row["expires_s"] <= world.clock.now_s()
    status = "revoked" if row["is_revoked"] else "expired" if is_expired else "active"
    payload = {
        "active": status == "active",
        "status": status,
        "client_id": row["client_id"],
        "auth_type": "3L",
        "scope": ",".join(row["scope"].split()),
        "authorized_at": row["created_s"],
        "created_at": row["created_s"],
        "expires_at": row["expires_s"],
    }
    return json_answer(200, payload)


def revoke(world: World, request: Request) -> Answer:
    """End one token; an unknown one is no error (RFC 7009)."""
    try:
        form = _client_form(world, request)
    except GrantRefused as refusal:
        return _refused(refusal)
    if not world.switches["revoke_endpoint"]:
        raise LinkedInError("no_route", method=request.method)
    row = world.store.one("SELECT * FROM token WHERE hash = ?", planting.hashed(form.get("token", "")))
    if row is not None and row["client_id"] == form["client_id"]:
        with world.store.write() as db:
            db.execute("UPDATE token SET is_revoked = 1 WHERE hash = ?", (row["hash"],))
    return Answer(200, b"", (("Cache-Control", "no-store"),))


# --- who am I --------------------------------------------------------------------------------------------------------


def userinfo(world: World, request: Request) -> Answer:
    """:raises LinkedInError: 401, or 403 without the scope `openid`"""
    caller = access.caller(world, request.headers.get("authorization"))
    access.require_scope(caller, frozenset({"openid"}), what="userinfo.GET.NO_VERSION")
    member = world.store.the("SELECT * FROM member WHERE id = ?", caller.member_id)
    payload: dict[str, Any] = {"sub": caller.member_id}
    if "profile" in caller.scopes:
        given, _, family = member["name"].rpartition(" ")
        locale = {"country": "NO", "language": "nb"}
        payload |= {"name": member["name"], "given_name": given, "family_name": family, "locale": locale}
    if "email" in caller.scopes:
        payload |= {"email": member["email"], "email_verified": True}
    return json_answer(200, payload)


def rest_me(call: Call) -> Answer:
    """GET /rest/me."""
    access.require_scope(call.caller, frozenset({"r_basicprofile"}), what=call.what("me", "GET"))
    return json_answer(200, _profile(call.world, call.caller.member_id))


def me(world: World, request: Request) -> Answer:
    """:raises LinkedInError: 401, or 403 without the scope `r_basicprofile`"""
    caller = access.caller(world, request.headers.get("authorization"))
    access.require_scope(caller, frozenset({"r_basicprofile"}), what="me.GET.NO_VERSION")
    return json_answer(200, _profile(world, caller.member_id))


def _profile(world: World, member_id: str) -> dict[str, Any]:
    member = world.store.the("SELECT * FROM member WHERE id = ?", member_id)
    given, _, family = member["name"].rpartition(" ")
    return {"id": member_id, "localizedFirstName": given, "localizedLastName": family}


ROUTES = {
    ("POST", "/oauth/v2/accessToken"): access_token,
    ("POST", "/oauth/v2/introspectToken"): introspect,
    ("POST", "/oauth/v2/revoke"): revoke,
    ("GET", "/v2/userinfo"): userinfo,
    ("GET", "/v2/me"): me,
}


def answer(world: World, request: Request, *, redirect_uris: tuple[str, ...]) -> Answer:
    """Answer anything below /oauth and /v2. :raises LinkedInError:"""
    if request.path == "/oauth/v2/authorization":
        if request.method not in {"GET", "POST"}:
            raise LinkedInError("wrong_method", method=request.method)
        return authorise(world, request, redirect_uris=redirect_uris)
    route = ROUTES.get((request.method, request.path))
    if route is None:
        is_known = any(path == request.path for _, path in ROUTES)
        raise LinkedInError("wrong_method" if is_known else "no_route", method=request.method)
    return route(world, request)
