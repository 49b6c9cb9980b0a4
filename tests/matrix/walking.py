"""The walk: every route as everybody with every method and every kind of object, held against table M."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from kanalkompass.checks import routes
from recruitment import doors
from recruitment.models import Membership
from tests.matrix import table_m
from tests.matrix.asking import Answer, ask
from tests.matrix.people import ANONYMOUS, DOUBLE, EVERYBODY, MEMBERS, NOBODIES, SECRET, Houses

READING, WRITING = ("get", "head", "options"), ("post", "put", "patch", "delete")
# The neighbour's own pages are no secret to these.
AT_HOME_THERE = {"neighbour", DOUBLE}
RIGHTS = {"approver": "may_approve", "publisher": "may_publish", "connector": "may_connect"}
# The mightiest of ours, who runs the system, and nobody: they try the doors of the other municipality.
ABROAD = ("administrator", "system", ANONYMOUS)
# Methods that no route serves: the door answers 405 to whom it lets in, before any object is looked for.
UNSERVED = ("options", "put", "patch", "delete")
# Far from every id that a world of this size has.
MISSING_ID = 8_000_000_001
# B56: ids that are none, and how they stand in an address.
ODD_IDS = ("0", "-1", str(2**63), str(2**64), "1e3", "\uff11\uff12", "\u0664\u0662", "1\0", " 1", "1.0", "")
NOBODY = "- - - - - - -"
PLACE_OF_ID = 7_000_000_007


@dataclass(frozen=True)
class Route:
    """A member's route of ours, with its line of table M."""

    name: str
    takes: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The parts of its address that are ids of rows."""
        return tuple(each for each in self.takes if each.endswith("_id"))

    def cell(self, who: str) -> str:
        """Return what table M says of a person: "r", "w", "rw" or ""."""
        cells = dict(zip(MEMBERS, table_m.MEMBERS.get(self.name, NOBODY).split(), strict=True))
        return cells.get("reader" if who == DOUBLE else who, "-").replace("-", "")

    @property
    def serves(self) -> str:
        """What the route does for anybody: "r", "w" or both."""
        return "".join(each for each in "rw" if each in table_m.MEMBERS.get(self.name, NOBODY))

    def parts(self, houses: Houses, kind: str = "own") -> dict[str, Any]:
        """Return what stands in the address: of a row of our own, of the neighbour's, or of one that is not there."""
        own = self._parts_of(houses, houses.own)
        if kind == "own":
            return own
        other = self._parts_of(houses, houses.neighbour)
        if kind == "elsewhere":
            return other
        if kind == "nowhere":
            return own | {"number": "9999"}
        if kind == "draft":
            return own | _draft(houses, self)
        changed = self.ids if kind in ("foreign", "missing") else self.ids[1:]
        is_missing = kind.startswith("missing")
        return own | {name: MISSING_ID if is_missing else other[name] for name in changed}

    def _parts_of(self, houses: Houses, world: Any) -> dict[str, Any]:
        ids = houses.ids(world) | table_m.PARTS.get(self.name, {})
        if self.name in table_m.UNCONNECTED:
            ids["account_id"] = world.unconnected_id
        return {name: ids[name] for name in self.takes}

    def address(self, houses: Houses, kind: str = "own") -> str:
        """Return the address of one kind of object."""
        return reverse(self.name, kwargs=self.parts(houses, kind))

    def odd_addresses(self, houses: Houses) -> Iterator[str]:
        """Yield its address with each of its ids in turn replaced by what is none (B56)."""
        for name, odd in itertools.product(self.ids, ODD_IDS):
            address = reverse(self.name, kwargs=self.parts(houses) | {name: PLACE_OF_ID})
            yield address.replace(str(PLACE_OF_ID), quote(odd))


