"""The composer: write a post, see it as on the channel, plan it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.actions import links, media, publishing
from channels.actions import posts as actions
from channels.forms.kinds import PICTURE
from channels.forms.posts import NO_PICTURE, EditPostForm, NewPostForm, PostForm
from channels.guidance import guidance_for
from channels.models import Campaign, Delivery, MediaItem, Post, TrackedLink
from channels.queries import approvals, previews
from channels.queries import posts as queries
from channels.queries.links import address_of
from channels.queries.posts import Outlet
from foundation import clock, limits
from foundation.formats import in_words
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.once import ChangedSinceSubmitted, submit_once

# Fields of ours that the publishing engine's problems belong to.
FIELD_OF = {"text": "text", "picture": "picture", "job": "job"}
EXPLAINED = (
    publishing.NotReady,
    publishing.AlreadySending,
    publishing.ChangedMeanwhile,
    actions.NoSource,
    ChangedSinceSubmitted,
)
SETTLED = publishing.scheduling.BEYOND_EDITING | {Delivery.State.CANCELLED}


def post_new(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """Write a post for a campaign, once however often the form is sent."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    jobs = list(campaign.jobs.order_by("deadline_date", "pk"))
    outlets = queries.outlets(today=clock.today())
    parts = {
        "jobs": jobs,
        "outlets": outlets,
        "deliveries": [],
        "pictures": queries.recent_pictures(),
        "videos": queries.recent_videos(),
        "connector": queries.connector_for(outlets[0].account if outlets else None),
        "address": _example_address(),
        "kept": {},
        "now": clock.now(),
    }
    first = {
        "job": str(jobs[0].pk) if jobs else "",
        "kind": PICTURE,
        "picture": NO_PICTURE,
        "target_url": request.municipality.website,
        "accounts": [str(outlet.account.pk) for outlet in outlets[:1]],
    }
    form = _form(NewPostForm, request, first, parts)

    def write(item: MediaItem | None) -> Post:
        return actions.write_post(
            campaign=campaign,
            content=form.content(media=item),
            accounts=form.cleaned_data["accounts"],
            reasons=form.reasons(),
            user=request.user,
            now=clock.now(),
        )

    page = {"campaign": campaign, "post": None, "deliveries": [], "outlets": outlets}
    return _answer(request, form, page, write)


def post(request: MemberRequest, post_id: int) -> HttpResponse:
    """Change a post; what is out, or may be, is shown on its delivery's page instead."""
    stored = get_object_or_404(Post.objects.select_related("campaign", "job", "media", "changed_by"), pk=post_id)
    deliveries = queries.deliveries_of(stored)
    may_write = doors.is_open_to(request.membership, "post_new")
    if request.method == "POST" and not may_write:
        raise Http404
    is_settled = bool(deliveries) and all(delivery.state in SETTLED for delivery in deliveries)
    if deliveries and (not may_write or (request.method == "GET" and is_settled)):
        return redirect("delivery", number=request.municipality.number, delivery_id=deliveries[0].pk)
    outlets = _outlets(deliveries)
    jobs = {job.pk: job for job in [*stored.campaign.jobs.order_by("deadline_date", "pk"), stored.job] if job}
    parts = {
        "jobs": list(jobs.values()),
        "outlets": outlets,
        "deliveries": deliveries,
        "pictures": queries.recent_pictures(chosen=stored.media),
        "videos": queries.recent_videos(chosen=stored.media),
        "connector": queries.connector_for(outlets[0].account if outlets else None),
        "address": address_of(deliveries[0].link) if deliveries else _example_address(),
        "kept": queries.kept_wordings(stored),
        "now": clock.now(),
    }
    is_planned = any(delivery.state in publishing.trail.UNSENT for delivery in deliveries)
    form = _form(EditPostForm, request, EditPostForm.initial_of(stored, deliveries, is_told=is_planned), parts)

    def change(item: MediaItem | None) -> Post:
        return actions.change_post(
            post=stored,
            content=form.content(media=item),
            accounts=form.cleaned_data["accounts"],
            seen_version=form.cleaned_data["version"],
            may_void=bool(form.cleaned_data["is_told"]),
            reasons=form.reasons(),
            user=request.user,
            now=clock.now(),
        )

    page = {"campaign": stored.campaign, "post": stored, "deliveries": deliveries, "outlets": outlets}
    if not may_write:
        return _page(request, form, page)
    return _answer(request, form, page, change)


