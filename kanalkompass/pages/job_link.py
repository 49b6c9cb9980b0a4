"""Asking whether a vacancy's application form answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from channels import link_answers
from foundation import limits
from foundation.tenancy import tenant
from kanalkompass.pages.job_forms import job_or_404
from recruitment.doors import MemberRequest


@require_POST
def job_link(request: MemberRequest, job_id: int) -> HttpResponse:
    """Ask the address of the application form, with no transaction open, and tell what came of it."""
    with tenant(request.municipality.pk):
        shown = job_or_404(job_id)
    limits.count("link", str(request.municipality.pk), limit=60, window_s=3600)
    answer = link_answers.ask(shown.apply_url)
    tell = messages.success if answer.is_good else messages.warning
    tell(request, answer.sentence)
    return redirect("job", number=request.municipality.number, job_id=shown.pk)
