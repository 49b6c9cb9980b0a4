"""Files that were made to hurt, disks that are full, transactions that are taken back (P22, P25, B40-B43, F18)."""

from __future__ import annotations

import io
import os
import resource
import zipfile
import zlib
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image, ImageCms, PngImagePlugin

from channels.actions import media, media_files
from channels.models import MediaItem
from foundation import clock, limits
from foundation.tenancy import tenant
from tests.channels.test_composer import desk, upload  # noqa: F401
from tests.channels.test_media import draw, opened, picture, png_that_claims, store

SCRIPT = b"<script>alert(document.domain)</script>"
SECRETS = [b"Kari Moen", b"59.9139", b"Lyngv", b"script", b"PK\x03\x04", b"%PDF"]


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return file.getvalue()


def jpeg_that_tells() -> bytes:
    """A JPEG with place, person and camera in every pocket that JPEG has."""
    exif = Image.Exif()
    exif[0x013B] = "Kari Moen"
    exif[0x9286] = "Lyngv\u00e6r"
    exif.get_ifd(0x8825)[2] = (59.9139, 0.0, 0.0)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>Kari Moen 59.9139</dc:creator></x:xmpmeta>"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + b"Kari Moen"
    return picture(exif=exif, xmp=xmp, icc_profile=profile, comment=b"Kari Moen")


def png_that_tells() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Kari Moen")
    notes.add_itxt("XML:com.adobe.xmp", "<x>Kari Moen 59.9139</x>")
    notes.add_text("Comment", "Lyngv" * 20_000, zip=True)
    return picture("PNG", pnginfo=notes)


HOSTILE = {
    "gps": jpeg_that_tells(),
    "notes": png_that_tells(),
    "archive behind": picture() + zipped(),
    "archive in front": picture("PNG") + zipped(),
    "page behind": picture("GIF") + b"<!doctype html>" + SCRIPT,
    "script in comment": picture(comment=b"*/=1;" + SCRIPT),
    "document behind": picture("WEBP") + b"%PDF-1.7 " + SCRIPT,
}


class TestWhatRidesAlong:
    @pytest.mark.parametrize("kind", HOSTILE)
    def test_p22_b42_nothing_of_it_is_in_the_picture_that_is_kept(self, kind):
        drawn = draw(HOSTILE[kind])

        assert not [secret for secret in SECRETS if secret in drawn.content]
        assert set(opened(drawn).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive",
                                           "progression"}  # fmt: skip
        assert not opened(drawn).getexif()

    def test_the_sources_carried_it_or_else_the_test_proves_nothing(self):
        for kind, source in HOSTILE.items():
            assert any(secret in source for secret in SECRETS), kind

    def test_b40_a_text_chunk_that_unpacks_to_hundreds_of_megabytes_is_refused_in_little_memory(self):
        def chunk(name: bytes, data: bytes) -> bytes:
            return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

        whole = picture("PNG")
        bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        with suppress(media.NotAPicture):
            draw(whole[:33] + bomb + whole[33:])

        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 120_000  # kB

    def test_b41_a_picture_of_a_million_pixels_in_few_bytes_is_refused_before_it_is_unpacked(self):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        with pytest.raises(media.NotAPicture, match="50 mill"):
            draw(png_that_claims(20_000, 20_000))

        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


class TestWhenSomethingFails:
    def test_f18_a_full_disk_answers_503_and_leaves_no_half_file(self, desk, folder):  # noqa: F811
        noise = io.BytesIO()
        Image.effect_noise((500, 500), 90).convert("RGB").save(noise, "PNG")
        desk.client.raise_request_exception = False
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

        # As on a full disk, the kernel takes the first bytes and refuses the rest.
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, hard))
        try:
            refused = desk.write(file=upload(noise.getvalue()), alt_text="Støy.", people="none")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        n_left = len(files_in(folder))
        desk.write(file=upload(noise.getvalue()), alt_text="Støy.", people="none")

        assert refused.status_code == 503
        assert n_left == 0
        assert len(files_in(folder)) == 1
        assert len(desk.posts()) == 1

    def test_p22_a_row_that_is_refused_leaves_no_file(self, lyngvaer, folder):
        with tenant(lyngvaer.pk), pytest.raises(Exception, match="picture_has_alt_text"), transaction.atomic():
            media.store_picture(
                picture=draw(picture()), shown=media.Shown(alt_text="", people="none"), user=lyngvaer.adviser,
                now=clock.now(),
            )  # fmt: skip

        assert files_in(folder) == []


class TestSweeping:
    def test_p22_deletes_what_no_picture_knows_after_a_day_and_nothing_else(self, lyngvaer, storvika, folder):
        kept, theirs = store(lyngvaer), store(storvika, picture(color="red"))
        with tenant(lyngvaer.pk), transaction.atomic():
            media.store_picture(
                picture=draw(picture(color="blue")), shown=media.Shown("Blått.", "none"), user=lyngvaer.adviser,
                now=clock.now(),
            )  # fmt: skip
            transaction.set_rollback(True)
        orphan = next(
            path for path in files_in(folder) if not path.match(kept.file.name) and not path.match(theirs.file.name)
        )
        young = folder / str(lyngvaer.pk) / "young.jpg"
        young.write_bytes(b"1")
        (folder / "README").write_text("not ours")
        yesterday = (clock.now() - timedelta(days=2)).timestamp()
        for path in files_in(folder):
            if path != young:
                os.utime(path, (yesterday, yesterday))

        n_deleted = media_files.sweep_files(now=clock.now())

        assert n_deleted == 1
        assert not orphan.exists()
        assert {path.name for path in files_in(folder)} == {
            Path(kept.file.name).name, Path(theirs.file.name).name, "young.jpg", "README",
        }  # fmt: skip
        assert media_files.sweep_files(now=clock.now()) == 0

    def test_an_installation_without_any_picture_has_nothing_to_sweep(self, db, folder):
        assert media_files.sweep_files(now=clock.now()) == 0


class TestTooMany:
    def test_p25_files_are_refused_at_the_field_and_what_was_written_is_kept(self, desk, folder):  # noqa: F811
        for _ in range(limits.UPLOADS_PER_PERSON["limit"]):
            limits.count_upload(desk.town.adviser.pk)

        response = desk.write(file=upload(), alt_text="Rødt naust.", people="none", title="Min tittel")

        assert response.status_code == 429
        assert 1 <= int(response.headers["Retry-After"]) <= 3600
        assert "Du har sendt mange filer på kort tid" in response.content.decode()
        assert "Min tittel" in response.content.decode()
        assert desk.posts() == []
        assert files_in(folder) == []
        with tenant(desk.town.pk):
            assert not MediaItem.objects.exists()

    def test_p25_a_form_without_a_file_is_taken_all_the_same(self, desk):  # noqa: F811
        for _ in range(limits.UPLOADS_PER_PERSON["limit"]):
            limits.count_upload(desk.town.adviser.pk)

        assert desk.write().status_code == 302
