"""What the log is about: the name of each kind of object, its page, and what belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.urls import reverse

from foundation.tenancy import TenantModel, current_municipality_id
from kanalkompass.audited import AUDITED


@dataclass(frozen=True)
class Thing:
    """
    A kind of object.

    :param slug: its name in addresses
    :param route: its page, which takes `key`; "" for none
    :param parts: kinds whose rows belong to it, with the field that points to it
    :param select: what its name is made of
    :param is_of_rights: whom it concerns and what it decides is the administrator's (table M)
    """

    slug: str
    label: str
    route: str = ""
    key: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    select: tuple[str, ...] = ()
    name: Callable[[Any], str] = str
    is_of_rights: bool = False

    @property
    def model(self) -> type[Model]:
        """The model."""
        return apps.get_model(self.label)

    @property
    def table(self) -> str:
        """The table, as events name it."""
        return self.model._meta.db_table

    def url(self, *, number: str, pk: int) -> str:
        """Return the address of one object's page, "" when it has none."""
        return reverse(self.route, kwargs={"number": number, self.key: pk}) if self.route else ""


_OWN = [
    Thing(
        "stilling",
        "recruitment.JobPosting",
        "job",
        "job_id",
        parts=(
            ("analytics.Outcome", "job"),
            ("analytics.JobCount", "job"),
            ("analytics.Cost", "job"),
            ("analytics.Survey", "job"),
        ),
    ),
    Thing(
        "konto",
        "channels.Account",
        "account",
        "account_id",
        parts=(
            ("channels.Connection", "account"),
            ("channels.RiskAssessment", "account"),
            ("channels.SetupStep", "account"),
        ),
    ),
    Thing("kampanje", "channels.Campaign", "campaign", "campaign_id", parts=(("channels.CampaignJob", "campaign"),)),
    Thing("innlegg", "channels.Post", "post", "post_id", parts=(("channels.WordingChoice", "post"),)),
    Thing(
        "levering",
        "channels.Delivery",
        "delivery",
        "delivery_id",
        parts=(("channels.PostEdit", "delivery"),),
        select=("post", "account"),
        name=lambda row: f"{row.post}, {row.account}",
    ),
    Thing("bilde", "channels.MediaItem", "media", "media_id"),
    Thing("kilde", "recruitment.Source", "source_edit", "source_id"),
    Thing(
        "sammenslaing",
        "recruitment.SourceMerge",
        select=("source", "into"),
        name=lambda row: f"{row.source}, {row.into}",
    ),
    Thing("arbeidssted", "recruitment.Workplace"),
    # Her name is looked up where names can be forgotten.
    Thing("rolle", "recruitment.Membership", name=lambda row: "", is_of_rights=True),
    Thing("invitasjon", "recruitment.Invitation", name=lambda row: "", is_of_rights=True),
    Thing("innstillinger", "recruitment.MunicipalitySettings", name=lambda row: "", is_of_rights=True),
    Thing("lenke", "channels.TrackedLink", name=lambda row: row.label),
    Thing("kostnad", "analytics.Cost"),
    Thing("utfall", "analytics.Outcome", select=("job", "source"), name=lambda row: f"{row.job}, {row.source}"),
    Thing("antall", "analytics.JobCount", select=("job",), name=lambda row: str(row.job)),
    Thing("delt-kostnad", "analytics.SharedCost"),
    Thing("undersokelse", "analytics.Survey", select=("job",)),
    Thing("tilgang", "channels.Connection", select=("account",), name=lambda row: str(row.account)),
    Thing("risikovurdering", "channels.RiskAssessment", select=("account",), name=lambda row: str(row.account)),
    Thing("oppsett", "channels.SetupStep", select=("account",), name=lambda row: f"{row.account}, {row}"),
    Thing(
        "kampanjestilling",
        "channels.CampaignJob",
        select=("campaign", "job"),
        name=lambda row: f"{row.campaign}, {row.job}",
    ),
    Thing("stans", "channels.Freeze", name=lambda row: row.reason),
    Thing("funn", "channels.Sighting", select=("delivery__post",), name=lambda row: str(row.delivery.post)),
    Thing("rettelse", "channels.PostEdit", select=("delivery__post",), name=lambda row: str(row.delivery.post)),
    Thing("ordvalg", "channels.WordingChoice", name=lambda row: row.phrase),
]


def things() -> list[Thing]:
    """Return every audited kind; one without an entry above gets its model's name."""
    known = {thing.label: thing for thing in _OWN}
    return [known.get(label) or Thing(label.split(".")[1].lower(), label) for label in AUDITED]


def by_table() -> dict[str, Thing]:
    """Return the kinds by the table that events name."""
    return {thing.table: thing for thing in things()}


def by_slug(slug: str) -> Thing | None:
    """Return the kind with this name in addresses."""
    return next((thing for thing in things() if thing.slug == slug), None)


def rows_of(model: type[Model]) -> QuerySet:
    """Return the rows of a model that the entered municipality may see."""
    rows = model._default_manager.all()
    is_shared = issubclass(model, TenantModel) or not hasattr(model, "municipality")
    return rows if is_shared else rows.filter(municipality_id=current_municipality_id())
