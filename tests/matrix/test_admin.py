"""B50, B52, P13: the administration as everybody: address, filter, search, history, autocomplete and action."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from foundation.tenancy import acting_user, tenant
from kanalkompass.checks import routes
from recruitment.models import Membership
from tests.matrix import people, table_m
from tests.matrix.asking import Answer, ask
from tests.matrix.people import ANONYMOUS, EVERYBODY, NOBODIES, SECRET, Houses
from tests.matrix.walking import MISSING_ID

INSIDE = "administrator_inside"
OUTSIDE = [who for who in EVERYBODY if who not in (*NOBODIES, "system")]
# Who may do most in her municipality, a neighbour, and nobody.
ONE_OF_EACH = ("administrator", "neighbour", ANONYMOUS)
VIEWS = ("changelist", "add", "change", "history", "delete")
# A part of the neighbour's secret word: a search shows again what was looked for.
MARK = SECRET[:4]
OF_AN_OBJECT = ("change", "history", "delete")
REFUSED = {403, 404}


def tables() -> dict[str, Any]:
    return {model._meta.label_lower: (model, table) for model, table in admin.site._registry.items()}


def address(label: str, view: str, object_id: Any = None) -> str:
    name = f"admin:{label.replace('.', '_')}_{view}"
    return reverse(name, args=[object_id] if view in OF_AN_OBJECT else [])


def id_in(label: str, town: Any) -> Any:
    """Return the id of a row of one municipality, MISSING_ID where this world has none."""
    model = tables()[label][0]
    with tenant(town.pk):
        rows = model._base_manager.filter(municipality_id=town.pk)
        if model is Membership:
            rows = rows.filter(role="hr")
        return rows.values_list("pk", flat=True).first() or MISSING_ID


def ids(houses: Houses, label: str) -> dict[str, Any]:
    if label not in table_m.TENANT_TABLES:
        first = tables()[label][0]._base_manager.order_by("pk").first()
        return {"own": first.pk if first else MISSING_ID, "missing": MISSING_ID}
    return {
        "own": id_in(label, houses.own.town),
        "foreign": id_in(label, houses.neighbour.town),
        "missing": MISSING_ID,
    }


def wrong(answer: Answer, expected: set[int]) -> str:
    if SECRET in answer.body:
        return "shows the neighbour's text"
    if answer.touched:
        return f"writes to {sorted(answer.touched)}"
    return "" if answer.status in expected else f"answers {answer.status}, should be {sorted(expected)}"


class TestTables:
    def test_p14_every_table_and_page_of_the_administration_stands_in_table_m(self):
        known = table_m.SYSTEM_TABLES.keys() | table_m.TENANT_TABLES.keys()
        pages = {name.removeprefix("admin:") for name, _, _ in routes() if name.startswith("admin:")}
        of_tables = {f"{label.replace('.', '_')}_{view}" for label in known for view in VIEWS}

        assert set(tables()) == known, "Add the table to tests/matrix/table_m.py"
        assert {name for name in pages - of_tables if name} == table_m.ADMIN_PAGES.keys()


@pytest.mark.parametrize("method", ["get", "post"])
class TestAdmin:
    def test_p13_who_has_no_business_in_the_administration_finds_none(self, houses, method):
        faults = []
        for label in tables():
            own = ids(houses, label)["own"]
            for view in VIEWS:
                where = address(label, view, own)
                # One door stands before all pages of a table: everybody tries the first, one of each sort the others.
                for who in [*OUTSIDE, *NOBODIES] if (view, method) == (VIEWS[0], "get") else ONE_OF_EACH:
                    answer = ask(houses, who, method, where)
                    found = wrong(answer, {302} if who in NOBODIES else {404})
                    if found or (who in NOBODIES and not answer.leads_to_login):
                        faults.append(f"{method} {where} as {who}: {found or answer.location}")

        assert not faults, "\n".join(faults)

    def test_p13_each_table_opens_to_whom_table_m_says(self, houses, method):
        faults = []
        for label in tables():
            own = ids(houses, label)["own"]
            for who in (INSIDE, "system"):
                for view in VIEWS:
                    where = address(label, view, own)
                    answer = ask(houses, who, method, where)
                    # The system administrator sees who logs in, of every municipality (table M, global tables).
                    is_people = label == "recruitment.user" and who == "system"
                    found = wrong(
                        answer if not is_people else replace(answer, body=""), self.expected(label, who, view, method)
                    )
                    faults += [f"{method} {where} as {who}: {found}"] if found else []

        assert not faults, "\n".join(faults)

    def test_b50_an_id_of_another_municipality_is_answered_as_a_missing_one(self, houses, method):
        faults = []
        for label in table_m.TENANT_TABLES:
            by_kind = ids(houses, label)
            for who in (INSIDE, "system"):
                for view in OF_AN_OBJECT:
                    foreign, missing = (
                        ask(houses, who, method, address(label, view, by_kind[kind])) for kind in ("foreign", "missing")
                    )
                    found = foreign.touched or SECRET in foreign.body or unlike(foreign, missing)
                    faults += [f"{method} {label} {view} as {who}: {found}"] if found else []

        assert not faults, "\n".join(faults)

    @staticmethod
    def expected(label: str, who: str, view: str, method: str) -> set[int]:
        """Return the statuses that table M allows; a row that is not in this world leads back to the list (302)."""
        mine, others = table_m.TENANT_TABLES, table_m.SYSTEM_TABLES
        if who == "system":
            mine, others = others, mine
        if label not in mine:
            # Django looks for the row first: there may be none to be refused.
            return REFUSED | {302} if view in OF_AN_OBJECT and label in table_m.SYSTEM_TABLES else REFUSED
        if view == "delete":
            return REFUSED | {302}
        if mine[label] == "r" and (view == "add" or (view == "change" and method == "post")):
            return REFUSED | {302}
        return {200, 302} | (REFUSED if view == "add" else set())


class TestOtherMethods:
    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_p13_no_other_method_changes_anything(self, houses, method):
        faults = []
        for label, who in [
            *[(label, INSIDE) for label in table_m.TENANT_TABLES],
            *[(label, "system") for label in table_m.SYSTEM_TABLES],
        ]:
            for view in ("change", "delete"):
                answer = ask(houses, who, method, address(label, view, ids(houses, label)["own"]))
                if answer.touched or answer.status >= 500:
                    faults.append(f"{method} {label} {view} as {who}: {answer.status} {answer.touched}")

        assert not faults, "\n".join(faults)


def unlike(foreign: Answer, missing: Answer) -> str:
    """Compare two answers; where they lead is the list, with a message that tells the id that was asked for."""
    if foreign.status != missing.status or foreign.location != missing.location:
        return f"{foreign.status} {foreign.location} against {missing.status} {missing.location}"
    return "" if foreign.body == missing.body else "the bodies differ"


class TestLists:
    def test_b50_no_list_search_or_filter_of_the_administration_shows_another_municipality(self, houses):
        faults = []
        for label, kind in table_m.TENANT_TABLES.items():
            where = address(label, "changelist")
            for query in questions(houses, label):
                answer = ask(houses, INSIDE, "get", where + query)
                if SECRET in answer.body or answer.status not in {200, 302, 400}:
                    faults.append(f"{where}{query}: {answer.status}")
            assert kind in ("r", "rw")

        assert not faults, "\n".join(faults)

    def test_b50_no_action_of_the_administration_reaches_another_municipality(self, houses):
        faults = []
        for label in table_m.TENANT_TABLES:
            model, table = tables()[label]
            foreign = id_in(label, houses.neighbour.town)
            for action in ["delete_selected", *[name for name in table.actions if isinstance(name, str)]]:
                sent = {"action": action, "_selected_action": foreign, "index": 0, "post": "yes"}
                answer = ask(houses, INSIDE, "post", address(label, "changelist"), sent)
                if answer.touched or SECRET in answer.body or answer.status >= 500:
                    faults.append(f"{action} on {model.__name__}: {answer.status} {answer.touched}")

        assert not faults, "\n".join(faults)

    @pytest.mark.parametrize("where", ["autocomplete/", "r/{kind}/{id}/"])
    def test_b50_nothing_finds_rows_by_their_number_in_any_table(self, houses, where):
        faults = []
        for model in people.tenant_models():
            values = {"kind": ContentType.objects.get_for_model(model).pk, "id": foreign_id(houses, model)}
            of_model = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}"
            for who in (INSIDE, "system"):
                question = f"?{of_model}&field_name=municipality&term="
                answer = ask(houses, who, "get", f"/admin/{where.format(**values)}{question}")
                faults += [f"{model.__name__} as {who}: {answer.status}"] if answer.status != 404 else []

        assert not faults, "\n".join(faults)


def questions(houses: Houses, label: str) -> list[str]:
    """Return searches, filters by each link with a foreign id, orders and page numbers, for the end of an address."""
    model, _ = tables()[label]
    asked = [f"?q={MARK}", "?o=1.2.3", "?o=-1", "?p=999999", "?all=", "?municipality__id__exact=0"]
    for each in model._meta.fields:
        if each.is_relation and each.remote_field:
            foreign = foreign_id(houses, each.related_model)
            asked += [f"?{each.name}{lookup}={foreign}" for lookup in ("", "__id__exact", "__id__in")]
    return asked


def foreign_id(houses: Houses, model: Any) -> Any:
    """Return the id of a row that belongs to the neighbour, of whatever table."""
    if model in people.tenant_models():
        with tenant(houses.neighbour.town.pk):
            return model._base_manager.values_list("pk", flat=True).first() or MISSING_ID
    return houses.neighbour.town.pk if model.__name__ == "Municipality" else houses.people["neighbour"].pk


class TestOwnMembership:
    def test_b52_nobody_changes_her_own_membership_in_the_administration(self, houses):
        with acting_user(houses.people["administrator"].pk):
            own = Membership.objects.get(user=houses.people["administrator"])

        sent = {"role": "administrator", "may_publish": "on", "may_approve": "on", "is_active": "on"}
        answer = ask(houses, INSIDE, "post", address("recruitment.membership", "change", own.pk), sent)

        assert answer.status in REFUSED
        assert not answer.touched