def _draft(houses: Houses, route: Route) -> dict[str, Any]:
    from channels.models import Delivery
    from foundation.tenancy import tenant

    delivery_id = houses.own.deliveries["draft"]
    if "delivery_id" in route.takes:
        return {"delivery_id": delivery_id}
    with tenant(houses.own.town.pk):
        return {"link_id": Delivery.objects.get(pk=delivery_id).link_id}


def members_routes() -> list[Route]:
    """Return every route of the product below a municipality's number."""
    return [
        Route(name, tuple(parts))
        for name, _, pattern in routes()
        if (rule := getattr(pattern.callback, "rule", None)) and (rule.kind == "member" or name in table_m.MEMBERS)
        for parts in [parts_of(name)]
    ]


def parts_of(name: str) -> list[str]:
    """Return the names of what stands in a route's address."""
    from django.urls import get_resolver

    [(_, names)] = get_resolver().reverse_dict.getlist(name)[0][0][:1]
    return names


def unlike_the_declarations() -> list[str]:
    """Return where table M and the product's declarations say different things of who may come through."""
    found = []
    for route in members_routes():
        if route.name not in table_m.MEMBERS:
            found.append(f"{route.name} stands nowhere in tests/matrix/table_m.py")
            continue
        rule = doors.RULES[route.name]
        if rule.kind != "member":
            found.append(f"{route.name}: declared {rule.kind}, and it is a member's")
            continue
        for who in MEMBERS:
            is_declared, is_in_table = rule.allows(membership_of(who)), bool(route.cell(who))
            if is_declared != is_in_table:
                found.append(f"{route.name}: declared {'open' if is_declared else 'closed'} to {who}, table M differs")
    gone = table_m.MEMBERS.keys() - {route.name for route in members_routes()}
    return found + [f"{name} stands in table M and is no member's route" for name in sorted(gone)]


def who_may(route: Route, need: str) -> str:
    """Return the first column of table M that may read or write there, "" for nobody."""
    return next((who for who in MEMBERS if need in route.cell(who)), "")


def membership_of(who: str) -> Membership:
    """Return a membership as one column of table M has it; not stored."""
    role = who if who in ("reader", "hr", "administrator") else "adviser"
    return Membership(role=role, **{RIGHTS[who]: True} if who in RIGHTS else {})


@dataclass(frozen=True)
class Case:
    """One request of the walk."""

    route: Route
    who: str
    method: str
    kind: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.route.name} ({self.kind}) as {self.who}"


def kinds_for(route: Route, method: str, who: str) -> list[str]:
    """
    Return the kinds of object a route is tried with by somebody: with ids, those of others too.

    Whom the door turns away, and whoever asks with a method that no route serves, is answered before any object is
    looked for; there the own one says as much as all of them. HEAD goes through a view as GET does, which tries them
    all. Next door nobody of ours is a member, whatever her role is here: the door there is tried by ABROAD alone.
    """
    kinds = ["own"]
    if method not in ("get", "post"):
        return kinds
    is_let_in = bool(route.cell(who))
    if is_let_in:
        kinds += _others_objects(route)
        if {"delivery_id", "link_id"} & set(route.takes) and route.cell("reader"):
            kinds.append("draft")
    if who in ABROAD if method == "get" else who == who_may(route, "w"):
        kinds += ["elsewhere", "nowhere"]
    return kinds


def people_for(route: Route, method: str, people: Iterable[str]) -> list[str]:
    """Return who of them asks: with a method that no route serves, one whom the door lets in and one of each other."""
    if method not in UNSERVED:
        return list(people)
    let_in = who_may(route, "r") or who_may(route, "w")
    return [who for who in people if who in {let_in, "reader", "neighbour", ANONYMOUS}]


def _others_objects(route: Route) -> list[str]:
    kinds = ["foreign", "missing"] if route.ids else []
    return [*kinds, "foreign child", "missing child"] if len(route.ids) > 1 else kinds


