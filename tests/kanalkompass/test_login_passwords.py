"""Which passwords are taken (ASVS 5, 6.2): long ones that are one's own, whatever their signs."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db


class TestAPassword:
    @pytest.mark.parametrize(
        "password",
        [
            "tre blide hester i fjæra",
            "aaltidbareesmaabokstaver",
            "x" * 3 + "korrekt hest batteri stift" * 6,
            "8#kQ2!x9@4$z1",
            "blåbærsyltetøy på brødskiva \N{DOG FACE}",
            "sommerhuset ved fjorden vår",
        ],
    )
    def test_is_taken_without_rules_about_signs_and_at_any_length_up_to_128_and_more(
        self, client_of, lyngvaer, password
    ):
        lyngvaer.hr.set_password("lang-nok-til-en-test")
        lyngvaer.hr.save()

        client_of(lyngvaer.hr).post(
            "/konto/password/change/",
            {"oldpassword": "lang-nok-til-en-test", "password1": password, "password2": password},
        )

        lyngvaer.hr.refresh_from_db()
        assert lyngvaer.hr.check_password(password)

    @pytest.mark.parametrize(
        "password",
        [
            "kort",
            "elleve tegn",
            "password1234",
            "Kommune2026!",
            "Kanalkompass1",
            "Sommeren2026!",
            "Lyngvær2026!!",
            "lyngvaer-kommune",
            "Velkommen123456",
            "qwertyuiop12345",
            "123456789012345",
            "aaaaaaaaaaaaaaaa",
            "hr@lyngvaer.example",
            "Hr Hansen 2026",
        ],
    )
    def test_that_everybody_would_try_first_is_refused(self, lyngvaer, password):
        with pytest.raises(ValidationError):
            validate_password(password, lyngvaer.hr)

    def test_of_the_neighbours_name_is_another_matter(self, lyngvaer, storvika):
        validate_password("storvikaferge", lyngvaer.hr)

        with pytest.raises(ValidationError):
            validate_password("Storvikaferge", storvika.hr)

    def test_is_told_in_norwegian(self, client_of, lyngvaer):
        lyngvaer.hr.set_password("lang-nok-til-en-test")
        lyngvaer.hr.save()

        page = client_of(lyngvaer.hr).post(
            "/konto/password/change/",
            {"oldpassword": "lang-nok-til-en-test", "password1": "Kommune2026!", "password2": "Kommune2026!"},
        )

        assert page.status_code == 422
        assert "Ikke bygg det på navnet på kommunen, årstiden eller Kanalkompass." in page.content.decode()


class TestTheField:
    @pytest.mark.parametrize(
        ("address", "wanted"),
        [
            ("/konto/login/", ['autocomplete="email"', 'autocomplete="current-password"']),
            ("/konto/password/change/", ['autocomplete="current-password"', 'autocomplete="new-password"']),
        ],
    )
    def test_lets_a_password_manager_know_what_it_is_and_forbids_no_paste(self, client, lyngvaer, address, wanted):
        if "change" in address:
            lyngvaer.reader.set_password("lang-nok-til-en-test")
            lyngvaer.reader.save()
            client.force_login(lyngvaer.reader)

        text = client.get(address).content.decode()

        assert all(each in text for each in wanted)
        assert "onpaste" not in text

    def test_shows_what_is_written_when_asked(self, live_server, page: Page):
        page.goto(f"{live_server.url}/konto/login/")
        field, button = page.locator("[name=password]"), page.locator("[data-reveal]")
        field.fill("synlig hvis jeg vil")

        button.click()
        expect(field).to_have_attribute("type", "text")
        expect(button).to_have_text("Skjul det jeg skriver")
        button.click()

        expect(field).to_have_attribute("type", "password")
