"""
Two municipalities with something behind every door, and a browser for everybody who may or may not come in.

The neighbour's texts carry a word of their own, `SECRET`, so that one look at an answer tells whether something leaked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.apps import apps
from django.db import connection, connections, models
from django.db.models.functions import Concat
from django.test import Client

from analytics.actions import pulling
from analytics.models import FetchRun
from channels.actions import visits
from channels.models import Account, Campaign, CampaignJob, WordingChoice
from foundation import clock
from foundation.tenancy import TenantModel, tenant
from kanalkompass.admin_site import CHOSEN
from recruitment.models import Membership, SubmittedForm, User
from tests.fixtures import Town, give_app, make_town
from tests.journeys.world import World, build
from tests.linkedin_sandbox import LinkedInSandbox

SECRET = "Løyndom"
ANONYMOUS = "anonymous"
# The columns of table M, in its order: reader, HR, adviser without and with each right, administrator.
MEMBERS = ("reader", "hr", "adviser", "approver", "publisher", "connector", "administrator")
# A reader here who is HR next door has a reader's rights here, and nothing of what she may open there.
DOUBLE = "reader_here_hr_there"
# Those who are logged in and have no business here.
STRANGERS = ("system", "neighbour", "deactivated_member")
# A deactivated user is nobody: she meets the login.
NOBODIES = (ANONYMOUS, "deactivated_user")
EVERYBODY = (*MEMBERS, DOUBLE, *STRANGERS, *NOBODIES)

# Texts that other rows or the product's own rules hold on to by value.
KEPT = {"slug", "code", "state", "reason", "external_id", "kind", "language", "connector", "due_wall", "file"}


@dataclass
class Houses:
    """Both municipalities and their people; what the walk asks for by name."""

    own: World
    neighbour: World
    people: dict[str, User]
    sessions: dict[str, str] = field(default_factory=dict)
    n_asked: int = 0

    def ids(self, world: World) -> dict[str, Any]:
        """Return what may stand in an address, by the name of the part, for one municipality."""
        return {
            "number": world.town.number,
            "job_id": world.job_id,
            "link_id": world.link_id,
            "account_id": world.account_id,
            "campaign_id": world.campaign_id,
            "post_id": world.posts["draft"],
            "media_id": world.media_id,
            "delivery_id": world.deliveries["published"],
            "cost_id": world.cost_id,
            "source_id": world.source_id,
            "reassignment_id": world.reassignment_id,
            "general_cost_id": world.general_cost_id,
            "object_id": world.job_id,
            "pending_id": world.pending_id,
            "membership_id": world.membership_id,
            "invitation_id": world.invitation_id,
            "entry_id": world.entry_id,
            "sighting_id": world.sighting_id,
            "edit_id": world.edit_id,
            "ad_account_id": world.ad_account_id,
            "paid_id": world.paid_id,
            "token": world.invitation_token,
            "code": world.survey_code,
            "channel": "linkedin",
            "connector": "linkedin",
            "kind": "svg",
        }


def make_houses() -> Houses:
    """Build both municipalities in the worker's database and log everybody in."""
    running = sys.modules["tests.servers"].sandbox
    sandbox = LinkedInSandbox(base=running.base, announced=dict(running.announced))
    sandbox.reset()
    own, neighbour = make_town("9901", "Lyngvær kommune"), make_town("9902", "Storvika kommune", "nn")
    houses = Houses(own=build(own, sandbox), neighbour=build(neighbour, sandbox), people=_people(own, neighbour))
    for world in (houses.own, houses.neighbour):
        _deepen(world)
    mark(neighbour)
    for name, user in houses.people.items():
        # Whatever second step a role demands is set up: what happens without one is another test's subject.
        give_app(user)
        # As if they had been inside the administration before: only the role of today opens it.
        once = {} if name in ("administrator", "system") else {CHOSEN: own.pk}
        houses.sessions[name] = _session(user, **once)
    houses.sessions["administrator_inside"] = _session(own.administrator, **{CHOSEN: own.pk})
    houses.people["deactivated_user"].is_active = False
    houses.people["deactivated_user"].save()
    return houses


def _deepen(world: World) -> None:
    """Add what the pages show of a house that has been lived in: figures, visits, wordings, choices of source."""
    now, town_id = clock.now(), world.town.pk
    with tenant(town_id):
        campaign = Campaign.objects.get(pk=world.campaign_id)
        CampaignJob.objects.create(campaign=campaign, job_id=world.job_id)
        WordingChoice.objects.create(
            post_id=world.posts["draft"], rule="age", phrase="ung", reason="Står i loven", chosen_by=world.town.adviser
        )
        SubmittedForm.objects.create(key="0" * 40, content_hash="0" * 64, result_url="/")
        account = Account.objects.get(pk=world.account_id)
        run = pulling.request_fetch(account=account, trigger=FetchRun.Trigger.ON_DEMAND, now=now)
    pulling.run_fetch(municipality_id=town_id, run_id=run.pk, now=now)
    visits.follow(code=world.link_code, visit=visits.Visit(method="GET", headers={}), now=now)


