"""The comments below a published post, for those who look after the municipality's pages (table M, R11)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from channels.actions import comments as actions
from channels.models import CommentReading, Delivery
from channels.queries import comments as queries
from foundation import clock, formats
from foundation.tenancy import tenant
from recruitment.doors import MemberRequest

ROLE_MISSING = {"access_denied", "role_lost", "scope_lost"}
ACCESS_GONE = {"not_connected", "expired", "token_dead", "token_unopened", "refresh_refused"}


@require_safe
def delivery_comments(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Show what stands below a post, as long as it may be kept here."""
    delivery = _published(delivery_id)
    found = queries.conversation(delivery=delivery, now=clock.now())
    context = {
        "delivery": delivery,
        "found": found,
        "heading": _heading(found),
        "problem": problem_in_words(found.reading.problem, delivery) if found.reading else "",
    }
    return render(request, "channels/comments.html", context)


@require_POST
def delivery_comments_read(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Ask the channel for them now. It speaks with the channel, so no transaction is open around it."""
    with tenant(request.municipality.pk):
        delivery = _published(delivery_id)
    try:
        reading = actions.read(municipality_id=request.municipality.pk, delivery_id=delivery_id, now=clock.now())
    except actions.TooSoon as problem:
        told = _("The comments were fetched a moment ago. You may fetch again %(when)s.")
        messages.info(request, told % {"when": formats.clock(problem.until)})
    except actions.NothingToRead:
        raise Http404 from None
    else:
        _tell(request, reading, delivery)
    return redirect("delivery_comments", number=request.municipality.number, delivery_id=delivery_id)


def _tell(request: MemberRequest, reading: CommentReading, delivery: Delivery) -> None:
    if reading.problem:
        messages.warning(request, problem_in_words(reading.problem, delivery))
    else:
        messages.success(request, _("The comments are fetched."))


def _published(delivery_id: int) -> Delivery:
    found = Delivery.objects.select_related("account__channel", "post__campaign")
    delivery = get_object_or_404(found, pk=delivery_id, state=Delivery.State.PUBLISHED)
    if not actions.reads_comments(delivery.account):
        raise Http404
    return delivery


def _heading(found: queries.Conversation) -> str:
    n_shown = sum(1 + len(thread.answers) for thread in found.threads)
    if n_shown:
        return ngettext("One comment below the post", "%(n)s comments below the post", n_shown) % {"n": n_shown}
    if found.reading is None or found.reading.read_at is None:
        return _("The comments have not been fetched yet")
    return _("The comments are deleted here") if found.is_forgotten else _("Nobody has commented yet")


def problem_in_words(code: str, delivery: Delivery) -> str:
    """Return why the comments could not be read last time, "" when they could."""
    channel = {"channel": delivery.account.channel}
    if not code:
        return ""
    if code in ROLE_MISSING:
        return _("%(channel)s does not let us read comments: a role or a permission is missing.") % channel
    if code in ACCESS_GONE:
        return _("Access to the account is gone. It must be connected again under Channels.")
    if code == "not_found":
        return _("%(channel)s no longer has the post.") % channel
    if code == "version_sunset":
        return _("%(channel)s no longer answers this version. Kanalkompass must be updated.") % channel
    return _("We did not get the comments from %(channel)s. Try again in a while.") % channel
