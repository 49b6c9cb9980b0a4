"""What lies behind the link of an invitation: log in and accept, or make an account."""

from typing import cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from foundation import clock, limits
from foundation.acting import acting_as
from foundation.tenancy import tenant
from recruitment.actions import invitations
from recruitment.models import Invitation, Municipality, User
from recruitment.people_forms import NewAccountForm

INVALID, GONE, FORBIDDEN = 422, 410, 403
# A link's secret cannot be guessed; the limit keeps guessing from costing us anything. A town hall shares one address.
TRIES = {"limit": 300, "window_s": 900}


@never_cache
@sensitive_variables()
@sensitive_post_parameters()
def invitation(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Show an invitation and let the one it is for accept it. Whoever holds the link has read the letter."""
    limits.count("invitation_link", limits.whose_address(request), **TRIES)
    municipality = Municipality.objects.filter(number=number).first()
    if municipality is None:
        raise Http404
    if not request.user.is_authenticated and not request.session.get("language"):
        translation.activate(municipality.language)
    with tenant(municipality.pk):
        try:
            found = invitations.find(token=token, now=clock.now())
        except invitations.NotOpen:
            return _without_trace(render(request, "recruitment/invitation_over.html", status=GONE))
        answer = _answer(request, found, municipality=municipality, token=token)
    return _without_trace(answer)


def _answer(request: HttpRequest, found: Invitation, *, municipality: Municipality, token: str) -> HttpResponse:
    if request.user.is_authenticated:
        return _accept(request, found, municipality=municipality, token=token)
    if invitations.has_account(found):
        status = FORBIDDEN if request.method == "POST" else 200
        return _page(request, found, municipality=municipality, state="log_in", status=status)
    form = NewAccountForm(request.POST if request.method == "POST" else None, email=found.email)
    if not form.is_bound or not form.is_valid():
        status = INVALID if form.is_bound else 200
        return _page(request, found, municipality=municipality, state="new", form=form, status=status)
    try:
        membership = invitations.accept_as_new(
            token=token,
            full_name=form.cleaned_data["full_name"],
            password=form.cleaned_data["password1"],
            now=clock.now(),
        )
    except (invitations.HasAccount, invitations.NotOpen):
        return redirect(request.path)
    user = membership.user
    response: HttpResponse = perform_login(request, user, redirect_url=f"/{municipality.number}/")
    record_authentication(request, user, method="password", email=user.email)
    return response


def _accept(request: HttpRequest, found: Invitation, *, municipality: Municipality, token: str) -> HttpResponse:
    user = cast(User, request.user)
    if user.email.lower() != found.email:
        status = FORBIDDEN if request.method == "POST" else 200
        return _page(request, found, municipality=municipality, state="other", status=status)
    if request.method != "POST":
        return _page(request, found, municipality=municipality, state="accept")
    with acting_as(user.pk):
        try:
            invitations.accept(token=token, user=user, now=clock.now())
        except invitations.NotOpen:
            return redirect(request.path)
    messages.success(request, _("You now have access to %(name)s.") % {"name": municipality.name})
    return redirect("overview", number=municipality.number)


def _page(
    request: HttpRequest,
    found: Invitation,
    *,
    municipality: Municipality,
    state: str,
    form: NewAccountForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"invitation": found, "town": municipality, "state": state, "form": form}
    return render(request, "recruitment/invitation.html", context, status=status)


def _without_trace(response: HttpResponse) -> HttpResponse:
    # The link's secret stands in the address: no page that is opened from here may be told it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
