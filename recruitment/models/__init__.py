"""Municipalities and people, workplaces, occupations, vacancies, channel kinds and sources."""

from recruitment.models.access import Invitation, SystemEntry
from recruitment.models.forms import SubmittedForm
from recruitment.models.jobs import JobPosting
from recruitment.models.mail import OutgoingMail
from recruitment.models.occupations import Occupation, OccupationTitle
from recruitment.models.people import Membership, User
from recruitment.models.places import County, Logo, Municipality, MunicipalitySettings, Workplace
from recruitment.models.sources import Channel, Source, SourceMerge

__all__ = [
    "Channel",
    "County",
    "Invitation",
    "JobPosting",
    "Logo",
    "Membership",
    "Municipality",
    "MunicipalitySettings",
    "Occupation",
    "OccupationTitle",
    "OutgoingMail",
    "Source",
    "SourceMerge",
    "SubmittedForm",
    "SystemEntry",
    "User",
    "Workplace",
]
