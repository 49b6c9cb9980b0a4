"""A delivery: what happened, what happens next, who can act; and the acts themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from channels.actions import publishing
from channels.actions.comments import reads_comments
from channels.forms.deliveries import AbsentForm, FoundForm
from channels.models import Delivery
from channels.queries import approvals, contents, edits, previews, sightings
from channels.queries import deliveries as queries
from channels.queries.campaigns import PUBLIC_STATES
from channels.queries.posts import connector_for, deliveries_of
from foundation import clock
from foundation.tenancy import tenant
from recruitment import doors
from recruitment.doors import MemberRequest

State = Delivery.State
IN_DOUBT = {State.UNKNOWN, State.MANUAL}
MOVES_BY_ITSELF = {State.SCHEDULED, State.SENDING, State.UNKNOWN, State.BLOCKED}
# The page asks often while something is about to happen, and seldom when that is hours away.
SOON = timedelta(minutes=2)
ASK_SOON_S, ASK_LATER_S = 2, 30
TOLD = (
    publishing.AlreadySending,
    publishing.ChangedMeanwhile,
    publishing.NotReady,
    publishing.NotRemoved,
    publishing.NotToBeSettled,
)


@require_safe
def delivery(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Show one delivery."""
    return _page(request, _delivery(request, delivery_id))


