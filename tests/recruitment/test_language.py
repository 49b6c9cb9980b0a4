"""The language of pages outside every municipality: a person's own, else that of where she works."""

import pytest
from django.test import Client

from tests.fixtures import Town, make_town


@pytest.mark.django_db
class TestTheAccountPages:
    def test_speak_as_the_municipality_does_until_she_chooses_and_bokmaal_where_she_works_in_two(
        self, lyngvaer: Town
    ) -> None:
        from foundation.tenancy import tenant
        from recruitment.models import Membership

        town = make_town("9912", "Sjøvik kommune", "nn")
        client = Client()
        client.force_login(town.hr)

        def spoken() -> str:
            return client.get("/konto/mine-opplysninger/").headers["Content-Language"]

        assert spoken() == "nn"
        town.hr.language = "nb"
        town.hr.save()
        assert spoken() == "nb"
        town.hr.language = ""
        town.hr.save()
        with tenant(lyngvaer.pk):
            Membership.objects.create(municipality=lyngvaer.municipality, user=town.hr, role="reader")
        assert spoken() == "nb"