def _outlets(deliveries: list[Delivery]) -> list[Outlet]:
    """Return the pages of a post's deliveries first, and then those it could go to as well."""
    today = clock.today()
    own = [queries.outlet_of(delivery.account, today=today) for delivery in deliveries]
    taken = {outlet.account.pk for outlet in own}
    return own + [outlet for outlet in queries.outlets(today=today) if outlet.account.pk not in taken]


def _example_address() -> str:
    """Return an address as long as a tracked link's, for a post that has none yet."""
    return address_of(TrackedLink(code="x" * links.CODE_LENGTH))


def _form(kind: type, request: MemberRequest, first: dict[str, Any], parts: dict[str, Any]) -> Any:
    """Return the form; for a preview it is filled with what was typed, but judged as little as an empty one."""
    if request.method != "POST":
        return kind(initial=first, **parts)
    if request.POST.get("do") == "preview":
        typed = {name: values if name == "accounts" else values[-1] for name, values in request.POST.lists()}
        return kind(initial=first | typed, **parts)
    wait_s = 0
    try:
        if request.FILES:
            limits.count_upload(request.user.pk)
    except limits.TooOften as problem:
        wait_s = problem.retry_after_s
    # A file too many is not decoded, and the text that was written beside it is not lost.
    form = kind(request.POST, None if wait_s else request.FILES, initial=first, **parts)
    form.wait_s = wait_s
    return form


def _answer(
    request: MemberRequest, form: Any, page: dict[str, Any], store: Callable[[MediaItem | None], Post]
) -> HttpResponse:
    """Show the page, or store what was sent and lead on; what cannot be stored is shown again with the reason."""
    if request.method != "POST":
        return _page(request, form, page)
    if not form.is_bound:
        return _preview(request, form, page)
    is_valid = form.is_valid()
    if form.wait_s:
        return _too_many_files(request, form, page)
    item = _keep_picture(request, form)
    if is_valid:
        try:
            return _store(request, form, lambda: store(item))
        except publishing.LacksRight:
            raise Http404 from None
        except actions.ChangedMeanwhile as problem:
            page["theirs"] = problem.stored
            _set(form, version=problem.stored.version)
            form.add_error(None, _("Somebody saved another version while you were writing. Both are shown below."))
        except actions.WouldVoidApproval:
            _set(form, is_told="1")
            form.add_error(
                None, _("The post was planned meanwhile. Save again to take it back to draft and change it.")
            )
        except actions.ReasonsMissing as problem:
            for finding in problem.findings:
                form.add_error(f"reason_{finding.key}", _("Write why it is kept, or choose another wording."))
        except EXPLAINED as problem:
            _explain(form, problem)
    return _page(request, form, page, status=422)


