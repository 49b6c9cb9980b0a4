"""The front page of a municipality: what needs me, how the channels are, the week ahead."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from channels.models import Delivery
from foundation import clock
from kanalkompass import attention
from recruitment.doors import MemberRequest, is_open_to
from recruitment.models import JobPosting

SHOWN_IN_WEEK = [
    Delivery.State.AWAITING_APPROVAL,
    Delivery.State.SCHEDULED,
    Delivery.State.SENDING,
    Delivery.State.PUBLISHED,
    Delivery.State.UNKNOWN,
]


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
        .order_by("due_at")
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
    """Show what needs the member who asks."""
    now = clock.now()
    today = now.astimezone(clock.OSLO).date()
    found = attention.attention(membership=request.membership, now=now)
    groups = [(attention.NOW, found.of(attention.NOW)), (attention.TODAY, found.of(attention.TODAY))]
    groups.append((attention.SOON, found.of(attention.SOON)))
    context = {
        "today": today,
        "groups": [(urgency, tasks) for urgency, tasks in groups if tasks],
        "n_tasks": len(found.tasks),
        "n_urgent": len(found.of(attention.NOW)),
        "channels": found.channels,
        "week": week_ahead(today=today, with_drafts=is_open_to(request.membership, "post")),
        "may_register": is_open_to(request.membership, "job_new"),
        "may_clear_up": is_open_to(request.membership, "clarifications"),
        "may_plan": is_open_to(request.membership, "campaign_new"),
    }
    return render(request, "overview.html", context)
