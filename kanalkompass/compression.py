"""
Pages are compressed on their way out, where no proxy in front does it: a comparison of sources is 60 kB of text.

Only whole pages: files are compressed beforehand or not at all, and a part of a video must stay that part. What BREACH
would need is not there: a foreign site's requests carry no session (SameSite=Lax), the form's token is masked anew in
every answer, and the length of what is sent varies by itself.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

KINDS = ("text/html", "text/css")


class CompressedPages(GZipMiddleware):
    """Compress pages and our own stylesheets for browsers that take it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed where it is a whole page."""
        is_page = not response.streaming and response.headers.get("Content-Type", "").startswith(KINDS)
        return super().process_response(request, response) if is_page else response
