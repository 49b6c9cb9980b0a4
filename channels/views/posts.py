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
from channels.actions.posts import Time
from channels.forms.posts import NO_PICTURE, EditPostForm, NewPostForm, PostForm
from channels.guidance import guidance_for
from channels.models import Campaign, Delivery, MediaItem, Post, TrackedLink
from channels.queries import posts as queries
from channels.queries import previews
from channels.queries.links import address_of
from foundation import clock, limits
from foundation.formats import in_words
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.once import ChangedSinceSubmitted, submit_once

# Fields of ours that the publishing engine's problems belong to.
FIELD_OF = {"text": "text", "picture": "picture", "job": "job", "when": "due_time"}
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
        "pictures": queries.recent_pictures(),
        "connector": queries.connector_for(outlets[0].account if outlets else None),
        "address": _example_address(),
        "kept": {},
        "now": clock.now(),
    }
    first = {"job": str(jobs[0].pk) if jobs else "", "picture": NO_PICTURE, "target_url": request.municipality.website}
    form = _form(NewPostForm, request, first, parts)

    def write(item: MediaItem | None) -> Post:
        outlet = form.outlet()
        return actions.write_post(
            campaign=campaign,
            content=form.content(media=item),
            account=outlet.account if outlet else None,
            reasons=form.reasons(),
            user=request.user,
            now=clock.now(),
        )

    page = {"campaign": campaign, "post": None, "delivery": None, "outlets": outlets}
    return _answer(request, form, page, write)


def post(request: MemberRequest, post_id: int) -> HttpResponse:
    """Change a post; what is out, or may be, is shown on its delivery's page instead."""
    stored = get_object_or_404(Post.objects.select_related("campaign", "job", "media", "changed_by"), pk=post_id)
    delivery = queries.delivery_of(stored)
    may_write = doors.is_open_to(request.membership, "post_new")
    if request.method == "POST" and not may_write:
        raise Http404
    if delivery and (not may_write or (request.method == "GET" and delivery.state in SETTLED)):
        return redirect("delivery", number=request.municipality.number, delivery_id=delivery.pk)
    outlets = [queries.outlet_of(delivery.account, today=clock.today())] if delivery else None
    outlets = outlets or queries.outlets(today=clock.today())
    jobs = {job.pk: job for job in [*stored.campaign.jobs.order_by("deadline_date", "pk"), stored.job] if job}
    parts = {
        "jobs": list(jobs.values()),
        "outlets": outlets,
        "pictures": queries.recent_pictures(chosen=stored.media),
        "connector": queries.connector_for(outlets[0].account if outlets else None),
        "address": address_of(delivery.link) if delivery else _example_address(),
        "kept": queries.kept_wordings(stored),
        "now": clock.now(),
    }
    is_planned = delivery is not None and delivery.state != Delivery.State.DRAFT
    form = _form(EditPostForm, request, EditPostForm.initial_of(stored, delivery, is_told=is_planned), parts)

    def change(item: MediaItem | None) -> Post:
        outlet = form.outlet()
        return actions.change_post(
            post=stored,
            content=form.content(media=item),
            account=outlet.account if outlet else None,
            seen_version=form.cleaned_data["version"],
            may_void=bool(form.cleaned_data["is_told"]),
            reasons=form.reasons(),
            user=request.user,
            now=clock.now(),
        )

    page = {"campaign": stored.campaign, "post": stored, "delivery": delivery, "outlets": outlets}
    if not may_write:
        return _page(request, form, page)
    return _answer(request, form, page, change)


def _example_address() -> str:
    """Return an address as long as a tracked link's, for a post that has none yet."""
    return address_of(TrackedLink(code="x" * links.CODE_LENGTH))


def _form(kind: type, request: MemberRequest, first: dict[str, Any], parts: dict[str, Any]) -> Any:
    """Return the form; for a preview it is filled with what was typed, but judged as little as an empty one."""
    if request.method != "POST":
        return kind(initial=first, **parts)
    if request.POST.get("do") == "preview":
        return kind(initial=first | request.POST.dict(), **parts)
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
        delivery = queries.delivery_of(stored)
        time, do = form.cleaned_data["time"], request.POST.get("do")
        number = request.municipality.number
        if do in {"schedule", "submit"}:
            if delivery is None:
                raise publishing.NotReady([publishing.Problem("account", _("There is no page to publish to yet."))])
            actions.plan_post(
                delivery=delivery, time=time, user=request.user, now=clock.now(), is_approved=do == "schedule"
            )
            return reverse("delivery", kwargs={"number": number, "delivery_id": delivery.pk})
        if delivery and delivery.state != Delivery.State.DRAFT:
            _leave_planned(request, delivery, time)
        else:
            if delivery and time:
                actions.wish_for(delivery=delivery, due_at=form.cleaned_data["due_at"], wall=time.wall)
            messages.success(request, _("The draft is saved."))
        return reverse("post", kwargs={"number": number, "post_id": stored.pk})

    if isinstance(form, NewPostForm):
        return submit_once(form, carry_out, user=request.user)
    return redirect(actions.as_one(carry_out))


def _leave_planned(request: MemberRequest, delivery: Delivery, time: Time | None) -> None:
    """
    Say that an unchanged post stays as it is planned.

    :raises publishing.NotReady: another time was written, which saving does not plan
    """
    if time and time.wall.strftime(actions.WALL) != delivery.due_wall:
        problem = _("Saving the draft does not move a planned post. Plan it again with the new time.")
        raise publishing.NotReady([publishing.Problem("when", problem)])
    messages.info(request, _("Nothing was changed. The post stands as it was planned."))


def _explain(form: PostForm, problem: Exception) -> None:
    """Put the reason why something was not stored at the field it belongs to."""
    if isinstance(problem, publishing.NotReady):
        for each in problem.problems:
            form.add_error(FIELD_OF.get(each.field), each.message)
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
        return form.cleaned_data.get("picture")
    if {"file", "alt_text", "people", "consent_reference"} & set(form.errors):
        return None
    item = media.store_picture(picture=drawn, shown=form.shown(), user=request.user, now=clock.now())
    form.offer(item)
    _set(form, picture=str(item.pk), alt_text="", people=MediaItem.People.NONE, consent_reference="")
    return item


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
            text=form.published_text, visible=counted.visible_before_more, page_name=name, media=form.chosen_picture
        ),
        "warnings": ngettext("One wording needs a reason.", "%(count)s wordings need a reason.", n_open)
        % {"count": in_words(n_open).capitalize()}
        if n_open
        else "",
        "may_publish": request.membership.may_publish,
        "may_write": doors.is_open_to(request.membership, "post_new"),
    }
