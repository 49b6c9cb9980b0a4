"""Which part of the log a page shows, read from its address."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.acts import Act
from audit.queries import Selection
from foundation import clock
from foundation.forms import Form
from kanalkompass.audited import column_of
from kanalkompass.logbook.things import Thing, by_slug, things
from recruitment.forms import NorwegianDateField

SYSTEM = "systemet"
UNKNOWN_CHOICE = gettext_lazy("Choose one of the choices in the list.")
LAST_NUMBER = 2**63 - 1
# No event lies outside these years, and what lies far outside has no midnight that a computer can hold.
FIRST_YEAR, LAST_YEAR = 2010, 2199


class LogForm(Form):
    """The log's filters. Days are Norwegian; `eldre_enn` is where a page of older events begins."""

    fra = NorwegianDateField(label=gettext_lazy("From and including"), required=False)
    til = NorwegianDateField(label=gettext_lazy("To and including"), required=False)
    hvem = forms.ChoiceField(
        label=gettext_lazy("Who"), required=False, error_messages={"invalid_choice": UNKNOWN_CHOICE}
    )
    handling = forms.ChoiceField(
        label=gettext_lazy("What was done"), required=False, error_messages={"invalid_choice": UNKNOWN_CHOICE}
    )
    gjelder = forms.ChoiceField(
        label=gettext_lazy("Concerning"), required=False, error_messages={"invalid_choice": UNKNOWN_CHOICE}
    )
    eldre_enn = forms.IntegerField(required=False, min_value=1, max_value=LAST_NUMBER, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, people: list[tuple[str, str]], **kwargs: Any) -> None:
        """
        Read the address.

        :param people: (pseudonym, name) of those one may choose among; nobody where only one's own acts are shown
        """
        given = {name: data.get(name, "") for name in ("fra", "til", "hvem", "handling", "gjelder", "eldre_enn")}
        super().__init__(given, auto_id="f_%s", **kwargs)
        everyone = [("", _("Everyone")), (SYSTEM, _("The system")), *people]
        self.fields["hvem"].choices = everyone if people else [("", _("Everyone"))]  # type: ignore[attr-defined]
        kinds = sorted((capfirst(str(each.model._meta.verbose_name)), each.slug) for each in things())
        self.fields["gjelder"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            *((slug, label) for label, slug in kinds),
        ]
        self.fields["handling"].choices = [("", _("Everything")), *Act.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a period that ends after it begins."""
        data = super().clean() or {}
        first, last = data.get("fra"), data.get("til")
        if first and last and first > last:
            self.add_error("til", _("The period ends before it begins."))
        for name, day in (("fra", first), ("til", last)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("The period is outside what is kept. Check the years."))
        return data

    def selection(self, *, actor: str | None) -> Selection:
        """Return the checked filters; `actor` is the pseudonym of who may see her own acts alone, None for all."""
        data = self.cleaned_data
        chosen = {"": None, SYSTEM: ""}.get(data["hvem"], data["hvem"])
        thing = by_slug(data["gjelder"])
        return Selection(
            since=_midnight(data["fra"]) if data["fra"] else None,
            until=_midnight(data["til"] + timedelta(days=1)) if data["til"] else None,
            actor=chosen if actor is None else actor,
            act=data["handling"] or None,
            rows=[(thing.table, None)] if thing else [],
        )

    def query(self) -> str:
        """Return the address's question part for this selection, without its page."""
        query = QueryDict(mutable=True)
        for name in ("fra", "til", "hvem", "handling", "gjelder"):
            if value := self.cleaned_data[name]:
                query[name] = value if isinstance(value, str) else value.isoformat()
        return query.urlencode()


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.OSLO).astimezone(UTC)


def history_of(thing: Thing, row: Model | None, pk: int, *, actor: str | None) -> Selection:
    """Return the selection of one object's events, with those of what belongs to it."""
    rows: list[tuple[str, list[int] | None]] = [(thing.table, [pk])]
    pointing = []
    by_label = {each.label: each for each in things()}
    for label, field in thing.parts:
        part = by_label[label]
        column = column_of(part.model, field)
        pointing.append((part.table, column, pk))
        if row is not None:
            own = list(part.model._default_manager.filter(**{field: pk}).values_list("pk", flat=True))
            rows.append((part.table, own))
    return Selection(actor=actor, rows=rows, pointing=pointing)
