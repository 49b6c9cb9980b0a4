"""Whoever finds a hole is told where to write, by the installation itself."""

from datetime import UTC, datetime

import pytest

ADDRESS = "/.well-known/security.txt"


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("sikkerhet@lyngvaer.example", "Contact: mailto:sikkerhet@lyngvaer.example"),
        ("https://lyngvaer.example/sikkerhet", "Contact: https://lyngvaer.example/sikkerhet"),
    ],
)
def test_tells_the_address_and_an_end_that_lies_ahead(client, db, settings, contact, line):
    settings.SECURITY_CONTACT = contact

    answer = client.get(ADDRESS)

    lines = dict(row.split(": ", 1) for row in answer.content.decode().splitlines())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert line in answer.content.decode().splitlines()
    assert datetime.fromisoformat(lines["Expires"]) > datetime.now(UTC)
    assert lines["Canonical"].endswith(ADDRESS)


def test_is_not_there_when_nobody_has_set_an_address(client, db, settings):
    settings.SECURITY_CONTACT = ""

    assert client.get(ADDRESS).status_code == 404


def test_takes_no_form(client, db, settings):
    settings.SECURITY_CONTACT = "sikkerhet@lyngvaer.example"

    assert client.post(ADDRESS).status_code == 405
