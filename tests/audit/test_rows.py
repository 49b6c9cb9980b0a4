"""Changes of rows write themselves in the log, however they are made (P16)."""

from django.db import connection, transaction

from audit.models import AuditEvent, Person
from foundation.acting import acting_as
from foundation.tenancy import tenant
from recruitment.models import Membership, Source, Workplace


def events_of(town, table: str) -> list[AuditEvent]:
    """Do what a commit does, and return the table's events, oldest first."""
    connection.check_constraints()
    with tenant(town.pk):
        return list(AuditEvent.objects.filter(table_name=table).order_by("sequence"))


class TestP16AChange:
    def test_is_seen_when_saved_with_what_was_before_and_after(self, lyngvaer):
        with acting_as(lyngvaer.hr.pk), tenant(lyngvaer.pk):
            workplace = Workplace.objects.get()
            workplace.name = "Nye Solbakken"
            workplace.save()

        event = events_of(lyngvaer, "recruitment_workplace")[-1]
        assert (event.act, event.object_id) == ("changed", workplace.pk)
        assert (event.before, event.after) == ({"name": "Solbakken omsorgssenter"}, {"name": "Nye Solbakken"})
        assert event.actor.startswith("P-")

    def test_is_seen_when_made_by_an_update_of_many(self, lyngvaer):
        n_sources = len(events_of(lyngvaer, "recruitment_source"))

        with tenant(lyngvaer.pk):
            n_changed = Source.objects.filter(is_active=True).update(is_active=False)

        changed = events_of(lyngvaer, "recruitment_source")[n_sources:]
        assert [event.after for event in changed] == [{"is_active": False}] * n_changed

    def test_is_seen_when_made_in_bulk(self, lyngvaer):
        with tenant(lyngvaer.pk):
            Workplace.objects.bulk_create([Workplace(name=f"Skole {n}") for n in range(3)])

        added = [event.after["name"] for event in events_of(lyngvaer, "recruitment_workplace")]
        assert added[-3:] == ["Skole 0", "Skole 1", "Skole 2"]

    def test_is_seen_when_made_in_plain_sql(self, lyngvaer):
        with tenant(lyngvaer.pk), connection.cursor() as cursor:
            cursor.execute("UPDATE recruitment_workplace SET name = 'Bakdør'")
            cursor.execute("DELETE FROM recruitment_workplace")

        acts = [(event.act, (event.before or {}).get("name")) for event in events_of(lyngvaer, "recruitment_workplace")]
        assert acts[-2:] == [("changed", "Solbakken omsorgssenter"), ("deleted", "Bakdør")]

    def test_of_rights_names_the_person_by_pseudonym_alone(self, lyngvaer):
        with acting_as(lyngvaer.administrator.pk), tenant(lyngvaer.pk):
            Membership.objects.filter(user=lyngvaer.novice, municipality_id=lyngvaer.pk).update(may_publish=True)

        added, changed = (
            events_of(lyngvaer, "recruitment_membership")[3],
            events_of(lyngvaer, "recruitment_membership")[-1],
        )
        with tenant(lyngvaer.pk):
            novice = Person.objects.get(user_id=lyngvaer.novice.pk).pseudonym
        assert (changed.before, changed.after) == ({"may_publish": False}, {"may_publish": True})
        assert added.after["user_id"] == novice

    def test_that_changes_nothing_is_no_event(self, lyngvaer):
        n_before = len(events_of(lyngvaer, "recruitment_workplace"))

        with tenant(lyngvaer.pk):
            Workplace.objects.get().save()

        assert len(events_of(lyngvaer, "recruitment_workplace")) == n_before

    def test_that_is_rolled_back_is_no_event(self, lyngvaer):
        n_before = len(events_of(lyngvaer, "recruitment_workplace"))

        with tenant(lyngvaer.pk), transaction.atomic():
            Workplace.objects.create(name="Blir ikke noe av")
            transaction.set_rollback(True)

        assert len(events_of(lyngvaer, "recruitment_workplace")) == n_before
