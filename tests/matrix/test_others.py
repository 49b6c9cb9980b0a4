"""P13, P14: the routes that belong to no municipality: public ones, one's own account, the system administrator's."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kanalkompass.checks import routes
from tests.matrix import table_m
from tests.matrix.asking import Answer, ask
from tests.matrix.people import NOBODIES, SECRET, Houses
from tests.matrix.walking import parts_of

ASKERS = ("reader", "administrator", "system", "neighbour", "deactivated_member", *NOBODIES)
# What leads nowhere, for each part of an address that is a code.
GUESSED = {
    "name": "1-12606e",
    "version": "0-1x1",
    "code": "finnesikke",
    "token": "gjettet",
    "key": "brukt-opp",
    "uidb36": "zz",
}


def others() -> dict[str, str]:
    """Return the table's line of every route that stands outside the municipalities and the administration."""
    return table_m.OTHERS | table_m.ACCOUNT


def address(houses: Houses, name: str, *, is_guessed: bool = False) -> str:
    known = GUESSED | houses.ids(houses.own) | {"code": code_for(houses, name)}
    if is_guessed:
        known |= GUESSED | {"number": "9999"}
    return reverse(name, kwargs={part: known[part] for part in parts_of(name)})


def code_for(houses: Houses, name: str) -> str:
    return houses.own.link_code if name == "link_follow" else houses.own.survey_code


def expected(name: str, who: str, method: str) -> set[int]:
    """Return the statuses that the table allows; 302 as the way to the login is asked for beside it."""
    kind, cell = others()[name].split()
    opens = table_m.OPENS_WITH.get(name, {200})
    if kind == "system" and who not in (*NOBODIES, "system"):
        return {404}
    if kind in ("guest", "person"):
        return {200, 302, 400, 404, 405, 410, 422}
    if method not in ("get", "head", "post") or ("r" if method != "post" else "w") not in cell:
        return {405}
    # An invitation is for the one it names, whoever else is logged in.
    return opens if method != "post" else {200, 302, 400, 404, 410, 422} | ({403} if name == "invitation" else set())


def is_for_those_logged_in(name: str) -> bool:
    return others()[name].split()[0] in ("logged_in", "person", "system")


def wrong(name: str, who: str, method: str, answer: Answer) -> str:
    if SECRET in answer.body and who != "neighbour":
        return "shows the neighbour's text"
    if who in NOBODIES and is_for_those_logged_in(name):
        if answer.touched - {"django_session"}:
            return f"writes to {sorted(answer.touched)}"
        is_of_package = name in table_m.ACCOUNT and (answer.status in (302, 404, 405) or method == "options")
        is_led_away = answer.leads_to_login or is_of_package
        return "" if is_led_away else f"answers {answer.status} {answer.location}, should lead to the login"
    if answer.status not in expected(name, who, method):
        return f"answers {answer.status}, should be {sorted(expected(name, who, method))}"
    return f"writes to {sorted(answer.touched)}" if answer.status in (404, 405) and answer.touched else ""


class TestTable:
    def test_p14_every_route_of_the_product_stands_in_a_table(self):
        names = {name for name, _, _ in routes() if not name.startswith("admin:")}
        known = table_m.MEMBERS.keys() | others().keys()

        assert sorted(names - known) == [], "Add the route to tests/matrix/table_m.py"
        assert sorted(known - names) == [], "The route is gone; take it out of tests/matrix/table_m.py"

    def test_p14_every_route_is_declared_as_its_line_says(self):
        declared: dict[str, Any] = {name: getattr(pattern.callback, "rule", None) for name, _, pattern in routes()}

        wrong = {
            name: (line, declared[name].kind)
            for name, line in table_m.OTHERS.items()
            if declared.get(name) is None or declared[name].kind != line.split()[0]
        }
        assert wrong == {}


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "patch", "delete"])
class TestOthers:
    def test_p13_every_other_route_opens_to_whom_its_line_says(self, houses, method):
        faults = []
        for name in others():
            for who in ASKERS:
                for is_guessed in (False, True) if parts_of(name) else (False,):
                    answer = ask(houses, who, method, address(houses, name, is_guessed=is_guessed))
                    ways = {404, 410} if is_guessed else set()
                    found = wrong(name, who, method, answer)
                    if found and answer.status not in ways:
                        faults.append(f"{method} {name} as {who}{' guessed' * is_guessed}: {found}")

        assert not faults, "\n".join(faults)
