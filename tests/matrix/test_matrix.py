"""P13, P14: every route as everybody, with every method and every kind of object, against table M."""

from __future__ import annotations

import pytest

from tests.matrix import walking
from tests.matrix.walking import READING, WRITING, Walk, cases


def faults_of(walk: Walk) -> str:
    return "\n".join([f"{len(walk.faults)} of {walk.n_cases} requests:", *walk.faults[:60]])


class TestDeclarations:
    def test_p14_every_members_route_is_declared_as_table_m_says(self):
        assert walking.unlike_the_declarations() == []


class TestReading:
    @pytest.mark.parametrize("method", READING)
    def test_p13_every_route_opens_as_table_m_says_and_foreign_is_as_missing(self, houses, method):
        walk = Walk(houses).take(cases([method]))

        assert not walk.faults, faults_of(walk)
        assert walk.n_cases > 1000


class TestWriting:
    @pytest.mark.parametrize("method", WRITING)
    def test_p13_every_route_writes_as_table_m_says_and_foreign_is_as_missing(self, houses, method):
        walk = Walk(houses).take(cases([method]))

        assert not walk.faults, faults_of(walk)
        assert walk.n_cases > 1000
