"""Where one lands after logging in, and the choice of language."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from foundation.tenancy import acting_user
from recruitment.models import Membership, User


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead the user to her municipality; with several she chooses, with none she is told whom to ask."""
    user = cast(User, request.user)
    with acting_user(user.pk):
        memberships = list(
            Membership.objects.select_related("municipality")
            .filter(user=user, is_active=True)
            .order_by("municipality__name")
        )
    if len(memberships) == 1:
        return redirect("overview", number=memberships[0].municipality.number)
    return render(request, "start.html", {"memberships": memberships})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the user's language, or the session's before the login, and go back to the page she came from."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
        else:
            request.session["language"] = language
    return back_to(request)


def back_to(request: HttpRequest) -> HttpResponse:
    """Lead back to the page that a small form of the frame stands on; to the start where it names none of ours."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # Not redirect(): it would take a word that someone sends for the name of one of our pages.
    return HttpResponseRedirect(back) if is_ours else redirect("start")
