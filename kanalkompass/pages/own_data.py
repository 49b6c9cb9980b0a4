"""«Mine opplysninger»: what is stored of the person who is logged in (GDPR articles 15 and 20)."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit import record
from audit.acts import Act
from foundation.acting import acting_as
from foundation.tenancy import tenant
from kanalkompass.privacy import people
from recruitment.models import User


@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    """Show what is stored of oneself, in short, and how to get it whole or be erased."""
    user = cast(User, request.user)
    return render(request, "privacy/own_data.html", {"memberships": people.memberships_of(user)})


@require_safe
def own_data_file(request: HttpRequest) -> HttpResponse:
    """Return everything that is stored of oneself, as JSON; each municipality's log tells that it was fetched."""
    user = cast(User, request.user)
    stored = people.stored_about(user)
    with acting_as(user.pk):
        for membership in people.memberships_of(user):
            with tenant(membership.municipality_id):
                record(Act.PERSONAL_DATA_EXPORTED)
    response = JsonResponse(stored, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="mine-opplysninger.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
