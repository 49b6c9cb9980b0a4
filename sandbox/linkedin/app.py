"""LinkedIn as one function from request to answer: control plane, faults, then OAuth, REST, uploads or the timeline."""

from __future__ import annotations

import re
import secrets
import sys
import traceback

from sandbox import control
from sandbox.faults import Fault
from sandbox.http import Answer, BodyTooLarge, HeadUnreadable, Request
from sandbox.linkedin import control as linkedin_control
from sandbox.linkedin import fault_kinds, media, oauth, rest, timeline, videos
from sandbox.linkedin.errors import LinkedInError, error_answer
from sandbox.linkedin.routes import ROUTES
from sandbox.world import World

# Addresses that are secrets themselves are logged without their secret part.
SECRET_PATHS = re.compile(rf"^({re.escape(media.UPLOAD_PATH)}).*")


class Application:
    """Call it with a request. `redirect_uris` are the registered return addresses; empty = any on this machine."""

    def __init__(self, world: World, *, redirect_uris: tuple[str, ...] = ()) -> None:
        self.world = world
        self.redirect_uris = redirect_uris
        self.kinds = fault_kinds.kinds(world)

    def __call__(self, request: Request) -> Answer:
        if control.is_control(request.path):
            return control.answer(self.world, request, extra=linkedin_control.HANDLERS)
        fault = self.world.faults.take(request.endpoint)
        answer = self._spoiled(request, fault)
        self._log(request, answer, fault)
        return _traced(answer, is_restli=request.path.startswith("/rest/"))

    def _spoiled(self, request: Request, fault: Fault | None) -> Answer:
        if fault is None:
            return self._answer(request, None)
        return self.kinds[fault.kind](fault, lambda: self._answer(request, fault))

    def _answer(self, request: Request, fault: Fault | None) -> Answer:
        try:
            return self._route(request, fault)
        except LinkedInError as problem:
            return problem.answer()
        except Exception:
            # A bug of the sandbox must be visible as such, never taken for the platform's behaviour.
            traceback.print_exc(file=sys.stderr)
            return error_answer("crashed")

    def _route(self, request: Request, fault: Fault | None) -> Answer:
        path = request.path
        if path.startswith("/rest/"):
            return rest.answer(self.world, request, routes=ROUTES, fault=fault)
        if path.startswith(("/oauth/", "/v2/")):
            return oauth.answer(self.world, request, redirect_uris=self.redirect_uris)
        if path.startswith(media.UPLOAD_PATH):
            return self._upload(request)
        if request.method in {"GET", "HEAD"}:
            if path.startswith(media.DOWNLOAD_PATH):
                return media.download(self.world, request)
            page = timeline.answer(self.world, request)
            if page is not None:
                return page
        raise LinkedInError("no_route")

    def _upload(self, request: Request) -> Answer:
        answer = media.upload(self.world, request) or videos.upload(self.world, request)
        if answer is None:
            raise LinkedInError("not_found", what="The upload address")
        return answer

    def _log(self, request: Request, answer: Answer, fault: Fault | None) -> None:
        query = request.query_fields()
        self.world.log_request(
            platform="linkedin",
            method=request.method,
            path=SECRET_PATHS.sub(r"\1…", request.path),
            finder=query.get("q"),
            action=query.get("action"),
            status=None if answer.is_dropped else answer.status,
            fault=None if fault is None else fault.kind,
            received_at=request.received_at,
        )


def refuse(problem: Exception) -> Answer:
    """Answer what came over the wire and could not be read as a request."""
    if isinstance(problem, BodyTooLarge):
        return _traced(error_answer("body_too_large"), is_restli=False)
    if isinstance(problem, HeadUnreadable) and problem.status == 414:
        return _traced(error_answer("query_too_long"), is_restli=False)
    reason = "The request is no HTTP" if isinstance(problem, HeadUnreadable) else str(problem)
    return _traced(error_answer("bad_parameter", reason=reason), is_restli=False)


def _traced(answer: Answer, *, is_restli: bool) -> Answer:
    """Add the ids LinkedIn's support asks for, and what Rest.li says of itself."""
    trace = secrets.token_hex(8)
    headers = [("x-li-uuid", trace), ("x-li-request-id", trace), ("x-li-fabric", "dev")]
    if is_restli:
        headers.append(("x-restli-protocol-version", "2.0.0"))
        headers += [("x-restli-error-response", "true")] if answer.status >= 400 else []
    return answer.with_headers(*headers)
