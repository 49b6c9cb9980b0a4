"""The pages where a vacancy is registered and changed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation import clock
from kanalkompass import vacancies
from recruitment.actions.jobs import ChangedMeanwhile
from recruitment.doors import MemberRequest
from recruitment.forms import AnnouncementForm, EditJobForm, JobForm, NewJobForm
from recruitment.models import JobPosting
from recruitment.once import ChangedSinceSubmitted, submit_once
from recruitment.queries import jobs as queries

INVALID = 422


def job_new(request: MemberRequest) -> HttpResponse:
    """Register a vacancy, with its announcement where it is out already."""
    today = clock.today()
    if request.method != "POST":
        initial = {"language": request.municipality.language}
        return _form_page(request, NewJobForm(today=today, initial=initial), AnnouncementForm(today=today))
    form, announced = NewJobForm(request.POST, today=today), AnnouncementForm(request.POST, today=today)
    if not (form.is_valid() & announced.is_valid()):
        return _form_page(request, form, announced, status=INVALID)
    try:
        return submit_once(form, lambda: _register(request, form, announced), user=request.user)
    except ChangedSinceSubmitted as problem:
        form.add_error(None, str(problem))
        return _form_page(request, form, announced, status=INVALID)


def job_edit(request: MemberRequest, job_id: int) -> HttpResponse:
    """Change what a vacancy says."""
    job = job_or_404(job_id)
    form = EditJobForm(request.POST or None, today=clock.today(), initial=EditJobForm.initial_of(job))
    if not form.is_bound or not form.is_valid():
        return _form_page(request, form, job=job, status=INVALID if form.is_bound else 200)
    try:
        to_announce = vacancies.change(job=job, details=form.details(), seen=form.cleaned_data["seen"])
    except ChangedMeanwhile:
        form.add_error(
            None,
            _(
                "Somebody else changed the vacancy after you opened this form. Nothing of yours is stored. Open the "
                "vacancy in a new tab, see what is new, and change it from there."
            ),
        )
        return _form_page(request, form, job=job, status=INVALID)
    messages.success(request, _("The vacancy is stored."))
    if to_announce:
        messages.warning(
            request,
            _("You changed what binds the announcement. Announce it again, and record the new day below."),
        )
    return redirect("job", number=request.municipality.number, job_id=job.pk)


def job_or_404(job_id: int) -> JobPosting:
    """Return the municipality's vacancy; another municipality's is not there."""
    job = queries.job_or_none(job_id=job_id)
    if job is None:
        raise Http404
    return job


def _register(request: MemberRequest, form: NewJobForm, announced: AnnouncementForm) -> str:
    job = vacancies.register(
        details=form.details(), announcement=announced.announcement(), user=request.user, now=clock.now()
    )
    messages.success(request, _("The vacancy is registered as %(reference)s.") % {"reference": job.reference})
    return reverse("job", kwargs={"number": request.municipality.number, "job_id": job.pk})


def _form_page(
    request: MemberRequest,
    form: JobForm,
    announced: AnnouncementForm | None = None,
    *,
    job: JobPosting | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request, "recruitment/job_form.html", {"form": form, "announced": announced, "job": job}, status=status
    )
