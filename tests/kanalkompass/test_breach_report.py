"""`manage.py breach_report`: what a user or a token touched, for the notice within 72 hours (P16)."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from channels.models import Connection
from foundation.acting import acting_as
from foundation.tenancy import tenant
from recruitment.models import Membership, Workplace
from tests.channels import deliveries


def report(*arguments: str) -> list[dict[str, Any]]:
    """Do what a commit does to the log, and return the report."""
    connection.check_constraints()
    out = StringIO()
    call_command("breach_report", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


class TestOfAUser:
    def test_p16_tells_every_municipality_with_what_she_did_and_what_lay_within_reach(self, lyngvaer, storvika):
        with tenant(storvika.pk):
            Membership.objects.create(municipality=storvika.municipality, user=lyngvaer.hr, role="reader")
        with acting_as(lyngvaer.hr.pk), tenant(lyngvaer.pk):
            Workplace.objects.create(name="Legevakta")
            Workplace.objects.create(name="Skolen")
            Workplace.objects.filter(name="Skolen").update(name="Lyngvær skole")

        here, there = report("--user", lyngvaer.hr.email.upper())

        assert (here["number"], here["n_events"], here["acts"]) == ("9901", 3, {"added": 2, "changed": 1})
        assert here["objects"] == {"recruitment_workplace": 2}
        assert here["first_at"] <= here["last_at"]
        assert here["within_reach"][0] == "role hr"
        assert "every single survey answer" in here["within_reach"][1]
        assert (there["number"], there["n_events"], there["within_reach"]) == ("9902", 0, ["role reader"])

    def test_p16_still_tells_what_somebody_did_whose_role_is_gone(self, lyngvaer):
        with acting_as(lyngvaer.hr.pk), tenant(lyngvaer.pk):
            Workplace.objects.create(name="Legevakta")
        connection.check_constraints()
        with tenant(lyngvaer.pk):
            Membership.objects.filter(user=lyngvaer.hr, municipality_id=lyngvaer.pk).delete()

        (here,) = report("--user", lyngvaer.hr.email)

        assert here["n_events"] == 1
        assert here["within_reach"][0].startswith("no role now")

    def test_leaves_out_what_others_did_and_what_was_done_at_other_times(self, lyngvaer):
        with acting_as(lyngvaer.adviser.pk), tenant(lyngvaer.pk):
            Workplace.objects.create(name="Legevakta")

        assert report("--user", lyngvaer.hr.email)[0]["n_events"] == 0
        assert report("--user", lyngvaer.adviser.email, "--since", "2999-01-01")[0]["n_events"] == 0
        assert report("--user", lyngvaer.adviser.email, "--until", "2001-01-01T10:00")[0]["n_events"] == 0

    def test_is_read_by_people_too(self, lyngvaer, capsys):
        call_command("breach_report", "--user", lyngvaer.hr.email)

        said = capsys.readouterr().out
        assert "9901 Lyngvær kommune" in said
        assert "within 72 hours" in said

    @pytest.mark.parametrize("arguments", [("--user", "ingen@lyngvaer.example"), ("--user", "x", "--since", "i går")])
    def test_says_what_it_does_not_understand(self, lyngvaer, arguments):
        with pytest.raises(CommandError, match=r"Nobody|no time"):
            report(*arguments)


class TestOfAToken:
    def test_p16_tells_whose_access_it_is_and_what_was_sent_with_it(self, lyngvaer, storvika, linkedin_sandbox):
        deliveries.connect(lyngvaer, linkedin_sandbox)
        with tenant(lyngvaer.pk):
            access = Connection.objects.defer("access_token", "refresh_token").get()

        (here,) = report("--token", access.fingerprint)

        assert here["number"] == "9901"
        assert f"scopes {access.scopes}" in here["within_reach"]
        assert "0 posts sent through this account" in here["within_reach"]

    def test_p17_finds_nothing_for_a_fingerprint_that_nobody_has(self, lyngvaer):
        assert report("--token", "zzzzzz") == []
