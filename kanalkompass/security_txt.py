"""Where whoever finds a hole writes to: `/.well-known/security.txt` (RFC 9116), as the installation has set it."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation import clock

# The standard asks for an end; the page is made anew each time, so it never comes.
VALID_FOR = timedelta(days=90)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Tell the address of SECURITY_CONTACT; without one there is no such page."""
    contact = settings.SECURITY_CONTACT
    if not contact:
        raise Http404
    lines = [
        f"Contact: {contact if ':' in contact else f'mailto:{contact}'}",
        f"Expires: {clock.now() + VALID_FOR:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: nb, nn, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
