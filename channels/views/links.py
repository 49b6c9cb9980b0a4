"""Tracked links: the public address that counts and leads on, and its QR code."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from channels import qr
from channels.actions import links, visits
from channels.models import Delivery, TrackedLink
from channels.queries.campaigns import PUBLIC_STATES
from channels.queries.links import address_of
from foundation import clock, limits
from recruitment import doors
from recruitment.doors import MemberRequest

# A town hall behind one address clicks less than this together; whoever does more makes figures, not visits.
FOLLOWED_PER_ADDRESS = {"limit": 3000, "window_s": 60}
KINDS = {"svg": (qr.svg, "image/svg+xml"), "png": (qr.png, "image/png")}


@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """
    Count a visit and lead on, without a cookie and without keeping anything about the visitor.

    Unknown, disabled and no longer allowed links answer alike: a plain page, 404.
    """
    limits.count_leniently("follow", limits.whose_address(request), **FOLLOWED_PER_ADDRESS)
    try:
        target = visits.follow(
            code=links.as_code(code),
            visit=visits.Visit(method=request.method or "", headers=request.headers),
            now=clock.now(),
        )
    except visits.DeadLink:
        response: HttpResponse = render(request, "channels/link_unknown.html", status=404)
    else:
        response = HttpResponseRedirect(target)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def link_qr(request: MemberRequest, link_id: int, kind: str) -> HttpResponse:
    """Draw a link's QR code; with ?last=ned it comes as a file with a name. A draft's link is a draft (table M)."""
    if kind not in KINDS:
        raise Http404
    link = get_object_or_404(TrackedLink.objects.select_related("source", "job"), pk=link_id)
    of_delivery = Delivery.objects.filter(link=link).first()
    if of_delivery and of_delivery.state not in PUBLIC_STATES and not doors.is_open_to(request.membership, "post"):
        raise Http404
    draw, content_type = KINDS[kind]
    response = HttpResponse(draw(address_of(link)), content_type=content_type)
    if "last" in request.GET:
        reference = f"{link.job.reference}-" if link.job else ""
        name = f"qr-{reference}{link.source.slug}-{link.code}.{kind}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, private=True, max_age=3600)
    return response
