"""The language of a page: the user's own choice, else the municipality's, else bokmål."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class LanguageMiddleware:
    """
    Activate the user's language; a municipality's door activates the municipality's when the user has none.

    Who has not logged in yet may choose on the login page; the session remembers it, so it needs no cookie of its own.

    The browser's own preference is not asked: an adviser with an English browser writes Norwegian posts. Public pages
    choose by themselves and need no cookie (R13).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request in the user's language."""
        language = self.chosen(request) or settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response

    @staticmethod
    def chosen(request: HttpRequest) -> str:
        """Return the language that was chosen, "" for none."""
        if request.user.is_authenticated:
            return request.user.language
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        return request.session.get("language", "") if has_session else ""
