"""How Kanalkompass looks: the municipality's colour and logo, the person's choice of light or dark, and the files."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.tenancy import tenant
from kanalkompass.pages.start import back_to
from kanalkompass.theme import choosing, colour, scale
from kanalkompass.theme.forms import LookForm
from recruitment.doors import MemberRequest
from recruitment.models import Logo, Municipality, MunicipalitySettings, User
from recruitment.queries.looks import SCALE_VERSION, Look, look_of

KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"
# A picture that is opened by itself can do nothing.
ALONE = "default-src 'none'; sandbox"


def appearance(request: MemberRequest) -> HttpResponse:
    """Let the administrator choose colour and logo, and see what they look like before anybody else does."""
    decided = MunicipalitySettings.objects.first() or MunicipalitySettings()
    look = look_of(request.municipality, decided)
    if request.method != "POST":
        tried = colour.parse(request.GET.get("farge", "")[:20])
        if tried and scale.is_readable(tried):
            look = replace(look, accent=tried)
        written = request.GET.get("farge", "")[:20]
        form = LookForm({"accent": written}) if written else LookForm(initial={"accent": _written(decided.accent)})
        return _page(request, form, look=look, status=422 if written and not form.is_valid() else 200)
    form = LookForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, look=look, status=422)
    choosing.choose(
        accent=form.cleaned_data["accent"],
        logo=form.cleaned_data["logo"],
        without_logo="remove_logo" in request.POST,
    )
    messages.success(request, _("The look is stored. Everybody in the municipality sees it now."))
    return redirect("appearance", number=request.municipality.number)


def _page(request: MemberRequest, form: LookForm, *, look: Look, status: int) -> HttpResponse:
    warns = bool(look.accent) and scale.looks_like_a_warning(look.accent)
    context = {"form": form, "look": look, "warns": warns, "steps": list(scale.STEPS)}
    return render(request, "appearance.html", context, status=status)


def _written(accent: str) -> str:
    return f"#{accent}" if accent else ""


@require_safe
def theme_css(request: HttpRequest, name: str) -> HttpResponse:
    """Hand out the stylesheet of an accent. It says nothing of who uses it, and never changes under its address."""
    version, _dash, accent = name.partition("-")
    if version != SCALE_VERSION or colour.parse(accent) != accent or not scale.is_readable(accent):
        raise Http404
    text = scale.stylesheet(accent)
    return _kept(request, text.encode(), content_type="text/css; charset=utf-8")


@require_safe
def logo_file(request: HttpRequest, number: str, version: str) -> HttpResponse:
    """Hand out a municipality's logo. It is public, as the survey that shows it is."""
    municipality = get_object_or_404(Municipality, number=number)
    with tenant(municipality.pk):
        content = Logo.objects.filter(version=version).values_list("content", flat=True).first()
    if content is None:
        raise Http404
    response = _kept(request, bytes(content), content_type="image/png")
    response.headers["Content-Security-Policy"] = ALONE
    return response


def _kept(request: HttpRequest, content: bytes, *, content_type: str) -> HttpResponse:
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    known = etag in request.headers.get("If-None-Match", "")
    response = HttpResponseNotModified() if known else HttpResponse(content, content_type=content_type)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = KEPT_FOR_A_YEAR
    return response


@require_POST
def choose_scheme(request: HttpRequest) -> HttpResponse:
    """Store whether the user wants the page light, dark or as the machine is set, and go back to where she was."""
    user, chosen = cast(User, request.user), request.POST.get("scheme", "")
    if chosen in User.Scheme.values:
        user.color_scheme = chosen
        user.save(update_fields=["color_scheme"])
    return back_to(request)
