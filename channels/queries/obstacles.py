"""What stands in the way of publishing: at the account, and at the vacancy. A code, and the sentence a person reads."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from channels import connectors
from channels.models import Account, Connection, RiskAssessment
from channels.queries import pauses, stops
from foundation import clock
from recruitment.models import JobPosting


def publishing_obstacle(account: Account, *, today: date) -> str:
    """
    Return the code of what keeps the account from publishing on the Norwegian day `today`, or "" (P6, R14).

    A stop of all publishing comes first: "frozen", or "frozen_all" when it is everybody's. Four queries.
    """
    return stops.code() or standing_obstacle(account, today=today)


def standing_obstacle(account: Account, *, today: date) -> str:
    """Return the same whether publishing is stopped or not: what would still be in the way. Three queries."""
    connection = Connection.objects.filter(account=account).defer("access_token", "refresh_token").first()
    assessment = deciding(RiskAssessment.objects.filter(account=account))
    in_the_way = account_obstacle(account, connection=connection, assessment=assessment, today=today)
    return in_the_way or pauses.platform_obstacle(account.channel.connector)


def account_obstacle(
    account: Account, *, connection: Connection | None, assessment: RiskAssessment | None, today: date
) -> str:
    """Return the same for rows already read: the account's connection and its latest risk assessment."""
    connector = connectors.by_slug(account.channel.connector)
    if connector is None or not connector.can_publish:
        return "no_connector"
    return access_obstacle(connection, today=today) or risk_obstacle(assessment, today=today)


def deciding(assessments: Iterable[RiskAssessment]) -> RiskAssessment | None:
    """Return the assessment that counts, of all of an account's, newest first: one being worked on decides nothing."""
    found = list(assessments)
    decided = [each for each in found if each.status != RiskAssessment.Status.ONGOING]
    return next(iter(decided or found), None)


def access_obstacle(connection: Connection | None, *, today: date) -> str:
    """Return the code of what is wrong with the access, or ""."""
    if connection is None:
        return "not_connected"
    is_over = connection.ends_at.astimezone(clock.OSLO).date() < today
    return "access_dead" if connection.state == Connection.State.DEAD or is_over else ""


def risk_obstacle(assessment: RiskAssessment | None, *, today: date) -> str:
    """Return the code of what is wrong with the risk assessment that counts, or "" (R14)."""
    if assessment is None or assessment.status != RiskAssessment.Status.APPROVED:
        return "risk_missing"
    return "" if assessment.allows_publishing(today) else "risk_overdue"


def job_obstacle(job: JobPosting | None, *, day: date) -> str:
    """Return the code of what keeps a vacancy from being marketed on a Norwegian day, or "" (R5)."""
    if job is None:
        return ""
    if not job.may_be_marketed:
        return "job_not_announced"
    return "" if job.is_open(day) else "job_closed"


def sentence(code: str) -> str:
    """Return what stands in the way and what removes it, in the reader's language."""
    sentences = {
        "frozen": _("All publishing is stopped in the municipality."),
        "frozen_all": _("All publishing is stopped by the system administrator, for everybody."),
        "no_connector": _("This channel is served by hand: Kanalkompass cannot publish to it."),
        "not_connected": _("The account is not connected. Connect it under Channels first."),
        "access_dead": _("Access to the account is gone. It must be connected again under Channels."),
        "version_sunset": _(
            "The channel no longer answers the version that Kanalkompass uses. A system administrator must change it; "
            "then the posts go on by themselves."
        ),
        "risk_missing": _("The account has no approved risk assessment. Record it under Channels first."),
        "risk_overdue": _("The account's risk assessment is due for review. Renew it under Channels first."),
        "job_not_announced": _(
            "The vacancy is not yet publicly announced and internally noticed. Record that on the vacancy first."
        ),
        "job_closed": _("The application deadline has passed by then. Choose an earlier time, or extend the deadline."),
    }
    return sentences.get(code, _("The account cannot publish now. See Channels."))
