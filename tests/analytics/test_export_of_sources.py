"""What leaves the house with the comparison of sources."""

from __future__ import annotations

from django.test import Client

from analytics.actions.costs import register_cost
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Membership, Source
from tests.analytics.answering import opened, send
from tests.analytics.vacancies import code_of, make_job

WORDS = "Naboen min Turid sa det"


def test_r18_the_file_of_sources_names_nobody(lyngvaer, client_of):
    job = make_job(lyngvaer, reference="ST-2026-0900")
    assert send(code_of(lyngvaer, job), opened(code_of(lyngvaer, job)) | {"own_words": WORDS}).status_code == 200
    with tenant(lyngvaer.pk):
        register_cost(
            job=job, source=Source.objects.get(slug="linkedin"), day=clock.today(), amount_ore=100, minutes=None,
            note=WORDS, user=lyngvaer.hr, now=clock.now(),
        )  # fmt: skip

    for role in ("reader", "hr", "adviser", "administrator"):
        browser: Client = client_of(lyngvaer.people[role])
        text = browser.get("/9901/kilder/kilder.csv").content.decode("utf-8-sig")

        assert "LinkedIn" in text
        with tenant(lyngvaer.pk):
            people = [each.user for each in Membership.objects.filter(municipality_id=lyngvaer.pk)]
        for secret in [WORDS, "Turid", *(person.email for person in people), *(person.full_name for person in people)]:
            assert secret not in text
