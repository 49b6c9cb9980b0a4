"""The front page of a municipality: what needs me, and how the channels are."""

from django.http import HttpResponse
from django.shortcuts import render

from recruitment.doors import MemberRequest


def overview(request: MemberRequest) -> HttpResponse:
    """Show what needs somebody."""
    return render(request, "overview.html", {})
