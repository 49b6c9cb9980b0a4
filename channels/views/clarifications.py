"""What waits to be cleared up, across all campaigns."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from channels.queries import clarifications as queries
from foundation import clock
from recruitment.doors import MemberRequest


@require_safe
def clarifications(request: MemberRequest) -> HttpResponse:
    """Show every delivery that waits for a decision, copies on the channels, and what is gone from them."""
    return render(request, "channels/clarifications.html", {"found": queries.clarifications(now=clock.now())})
