"""What each kind of channel is for, how to set it up, and why a connection asks for what it asks for. Texts as data."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels.models import SetupStep

Kind = SetupStep.Kind


@dataclass(frozen=True)
class Guidance:
    """A1: what a channel is good for, how one writes there, and for whom."""

    purpose: Any
    tone: Any
    audience: Any


@dataclass(frozen=True)
class Permission:
    """One scope in words: what it lets Kanalkompass do, and what for."""

    what: Any
    why: Any


GUIDANCE: dict[str, Guidance] = {
    "linkedin": Guidance(
        purpose=_(
            "Reach people in the trade, also those who are not looking for work, and show what you are like as an "
            "employer. A post costs time, not money."
        ),
        tone=_(
            "Closer to the profession than Facebook. Let a named employee tell about the work, and say plainly what "
            "the position offers."
        ),
        audience=_(
            "Decide who the post is for before you write it, in one sentence. The clearer the audience, the sharper "
            "the text."
        ),
    ),
    "facebook": Guidance(
        purpose=_("Reach those who live here already, and those who know somebody who does."),
        tone=_("Everyday and local. A face and a place people know say more than a list of requirements."),
        audience=_("Inhabitants and their friends and families, often the ones who pass a vacancy on."),
    ),
    "instagram": Guidance(
        purpose=_("Show the workday in pictures, above all for apprentices, students and summer jobs."),
        tone=_("Short and concrete. The picture carries the post, the text says where to read more."),
        audience=_("Young people and people early in their working life."),
    ),
}

GENERAL = Guidance(
    purpose=_("Write here what you use the channel for, so that the next person can carry on."),
    tone=_("As the municipality speaks elsewhere: plain, friendly and correct."),
    audience=_("Say in one sentence who you want to reach here."),
)

STEP_HELP: dict[str, Any] = {
    Kind.PAGE: _(
        "Log in as yourself and start a page for an organisation. The page belongs to the municipality, not to the "
        "person who makes it."
    ),
    Kind.NAME_EMAIL: _(
        "Use the municipality's own name as people write it, and a shared mailbox that more than one person reads."
    ),
    Kind.DETAILS: _(
        "Website, address, size, logo and two sentences about the municipality as an employer. A bare page is not "
        "trusted."
    ),
    Kind.CONFIRM_EMAIL: _("Open the message in the mailbox and confirm. Look among unwanted mail if it is not there."),
    Kind.RESPONSIBLE: _("One person who posts and answers, and one who takes over during holidays and illness."),
    Kind.RISK: _(
        "The municipality's own assessment of data protection on this channel. Nothing is published without it."
    ),
    Kind.CONNECT: _("Gives Kanalkompass access to publish and to fetch figures. You see which page it is first."),
}

PERMISSIONS: dict[str, Permission] = {
    "openid": Permission(_("Confirm who you are"), _("so that we can note who connected the page")),
    "profile": Permission(_("Read your name"), _("so that colleagues see through whom the page is connected")),
    "rw_organization_admin": Permission(
        _("See which pages you run, and their statistics"), _("to find the right page and fetch views and clicks")
    ),
    "w_organization_social": Permission(
        _("Publish and remove posts in the page's name"), _("for posts that have been approved here, and nothing else")
    ),
    "r_organization_social": Permission(
        _("Read the page's own posts"), _("to check that a post came out, and came out once")
    ),
    "r_organization_social_feed": Permission(
        _("Count comments and reactions"), _("for the figures; we do not store who reacted or what they wrote")
    ),
    "w_organization_social_feed": Permission(
        _("Answer comments in the page's name"), _("only when somebody here writes the answer")
    ),
    "r_ads": Permission(_("See which advertising campaigns there are"), _("to set them beside unpaid posts")),
    "r_ads_reporting": Permission(
        _("Read the figures of advertising campaigns"), _("to compare paid and unpaid reach; nothing is bought")
    ),
}


def guidance_for(channel_slug: str) -> Guidance:
    """Return a channel kind's purpose, tone and audience."""
    return GUIDANCE.get(channel_slug, GENERAL)


def permissions_for(scopes: list[str]) -> list[Permission]:
    """Return scopes in words, in the order given; one without words of ours is shown by its name."""
    return [PERMISSIONS.get(scope, Permission(scope, "")) for scope in scopes]
