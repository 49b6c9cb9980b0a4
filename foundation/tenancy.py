"""
One installation, many municipalities: the two walls between them.

First wall: every model manager filters by the municipality entered with `tenant()`. Second wall: PostgreSQL row-level
security on the same setting. Both are strict: without a municipality a query is an error, never an empty answer that
looks true.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models, transaction
from django.db.models.constraints import BaseConstraint
from django.utils.translation import gettext_lazy as _

from foundation import acting

SETTING = "kk.municipality"
USER_SETTING = "kk.user"

_current: ContextVar[int | None] = ContextVar("municipality_id", default=None)


class NoTenant(RuntimeError):
    """A tenant's rows were asked for outside `tenant()`."""


def current_municipality_id() -> int:
    """
    Return the id of the municipality entered with `tenant()`.

    :raises NoTenant: no municipality is entered
    """
    municipality_id = _current.get()
    if municipality_id is None:
        raise NoTenant("Tenant rows were asked for outside tenant()")
    return municipality_id


def municipality_of_new_row() -> int | None:
    """Return the entered municipality for a new row; with none entered the database refuses the row."""
    return _current.get()


@contextmanager
def tenant(municipality_id: int | None) -> Iterator[None]:
    """
    Enter one municipality: a transaction in which both walls are set to it, and the audit log is told who acts.

    The database setting is local to the transaction. It is put back on the way out, because inside an outer
    transaction (a test case, a nested call) a local setting outlives its savepoint.

    :raises NoTenant: the municipality has no id yet
    """
    if municipality_id is None:
        raise NoTenant("A municipality that is not stored cannot be entered")
    token = _current.set(municipality_id)
    try:
        with transaction.atomic():
            before = acting.exchange({SETTING: str(municipality_id)} | acting.settings_of_actor())
            yield
            acting.exchange(before)
    finally:
        _current.reset(token)


@contextmanager
def as_if_entered(municipality_id: int) -> Iterator[None]:
    """Let queries be written, not asked: the database is not told, and its wall lets nothing through."""
    token = _current.set(municipality_id)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def acting_user(user_id: int | None) -> Iterator[None]:
    """Open a transaction in which the user's own memberships can be read, before a municipality is chosen."""
    with transaction.atomic():
        before = acting.exchange({USER_SETTING: str(user_id)})
        yield
        acting.exchange(before)


class TenantQuerySet(models.QuerySet):
    """A queryset of one municipality's rows."""


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Start every query from the municipality that is entered."""

    def get_queryset(self) -> models.QuerySet:
        """
        Return the entered municipality's rows.

        :raises NoTenant: no municipality is entered
        """
        return super().get_queryset().filter(municipality_id=current_municipality_id())


class TenantModel(models.Model):
    """A row that belongs to one municipality. Put `*tenant_wall("name", ...)` in `Meta.constraints`."""

    municipality = models.ForeignKey(
        "recruitment.Municipality",
        models.PROTECT,
        verbose_name=_("municipality"),
        related_name="+",
        default=municipality_of_new_row,
        editable=False,
    )

    municipality_id: int

    objects = TenantManager()

    class Meta:
        abstract = True


class SameTenant(BaseConstraint):
    """A composite foreign key: the row that `field` points to belongs to the same municipality."""

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """
        Add the foreign key over (municipality_id, <field>_id) at the end, when every table and key exists.

        Returns a statement that does nothing: Django runs what it gets, for some tables without asking if it is one.
        """
        field = model._meta.get_field(self.field)
        quote = schema_editor.quote_name
        schema_editor.deferred_sql.append(
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (municipality_id, {quote(field.column)}) "
            f"REFERENCES {quote(field.related_model._meta.db_table)} (municipality_id, id) "
            "DEFERRABLE INITIALLY DEFERRED"
        )
        return "SELECT NULL"

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Add the foreign key together with a new table."""
        self.create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the statement that drops the foreign key."""
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to the database: a form cannot see another municipality's rows to begin with."""

    def deconstruct(self) -> tuple[str, tuple, dict[str, Any]]:
        """Return the path and arguments for the migration file."""
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), {**kwargs, "field": self.field}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameTenant) and (self.name, self.field) == (other.name, other.field)

    __hash__ = BaseConstraint.__hash__


class TenantPolicy(BaseConstraint):
    """Row-level security on municipality_id, forced on the owner too."""

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the statements that switch the wall on."""
        return policy_sql(model._meta.db_table)

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Switch the wall on after the table exists."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the statement that drops the policy; the table stays closed until a new one is made."""
        return f'DROP POLICY tenant ON "{model._meta.db_table}"'

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to the database."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TenantPolicy) and self.name == other.name

    __hash__ = BaseConstraint.__hash__


class MembershipPolicy(TenantPolicy):
    """Memberships are seen by their own user (to choose a municipality) and within the entered municipality."""

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the statements that switch the wall on."""
        own = f"user_id::text = current_setting('{USER_SETTING}', true)"
        within = f"municipality_id::text = current_setting('{SETTING}', true)"
        return policy_sql(model._meta.db_table, f"{own} OR {within}")


def policy_sql(table: str, condition: str = "") -> str:
    """
    Return SQL that closes `table` to all but the entered municipality's rows.

    No nullif and no default: an unset municipality is an error, not an empty answer that looks true. After every
    migration the wall is forced on the owner too (`force_walls`).
    """
    condition = condition or f"municipality_id = current_setting('{SETTING}')::bigint"
    return f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY; CREATE POLICY tenant ON "{table}" USING ({condition})'


def force_walls(cursor: Any, *, is_up: bool) -> None:
    """
    Force every tenant policy on the tables' owner too, or lift that while migrating.

    A new foreign key is checked by a query of the owner, which must see every row. The runtime login owns nothing, so
    the wall stands before it all the time.
    """
    cursor.execute("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'tenant' ORDER BY 1")
    for (table,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} {'' if is_up else 'NO '}FORCE ROW LEVEL SECURITY")


def tenant_wall(name: str, *fields: str) -> list[BaseConstraint]:
    """Return the constraints of a tenant's table: key, policy, and a composite foreign key for each of `fields`."""
    return [
        models.UniqueConstraint(fields=["municipality", "id"], name=f"{name}_tenant_key"),
        TenantPolicy(name=f"{name}_tenant_policy"),
        *[SameTenant(field=field, name=f"{name}_{field}_same_tenant") for field in fields],
    ]
