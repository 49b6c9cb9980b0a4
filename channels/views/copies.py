"""A copy of one of our posts on its channel: ask, then take it away."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from channels.actions import publishing
from channels.models import Sighting
from channels.queries import sightings
from foundation import clock
from foundation.tenancy import tenant
from recruitment.doors import MemberRequest


def delivery_copy_remove(request: MemberRequest, delivery_id: int, sighting_id: int) -> HttpResponse:
    """Show the copy beside the post that stays, and remove it from the channel."""
    with tenant(request.municipality.pk):
        copy = get_object_or_404(sightings.copies().filter(delivery_id=delivery_id), pk=sighting_id)
    problem = ""
    if request.method == "POST":
        try:
            publishing.remove_copy(
                municipality_id=request.municipality.pk, sighting_id=sighting_id, by=request.user, now=clock.now()
            )
        except (publishing.LacksRight, Sighting.DoesNotExist):
            raise Http404 from None
        except publishing.NotRemoved as refusal:
            problem = str(refusal)
        else:
            messages.success(request, _("The copy is removed from the channel."))
            return redirect("delivery", number=request.municipality.number, delivery_id=delivery_id)
    context = {"delivery": copy.delivery, "copy": copy, "problem": problem}
    return render(request, "channels/delivery_copy_remove.html", context, status=422 if problem else 200)
