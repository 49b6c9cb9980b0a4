"""
Sealing everything anew under the newest key (P17), in batches that each commit: it may be killed and run again.

Sealed columns are found by their field class, so that a new one cannot be forgotten; allauth keeps its one-time secrets
inside a JSON column, which is named here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast

from foundation import sealed
from foundation.tenancy import TenantModel, tenant
from recruitment.models import Municipality

JSON_COLUMNS = [(Authenticator, "data")]
Scope = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Place:
    """A column with sealed text; `is_json` when the texts stand somewhere inside a JSON value."""

    model: type[models.Model]
    column: str
    is_json: bool = False

    @property
    def name(self) -> str:
        """The table and column, as they are called in the database."""
        return f"{self.model._meta.db_table}.{self.column}"

    def rows(self) -> QuerySet[Any]:
        """Return the rows that hold something, with what is stored, unopened, as `raw`."""
        rows = self.model._default_manager.all()
        if self.is_json:
            return rows.annotate(raw=models.F(self.column))
        return rows.annotate(raw=Cast(self.column, TextField())).exclude(raw=None).exclude(raw="")

    def texts(self, raw: Any) -> list[str]:
        """Return the sealed texts in a stored value."""
        return list(_sealed_in(raw)) if self.is_json else [raw]


@dataclass
class Standing:
    """How many sealed texts stand under which key id, by place."""

    by_place: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def n_left(self) -> int:
        """How many are not under the newest key."""
        newest = sealed.newest_key_id()
        return sum(count for each in self.by_place.values() for key, count in each.items() if key != newest)

    @property
    def lost_keys(self) -> set[str]:
        """The ids of keys that something is sealed with, and that we do not have."""
        known = {sealed.key_id(key) for key in settings.CHANNEL_TOKEN_KEYS} | {sealed.WITHOUT_ID}
        return {key for each in self.by_place.values() for key in each} - known


def places() -> list[Place]:
    """Return every column that holds sealed text."""
    found = [
        Place(model, column.attname)
        for model in apps.get_models()
        for column in model._meta.local_concrete_fields
        if isinstance(column, sealed.SealedText)
    ]
    return found + [Place(model, column, is_json=True) for model, column in JSON_COLUMNS]


def standing() -> Standing:
    """Return how many texts stand under which key, in all municipalities. Changes nothing and opens nothing."""
    found = Standing()
    for place in places():
        counter = found.by_place.setdefault(place.name, Counter())
        for enter in _scopes(place):
            with enter():
                for raw in place.rows().values_list("raw", flat=True).iterator(chunk_size=500):
                    counter.update(sealed.sealed_under(text) for text in place.texts(raw))
    return found


def rotate(*, batch: int) -> Iterator[int]:
    """
    Seal anew what is not under the newest key, and yield how many rows each committed batch changed.

    A row that none of our keys opens stays as it is. Rows are locked while they are sealed anew, so that a token that
    is renewed at the same moment is not overwritten.
    """
    for place in places():
        for enter in _scopes(place):
            last: Any = 0
            while last is not None:
                with enter():
                    last, n_changed = _rotate_batch(place, after=last, size=batch)
                if n_changed:
                    yield n_changed


def _scopes(place: Place) -> list[Scope]:
    """Return what has to be entered to see all of a table: each municipality in turn, or just a transaction."""
    if issubclass(place.model, TenantModel):
        every = Municipality.objects.order_by("pk").values_list("pk", flat=True)
        return [partial(tenant, municipality_id) for municipality_id in every]
    return [transaction.atomic]


def _rotate_batch(place: Place, *, after: Any, size: int) -> tuple[Any, int]:
    """Return the key of the last row looked at, None at the end, and how many rows were changed."""
    rows = place.rows().filter(pk__gt=after).order_by("pk")
    if not place.is_json:
        rows = rows.exclude(raw__startswith=f"{sealed.newest_key_id()}.")
    locked = list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", "raw")[:size])
    n_changed = 0
    for key, raw in locked:
        fresh = _fresh(raw)
        if fresh != raw:
            value = fresh if place.is_json else Value(fresh, output_field=TextField())
            n_changed += place.model._default_manager.filter(pk=key).update(**{place.column: value})
    return (locked[-1][0] if len(locked) == size else None), n_changed


def _fresh(value: Any) -> Any:
    """Return a stored value with its sealed texts under the newest key; what cannot be opened stays as it is."""
    if isinstance(value, dict):
        return {name: _fresh(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_fresh(each) for each in value]
    is_old = isinstance(value, str) and sealed.is_sealed(value) and sealed.sealed_under(value) != sealed.newest_key_id()
    if not is_old:
        return value
    try:
        return sealed.seal(sealed.unseal(value))
    except InvalidToken:
        return value


def _sealed_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _sealed_in(each)
    elif isinstance(value, str) and sealed.is_sealed(value):
        yield value
