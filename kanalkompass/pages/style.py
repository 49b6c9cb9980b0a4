"""The component page: what a page may be built of, with the class names. For those who build, so not in production."""

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanalkompass.theme.scale import STEPS


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Show every component once in each scheme; 404 in production."""
    if settings.IS_PRODUCTION:
        raise Http404
    notices = [
        Message(messages.INFO, _("Figures are fetched every night.")),
        Message(messages.SUCCESS, _("The changes are stored.")),
        Message(messages.WARNING, _("The access ends soon.")),
        Message(messages.ERROR, _("The post was not sent.")),
    ]
    context = {"schemes_shown": ["light", "dark"], "notices": notices, "steps": list(STEPS)}
    return render(request, "style.html", context)
