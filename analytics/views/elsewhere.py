"""HR gives what applicants wrote under «Somewhere else» to the source it is, with history."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from analytics.actions import elsewhere as actions
from analytics.forms.elsewhere import AssignForm
from analytics.models import Reassignment
from analytics.queries import elsewhere as queries
from audit import record
from audit.acts import Act
from foundation import clock
from foundation.formats import in_words
from recruitment.doors import MemberRequest


def elsewhere(request: MemberRequest) -> HttpResponse:
    """Show the places in the applicants' own words; a POST gives those that are ticked to a source."""
    shown = queries.elsewhere()
    form = AssignForm(request.POST if request.method == "POST" else None, written=shown.written)
    if form.is_bound and form.is_valid():
        chosen, source = form.cleaned_data["words"], form.cleaned_data["source"]
        try:
            n_moved = actions.assign(keys=chosen, to=source, by=request.user, now=clock.now())
        except actions.NotAPlace:
            form.add_error("source", _("This source has been merged into another meanwhile. Choose that one."))
        else:
            text = ngettext("One answer is moved to %(source)s.", "%(count)s answers are moved to %(source)s.", n_moved)
            messages.success(request, text % {"count": in_words(n_moved).capitalize(), "source": source.name})
            return redirect("elsewhere", number=request.municipality.number)
    if shown.written and not form.is_bound:
        record(Act.ANSWERS_READ)
    ticked = set(request.POST.getlist("words"))
    context = {
        "crumbs": _crumbs(request),
        "form": form,
        "shown": shown,
        "rows": [(each, each.key in ticked) for each in shown.written],
        "heading": _heading(shown),
    }
    return render(request, "analytics/elsewhere.html", context, status=422 if form.is_bound else 200)


@require_POST
def elsewhere_undo(request: MemberRequest, reassignment_id: int) -> HttpResponse:
    """Move back what was moved together."""
    try:
        n_moved = actions.take_back(reassignment_id=reassignment_id, by=request.user, now=clock.now())
    except Reassignment.DoesNotExist:
        raise Http404 from None
    text = ngettext("One answer is moved back.", "%(count)s answers are moved back.", n_moved)
    messages.success(request, text % {"count": in_words(n_moved).capitalize()})
    return redirect("elsewhere", number=request.municipality.number)


def _heading(shown: queries.Elsewhere) -> str:
    if not shown.written:
        return _("Nothing waits under «Somewhere else»")
    text = ngettext(
        "One place in the applicants' own words", "%(count)s places in the applicants' own words", len(shown.written)
    )
    return text % {"count": in_words(len(shown.written)).capitalize()}


def _crumbs(request: MemberRequest) -> list[tuple[Any, str]]:
    number = {"number": request.municipality.number}
    return [
        (_("Sources"), reverse("sources", kwargs=number)),
        (_("The list of sources"), reverse("source_list", kwargs=number)),
        (_("Somewhere else"), ""),
    ]
