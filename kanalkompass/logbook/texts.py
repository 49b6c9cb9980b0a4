"""Events in words: who did what to which object, and what was there before and after. No codes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import DateField, DateTimeField, Field, Model
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.acts import ROW_ACTS, Act
from audit.models import AuditEvent, Person
from foundation import formats
from kanalkompass.audited import AUDITED
from kanalkompass.logbook.labels import LABELS, NOTES, WORDS
from kanalkompass.logbook.things import Thing, by_table, rows_of
from recruitment.doors import HR
from recruitment.models import Membership, User

LONGEST_VALUE = 300
NAMING = ("title", "name", "name_nb", "label", "note", "phrase", "alt_text")
ROW_SENTENCES = {
    Act.ADDED: gettext_lazy("Added %(kind)s %(name)s"),
    Act.CHANGED: gettext_lazy("Changed %(kind)s %(name)s"),
    Act.DELETED: gettext_lazy("Deleted %(kind)s %(name)s"),
}


@dataclass(frozen=True)
class Change:
    """One field: its name, what was there and what is there; "" on the side that an addition or deletion lacks."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One event as it is read. `at` is UTC; `url` leads to the object's page, "" when it has none or is gone."""

    number: int
    at: datetime
    who: str
    pseudonym: str
    what: str
    url: str
    changes: list[Change]
    notes: list[str]
    reason: str


@dataclass(frozen=True)
class Known:
    """What the events point to, fetched together: objects by model and id, names by pseudonym and by user."""

    rows: dict[type[Model], dict[int, Model]]
    names: dict[str, str]
    pseudonyms: dict[int, str]

    def person(self, pseudonym: str) -> str:
        """Return the name behind a pseudonym; the system, or a person without a name."""
        if not pseudonym:
            return _("The system")
        return self.names.get(pseudonym) or _("Person %(pseudonym)s") % {"pseudonym": pseudonym}


def lines(events: list[AuditEvent], *, membership: Membership) -> list[Line]:
    """Return the events in words, for this member. At most one query for each kind of object they point to."""
    things = by_table()
    known = _known(events, things)
    number = membership.municipality.number
    return [_line(event, things.get(event.table_name), known, number, membership) for event in events]


def people() -> list[tuple[str, str]]:
    """Return (pseudonym, name) of everybody whom the entered municipality's log names, by name."""
    pseudonyms = list(Person.objects.values_list("pseudonym", flat=True))
    known = Known({}, _names(set(pseudonyms)), {})
    return sorted(((each, known.person(each)) for each in pseudonyms), key=lambda pair: pair[1].lower())


def label_of(field: Field) -> str:
    """Return what a field is called on the screen."""
    own = LABELS.get(field.name)
    return str(own if own is not None else field.verbose_name)


def has_label(field: Field) -> bool:
    """Whether somebody has given the field a name for the screen."""
    return field.name in LABELS or isinstance(field.verbose_name, Promise)


def _known(events: list[AuditEvent], things: dict[str, Thing]) -> Known:
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    pseudonyms = {event.actor for event in events}
    for event in events:
        pseudonyms.add((event.detail or {}).get("person", ""))
        thing = things.get(event.table_name)
        if thing is None:
            continue
        if event.object_id is not None:
            wanted[thing.model].add(event.object_id)
        for column, value in [*(event.before or {}).items(), *(event.after or {}).items()]:
            model = _points_to(thing.model, column)
            if model is User and isinstance(value, str):
                pseudonyms.add(value)
            elif model is not None and isinstance(value, int):
                wanted[model].add(value)
    selects = {thing.model: thing.select for thing in things.values()}
    rows = {
        model: rows_of(model).select_related(*selects.get(model, ())).in_bulk(list(ids))
        if selects.get(model)
        else rows_of(model).in_bulk(list(ids))
        for model, ids in wanted.items()
    }
    members = {row.user_id for row in rows.get(Membership, {}).values()}
    of_members = dict(Person.objects.filter(user_id__in=members).values_list("user_id", "pseudonym")) if members else {}
    return Known(rows, _names(pseudonyms | set(of_members.values())), of_members)


def _names(pseudonyms: set[str]) -> dict[str, str]:
    users = dict(
        Person.objects.filter(pseudonym__in=pseudonyms, user_id__isnull=False).values_list("pseudonym", "user_id")
    )
    names = dict(User.objects.filter(pk__in=users.values()).values_list("pk", "full_name"))
    return {pseudonym: names[pk] for pseudonym, pk in users.items() if names.get(pk)}


