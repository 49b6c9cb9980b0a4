"""The leader's page: how applicants find us, in three sentences and one picture. The reader's front page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation import clock
from kanalkompass import leader
from recruitment.doors import MemberRequest


@require_safe
def overview_leader(request: MemberRequest) -> HttpResponse:
    """Show it to whoever may read figures that are everybody's, which is every role."""
    return page(request)


def page(request: MemberRequest) -> HttpResponse:
    """Return the page; to a reader it is the front page itself."""
    found = leader.figures(now=clock.now())
    context = {
        "figures": found,
        "sentences": leader.sentences(found),
        "picture": leader.picture(found),
        "n_unknown": (found.qualified or 0) - (found.known or 0),
        "n_waiting": found.n_lacking,
        "step": leader.next_step(found),
    }
    return render(request, "overview_leader.html", context)
