"""Publishing in the municipality as a whole: the stop, who must approve, and the stop for everybody."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from channels.actions import publishing
from channels.actions.approvals import decide_two_people
from channels.forms.stops import StopForm
from channels.queries import approvals, stops
from foundation import clock
from foundation.formats import in_words
from foundation.tenancy import tenant
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.models import User

INVALID = 422


@require_safe
def publishing_home(request: MemberRequest) -> HttpResponse:
    """Show whether publishing goes on, who must approve, and earlier stops."""
    context = {
        "stop": stops.in_force(),
        "n_held": stops.n_held(),
        "history": stops.history(),
        "needs_two_people": approvals.needs_two_people(),
        "approvers": approvals.holders("may_approve"),
        "publishers": approvals.holders("may_publish"),
        "may_stop": doors.is_open_to(request.membership, "publishing_stop"),
        "may_decide": doors.is_open_to(request.membership, "publishing_two_people"),
    }
    return render(request, "channels/publishing.html", context)


def publishing_stop(request: MemberRequest) -> HttpResponse:
    """Ask why, and stop all publishing; what has already been sent is told."""
    form = StopForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with tenant(request.municipality.pk):
                publishing.stop(reason=form.cleaned_data["reason"], by=request.user, now=clock.now())
        except publishing.LacksRight:
            raise Http404 from None
        except publishing.AlreadyStopped:
            messages.info(request, _("Publishing is stopped already."))
            return redirect("publishing", number=request.municipality.number)
        # Asked when the stop is stored: what has not passed the last check by now does not go out.
        with tenant(request.municipality.pk):
            _tell_stopped(request, [delivery.post.title for delivery in publishing.on_their_way()])
        return redirect("publishing", number=request.municipality.number)
    with tenant(request.municipality.pk):
        context = {"form": form, "stop": stops.in_force()}
        return render(request, "channels/publishing_stop.html", context, status=INVALID if form.is_bound else 200)


def _tell_stopped(request: HttpRequest, titles: list[str]) -> None:
    messages.success(request, _("All publishing is stopped. What becomes due waits."))
    if titles:
        late = ngettext(
            "One post was sent before the stop and may come out all the same: %(titles)s.",
            "%(number)s posts were sent before the stop and may come out all the same: %(titles)s.",
            len(titles),
        )
        words = {"number": in_words(len(titles)).capitalize(), "titles": ", ".join(f"«{title}»" for title in titles)}
        messages.warning(request, late % words)


def publishing_lift(request: MemberRequest) -> HttpResponse:
    """Ask, then let publishing go on."""
    if request.method != "POST":
        context = {"stop": stops.in_force(), "n_held": stops.n_held()}
        return render(request, "channels/publishing_lift.html", context)
    try:
        lifted = publishing.lift(by=request.user, now=clock.now())
    except publishing.LacksRight:
        raise Http404 from None
    messages.success(request, told_lifted(lifted))
    return redirect("publishing", number=request.municipality.number)


def told_lifted(lifted: publishing.Lifted) -> str:
    """Return what came of lifting a stop, in words."""
    if stops.everybodys() is not None:
        return _("The municipality's own stop is lifted. Publishing is still stopped for everybody.")
    on = ngettext("One post goes on by itself.", "%(number)s posts go on by themselves, in order.", lifted.n_going_on)
    late = ngettext(
        "One is too late and waits for a decision.", "%(number)s are too late and wait for a decision.", lifted.n_late
    )
    parts = [_("The stop is lifted.")]
    for sentence, number in ((on, lifted.n_going_on), (late, lifted.n_late)):
        if number:
            parts.append(sentence % {"number": in_words(number).capitalize()})
    return " ".join(parts)


def publishing_two_people(request: MemberRequest) -> HttpResponse:
    """Let the administrator decide whether two people are needed for each post."""
    is_on = approvals.needs_two_people()
    if request.method != "POST":
        return render(request, "channels/publishing_two_people.html", {"is_on": is_on})
    wanted = {"on": True, "off": False}.get(request.POST.get("two_people", ""))
    if wanted is None:
        context = {"is_on": is_on, "problem": _("Choose one of the two.")}
        return render(request, "channels/publishing_two_people.html", context, status=INVALID)
    decide_two_people(is_needed=wanted)
    messages.success(
        request, _("Two people are needed from now on.") if wanted else _("One person is enough from now on.")
    )
    return redirect("publishing", number=request.municipality.number)


def system_stop(request: HttpRequest) -> HttpResponse:
    """Stop all publishing of the installation, with a reason."""
    form = StopForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            publishing.stop_everybody(reason=form.cleaned_data["reason"], by=cast(User, request.user), now=clock.now())
        except publishing.AlreadyStopped:
            messages.info(request, _("Publishing is stopped already."))
        else:
            messages.success(request, _("All publishing is stopped for everybody. What becomes due waits."))
        return redirect("system_stop")
    context: dict[str, Any] = {"form": form, "stop": stops.everybodys(), "history": stops.history_of_all()}
    return render(request, "channels/system_stop.html", context, status=INVALID if form.is_bound else 200)


@require_POST
def system_lift(request: HttpRequest) -> HttpResponse:
    """Let everybody publish again."""
    lifted = publishing.lift_for_everybody(by=cast(User, request.user), now=clock.now())
    messages.success(request, told_lifted(lifted))
    return redirect("system_stop")
