"""Each attack by hand finds its hole in the plant; one that does not would find none in the product either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.attack import by_hand, planted, target
from tests.attack.web import Field, Form, Site, Visitor, shape_of

NOTHING = re.compile(r"(?!)")


@pytest.fixture
def holes(tmp_path) -> Iterator[Site]:
    """The site full of holes, with a visitor who is logged in and has looked around."""
    with planted.running(tmp_path) as base:
        visitor = Visitor("plant", base, never=NOTHING)
        visitor.session.cookies.set("session", visitor.chosen_session, domain="localhost.local", path="/")
        visitor.ask("GET", "/login")
        site = Site(base, {"plant": visitor}, foreign=f"{base}/9902/", own=f"{base}/9901/", say=lambda line: None)
        site.look()
        yield site
        visitor.session.close()


@pytest.mark.parametrize("attack", by_hand.ATTACKS, ids=lambda attack: attack.__name__)
def test_finds_its_hole(holes, attack):
    assert list(attack(holes))


def test_whoever_is_not_logged_in_sees_none_of_them(holes):
    stranger = Visitor("stranger", holes.base, never=NOTHING)
    site = Site(holes.base, {"stranger": stranger}, foreign=holes.foreign, own=holes.own, say=lambda line: None)
    site.look()

    assert list(by_hand.reflected_script(site)) == []
    stranger.session.close()


def test_a_fault_in_the_log_is_found_and_a_refusal_is_none(tmp_path):
    (tmp_path / "log").mkdir()
    trace = "Traceback (most recent call last):\n  File 'x', line 1\n    x()\n"
    refused = f"{trace}django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header\n"
    (tmp_path / "log" / "web.log").write_text(f"2026 INFO\n{trace}ValueError: no\n2026 INFO\n{refused}2026 INFO\n")

    found = target.faults_in_log(SimpleNamespace(up=SimpleNamespace(folder=tmp_path)))

    assert found == ["the log of the web tells 1 times of: ValueError: no"]


def test_numbers_and_codes_make_no_new_shape():
    assert shape_of("http://localhost/9901/stillinger/12/?side=2") == shape_of("/9901/stillinger/7/?side=1")
    assert shape_of("/u/q6nfwtsb/") == shape_of("/u/22nx8d5t/")


def test_a_form_is_filled_in_as_a_careful_person_would():
    form = Form(
        "/",
        "/",
        "post",
        (Field("deadline_date", "text", ""), Field("apply_url", "text", ""), Field("n", "hidden", "7")),
    )

    filled = form.filled()

    assert re.fullmatch(r"\d\d\.\d\d\.\d{4}", filled["deadline_date"])
    assert filled["apply_url"].startswith("https://")
    assert filled["n"] == "7"