@require_safe
def delivery_status(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Answer the page's question whether something has happened: 204 when not, else the part that changes."""
    context = _context(request, _delivery(request, delivery_id))
    if request.GET.get("sett") == context["fingerprint"]:
        return HttpResponse(status=204)
    return render(request, "channels/partials/delivery_status.html", context | {"is_fragment": True})


@require_POST
def delivery_approve(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Approve what was sent for approval, for the time that was asked for."""
    return _act(request, delivery_id, publishing.approve, _("The post is approved and planned."))


@require_POST
def delivery_back(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Take a delivery back to draft."""
    return _act(request, delivery_id, publishing.take_back, _("The post is a draft again. Nothing is sent."))


def delivery_cancel(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Ask, then drop a delivery for good."""
    if request.method == "POST":
        return _act(request, delivery_id, publishing.cancel, _("The post is cancelled. Nothing is sent."))
    return render(request, "channels/delivery_cancel.html", {"delivery": _delivery(request, delivery_id)})


@require_POST
def delivery_absent(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """A person has looked and it is not there: it is planned anew, at a time she confirms."""
    shown = _delivery(request, delivery_id)
    form = AbsentForm(request.POST, now=clock.now())
    if not form.is_valid():
        return _page(request, shown, absent_form=form, status=422)
    try:
        publishing.settle_as_absent(
            delivery=shown, by=request.user, now=clock.now(), wall=form.time.wall, is_second=form.time.is_second
        )
    except publishing.LacksRight:
        raise Http404 from None
    except publishing.NotReady as problem:
        for each in problem.problems:
            form.add_error("due_time" if each.field == "when" else None, each.message)
    except publishing.NotToBeSettled as problem:
        form.add_error(None, str(problem))
    else:
        return _lead_back(request, delivery_id, _("Stored with your name. The post is planned again."))
    return _page(request, _delivery(request, delivery_id), absent_form=form, status=422)


@require_POST
def delivery_drop(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """A person lets a doubtful delivery be."""
    return _act(request, delivery_id, publishing.settle_as_dropped, _("Stored with your name. Nothing more is sent."))


@require_POST
def delivery_found(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """A person has found the post on the channel and gives its address; it is read there before it is bound."""
    form = FoundForm(request.POST)
    with tenant(request.municipality.pk):
        _delivery(request, delivery_id)
    if form.is_valid():
        try:
            publishing.settle_as_published(
                municipality_id=request.municipality.pk,
                delivery_id=delivery_id,
                address=form.cleaned_data["address"],
                by=request.user,
                now=clock.now(),
            )
        except publishing.LacksRight:
            raise Http404 from None
        except publishing.AddressRefused as problem:
            form.add_error("address", str(problem))
        except publishing.NotToBeSettled as problem:
            form.add_error(None, str(problem))
        else:
            return _lead_back(request, delivery_id, _("Stored with your name. The post is bound to what stands there."))
    with tenant(request.municipality.pk):
        return _page(request, _delivery(request, delivery_id), found_form=form, status=422)


def delivery_remove(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Ask, then take a published post away from its channel."""
    if request.method == "POST":
        try:
            publishing.remove(
                municipality_id=request.municipality.pk, delivery_id=delivery_id, by=request.user, now=clock.now()
            )
        except (publishing.LacksRight, Delivery.DoesNotExist):
            raise Http404 from None
        except publishing.NotRemoved as problem:
            with tenant(request.municipality.pk):
                return _page(request, _delivery(request, delivery_id), problem=str(problem), status=422)
        return _lead_back(request, delivery_id, _("The post is removed from the channel."))
    with tenant(request.municipality.pk):
        return render(request, "channels/delivery_remove.html", {"delivery": _delivery(request, delivery_id)})


def _delivery(request: MemberRequest, delivery_id: int) -> Delivery:
    """Return the delivery; what is not public is there only for those who may see drafts (table M)."""
    related = ("post__campaign", "post__media", "post__job", "account__channel", "link", "approved_media")
    shown = get_object_or_404(Delivery.objects.select_related(*related), pk=delivery_id)
    if shown.state not in PUBLIC_STATES and not doors.is_open_to(request.membership, "post"):
        raise Http404
    return shown


def _act(request: MemberRequest, delivery_id: int, act: Callable[..., None], done: str) -> HttpResponse:
    """Do one thing to a delivery, or say plainly why it was not done (P5)."""
    shown = _delivery(request, delivery_id)
    try:
        act(delivery=shown, by=request.user, now=clock.now())
    except publishing.LacksRight:
        raise Http404 from None
    except TOLD as problem:
        return _page(request, _delivery(request, delivery_id), problem=str(problem), status=422)
    return _lead_back(request, delivery_id, done)


def _lead_back(request: MemberRequest, delivery_id: int, done: str) -> HttpResponse:
    messages.success(request, done)
    return redirect("delivery", number=request.municipality.number, delivery_id=delivery_id)


def _page(request: MemberRequest, shown: Delivery, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "channels/delivery.html", _context(request, shown) | more, status=status)


def _context(request: MemberRequest, shown: Delivery) -> dict[str, Any]:
    now = clock.now()
    story = queries.delivery_story(shown, now=now)
    corrections = edits.corrections(shown) if shown.published_at else []
    asks_every_s = _asks_every_s(shown) or edits.asks_every_s(corrections)
    absent_from = _absent_from(shown)
    text = shown.approved_text or contents.text_of(shown)
    media = shown.approved_media if shown.approved_hash else shown.post.media
    may = request.membership
    is_adviser = doors.is_open_to(may, "post_new")
    where = {"number": request.municipality.number, "delivery_id": shown.pk}
    may_publish = doors.is_open_to(may, "delivery_cancel")
    copies = list(sightings.copies(shown)) if shown.state in PUBLIC_STATES else []
    needs_another = (
        shown.state == State.AWAITING_APPROVAL
        and approvals.is_own(shown.post, request.user)
        and approvals.needs_two_people()
    )
    return {
        "delivery": shown,
        "story": story,
        "fingerprint": _fingerprint(story, asks_every_s, absent_from),
        "asks_every_s": asks_every_s,
        "preview": previews.preview_of(
            text=text,
            visible=connector_for(shown.account).text_rules.visible_before_more,
            page_name=shown.account.name,
            media=media,
            card=contents.approved_card_of(shown) if shown.approved_hash else contents.card_of(shown),
        ),
        "figures_url": reverse("delivery_figures", kwargs=where)
        if "delivery_figures" in doors.RULES and shown.published_at
        else "",
        "may_change": is_adviser and shown.state in publishing.trail.UNSENT | {State.DRAFT},
        "may_take_back": is_adviser and shown.state in publishing.trail.UNSENT,
        "may_cancel": may_publish and shown.state in publishing.trail.UNSENT | {State.DRAFT},
        "may_approve": doors.is_open_to(may, "delivery_approve")
        and shown.state == State.AWAITING_APPROVAL
        and not needs_another,
        "needs_another": needs_another,
        "candidates": sightings.candidates(shown),
        "copies": copies,
        "may_remove_copies": may_publish,
        "may_settle": may_publish and shown.state in IN_DOUBT,
        "absent_from": absent_from,
        "may_remove": may_publish and shown.state == State.PUBLISHED,
        "comments_url": reverse("delivery_comments", kwargs=where)
        if doors.is_open_to(may, "delivery_comments")
        and shown.state == State.PUBLISHED
        and reads_comments(shown.account)
        else "",
        "corrections": corrections,
        "open_correction": edits.open_one(corrections),
        "may_edit": is_adviser and shown.state == State.PUBLISHED and connector_for(shown.account).can_edit,
        "may_drop_edit": is_adviser,
        "may_approve_edit": doors.is_open_to(may, "delivery_edit_approve"),
        "siblings": _siblings(request, shown),
        "found_form": FoundForm(),
        "absent_form": AbsentForm(now=now),
    }


def _siblings(request: MemberRequest, shown: Delivery) -> list[Delivery]:
    """Return the post's other deliveries that the person may see."""
    may_see_all = doors.is_open_to(request.membership, "post")
    return [
        each
        for each in deliveries_of(shown.post)
        if each.pk != shown.pk and (may_see_all or each.state in PUBLIC_STATES)
    ]


def _asks_every_s(shown: Delivery) -> int:
    """Return how often the page asks, in seconds; 0 when nothing changes by itself any more."""
    if shown.state not in MOVES_BY_ITSELF:
        return 0
    is_far = shown.state == State.SCHEDULED and shown.due_at is not None and shown.due_at - clock.now() > SOON
    return ASK_LATER_S if is_far or shown.state == State.BLOCKED else ASK_SOON_S


def _absent_from(shown: Delivery) -> datetime | None:
    """Return from when on (UTC) a person may say that it is not there; None when she may already, or never has to."""
    earliest = publishing.may_be_believed_absent_at(shown) if shown.state in IN_DOUBT else None
    return earliest if earliest and clock.now() < earliest else None


def _fingerprint(story: Any, asks_every_s: int, absent_from: datetime | None) -> str:
    """Return what changes when something that stands on the page has changed; moments are shown to the minute."""
    lines = [(entry.mark, entry.title, entry.detail, f"{entry.at:%d%H%M}") for entry in story.trail]
    shown = [story.headline, story.what_happened, story.what_next, story.who_acts, lines, asks_every_s, absent_from]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
