"""The system administrator's pages: which municipalities there are, the first administrator, entering with a reason."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation import clock
from foundation.acting import acting_as
from foundation.tenancy import tenant
from recruitment.actions import entries, invitations
from recruitment.models import Municipality, User
from recruitment.once import ChangedSinceSubmitted, submit_once
from recruitment.people_forms import EntryForm, FirstAdministratorForm
from recruitment.queries import people

INVALID = 422
LONGEST_SEARCH = 100


@require_safe
def system(request: HttpRequest) -> HttpResponse:
    """List the municipalities in use, or those that match a search. No content of theirs is shown."""
    search = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    page, towns = people.towns(search=search, page_number=request.GET.get("side", "1"))
    user, now = cast(User, request.user), clock.now()
    rows = [(town, _own_open_entry(town, user=user, now=now)) for town in towns]
    context = {"page": page, "rows": rows, "search": search, "troubled": people.troubled_mail()}
    return render(request, "recruitment/system.html", context)


def system_enter(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the reason, and let the system administrator in for an hour."""
    municipality, user = get_object_or_404(Municipality, number=number), cast(User, request.user)
    form = EntryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            entries.enter(municipality=municipality, user=user, reason=form.cleaned_data["reason"], now=clock.now())
        except entries.IsMember:
            return redirect("overview", number=number)
        except entries.NotSystemAdministrator:
            raise Http404 from None
        return redirect("overview", number=number)
    status = INVALID if form.is_bound else 200
    return render(request, "recruitment/system_enter.html", {"form": form, "town": municipality}, status=status)


@require_POST
def system_leave(request: HttpRequest, number: str) -> HttpResponse:
    """End the entry before its hour is over."""
    municipality, user = get_object_or_404(Municipality, number=number), cast(User, request.user)
    if entries.leave(municipality=municipality, user=user, now=clock.now()):
        messages.success(request, _("You have left %(name)s.") % {"name": municipality.name})
    return redirect("system")


def system_first(request: HttpRequest, number: str) -> HttpResponse:
    """Invite a municipality's first administrator; the others are invited by her."""
    municipality = get_object_or_404(Municipality, number=number)
    if people.town(municipality).has_administrator:
        raise Http404
    form = FirstAdministratorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        user = cast(User, request.user)
        with acting_as(user.pk), tenant(municipality.pk):
            try:
                return submit_once(form, lambda: _invite_first(request, form, municipality), user=user)
            except invitations.NotFirst:
                raise Http404 from None
            except invitations.AlreadyMember:
                form.add_error("email", _("This person has a role there that is closed. Use another address."))
            except invitations.AlreadyInvited:
                form.add_error("email", _("This address is invited already. The invitation is valid for a week."))
            except ChangedSinceSubmitted as problem:
                form.add_error(None, str(problem))
    status = INVALID if form.is_bound else 200
    return render(request, "recruitment/system_first.html", {"form": form, "town": municipality}, status=status)


def _invite_first(request: HttpRequest, form: FirstAdministratorForm, municipality: Municipality) -> str:
    email = form.cleaned_data["email"]
    invitations.invite_first_administrator(
        municipality=municipality, email=email, by=cast(User, request.user), now=clock.now()
    )
    messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": email.lower()})
    return reverse("system")


def _own_open_entry(town: people.Town, *, user: User, now: Any) -> Any:
    return next((entry for entry in town.entries if entry.user_id == user.pk and entry.is_open(now)), None)
