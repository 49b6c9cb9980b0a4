"""«Personvern»: what the administrator sees and decides of personal data, and how the municipality leaves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import record
from audit.acts import Act
from foundation import clock
from kanalkompass.models import RetentionRun
from kanalkompass.privacy import leaving, letters
from kanalkompass.privacy.forms import DeletionForm, PrivacySettingsForm
from kanalkompass.privacy.record import record_of
from recruitment.doors import MemberRequest
from recruitment.models import MunicipalitySettings

SHOWN_RUNS = 60
LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk"}


@require_safe
def privacy_home(request: MemberRequest) -> HttpResponse:
    """Gather what belongs to privacy: record, notice, how long, the nightly deletions, and leaving."""
    newest = RetentionRun.objects.order_by("-day").values_list("day", flat=True).first()
    # That there were answers to delete on a certain night is for HR alone too (R10).
    with_any = RetentionRun.objects.exclude(n_deleted=0).exclude(day=newest).exclude(what__in=RetentionRun.FOR_HR)
    context = {
        "decided": MunicipalitySettings.objects.first() or MunicipalitySettings(),
        "newest": list(RetentionRun.objects.filter(day=newest)),
        "earlier": list(with_any[:SHOWN_RUNS]),
        "deletion": leaving.open_deletion(municipality_id=request.municipality.pk),
    }
    return render(request, "privacy/home.html", context)


@require_safe
def privacy_record(request: MemberRequest) -> HttpResponse:
    """Show the record of processing activities (GDPR article 30) in the language asked for; it is made for printing."""
    asked = request.GET.get("sprak", "")
    language = asked if asked in LANGUAGES else (translation.get_language() or "nb")
    languages = [{"code": code, "name": name, "is_here": code == language} for code, name in LANGUAGES.items()]
    with translation.override(language):
        made = record_of(municipality=request.municipality, now=clock.now())
        return render(request, "privacy/record.html", {"made": made, "languages": languages})


def privacy_settings(request: MemberRequest) -> HttpResponse:
    """Let the administrator decide how long answers are kept and where the municipality's own texts are."""
    decided = MunicipalitySettings.objects.first() or MunicipalitySettings()
    if request.method != "POST":
        form = PrivacySettingsForm(initial=PrivacySettingsForm.initial_of(decided))
        return render(request, "privacy/settings.html", {"form": form})
    form = PrivacySettingsForm(request.POST)
    if not form.is_valid():
        return render(request, "privacy/settings.html", {"form": form}, status=422)
    for name, value in form.cleaned_data.items():
        setattr(decided, name, value)
    decided.save()
    messages.success(request, _("The changes are stored."))
    return redirect("privacy_home", number=request.municipality.number)


def deletion(request: MemberRequest) -> HttpResponse:
    """Ask for the municipality to be deleted; nothing happens until a system administrator has confirmed it."""
    asked = leaving.open_deletion(municipality_id=request.municipality.pk)
    if request.method != "POST" or asked:
        form = None if asked else DeletionForm(municipality=request.municipality)
        return render(request, "privacy/deletion.html", {"form": form, "deletion": asked})
    form = DeletionForm(request.POST, municipality=request.municipality)
    if not form.is_valid():
        return render(request, "privacy/deletion.html", {"form": form}, status=422)
    try:
        leaving.ask(
            municipality=request.municipality, reason=form.cleaned_data["reason"], by=request.user, now=clock.now()
        )
    except leaving.AlreadyAsked:
        return redirect("deletion", number=request.municipality.number)
    record(Act.DELETION_ASKED)
    letters.deletion_asked(municipality=request.municipality, by=request.user)
    messages.success(request, _("The deletion is asked for. Nothing is deleted until it has been confirmed."))
    return redirect("deletion", number=request.municipality.number)


@require_POST
def deletion_withdraw(request: MemberRequest) -> HttpResponse:
    """Take the request back, while it has not been confirmed."""
    try:
        leaving.withdraw(municipality=request.municipality, now=clock.now())
    except leaving.NotAsked:
        messages.error(request, _("There is nothing to withdraw any more."))
    else:
        record(Act.DELETION_WITHDRAWN)
        letters.deletion_withdrawn(municipality=request.municipality, by=request.user)
        messages.success(request, _("The deletion is withdrawn. Nothing has been deleted."))
    return redirect("privacy_home", number=request.municipality.number)
