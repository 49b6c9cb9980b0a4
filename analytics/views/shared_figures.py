"""«Delte tall» and «Slik regner vi»: what others than HR are told, and how the figures are made."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics import hidden_texts
from analytics.forms.figures import SharedForm
from analytics.ledger import least_of
from analytics.models import Question
from analytics.queries import ledger, released
from analytics.queries.shared_figures import shared_figures
from foundation import clock
from recruitment.doors import HR, MemberRequest


@require_safe
def shared(request: MemberRequest) -> HttpResponse:
    """Show what is shared and, to HR, what waits."""
    form = SharedForm(request.GET)
    is_valid = form.is_valid()
    question = (form.cleaned_data["tall"] if is_valid else "") or Question.SAID
    page_number = (form.cleaned_data["side"] if is_valid else None) or 1
    is_for_hr = request.membership.role in HR
    context = {
        "form": form,
        "question": Question(question),
        "what": _counted(question),
        "questions": Question,
        "figures": shared_figures(question=question, is_for_hr=is_for_hr, page_number=page_number),
        "is_for_hr": is_for_hr,
        "threshold": least_of(question, ledger.threshold()),
        "next_release": released.next_release(clock.today()),
        "crumbs": [(_("Sources"), _sources(request)), (_("Shared figures"), "")],
    }
    return render(request, "analytics/shared_figures.html", context, status=200 if is_valid else 422)


@require_safe
def how_we_count(request: MemberRequest) -> HttpResponse:
    """Tell in plain words how the figures are made and what they can say."""
    threshold = ledger.threshold()
    context = {
        "threshold": threshold,
        "fewest_counted": hidden_texts.fewest_counted(threshold),
        "may_see_shared": request.membership.role in (*HR, "administrator"),
        "crumbs": [(_("Sources"), _sources(request))],
    }
    return render(request, "analytics/how_we_count.html", context)


def _counted(question: str) -> str:
    """Return what a question's figures are counts of, within a sentence."""
    return {
        Question.SAID: _("answers"),
        Question.APPLIED: _("applicants"),
        Question.QUALIFIED: _("qualified applicants"),
        Question.BEST_QUALIFIED: _("of the best qualified applicants"),
        Question.INTERVIEWED: _("interviewed applicants"),
        Question.OFFERED: _("applicants with an offer"),
        Question.HIRED: _("hired applicants"),
    }[Question(question)]


def _sources(request: MemberRequest) -> str:
    return reverse("sources", kwargs={"number": request.municipality.number})
