"""
What every answer carries, whoever made it: a page, a file, an error, a middleware that gave up early (P23).

The content security policy is a setting; Django's own middleware sends it too late for static files and early errors,
so that this one is the outermost and fills in what is missing.
"""

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

NO_POWERS = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "xr-spatial-tracking",
    )
)


class Headers:
    """Fill in the headers of every answer; a view's own, stricter ones stay."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.always = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": NO_POWERS,
            "Content-Security-Policy": build_policy(),
        }
        self.hsts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle one request."""
        response = self.get_response(request)
        for name, value in self.always.items():
            response.headers.setdefault(name, value)
        if request.is_secure() and settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault("Strict-Transport-Security", self.hsts)
        is_file_of_ours = request.path_info.startswith(f"/{settings.STATIC_URL.lstrip('/')}")
        if not (is_file_of_ours and response.status_code in {200, 206, 304}):
            # A page of somebody who is logged in may lie in no cache: a town hall's machines are shared.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
