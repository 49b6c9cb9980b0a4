"""Putting together what the front page shows one member."""

from dataclasses import dataclass, field
from datetime import datetime

from foundation import clock
from kanalkompass.attention import accounts, administration, advertising, comments, posts, vacancies
from kanalkompass.attention.accounts import ChannelState
from kanalkompass.attention.tasks import Task, in_order
from kanalkompass.attention.vacancies import VacancyState
from recruitment.models import Membership

Role = Membership.Role


@dataclass(frozen=True)
class Attention:
    """What the front page shows one member. `vacancies` are HR's open ones, nearest deadline first."""

    tasks: list[Task]
    channels: list[ChannelState]
    vacancies: list[VacancyState] = field(default_factory=list)

    def of(self, urgency: str) -> list[Task]:
        """Return the tasks of one urgency."""
        return [task for task in self.tasks if task.urgency == urgency]


def attention(*, membership: Membership, now: datetime) -> Attention:
    """
    Return what needs this member, most urgent first, and how the accounts are.

    However much there is: for an adviser twenty-five queries at most and one for each delivery in doubt, for HR five,
    for an administrator fifteen.
    """
    today = now.astimezone(clock.OSLO).date()
    number = membership.municipality.number
    # The accounts are looked after by those who publish and those who administer.
    channels = [] if membership.role == Role.HR else accounts.channel_states(number=number, now=now)
    tasks: list[Task] = []
    open_ones: list[VacancyState] = []
    if membership.role == Role.ADVISER:
        tasks += posts.post_tasks(membership=membership, number=number, now=now)
        tasks += comments.comment_tasks(number=number, now=now)
        tasks += advertising.ad_tasks(number=number, today=today)
        tasks += accounts.account_tasks(channels, today=today, within_days=accounts.RENEWED_WITHIN_DAYS)
        tasks += accounts.silence_tasks(channels, number=number)
    if membership.role == Role.HR:
        open_ones, closed = vacancies.vacancy_states(today=today)
        missing = vacancies.lacking_outcomes(today=today)
        tasks += vacancies.vacancy_tasks(
            open_ones=open_ones, closed=closed, missing=missing, number=number, today=today
        )
    if membership.role == Role.ADMINISTRATOR:
        of_access = [each for each in channels if each.obstacle in accounts.OF_ACCESS]
        tasks += accounts.account_tasks(of_access, today=today, within_days=accounts.ENDS_WITHIN_DAYS)
        if membership.system_entry is None:
            tasks += administration.administration_tasks(channels=channels, number=number, now=now)
    return Attention(tasks=in_order(tasks), channels=channels, vacancies=open_ones)
