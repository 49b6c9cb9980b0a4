"""Acts that change no row."""

import pytest
from django.db import connection

from audit import record
from audit.acts import Act
from audit.models import AuditEvent, Person
from foundation.acting import acting_as
from foundation.tenancy import NoTenant, tenant


def chained() -> None:
    """Do what a commit does, inside a test's transaction."""
    connection.check_constraints()


class TestRecord:
    def test_names_who_acts_by_pseudonym_and_says_why(self, lyngvaer):
        with acting_as(lyngvaer.hr.pk, reason="Klagesak"), tenant(lyngvaer.pk):
            record(Act.ANSWERS_READ, detail={"answers": 3})
        chained()

        with tenant(lyngvaer.pk):
            event = AuditEvent.objects.get(act=Act.ANSWERS_READ)
            person = Person.objects.get(user_id=lyngvaer.hr.pk)
        assert (event.actor, event.reason, event.detail) == (person.pseudonym, "Klagesak", {"answers": 3})

    def test_names_the_system_when_nobody_acts(self, lyngvaer):
        with tenant(lyngvaer.pk):
            record(Act.EXPORTED)
        chained()

        with tenant(lyngvaer.pk):
            assert AuditEvent.objects.get(act=Act.EXPORTED).actor == ""

    def test_is_refused_outside_a_municipality(self, db):
        with pytest.raises(NoTenant):
            record(Act.EXPORTED)
