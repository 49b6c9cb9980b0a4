"""The first steps of a municipality that has no vacancy or no channel yet, in the order that is easiest."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.models import SurveyAnswer
from channels.models import Account, Delivery
from recruitment import doors
from recruitment.models import JobPosting, Membership


@dataclass(frozen=True)
class Step:
    """
    One step: what, why, whether it is done, and where it is done.

    `url` is "" for those who may not do it; `who` then says who does.
    """

    title: str
    reason: str
    is_done: bool
    url: str
    action: str
    who: str


def first_steps(*, membership: Membership) -> list[Step]:
    """Return the first steps while the municipality has no vacancy or no channel, else []. Two to five queries."""
    has_account, has_job = Account.objects.exists(), JobPosting.objects.exists()
    if has_account and has_job:
        return []
    has_post = has_account and Delivery.objects.filter(state=Delivery.State.PUBLISHED).exists()
    has_answer = has_job and SurveyAnswer.objects.exists()
    number = {"number": membership.municipality.number}

    def address(name: str, guarded_by: str) -> str:
        # A passing role reads only, and a step is an act.
        may = membership.system_entry is None and doors.is_open_to(membership, guarded_by)
        return reverse(name, kwargs=number) if may else ""

    def doer(guarded_by: str, sentence: str) -> str:
        return "" if doors.is_open_to(membership, guarded_by) else sentence

    adviser = doer("account_new", _("The communications adviser does it."))
    return [
        *(_inviting(membership) if membership.role == Membership.Role.ADMINISTRATOR else []),
        Step(
            _("Add a channel"),
            _("LinkedIn can be connected, so that posts go out from here. The others are followed by hand."),
            has_account,
            address("accounts", "account_new"),
            _("Add a channel"),
            adviser,
        ),
        Step(
            _("Register a vacancy"),
            _("Its links, QR codes and survey are made by themselves."),
            has_job,
            address("job_new", "job_new"),
            _("Register a vacancy"),
            doer("job_new", _("HR does it.")),
        ),
        Step(
            _("Post it, or put up the link"),
            _("Every post, poster and e-mail gets a link of its own, so that we see where visitors come from."),
            has_post,
            address("campaigns", "campaign_new") if has_job else "",
            _("Go to the campaigns"),
            adviser,
        ),
        Step(
            _("See what the applicants answer"),
            _("The survey asks where they saw the vacancy first. After the deadline HR counts who was qualified."),
            has_answer,
            address("jobs", "job_new") if has_job else "",
            _("Go to the vacancies"),
            "",
        ),
    ]


def _inviting(membership: Membership) -> list[Step]:
    """Return the administrator's own first step: the people who do the others."""
    here = Membership.objects.filter(municipality_id=membership.municipality_id, is_active=True)
    roles = set(here.order_by().values_list("role", flat=True))
    number = {"number": membership.municipality.number}
    return [
        Step(
            _("Invite HR and a communications adviser"),
            _("They get an e-mail with a link that works once. A leader can be invited as a reader."),
            {Membership.Role.HR, Membership.Role.ADVISER} <= roles,
            "" if membership.system_entry else reverse("member_invite", kwargs=number),
            _("Invite a user"),
            "",
        )
    ]
