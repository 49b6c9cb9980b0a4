"""Pictures: one with its description, and its file for the municipality's own people."""

import re
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from channels.actions import media as actions
from channels.forms.pictures import PictureForm
from channels.forms.videos import VideoDescription
from channels.models import MediaItem, Post
from channels.queries.campaigns import PUBLIC_STATES
from recruitment import doors
from recruitment.doors import MemberRequest

# A file opened by itself may do nothing: no script, no frame, no request.
ALONE = "default-src 'none'; sandbox"


def media(request: MemberRequest, media_id: int) -> HttpResponse:
    """Show a picture; an adviser may change what is said of it until a post that carries it is approved."""
    item = get_object_or_404(MediaItem.objects.select_related("created_by"), pk=media_id)
    may_write = doors.is_open_to(request.membership, "post_new")
    if request.method == "POST" and not may_write:
        raise Http404
    is_locked = actions.is_in_use(item)
    fields = ["alt_text", "people", "consent_reference", *(["captions"] if item.is_video else [])]
    form = (VideoDescription if item.is_video else PictureForm)(
        request.POST if request.method == "POST" else None, initial={name: getattr(item, name) for name in fields}
    )
    if form.is_bound and form.is_valid():
        try:
            actions.describe(item=item, shown=form.shown())
        except actions.InUse:
            form.add_error(
                None,
                _("The picture belongs to a post that is approved, planned or out. Nothing is changed.")
                if not item.is_video
                else _("The video belongs to a post that is approved, planned or out. Nothing is changed."),
            )
        else:
            messages.success(request, _("The description is saved."))
            return redirect("media", number=request.municipality.number, media_id=item.pk)
    posts = Post.objects.filter(media=item)
    if not doors.is_open_to(request.membership, "post"):
        posts = posts.filter(deliveries__state__in=PUBLIC_STATES).distinct()
    context = {
        "item": item,
        "used_in": list(posts),
        "is_locked": is_locked,
        "form": form if may_write and (form.errors or not is_locked) else None,
    }
    return render(request, "channels/media.html", context, status=422 if form.errors else 200)


@require_safe
def media_file(request: MemberRequest, media_id: int) -> FileResponse:
    """P22: hand out the file as a download that can do nothing by itself; our pages show it as picture or video."""
    item = get_object_or_404(MediaItem, pk=media_id)
    try:
        content = item.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    suffix = str(item.file).rpartition(".")[2]
    kind = {extension: kind for kind, extension in actions.SUFFIXES.items()}[suffix]
    name = f"{'video' if item.is_video else 'bilde'}-{item.pk}.{suffix}"
    first, last = _asked_part(request, size=item.file.size) if item.is_video else (0, None)
    if last is None:
        response = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    else:
        # Players ask for a video in parts; some play it in no other way.
        content.seek(first)
        response = FileResponse(_Part(content, last - first + 1), as_attachment=True, filename=name, content_type=kind)
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{item.file.size}"
        response.headers["Content-Length"] = str(last - first + 1)
    if item.is_video:
        response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


class _Part:
    """The next bytes of an open file, and no more of them."""

    def __init__(self, file: Any, left: int) -> None:
        self.file, self.left = file, left

    def read(self, n_bytes: int = -1) -> bytes:
        """Return the next bytes, at most as many as are left."""
        wanted = self.left if n_bytes < 0 else min(n_bytes, self.left)
        found = self.file.read(wanted)
        self.left -= len(found)
        return found

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def _asked_part(request: MemberRequest, *, size: int) -> tuple[int, int | None]:
    """Return the first and last byte of the one part that is asked for; no last byte when it is the whole file."""
    asked = re.fullmatch(r"bytes=(\d{1,15})-(\d{0,15})", request.headers.get("Range", ""))
    if not asked or int(asked[1]) >= size:
        return 0, None
    return int(asked[1]), min(int(asked[2] or size - 1), size - 1)
