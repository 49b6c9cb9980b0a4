"""Pages about vacancies that need nothing but recruitment itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from foundation import clock
from foundation.formats import in_words
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.queries import jobs as queries


@require_safe
def jobs(request: MemberRequest) -> HttpResponse:
    """Show the municipality's vacancies, open ones first."""
    listed = queries.job_list(today=clock.today(), page_number=request.GET.get("side", "1"))
    may_register = doors.is_open_to(request.membership, "job_new")
    return render(
        request,
        "recruitment/jobs.html",
        {"listed": listed, "heading": heading_of(listed), "may_register": may_register},
    )


def heading_of(listed: queries.JobList) -> str:
    """Return the list's news in one line: how many are open, and how many close this week."""
    n_open, n_closing = len(listed.open_jobs), listed.n_deadlines_this_week
    if not n_open:
        return _("No vacancies yet") if listed.is_empty else _("No open vacancies now")
    is_open = ngettext("one open vacancy", "%(count)s open vacancies", n_open) % {"count": in_words(n_open)}
    if not n_closing:
        return capfirst(_("%(open)s, no deadline this week") % {"open": is_open})
    closing = ngettext("one deadline this week", "%(count)s deadlines this week", n_closing)
    return capfirst(f"{is_open}, {closing % {'count': in_words(n_closing)}}")