def cases(
    methods: Iterable[str],
    *,
    people: Iterable[str] = EVERYBODY,
    only: Iterable[str] = (),
    kinds: Iterable[str] = (),
) -> Iterator[Case]:
    """Yield every request of the walk; `only` names routes and `kinds` kinds of object for a slice of it."""
    wanted, of_kind = set(only), set(kinds)
    for route in members_routes():
        if wanted and route.name not in wanted:
            continue
        for method, who in ((each, who) for each in methods for who in people_for(route, each, people)):
            for kind in kinds_for(route, method, who):
                if (kind == "elsewhere" and who in AT_HOME_THERE) or (of_kind and kind not in of_kind):
                    continue
                yield Case(route, who, method, kind)


class Walk:
    """Asks for each case and remembers what is not as table M says."""

    def __init__(self, houses: Houses) -> None:
        self.houses = houses
        self.faults: list[str] = []
        self.n_cases = 0
        self._answers: dict[Case, Answer] = {}

    def take(self, walked: Iterable[Case]) -> Walk:
        """Walk the cases."""
        for case in walked:
            self.n_cases += 1
            answer = self._ask(case)
            wrong = self._wrong(case, answer)
            if wrong:
                self.faults.append(f"{case}: {wrong}")
        self._answers.clear()
        return self

    def _ask(self, case: Case) -> Answer:
        if case not in self._answers:
            address = case.route.address(self.houses, case.kind)
            self._answers[case] = ask(self.houses, case.who, case.method, address)
        return self._answers[case]

    def _wrong(self, case: Case, answer: Answer) -> str:
        """Return what is wrong with an answer, "" for nothing."""
        if SECRET in answer.body:
            return "shows the neighbour's text"
        if answer.status >= 500:
            return f"answers {answer.status}"
        is_refused = self._is_refused(case)
        if is_refused and answer.touched:
            return f"is refused and still writes to {sorted(answer.touched)}"
        wrong = self._wrong_status(case, answer)
        if wrong or case.kind not in TWIN_OF or case.method not in ("get", "post"):
            return wrong
        # P13: what belongs to others answers exactly as what does not exist.
        twin = self._ask(Case(case.route, case.who, case.method, TWIN_OF[case.kind]))
        return answer.unlike(twin)

    def _is_refused(self, case: Case) -> bool:
        return case.kind not in ("own", "draft") or not _may(case)

    def _wrong_status(self, case: Case, answer: Answer) -> str:
        if case.who in NOBODIES:
            return "" if answer.leads_to_login else f"answers {answer.status}, should lead to the login"
        expected = expected_statuses(case)
        if expected is None or answer.status in expected:
            is_lost = expected is None and (answer.status in (404, 405) or answer.leads_to_login)
            return f"answers {answer.status}, though it may" if is_lost else ""
        return f"answers {answer.status}, should be {' or '.join(map(str, sorted(expected)))}"


TWIN_OF = {"foreign": "missing", "foreign child": "missing child", "elsewhere": "nowhere"}


def _may(case: Case) -> bool:
    need = "r" if case.method in ("get", "head") else "w"
    is_hidden = case.kind == "draft" and not Route("post", ()).cell(case.who)
    return need in case.route.cell(case.who) and not is_hidden


def expected_statuses(case: Case) -> set[int] | None:
    """Return the statuses that table M allows for somebody logged in; None is whatever a served POST answers."""
    route, cell, method = case.route, case.route.cell(case.who), case.method
    if case.kind in ("elsewhere", "nowhere"):
        return {404}
    if not cell:
        return {404}
    if method in ("put", "patch", "delete", "options"):
        return {405}
    if method == "post" and "w" not in route.serves:
        return {405}
    if method == "post" and "w" not in cell:
        return {404}
    if method in ("get", "head") and "r" not in cell:
        return {405}
    if case.kind.startswith(("foreign", "missing")):
        is_child = "child" in case.kind
        return {table_m.MISSING[route.name]} if is_child and route.name in table_m.MISSING else {404}
    if case.kind == "draft" and not _may(case):
        return {404}
    return table_m.OPENS_WITH.get(route.name, {200}) if method in ("get", "head") else None
