"""What the log holds of publishing: who decided, each change of state, no lease and no token (P16, P17)."""

from django.db import connection

from audit.models import AuditEvent, Person
from audit.verifying import verify
from channels.actions.access import access_for
from channels.models import Connection
from foundation import clock
from foundation.acting import acting_as
from foundation.tenancy import tenant
from tests.channels import deliveries


def events_of(town, table: str) -> list[AuditEvent]:
    connection.check_constraints()
    with tenant(town.pk):
        return list(AuditEvent.objects.filter(table_name=table).order_by("sequence"))


class TestP16ADelivery:
    def test_stands_in_the_log_with_each_state_and_who_brought_it_there(self, lyngvaer, linkedin_sandbox):
        press = deliveries.connect(lyngvaer, linkedin_sandbox)
        with acting_as(lyngvaer.adviser.pk):
            delivery = press.due()
        press.publish(delivery)

        events = events_of(lyngvaer, "channels_delivery")
        with tenant(lyngvaer.pk):
            adviser = Person.objects.get(user_id=lyngvaer.adviser.pk).pseudonym
        assert [(event.actor, event.after["state"]) for event in events if "state" in event.after] == [
            (adviser, "draft"),
            (adviser, "scheduled"),
            ("", "sending"),
            ("", "published"),
        ]
        assert not any({"fence", "lease_until", "next_at"} & event.after.keys() for event in events)
        assert verify(municipality_id=lyngvaer.pk).break_at is None

    def test_leaves_no_event_when_only_a_lease_moves(self, lyngvaer, linkedin_sandbox):
        press = deliveries.connect(lyngvaer, linkedin_sandbox)
        delivery = press.due()
        n_before = len(events_of(lyngvaer, "channels_delivery"))

        press.set(delivery, lease_until=clock.now(), fence=7, next_at=clock.now())

        assert len(events_of(lyngvaer, "channels_delivery")) == n_before


class TestP17AToken:
    def test_is_never_in_the_log_open_or_sealed(self, lyngvaer, linkedin_sandbox):
        press = deliveries.connect(lyngvaer, linkedin_sandbox)
        with tenant(lyngvaer.pk):
            Connection.objects.update(scopes="other")
            with connection.cursor() as cursor:
                cursor.execute("SELECT access_token FROM channels_connection")
                sealed = cursor.fetchone()[0]
        access_for(press.account, now=clock.now())
        connection.check_constraints()

        with tenant(lyngvaer.pk), connection.cursor() as cursor:
            cursor.execute(
                "SELECT string_agg(e::text, ' ') FROM audit_auditevent e WHERE municipality_id = %s", [lyngvaer.pk]
            )
            everything = cursor.fetchone()[0]
        assert "channels_connection" in everything
        assert linkedin_sandbox.token not in everything
        assert str(sealed) not in everything
