"""Pages for what went wrong: Norwegian, with an incident number, without detail (P27). The detail is in the log."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)


def incident_number() -> str:
    """Return a short number that a user can read out and that the log holds too."""
    return secrets.token_hex(4)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here, in the same words for what never was and for what belongs to others."""
    return render(request, "errors/404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be understood."""
    return render(request, "errors/400.html", {"incident": incident_number()}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the form is too old or came from elsewhere."""
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old or came from elsewhere."""
    return render(request, "errors/403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Give an incident number, and write it to the log beside the detail that Django logs."""
    incident = incident_number()
    logger.error("Incident %s at %s", incident, request.path)
    return render(request, "errors/500.html", {"incident": incident}, status=500)
