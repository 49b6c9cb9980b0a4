"""Pictures: one with its description, and its file for the municipality's own people."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from channels.actions import media as actions
from channels.forms.pictures import PictureForm
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
    fields = ("alt_text", "people", "consent_reference")
    form = PictureForm(
        request.POST if request.method == "POST" else None, initial={name: getattr(item, name) for name in fields}
    )
    if form.is_bound and form.is_valid():
        try:
            actions.describe(item=item, shown=form.shown())
        except actions.InUse:
            form.add_error(
                None, _("The picture belongs to a post that is approved, planned or out. Nothing is changed.")
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
    """P22: hand out the file as a download that can do nothing by itself; our pages show it as a picture."""
    item = get_object_or_404(MediaItem, pk=media_id)
    try:
        content = item.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    suffix = str(item.file).rpartition(".")[2]
    kind = {extension: kind for kind, extension in actions.SUFFIXES.items()}[suffix]
    response = FileResponse(content, as_attachment=True, filename=f"bilde-{item.pk}.{suffix}", content_type=kind)
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
