"""Correcting a published post: asking, approving, dropping. What is sent is sent by a machine."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels.actions import posts as post_actions
from channels.actions import publishing
from channels.actions.publishing import editing
from channels.forms.edits import EditForm
from channels.models import Delivery, PostEdit
from channels.queries import approvals, previews
from channels.queries.posts import connector_for, kept_wordings
from foundation import clock
from recruitment.doors import MemberRequest

State = Delivery.State
TOLD = (editing.NotToBeEdited, editing.AlreadySent, publishing.ChangedMeanwhile)


def delivery_edit(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Write another text for a published post, and have it approved or ask for that."""
    delivery = _published(delivery_id)
    kept = kept_wordings(delivery.post)
    if request.method != "POST":
        return _page(
            request, delivery, EditForm(initial={"text": delivery.approved_text}, delivery=delivery, kept=kept)
        )
    form = EditForm(request.POST, delivery=delivery, kept=kept)
    if form.is_valid():
        now = clock.now()
        try:
            edit = editing.ask_for_edit(delivery=delivery, text=form.cleaned_data["text"], by=request.user, now=now)
        except publishing.NotReady as problem:
            for each in problem.problems:
                form.add_error("text", each.message)
        except TOLD as problem:
            form.add_error(None, str(problem))
        else:
            post_actions.keep_reasons(post=delivery.post, reasons=form.reasons(), user=request.user, now=now)
            is_asked = edit.state == PostEdit.State.ASKED
            done = _("The correction is approved and sent in a moment.") if is_asked else _("Sent for approval.")
            return _lead_back(request, delivery_id, done)
    return _page(request, delivery, form, status=422)


@require_POST
def delivery_edit_approve(request: MemberRequest, delivery_id: int, edit_id: int) -> HttpResponse:
    """Approve a correction that was asked for."""
    return _act(
        request, delivery_id, edit_id, editing.approve_edit, _("The correction is approved and sent in a moment.")
    )


@require_POST
def delivery_edit_drop(request: MemberRequest, delivery_id: int, edit_id: int) -> HttpResponse:
    """Drop a correction that has not been sent."""
    return _act(request, delivery_id, edit_id, editing.drop_edit, _("The correction is dropped. Nothing is sent."))


def _published(delivery_id: int) -> Delivery:
    related = ("post__job", "post__campaign", "account__channel", "link", "approved_media")
    return get_object_or_404(Delivery.objects.select_related(*related), pk=delivery_id, state=State.PUBLISHED)


def _act(request: MemberRequest, delivery_id: int, edit_id: int, act: Callable[..., None], done: str) -> HttpResponse:
    edit = get_object_or_404(PostEdit.objects.select_related("delivery"), pk=edit_id, delivery_id=delivery_id)
    try:
        act(edit=edit, by=request.user, now=clock.now())
    except publishing.LacksRight:
        raise Http404 from None
    except TOLD as problem:
        messages.warning(request, str(problem))
        return redirect("delivery", number=request.municipality.number, delivery_id=delivery_id)
    return _lead_back(request, delivery_id, done)


def _lead_back(request: MemberRequest, delivery_id: int, done: str) -> HttpResponse:
    messages.success(request, done)
    return redirect("delivery", number=request.municipality.number, delivery_id=delivery_id)


def _page(request: MemberRequest, delivery: Delivery, form: EditForm, status: int = 200) -> HttpResponse:
    connector = connector_for(delivery.account)
    counted = previews.counted(text=delivery.approved_text, connector=connector)
    context = {
        "delivery": delivery,
        "form": form,
        "counted": counted,
        "sends_at_once": request.membership.may_publish and not approvals.needs_two_people(),
    }
    return render(request, "channels/delivery_edit.html", context, status=status)
