"""
The record of processing activities (GDPR article 30), made from the configuration that runs.

Nothing here is typed for one municipality: what is connected, how long things are kept and which measures are on is
read, so that the record changes when they do. It is the municipality's own to check and to add to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.actions import storage_terms
from analytics.forms.surveys import MAX_WORDS
from analytics.queries.surveys import OWN_WORDS_MONTHS
from channels import connectors
from channels.connectors.comments import ReadsComments
from channels.models import Account, MediaItem, RiskAssessment
from foundation import formats
from kanalkompass.privacy import platforms
from recruitment.actions.mail import KEPT_DAYS
from recruitment.login_sessions import IDLE_S
from recruitment.models import Membership, Municipality, MunicipalitySettings


@dataclass(frozen=True)
class Activity:
    """One processing activity: each field a sentence or two."""

    slug: str
    name: str
    purpose: str
    basis: str
    people: str
    data: str
    recipients: str
    transfers: str
    kept: str


@dataclass(frozen=True)
class PlatformLine:
    """One channel account: what is exchanged with its platform, who that is, and how it was assessed (R14, R15)."""

    account: str
    channel: str
    company: str
    access: str
    transfer_basis: str
    assessment: str


@dataclass(frozen=True)
class Record:
    """The whole record. `missing` are things that the municipality has not filled in yet."""

    municipality: Municipality
    made_at: datetime
    contact: str
    activities: list[Activity]
    platforms: list[PlatformLine]
    measures: list[str]
    missing: list[str]


def record_of(*, municipality: Municipality, now: datetime) -> Record:
    """Return the record of the entered municipality, in the language that is active."""
    decided = MunicipalitySettings.objects.first() or MunicipalitySettings()
    accounts = list(Account.objects.select_related("channel", "connection", "responsible"))
    administrators = Membership.objects.filter(
        municipality_id=municipality.pk, role=Membership.Role.ADMINISTRATOR, is_active=True
    ).select_related("user")
    return Record(
        municipality=municipality,
        made_at=now,
        contact=", ".join(str(each.user) for each in administrators),
        activities=[_survey(decided), _users(), _publishing(accounts), *_comments(accounts), _visits(), _log()],
        platforms=[_platform(account, now=now) for account in accounts],
        measures=list(_measures()),
        missing=list(_missing(decided)),
    )


def _survey(decided: MunicipalitySettings) -> Activity:
    months, words_months = decided.retention_months, min(decided.retention_months, OWN_WORDS_MONTHS)
    kept = ngettext(
        "Answers are deleted after %(months)s month.", "Answers are deleted after %(months)s months.", months
    ) % {"months": months}
    words = ngettext(
        "What applicants wrote themselves is deleted after %(months)s month.",
        "What applicants wrote themselves is deleted after %(months)s months.",
        words_months,
    ) % {"months": words_months}
    return Activity(
        slug="survey",
        name=_("Survey of where applicants saw the vacancy"),
        purpose=_("To know which channels bring qualified applicants, and to spend advertising money well."),
        basis=_("A task in the public interest, GDPR article 6, paragraph 1, letter e. Answering is voluntary."),
        people=_("Applicants who choose to answer. The answers are anonymous."),
        data=_(
            "Sources that were ticked, what caught their interest, which of our posts they remember, whether they "
            "followed us, how they were asked, the language of the form, the hour of the answer, and a one-way mark of "
            "the receipt."
        )
        + " "
        + _(
            "A place that is not on the list, and at most %(n)s characters in their own words, from which e-mail "
            "addresses, telephone numbers and identity numbers are removed. Neither name, network address nor device "
            "is stored."
        )
        % {"n": MAX_WORDS},
        recipients=_("HR in the municipality. Nobody else sees answers, or figures made from them."),
        transfers=_("None."),
        kept=f"{kept} {words} " + _("Counts by source and month are kept. An applicant may delete the answer herself."),
    )


def _users() -> Activity:
    return Activity(
        slug="users",
        name=_("Users of Kanalkompass"),
        purpose=_("To let the right people in, and to know who did what."),
        basis=_("A task in the public interest, GDPR article 6, paragraph 1, letter e, and article 32."),
        people=_("Employees and others whom the municipality has given a role."),
        data=_(
            "Name, e-mail address, role and rights, language, when they last logged in, sessions, the sealed secret of "
            "the two-step login, and letters sent to them."
        ),
        recipients=_("The municipality's administrators, and whoever operates the installation."),
        transfers=_("None."),
        kept=_(
            "Until the person is erased or the municipality leaves. A log-in ends after %(minutes)s minutes without "
            "activity. Letters are kept for %(days)s days, without their text once they are sent."
        )
        % {"minutes": IDLE_S // 60, "days": KEPT_DAYS},
    )


def _publishing(accounts: list[Account]) -> Activity:
    names = sorted({str(account.channel) for account in accounts})
    pictured = MediaItem.objects.exclude(people=MediaItem.People.NONE).count()
    shown = (
        ngettext(
            "%(n)s picture that shows people, with a reference to the consent.",
            "%(n)s pictures that show people, with a reference to the consent.",
            pictured,
        )
        % {"n": pictured}
        if pictured
        else _("No picture that shows people is stored now.")
    )
    where = _("Published on: %(names)s.") % {"names": ", ".join(names)} if names else _("No channel is set up yet.")
    return Activity(
        slug="publishing",
        name=_("Announcing vacancies on channels"),
        purpose=_("To make vacant positions known, and to see how each post is received."),
        basis=_("A task in the public interest, GDPR article 6, paragraph 1, letter e. Pictures of people: consent."),
        people=_("People shown in pictures, and employees who are responsible for a channel."),
        data=_("Texts and pictures of posts, figures from the channel as sums, and who is responsible.") + f" {shown}",
        recipients=_("The public.") + f" {where}",
        transfers=_("See the table of channels."),
        kept=" ".join(
            [_("Until the municipality leaves: posts are the municipality's own publications."), *_terms(accounts)]
        ),
    )


def _terms(accounts: list[Account]) -> Iterator[str]:
    """Yield how long the terms of the channels in use let us keep what was fetched, with who says so."""
    used = {account.channel.connector for account in accounts}
    sentences = {
        "reporting": _("Figures fetched from %(channel)s are deleted after %(days)s days (%(source)s)."),
        "posts_read_back": _("Posts as they were read on %(channel)s are deleted after %(days)s days (%(source)s)."),
    }
    for what, sentence in sentences.items():
        for slug, rule in storage_terms.rules(what):
            if slug in used and rule.kept is not None:
                named = {"channel": connectors.REGISTRY[slug].label, "days": rule.kept.days, "source": rule.source}
                yield sentence % named


def _comments(accounts: list[Account]) -> Iterator[Activity]:
    """Yield the reading of comments, where a channel is connected that lets us."""
    kinds = [connectors.by_slug(account.channel.connector) for account in accounts]
    hours = [kind.comments_kept_h for kind in kinds if kind is not None and issubclass(kind, ReadsComments)]
    if hours:
        yield Activity(
            slug="comments",
            name=_("Comments below posts"),
            purpose=_("To see what people ask about a vacancy, and to answer them on the channel."),
            basis=_("A task in the public interest, GDPR article 6, paragraph 1, letter e."),
            people=_("Members of the channel who comment below the municipality's posts."),
            data=_("The text and its time. Neither name, profile nor picture is fetched."),
            recipients=_("Communications advisers and administrators in the municipality."),
            transfers=_("None: the text comes from the channel, where it stands."),
            kept=_("At most %(hours)s hours after it was last fetched, and one hour until it is deleted.")
            % {"hours": max(hours)},
        )


def _visits() -> Activity:
    return Activity(
        slug="visits",
        name=_("Tracked links"),
        purpose=_("To count how often a link in an advertisement is followed."),
        basis=_("No personal data is stored."),
        people=_("Visitors, without being recognised."),
        data=_("Sums by the hour, divided into people, robots and previews. No cookie and no network address."),
        recipients=_("Everybody with a role in the municipality."),
        transfers=_("None."),
        kept=_("Until the municipality leaves."),
    )


def _log() -> Activity:
    return Activity(
        slug="log",
        name=_("Log of what was done"),
        purpose=_("To be able to show afterwards who changed, published, read or fetched something."),
        basis=_("GDPR article 5, paragraph 2, and article 32."),
        people=_("Users of Kanalkompass, under a pseudonym."),
        data=_("What was done, when, and the pseudonym. The name it stands for can be removed."),
        recipients=_("The municipality's administrators."),
        transfers=_("None."),
        kept=_("Until the municipality leaves. A log that has expired can be erased without breaking its chain."),
    )


def _platform(account: Account, *, now: datetime) -> PlatformLine:
    platform = platforms.of(account.channel.connector)
    connection = getattr(account, "connection", None)
    if platform is None:
        access = _("Kanalkompass exchanges nothing with this channel; the municipality publishes there itself.")
    elif connection is None:
        access = _("Not connected: nothing is exchanged.")
    else:
        access = _("Connected %(day)s. Access: %(scopes)s.") % {
            "day": formats.day(connection.connected_at),
            "scopes": ", ".join(sorted(connection.scopes.split())),
        }
    return PlatformLine(
        account=account.name,
        channel=str(account.channel),
        company=platform.company if platform else _("To be assessed by the municipality."),
        access=access,
        transfer_basis=platform.transfer_basis() if platform else _("To be assessed by the municipality."),
        assessment=_assessment(account, now=now),
    )


def _assessment(account: Account, *, now: datetime) -> str:
    latest = RiskAssessment.objects.filter(account=account).first()
    if latest is None:
        return _("No risk assessment is recorded.")
    text = _("%(status)s %(day)s, next review %(review)s.") % {
        "status": latest.get_status_display(),
        "day": formats.day(latest.assessed_date),
        "review": formats.day(latest.next_review_date),
    }
    if latest.next_review_date < now.date():
        text += " " + _("The review is overdue.")
    return text


def _measures() -> Iterator[str]:
    """Yield the security measures that are on in this installation."""
    yield _("Each municipality's rows are closed to the others in the database itself.")
    yield _("Access to channels is stored encrypted, and the key lies outside the database.")
    if settings.IS_HTTPS:
        yield _("All traffic is encrypted (HTTPS).")
    if "allauth.mfa" in settings.INSTALLED_APPS:
        yield _("Two-step login for those who may publish, approve, connect channels or administer.")
    yield _("A log-in ends after %(minutes)s minutes without activity.") % {"minutes": IDLE_S // 60}
    yield _("What is done is logged, and the log shows whether it has been changed.")
    yield _("Backups are kept for %(days)s days.") % {"days": settings.BACKUP_KEPT_DAYS}


def _missing(decided: MunicipalitySettings) -> Iterator[str]:
    if not decided.accessibility_url:
        yield _("The address of the accessibility statement is missing. It is required by law.")
    if not decided.privacy_url:
        yield _("The address of the municipality's own privacy notice is missing. There applicants find whom to ask.")
    if not settings.IS_HTTPS:
        yield _("The traffic is not encrypted: this installation answers without HTTPS.")
