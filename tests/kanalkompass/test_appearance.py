"""The municipality's colour and logo, where they are seen, and each person's light or dark page."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from foundation.tenancy import tenant
from recruitment.models import Logo, MunicipalitySettings

RED, TOO_LIGHT = "9e1b32", "ffcc00"


def drawing(*, size=(900, 400), ink="#004b87", kind="PNG") -> SimpleUploadedFile:
    """Return a picture with a filled box in the middle of white."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((size[0] // 3, size[1] // 4, size[0] // 2, size[1] // 2), fill=ink)
    content = io.BytesIO()
    picture.save(content, kind)
    return SimpleUploadedFile("skjold.png", content.getvalue())


@pytest.fixture
def administrator(lyngvaer, client_of):
    return client_of(lyngvaer.administrator)


def decided(town) -> MunicipalitySettings:
    with tenant(town.pk):
        return MunicipalitySettings.objects.get()


class TestLook:
    def test_is_seen_on_every_page_of_the_municipality_and_nowhere_else(
        self, lyngvaer, storvika, administrator, client_of
    ):
        answer = administrator.post("/9901/utseende/", {"accent": "#9E1B32", "logo": drawing()}, follow=True)

        look = decided(lyngvaer)
        own, theirs = answer.content.decode(), client_of(storvika.administrator).get("/9902/").content.decode()
        notice = Client().get("/personvern/9901/").content.decode()
        assert (look.accent, look.logo_version.partition("-")[2]) == (RED, "151x101")
        for page in (own, notice):
            assert f'href="/tema/1-{RED}.css"' in page
            assert f'src="/logo/9901/{look.logo_version}.png" alt="" width="151" height="101"' in page
        assert "/tema/" not in theirs
        assert "/logo/" not in theirs

    def test_its_files_are_public_kept_for_a_year_and_can_do_nothing(self, lyngvaer, administrator):
        administrator.post("/9901/utseende/", {"accent": RED, "logo": drawing(kind="JPEG")})
        version = decided(lyngvaer).logo_version
        visitor = Client()

        style, logo = visitor.get(f"/tema/1-{RED}.css"), visitor.get(f"/logo/9901/{version}.png")
        again = visitor.get(f"/tema/1-{RED}.css", headers={"If-None-Match": style.headers["ETag"]})

        assert style.headers["Content-Type"] == "text/css; charset=utf-8"
        assert f"--ds-color-accent-base-default: light-dark(#{RED}, #" in style.content.decode()
        assert logo.content.startswith(b"\x89PNG")
        assert logo.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert {each.headers["Cache-Control"] for each in (style, logo)} == {"public, max-age=31536000, immutable"}
        assert not style.cookies
        assert (again.status_code, again.content) == (304, b"")

    @pytest.mark.parametrize(
        "path",
        [
            "/tema/1-ffcc00.css",
            "/tema/1-zzzzzz.css",
            "/tema/2-9e1b32.css",
            "/tema/1-9E1B32.css",
            "/tema/1-.css",
            "/logo/9901/0-1x1.png",
            "/logo/0000/0-1x1.png",
            "/logo/kommune/../x.png",
        ],
    )
    def test_files_that_are_none_answer_404(self, lyngvaer, path):
        assert Client().get(path).status_code == 404

    def test_a_logo_goes_when_it_is_taken_away_and_stays_when_only_the_colour_changes(self, lyngvaer, administrator):
        administrator.post("/9901/utseende/", {"accent": RED, "logo": drawing()})
        administrator.post("/9901/utseende/", {"accent": ""})
        kept = decided(lyngvaer).logo_version
        administrator.post("/9901/utseende/", {"accent": "", "remove_logo": "1"})

        assert kept
        assert (decided(lyngvaer).accent, decided(lyngvaer).logo_version) == ("", "")
        with tenant(lyngvaer.pk):
            assert not Logo.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"accent": TOO_LIGHT}, "Den nærmeste som kan brukes, er #"),
            ({"accent": "rød"}, "Skriv fargen som # og seks tegn"),
            ({"accent": "#12606e" * 9}, "tegn"),
            ({"logo": SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, "ikke et bilde"),
            ({"logo": SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)}, "logo"),
            ({"logo": drawing(ink="#fdfdfd")}, "Ingenting av logoen synes på hvitt"),
        ],
    )
    def test_what_cannot_be_used_is_refused_in_words_and_nothing_is_stored(self, lyngvaer, administrator, sent, said):
        answer = administrator.post("/9901/utseende/", sent)

        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert (decided(lyngvaer).accent, decided(lyngvaer).logo_version) == ("", "")

    def test_a_colour_is_tried_without_being_stored(self, lyngvaer, administrator):
        tried = administrator.get("/9901/utseende/?farge=%23b3261e").content.decode()
        refused = administrator.get(f"/9901/utseende/?farge={TOO_LIGHT}")

        assert "/tema/1-b3261e.css" in tried
        assert "nær dem som betyr feil" in tried
        assert refused.status_code == 422
        assert "Prøv #" in refused.content.decode()
        assert decided(lyngvaer).accent == ""


class TestScheme:
    def test_is_each_persons_own_and_follows_her(self, lyngvaer, client_of):
        hr, reader = client_of(lyngvaer.hr), client_of(lyngvaer.reader)
        answer = hr.post("/konto/utseende/", {"scheme": "dark", "next": "/9901/kilder/"})
        hr.post("/konto/utseende/", {"scheme": "pink"})

        assert (answer.status_code, answer.headers["Location"]) == (302, "/9901/kilder/")
        assert 'data-color-scheme="dark"' in hr.get("/9901/stillinger/").content.decode()
        assert 'data-color-scheme="auto"' in reader.get("/9901/stillinger/").content.decode()
        assert 'data-color-scheme="auto"' in Client().get("/konto/login/").content.decode()
        assert Client().post("/konto/utseende/", {"scheme": "dark"}).headers["Location"].startswith("/konto/login/")
