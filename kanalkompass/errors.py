"""
Pages for what went wrong: Norwegian, with an incident number, without detail (P27). The detail is in the log.

They are drawn without the database, Redis and the user, because one of these may be what is away. A 404 has no number:
what belongs to others answers like what never was, to the last byte (P13).
"""

import sys
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_noop

from foundation.limits import TooOften
from kanalkompass import incidents
from kanalkompass.away import is_away

RETRY_AFTER_S = 30
# What a fragment or a program is told, where a browser gets a page.
IN_SHORT = {
    400: gettext_noop("The request could not be understood."),
    403: gettext_noop("You may not do this."),
    404: gettext_noop("There is nothing here."),
    405: gettext_noop("This address does not take that kind of request."),
    413: gettext_noop("What was sent is too large."),
    429: gettext_noop("Too many attempts. Wait a little and try again."),
    500: gettext_noop("Something went wrong with us. Try again in a moment."),
    503: gettext_noop("Kanalkompass does not answer right now. Try again in a moment."),
}
# Forms of ours that may be sent again from the page that says 503: one-time tokens keep them from counting twice.
SENT_AGAIN = {"survey"}


def draw(request: HttpRequest, template: str, *, status: int, context: dict | None = None) -> HttpResponse:
    """Return an error page; for a fragment of a page a notice, for a program JSON."""
    context = {"incident": "" if status == 404 else incidents.number_of(request), "status": status, **(context or {})}
    accepts = request.headers.get("Accept", "")
    if request.headers.get("HX-Request") == "true":
        response = _fragment(context)
    elif "application/json" in accepts and "text/html" not in accepts:
        said = {"error": translation.gettext(IN_SHORT[status]), "incident": context["incident"]}
        response = JsonResponse({name: value for name, value in said.items() if value}, status=status)
    else:
        response = HttpResponse(render_to_string(f"errors/{template}.html", context), status=status)
    response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _fragment(context: dict) -> HttpResponse:
    """Return a notice for the top of the page (templates/base.html); the fragment that failed stays as it was."""
    said = translation.gettext(IN_SHORT[context["status"]])
    response = HttpResponse(render_to_string("errors/fragment.html", {**context, "said": said}))
    response.status_code = context["status"]
    response.headers["HX-Retarget"] = "#fragment-error"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here, in the same words for what never was and for what belongs to others."""
    return draw(request, "404", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be understood."""
    return draw(request, "400", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the person may not do this."""
    return draw(request, "403", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old or came from elsewhere."""
    return draw(request, "403_form", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Give an incident number; or say that what we lean on is away, and that trying again may help."""
    if is_away(sys.exception()):
        return unavailable(request)
    return draw(request, "500", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """
    Say that we cannot answer now, and that what was sent is not known to have arrived.

    In both forms of Norwegian: which one the reader wants may lie in what is away. An applicant's answers are given
    back in a form that sends them again, for going back would ask us for the page that we cannot give (P9).
    """
    match = request.resolver_match
    was_sent = request.method == "POST"
    again: list[tuple[str, str]] = []
    if was_sent and match and match.view_name in SENT_AGAIN:
        again = [(name, value) for name, values in request.POST.lists() for value in values]
    chosen = translation.get_language()
    languages = [code for code in (chosen, *{"nb": ("nn",), "nn": ("nb",)}.get(chosen or "", ("nb", "nn"))) if code]
    context = {"was_sent": was_sent, "again": again, "languages": languages, "action": request.get_full_path()}
    response = draw(request, "503", status=503, context=context)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def too_often(request: HttpRequest, *, retry_after_s: int) -> HttpResponse:
    """Say that a limit is reached, and when to come back (P25)."""
    context = {"minutes": -(-retry_after_s // 60)}
    response = draw(request, "429", status=429, context=context)
    response.headers["Retry-After"] = str(retry_after_s)
    return response


def too_large(request: HttpRequest, *, limit_bytes: int) -> HttpResponse:
    """Say that more was sent than we take."""
    return draw(request, "413", status=413, context={"megabytes": limit_bytes // 1_000_000})


class ErrorPages:
    """Give a page to errors that would otherwise come without words: a limit reached, a method we do not take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = draw(request, "405", status=405)
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", "60")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 429 when a view met a limit."""
        if isinstance(exception, TooOften):
            return too_often(request, retry_after_s=exception.retry_after_s)
        return None
