"""P13, P14: every route as everybody, with every method and every kind of object, against table M."""

from __future__ import annotations

import time
from statistics import median

import pytest

from tests.matrix import table_m, walking
from tests.matrix.asking import ask
from tests.matrix.people import EVERYBODY
from tests.matrix.walking import READING, WRITING, Walk, cases

N_TIMED = 15
# Somebody who opens nearly everything, somebody who opens little, somebody from next door, nobody.
ONE_OF_EACH = ("connector", "reader", "neighbour", "anonymous")


def faults_of(walk: Walk) -> str:
    return "\n".join([f"{len(walk.faults)} of {walk.n_cases} requests:", *walk.faults[:60]])


class TestDeclarations:
    def test_p14_every_members_route_is_declared_as_table_m_says(self):
        assert walking.unlike_the_declarations() == []


class TestReading:
    @pytest.mark.parametrize("method", READING)
    def test_p13_every_route_opens_as_table_m_says_and_foreign_is_as_missing(self, houses, method):
        # A HEAD costs what its GET costs: it is asked by one of each sort.
        walk = Walk(houses).take(cases([method], people=ONE_OF_EACH if method == "head" else EVERYBODY))

        assert not walk.faults, faults_of(walk)
        assert walk.n_cases > 400


class TestWriting:
    @pytest.mark.parametrize("method", WRITING)
    def test_p13_every_route_writes_as_table_m_says_and_foreign_is_as_missing(self, houses, method):
        walk = Walk(houses).take(cases([method]))

        assert not walk.faults, faults_of(walk)
        assert walk.n_cases > 400


class TestOddIds:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_b56_an_id_that_is_none_is_answered_as_a_missing_one(self, houses, method):
        faults, n_asked = [], 0
        for route in walking.members_routes():
            who = walking.who_may(route, "r" if method == "get" else "w")
            for address in route.odd_addresses(houses) if who else ():
                answer = ask(houses, who, method, address)
                n_asked += 1
                if answer.status not in {404, table_m.MISSING.get(route.name)} or answer.touched:
                    faults.append(f"{method} {address} as {who}: answers {answer.status}, writes {answer.touched}")

        assert not faults, "\n".join(faults)
        assert n_asked > 100


class TestTime:
    @pytest.mark.parametrize("name", ["job", "campaign", "account", "delivery", "media"])
    def test_p13_what_belongs_to_others_takes_no_other_time_than_what_is_missing(self, houses, name):
        route = next(each for each in walking.members_routes() if each.name == name)
        addresses = {kind: route.address(houses, kind) for kind in ("foreign", "missing")}
        times: dict[str, list[float]] = {"foreign": [], "missing": []}
        for _ in range(N_TIMED):
            for kind, address in addresses.items():
                started = time.perf_counter()
                answer = ask(houses, "hr", "get", address)
                times[kind].append(time.perf_counter() - started)
                assert answer.status == 404

        apart = abs(median(times["foreign"]) - median(times["missing"]))
        # The number of database queries is held equal in the walk; this bound is wide, so that a busy machine passes.
        assert apart < max(0.02, median(times["missing"]))