def _people(own: Town, neighbour: Town) -> dict[str, User]:
    people = {"reader": own.reader, "hr": own.hr, "adviser": own.novice, "administrator": own.administrator}
    for name in ("approver", "publisher", "connector", DOUBLE, "deactivated_member", "deactivated_user", "system"):
        people[name] = User.objects.create_user(f"{name}@lyngvaer.example", None, full_name=name.title())
    people["system"].is_staff = True
    people["system"].save()
    people["neighbour"] = neighbour.adviser
    with tenant(own.pk):
        for name, right in [("approver", "may_approve"), ("publisher", "may_publish"), ("connector", "may_connect")]:
            _join(own, people[name], role="adviser", **{right: True})
        _join(own, people[DOUBLE], role="reader")
        everything = {"may_approve": True, "may_publish": True, "may_connect": True}
        _join(own, people["deactivated_member"], role="adviser", is_active=False, **everything)
        _join(own, people["deactivated_user"], role="adviser", **everything)
    with tenant(neighbour.pk):
        _join(neighbour, people[DOUBLE], role="hr")
    return people


def _join(town: Town, user: User, **fields: Any) -> None:
    Membership.objects.create(municipality=town.municipality, user=user, **fields)


def _session(user: User, **more: Any) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    session.update(more)
    session.save()
    # The first request writes where the person is logged in; undone each time, it would be every request's work.
    client.get("/konto/okter/")
    return session.session_key


def mark(town: Town) -> None:
    """Put the secret word before every free text of a municipality, and before its people's names."""
    with tenant(town.pk):
        for model in tenant_models():
            if not _may_update(model._meta.db_table):
                continue
            for each in model._meta.concrete_fields:
                if _is_free_text(each):
                    filled = model.objects.exclude(**{each.name: ""})
                    filled.update(**{each.name: Concat(models.Value(f"{SECRET} "), models.F(each.name))})
    User.objects.filter(pk__in=[user.pk for user in town.people.values()]).update(full_name=f"{SECRET} Hansen")


def _may_update(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'UPDATE')", [table])
        return cursor.fetchone()[0]


def _is_free_text(field: models.Field) -> bool:
    is_text = type(field) in (models.CharField, models.TextField)
    is_free = not field.choices and not field.unique and field.name not in KEPT
    has_room = field.max_length is None or field.max_length >= 100
    return is_text and is_free and has_room


def tenant_models() -> list[Any]:
    """Return every model of a municipality's rows."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def walled_tables() -> list[str]:
    """Return every table that has a tenant's policy, partitions' parents too."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'tenant' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def policies_off(tables: list[str] | None = None) -> Iterator[None]:
    """Take the second wall down, as the owner of the tables: the scoping must hold alone."""
    tables = walled_tables() if tables is None else tables
    _switch(tables, "DISABLE")
    try:
        yield
    finally:
        _switch(tables, "ENABLE")


def _switch(tables: list[str], how: str) -> None:
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} {how} ROW LEVEL SECURITY")
    connections["owner"].close()


@contextmanager
def scoping_off(only: Any = None) -> Iterator[None]:
    """
    Plant managers that forget to filter, of every model or of one: the wall must hold alone.

    Kept SQL is put together anew without them, lest the filter of an earlier request, or the refusal to keep SQL that
    forgets the municipality, help the wall; what is put together here is forgotten again.
    """
    from foundation.tenancy import TenantManager

    scoped = TenantManager.get_queryset

    def unscoped(self: Any) -> models.QuerySet:
        if only is not None and self.model is not only:
            return scoped(self)
        return super(TenantManager, self).get_queryset()

    TenantManager.get_queryset = unscoped  # type: ignore[method-assign]
    try:
        with mock.patch.multiple("foundation.compiled", _kept={}, _refuse_lost=lambda *_: None):
            yield
    finally:
        TenantManager.get_queryset = scoped  # type: ignore[method-assign]


def texts_of(town: Town) -> str:
    """Return the titles that a municipality's pages show, as they are stored."""
    from recruitment.models import JobPosting

    with tenant(town.pk):
        return " ".join(JobPosting.objects.values_list("title", flat=True))