def _points_to(model: type[Model], column: str) -> type[Model] | None:
    field = _field(model, column)
    return field.related_model if field is not None and field.is_relation else None


def _field(model: type[Model], column: str) -> Field | None:
    return next((field for field in model._meta.concrete_fields if field.column == column), None)


def _line(event: AuditEvent, thing: Thing | None, known: Known, number: str, membership: Membership) -> Line:
    row = known.rows.get(thing.model, {}).get(event.object_id) if thing and event.object_id is not None else None
    return Line(
        number=event.sequence,
        at=event.at,
        who=known.person(event.actor),
        pseudonym=event.actor,
        what=_sentence(event, thing, row, known),
        url=thing.url(number=number, pk=event.object_id) if thing and row and event.object_id else "",
        changes=_changes(event, thing, known, membership) if thing else [],
        notes=_notes(event, known),
        reason=event.reason,
    )


def _sentence(event: AuditEvent, thing: Thing | None, row: Model | None, known: Known) -> str:
    name = _name(event, thing, row, known) if thing else ""
    quoted = f"«{name}»" if name else ""
    kind = str(thing.model._meta.verbose_name) if thing else ""
    if event.act in ROW_ACTS:
        return (ROW_SENTENCES[Act(event.act)] % {"kind": kind, "name": quoted}).strip()
    act = Act(event.act).label if event.act in Act.values else _("Another act")
    about = f"{kind} {quoted}".strip()
    # What one does with one's own login is about nobody else.
    is_about_oneself = isinstance(row, Membership) and bool(event.actor)
    return f"{act}: {about}" if about and not is_about_oneself else str(act)


def _name(event: AuditEvent, thing: Thing, row: Model | None, known: Known) -> str:
    if isinstance(row, Membership):
        return known.person(known.pseudonyms[row.user_id]) if row.user_id in known.pseudonyms else _("a person")
    if row is not None:
        return thing.name(row)
    values = {**(event.before or {}), **(event.after or {})}
    return next((values[column] for column in NAMING if isinstance(values.get(column), str)), "")


def _changes(event: AuditEvent, thing: Thing, known: Known, membership: Membership) -> list[Change]:
    was, is_now = event.before or {}, event.after or {}
    hr_only = () if membership.role in HR else AUDITED[thing.label].hr_only
    changes = []
    # In the order of the model, which is the order of its form.
    for field in thing.model._meta.concrete_fields:
        column = field.column
        if column not in was and column not in is_now:
            continue
        if field.name in hr_only:
            changes.append(Change(capfirst(label_of(field)), "", _("shown to HR only")))
            continue
        before = _words(field, was[column], known) if column in was else ""
        after = _words(field, is_now[column], known) if column in is_now else ""
        is_empty_addition = not was and is_now[column] in ("", [], None)
        if not is_empty_addition:
            changes.append(Change(capfirst(label_of(field)), before, after))
    return changes


def _words(field: Field, value: Any, known: Known) -> str:
    if value is None or value in ("", []):
        return _("empty")
    if value == {"withheld": True}:
        return _("not shown")
    if field.is_relation:
        return _pointed_to(field, value, known)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, _("no longer a choice")))
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if field.name.endswith("_ore"):
        return f"kr {formats.kroner(value)}"
    if field.name == "minutes":
        return formats.hours(value)
    return Truncator(_moment_or_text(field, value)).chars(LONGEST_VALUE)


def _moment_or_text(field: Field, value: Any) -> str:
    if isinstance(field, DateTimeField):
        return formats.moment(parse_datetime(value))
    if isinstance(field, DateField):
        day: date | None = parse_date(value)
        return formats.day(day)
    return str(value)


def _pointed_to(field: Field, value: Any, known: Known) -> str:
    model: Any = field.related_model
    if model is User:
        return known.person(value) if isinstance(value, str) else _("a person")
    row = known.rows.get(model, {}).get(value)
    thing = by_table().get(model._meta.db_table)
    return _("deleted since") if row is None else (thing.name(row) if thing else str(row))


def _notes(event: AuditEvent, known: Known) -> list[str]:
    """Return what the detail tells in words; what nobody has given words stays in the database."""
    notes = []
    for key, value in (event.detail or {}).items():
        if key == "person":
            notes.append(known.person(value))
        elif key == "table" and value in by_table():
            notes.append(str(apps.get_model(by_table()[value].label)._meta.verbose_name))
        elif key in NOTES:
            notes.append(f"{NOTES[key]}: {WORDS.get(value, value) if isinstance(value, str) else value}")
    return notes