def _too_many_files(request: MemberRequest, form: Any, page: dict[str, Any]) -> HttpResponse:
    """Show the form again: nothing is stored, and nothing that was written is lost (P25)."""
    minutes = -(-form.wait_s // 60)
    problem = _("You have sent many files in a short time. Send this one again in %(minutes)s minutes.")
    form.add_error("file", problem % {"minutes": minutes})
    response = _page(request, form, page, status=429)
    response.headers["Retry-After"] = str(form.wait_s)
    return response


def _store(request: MemberRequest, form: Any, store: Callable[[], Post]) -> HttpResponse:
    """Store the post, and plan it where that was asked for, as one: both or nothing."""

    def carry_out() -> str:
        stored = store()
        do, number = request.POST.get("do"), request.municipality.number
        deliveries = queries.deliveries_of(stored)
        if do in {"schedule", "submit"}:
            _plan(request, form, deliveries, is_approved=do == "schedule")
            return reverse("delivery", kwargs={"number": number, "delivery_id": deliveries[0].pk})
        _leave_planned(request, form, [each for each in deliveries if each.state in publishing.trail.UNSENT])
        for delivery in deliveries:
            time, due_at = form.time_of(delivery.account_id)
            if delivery.state == Delivery.State.DRAFT and time:
                actions.wish_for(delivery=delivery, due_at=due_at, wall=time.wall)
        return reverse("post_video" if do == "video" else "post", kwargs={"number": number, "post_id": stored.pk})

    if isinstance(form, NewPostForm):
        return submit_once(form, carry_out, user=request.user)
    return redirect(actions.as_one(carry_out))


def _plan(request: MemberRequest, form: PostForm, deliveries: list[Delivery], *, is_approved: bool) -> None:
    """
    Plan the post to each of its pages, at the common time or the page's own; what is out or dropped stays so.

    :raises publishing.NotReady: there is no page, or something stands in the way at one of them
    """
    open_ones = [delivery for delivery in deliveries if delivery.state not in SETTLED]
    if not open_ones:
        raise publishing.NotReady([publishing.Problem("account", _("There is no page to publish to yet."))])
    for delivery in open_ones:
        time, _due_at = form.time_of(delivery.account_id)
        if time is None:
            raise publishing.NotReady([publishing.Problem("when", _("Write the time for each page."))])
        try:
            actions.plan_post(delivery=delivery, time=time, user=request.user, now=clock.now(), is_approved=is_approved)
        except publishing.NotReady as problem:
            name = delivery.account.name if len(deliveries) > 1 else ""
            raise publishing.NotReady(
                [
                    publishing.Problem(
                        form.time_field_of(delivery.account_id) if each.field == "when" else each.field,
                        f"{name}: {each.message}" if name else each.message,
                    )
                    for each in problem.problems
                ]
            ) from None


def _leave_planned(request: MemberRequest, form: PostForm, planned: list[Delivery]) -> None:
    """
    Say that an unchanged post stays as it is planned.

    :raises publishing.NotReady: another time was written, which saving does not plan
    """
    if not planned:
        messages.success(request, _("The draft is saved."))
        return
    for delivery in planned:
        time, _due_at = form.time_of(delivery.account_id)
        if time and time.wall.strftime(actions.WALL) != delivery.due_wall:
            problem = _("Saving the draft does not move a planned post. Plan it again with the new time.")
            raise publishing.NotReady([publishing.Problem(form.time_field_of(delivery.account_id), problem)])
    messages.info(request, _("Nothing was changed. The post stands as it was planned."))


def _explain(form: PostForm, problem: Exception) -> None:
    """Put the reason why something was not stored at the field it belongs to."""
    if isinstance(problem, publishing.NotReady):
        for each in problem.problems:
            field = each.field if each.field in form.fields else FIELD_OF.get(each.field)
            form.add_error("due_time" if each.field == "when" else field, each.message)
    elif isinstance(problem, actions.NoSource):
        form.add_error(None, _("No source in use belongs to this channel, so its clicks cannot be counted. Ask HR."))
    else:
        form.add_error(None, str(problem))


def _keep_picture(request: MemberRequest, form: Any) -> MediaItem | None:
    """
    Return the picture of the post. A new one is stored even when something else must be corrected.

    A browser does not send a file twice, so it would have to be found again; it is whole and described by itself.
    """
    drawn = form.cleaned_data.get("file")
    if not drawn:
        return form.beside_text(uploaded=None)
    if {"file", "alt_text", "people", "consent_reference"} & set(form.errors):
        return None
    item = media.store_picture(picture=drawn, shown=form.shown(), user=request.user, now=clock.now())
    form.offer(item)
    chosen = form.beside_text(uploaded=item)
    _set(form, picture=str(item.pk), alt_text="", people=MediaItem.People.NONE, consent_reference="")
    return chosen


def _set(form: Any, **values: Any) -> None:
    """Change what the form shows when it is drawn again."""
    data = form.data.copy()
    for name, value in values.items():
        data[name] = value
    form.data = data


def _preview(request: MemberRequest, form: PostForm, page: dict[str, Any]) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "channels/partials/composer_live.html", _context(request, form, page))
    return _page(request, form, page)


def _page(request: MemberRequest, form: PostForm, page: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "channels/composer.html", _context(request, form, page), status=status)


def _context(request: MemberRequest, form: PostForm, page: dict[str, Any]) -> dict[str, Any]:
    outlet = next(iter(page["outlets"]), None)
    name = outlet.account.name if outlet else request.municipality.name
    n_open = sum(finding.is_open for finding in form.findings)
    counted = form.counted
    return page | {
        "form": form,
        "outlet": outlet,
        "guidance": guidance_for(outlet.account.channel.slug if outlet else form.connector.slug),
        "counted": counted,
        "preview": previews.preview_of(
            text=form.published_text,
            visible=counted.visible_before_more,
            page_name=name,
            media=form.chosen_media,
            card=form.card,
        ),
        "delivery": next(iter(page["deliveries"]), None),
        "warnings": ngettext("One wording needs a reason.", "%(count)s wordings need a reason.", n_open)
        % {"count": in_words(n_open).capitalize()}
        if n_open
        else "",
        # Where two people are needed, what is written here is one's own: it is sent for approval (T2).
        "may_publish": request.membership.may_publish and not approvals.needs_two_people(),
        "may_write": doors.is_open_to(request.membership, "post_new"),
    }
