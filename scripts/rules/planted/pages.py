"""Faults planted for scripts/scan: each must be found where the comment above it says, or the scan proves nothing."""


# ruleid: csrf-exempt
@csrf_exempt
def forgeable(request):
    # ruleid: raw-html
    hello = mark_safe("<b>" + request.GET["name"] + "</b>")
    # ruleid: raw-html
    again = format_html(f"<b>{hello}</b>")
    # ruleid: raw-html
    third = html("<b>%s</b>" % hello)
    # ruleid: raw-html
    template = Template(request.POST["text"])
    # ok: raw-html
    fine = format_html("<b>{}</b>", hello)
    # ok: raw-html
    drawn = html("<b>{}</b>", hello)
    # ruleid: raw-html
    return HttpResponse(f"<p>{again}{third}{template}{fine}{drawn}</p>")


def lead_anywhere(request):
    # ruleid: redirect-where-asked
    return redirect(request.GET["next"])


def lead_anywhere_in_two_steps(request):
    target = request.POST.get("next", "")
    if target:
        # ruleid: redirect-where-asked
        return HttpResponseRedirect(target)
    # ok: redirect-where-asked
    return redirect("start")


def any_file(request, upload):
    # ruleid: file-where-asked
    picture = open("/srv/media/" + request.GET["name"])
    # ruleid: file-where-asked
    stored = Path("/srv/media", upload.name)
    # ok: file-where-asked
    fine = Path("/srv/media", secrets.token_hex(8))
    return picture, stored, fine


def whatever_we_are_called(request):
    # ruleid: host-as-told
    here = request.build_absolute_uri("/kanaler/retur/")
    # ruleid: host-as-told
    return here, request.META["HTTP_HOST"]


def remember(response):
    # ruleid: bare-cookie
    response.set_cookie("seen", "1")
    # ok: bare-cookie
    response.set_cookie("seen", "1", secure=True, httponly=True, samesite="Lax")
