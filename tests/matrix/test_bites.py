"""The matrix must bite: with one declaration, one filter or one policy removed, a slice of it reports the fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from analytics.models import Cost, SurveyAnswer
from channels.models import Account, Campaign, Delivery, MediaItem
from foundation.tenancy import tenant
from recruitment import doors
from recruitment.doors import ADMINISTRATOR, EVERYBODY, PUBLIC, member
from recruitment.models import JobPosting
from tests.matrix import people, table_m, walking
from tests.matrix.walking import MEMBERS, Walk, cases, members_routes

# A model, and the page that shows a row of it by its id.
SHOWN_BY = {JobPosting: "job", Campaign: "campaign", Account: "account", Delivery: "delivery", MediaItem: "media"}


def pattern_of(name: str, resolver: Any = None) -> URLPattern:
    """Return the pattern of a route of ours."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            try:
                return pattern_of(name, each)
            except LookupError:
                continue
        if each.name == name:
            return each
    raise LookupError(name)


@contextmanager
def redeclared(name: str, rule: doors.Rule) -> Iterator[None]:
    """Let a route be declared otherwise than it is."""
    pattern, declared = pattern_of(name), doors.RULES[name]
    callback = pattern.callback
    view = callback.__wrapped__
    if rule.kind == "public":

        def view(request: Any, number: str, **parts: Any) -> Any:
            return callback.__wrapped__(request, **parts)

    pattern.callback = doors.door("unused/", view, name=name, rule=rule).callback
    try:
        yield
    finally:
        pattern.callback = callback
        doors.RULES[name] = declared


def faults(houses: people.Houses, name: str, *, kinds: tuple[str, ...], who: tuple[str, ...] = MEMBERS) -> list[str]:
    """Return what a small slice of the matrix reports."""
    return Walk(houses).take(cases(["get", "post"], people=who, only=[name], kinds=kinds)).faults


class TestADeclaration:
    @pytest.mark.parametrize("name", sorted(table_m.MEMBERS))
    def test_p14_declared_for_others_is_seen_on_every_route(self, name):
        declared = pattern_of(name).callback.rule
        for rule in (PUBLIC, member(EVERYBODY, right="may_approve"), member(ADMINISTRATOR), member(EVERYBODY)):
            doors.RULES[name] = rule
            try:
                is_same = rule.kind == "member" and {
                    who for who in MEMBERS if rule.allows(walking.membership_of(who))
                } == {who for who in MEMBERS if declared.allows(walking.membership_of(who))}
                found = walking.unlike_the_declarations()
            finally:
                doors.RULES[name] = declared

            assert bool(found) != is_same, rule
            assert all(name in each for each in found)

    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("job_edit", member(EVERYBODY)),
            ("delivery_cancel", member(EVERYBODY)),
            ("post", member(EVERYBODY)),
            ("overview", member(ADMINISTRATOR)),
        ],
    )
    def test_p14_a_door_for_others_is_seen_by_walking_through_it(self, houses, name, rule):
        assert not faults(houses, name, kinds=("own",))
        with redeclared(name, rule):
            assert faults(houses, name, kinds=("own",))

    def test_p14_a_public_door_is_seen_by_walking_through_it(self, houses):
        who = ("reader", "neighbour", people.ANONYMOUS)
        assert not faults(houses, "job_announce", who=who, kinds=("own",))
        with redeclared("job_announce", PUBLIC):
            assert faults(houses, "job_announce", who=who, kinds=("own",))

    def test_p14_a_route_that_nobody_has_written_down_is_seen(self, monkeypatch):
        monkeypatch.delitem(table_m.MEMBERS, "job")

        assert any("job stands nowhere" in each for each in walking.unlike_the_declarations())


class TestAFilter:
    @pytest.mark.parametrize("model", SHOWN_BY, ids=lambda model: model.__name__)
    def test_p13_a_manager_without_its_filter_is_seen_when_the_scoping_stands_alone(self, houses, model):
        kinds = ("foreign", "missing")
        with people.policies_off():
            assert not faults(houses, SHOWN_BY[model], who=("hr",), kinds=kinds)
            with people.scoping_off(only=model):
                assert faults(houses, SHOWN_BY[model], who=("hr",), kinds=kinds)


class TestAPolicy:
    # A page that joins several walled tables stays closed while one policy is left: the wall is many walls.
    @pytest.mark.parametrize("model", [Campaign, Account, MediaItem], ids=lambda model: model.__name__)
    def test_p13_a_table_without_its_policy_is_seen_when_the_wall_stands_alone(self, houses, model):
        kinds = ("foreign", "missing")
        with people.scoping_off():
            assert not faults(houses, SHOWN_BY[model], who=("hr",), kinds=kinds)
            with people.policies_off([model._meta.db_table]):
                assert faults(houses, SHOWN_BY[model], who=("hr",), kinds=kinds)

    @pytest.mark.parametrize("model", [JobPosting, Delivery, Cost, SurveyAnswer], ids=lambda model: model.__name__)
    def test_p13_a_planted_unscoped_query_sees_the_neighbour_once_the_policy_is_gone(self, houses, model):
        seen = []
        for tables in ([], [model._meta.db_table]):
            with people.policies_off(tables), tenant(houses.own.town.pk):
                seen.append(model._base_manager.values("municipality_id").distinct().count())

        assert seen == [1, 2]

    def test_p13_a_list_that_shows_the_neighbours_rows_is_seen_by_the_neighbours_word(self, houses):
        with people.scoping_off(only=JobPosting), people.policies_off():
            found = faults(houses, "jobs", who=("reader",), kinds=("own",))

        assert any("shows the neighbour's text" in each for each in found)


def test_p14_every_members_route_of_the_product_is_walked():
    assert {route.name for route in members_routes()} == table_m.MEMBERS.keys()
