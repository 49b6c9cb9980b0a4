"""The front page of a municipality: what needs me, how my part is, the week ahead; a reader's is the leader's page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics import source_answers
from analytics.forms.periods import twelve_months
from analytics.queries.selection import Selection
from analytics.queries.sources import source_comparison
from channels.models import Campaign, Delivery
from foundation import clock
from kanalkompass import attention
from kanalkompass.pages import leader
from recruitment.doors import MemberRequest, is_open_to
from recruitment.models import JobPosting, Membership

SHOWN_IN_WEEK = [
    Delivery.State.AWAITING_APPROVAL,
    Delivery.State.SCHEDULED,
    Delivery.State.SENDING,
    Delivery.State.PUBLISHED,
    Delivery.State.UNKNOWN,
]
MOST_VACANCIES = 8
# Acts that the page offers to whoever may do them.
OFFERED = ["job_new", "campaign_new", "clarifications", "publishing_stop", "member_invite"]


@dataclass(frozen=True)
class Day:
    """One Norwegian day of the week ahead."""

    day: date
    is_today: bool
    deliveries: list[Delivery]
    deadlines: list[JobPosting]


def week_ahead(*, today: date, with_drafts: bool) -> list[Day]:
    """
    Return the seven days from `today`: posts at their time and deadlines. Two queries.

    :param with_drafts: False for those who see only what is public (table M)
    """
    states = SHOWN_IN_WEEK if with_drafts else [Delivery.State.PUBLISHED]
    start = datetime.combine(today, time(), tzinfo=clock.OSLO)
    end = datetime.combine(today + timedelta(days=7), time(), tzinfo=clock.OSLO)
    deliveries = list(
        Delivery.objects.filter(due_at__gte=start, due_at__lt=end, state__in=states)
        .select_related("post", "account__channel")
        .order_by("due_at", "id")
    )
    last = today + timedelta(days=6)
    deadlines = list(JobPosting.objects.filter(deadline_date__range=(today, last)).order_by("deadline_date", "id"))
    days = []
    for offset in range(7):
        day = today + timedelta(days=offset)
        days.append(
            Day(
                day=day,
                is_today=offset == 0,
                deliveries=[each for each in deliveries if each.due_at.astimezone(clock.OSLO).date() == day],
                deadlines=[job for job in deadlines if job.deadline_date == day],
            )
        )
    return days


@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Show what needs the member who asks; to a reader, what the figures say."""
    membership = request.membership
    if membership.role == Membership.Role.READER:
        return leader.page(request)
    now = clock.now()
    today = now.astimezone(clock.OSLO).date()
    found = attention.attention(membership=membership, now=now)
    groups = [(urgency, found.of(urgency)) for urgency in attention.URGENCIES]
    steps = attention.first_steps(membership=membership)
    context = {
        "today": today,
        "groups": [(urgency, tasks) for urgency, tasks in groups if tasks],
        "n_tasks": len(found.tasks),
        "n_urgent": len(found.of(attention.NOW)),
        "steps": steps,
        "next_step": next((step for step in steps if step.url and not step.is_done), None),
        "channels": found.channels,
        "week": week_ahead(today=today, with_drafts=is_open_to(membership, "post")),
        # A system administrator who looks in reads only.
        "may": {name: membership.system_entry is None and is_open_to(membership, name) for name in OFFERED},
        **_of_role(membership, found, today=today, now=now),
    }
    return render(request, "overview.html", context)


def _of_role(membership: Membership, found: attention.Attention, *, today: date, now: datetime) -> dict[str, Any]:
    """Return what only one role's page shows."""
    if membership.role == Membership.Role.HR:
        comparison = source_comparison(selection=Selection(twelve_months(today)), view="exact", now=now)
        return {
            "vacancies": found.vacancies[:MOST_VACANCIES],
            "n_more_vacancies": max(0, len(found.vacancies) - MOST_VACANCIES),
            "sources_say": source_answers.answer(comparison),
        }
    if membership.role == Membership.Role.ADVISER:
        running = Campaign.objects.filter(start_date__lte=today, end_date__gte=today).order_by("-start_date", "-id")
        return {"running": list(running[:MOST_VACANCIES])}
    return {}
