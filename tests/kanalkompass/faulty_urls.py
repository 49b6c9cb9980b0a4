"""The product's routes, and beside them addresses that fail in every way a view can fail."""

import errno
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InternalError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import ConnectionError as RedisAway

from foundation.limits import TooOften
from foundation.tenancy import NoTenant
from kanalkompass import urls
from kanalkompass.urls import handler400, handler403, handler404, handler500  # noqa: F401

FAULTS: dict[str, tuple[int, Any]] = {
    "request": (400, BadRequest("Stine Hansen")),
    "forbidden": (403, PermissionDenied("Stine Hansen")),
    "often": (429, TooOften(90)),
    "bug": (500, ValueError("Stine Hansen")),
    "walls": (500, NoTenant("Stine Hansen")),
    "sql": (500, ProgrammingError("Stine Hansen")),
    "transaction": (500, InternalError("Stine Hansen")),
    "file": (500, FileNotFoundError(errno.ENOENT, "Stine Hansen")),
    "database": (503, OperationalError("Stine Hansen")),
    "redis": (503, RedisAway("Stine Hansen")),
    "disk": (503, OSError(errno.ENOSPC, "Stine Hansen")),
}


@csrf_exempt
def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Fail in the way the address says."""
    raise FAULTS[how][1]


def form(request: HttpRequest) -> HttpResponse:
    """Take a form with its token."""
    return HttpResponse(b"taken")


urlpatterns = [path("fail/<str:how>", fail), path("form", form), *urls.urlpatterns]
