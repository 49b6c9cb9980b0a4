"""A video for a post: it has a page of its own, because it is larger than any other request may be."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from channels.actions import posts as actions
from channels.actions import publishing, videos
from channels.forms.videos import VideoForm
from channels.models import MediaItem, Post
from channels.queries import posts as queries
from foundation import clock, limits
from recruitment.doors import MemberRequest


def post_video(request: MemberRequest, post_id: int) -> HttpResponse:
    """Upload a video and put it into the post."""
    post = get_object_or_404(Post.objects.select_related("campaign", "job", "media"), pk=post_id)
    if request.method != "POST":
        return _page(request, post, VideoForm(initial={"version": post.version}))
    try:
        if request.FILES:
            limits.count_upload(request.user.pk)
    except limits.TooOften as problem:
        return _too_often(request, post, problem)
    form = VideoForm(request.POST, request.FILES, initial={"version": post.version})
    if form.is_valid():
        try:
            _put(request, post, form)
        except actions.ChangedMeanwhile:
            form.add_error(None, _("Somebody saved another version of the post meanwhile. Open it again first."))
        except (publishing.AlreadySending, publishing.ChangedMeanwhile) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The video is uploaded and stands in the post."))
            return redirect("post", number=request.municipality.number, post_id=post.pk)
    return _page(request, post, form, status=422)


def _put(request: MemberRequest, post: Post, form: VideoForm) -> MediaItem:
    """Store the video and the post's next version, both or nothing; the page has told that a plan is voided."""
    now = clock.now()
    with transaction.atomic():
        item = videos.store_video(video=form.cleaned_data["file"], shown=form.shown(), user=request.user, now=now)
        deliveries = queries.deliveries_of(post)
        target = deliveries[0].link.target_url if deliveries and post.job is None else ""
        actions.change_post(
            post=post,
            content=actions.Content(post.title, post.text, post.job, item, target),
            accounts=[],
            seen_version=form.cleaned_data["version"],
            may_void=True,
            reasons={},
            user=request.user,
            now=now,
        )
    return item


def _too_often(request: MemberRequest, post: Post, problem: limits.TooOften) -> HttpResponse:
    minutes = -(-problem.retry_after_s // 60)
    told = _("You have sent many files in a short time. Send this one again in %(minutes)s minutes.")
    form = VideoForm(request.POST, initial={"version": post.version})
    form.is_valid()
    form.errors.pop("file", None)
    form.add_error("file", told % {"minutes": minutes})
    response = _page(request, post, form, status=429)
    response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def _page(request: MemberRequest, post: Post, form: VideoForm, status: int = 200) -> HttpResponse:
    deliveries = queries.deliveries_of(post)
    if any(delivery.state in publishing.scheduling.BEYOND_EDITING for delivery in deliveries) and status == 200:
        raise Http404
    is_planned = any(delivery.state in publishing.trail.UNSENT for delivery in deliveries)
    context = {"post": post, "form": form, "is_planned": is_planned}
    return render(request, "channels/post_video.html", context, status=status)
