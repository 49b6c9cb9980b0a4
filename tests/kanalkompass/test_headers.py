"""Every route's headers, cookies and page, graded: members', public, administration, files, health, errors (P23)."""

from __future__ import annotations

import itertools
from contextlib import suppress

import pytest
from django.conf import settings as product
from django.test import Client
from django.urls import NoReverseMatch

from channels.actions import media
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.transport_settings import transport
from tests.channels.test_media import SHOWN, draw, picture
from tests.kanalkompass.faulty_urls import FAULTS
from tests.kanalkompass.header_grades import GRADES, Kind, problems_of
from tests.kanalkompass.test_bad_input import House, Route, every_route, house  # noqa: F401

KEPT = {"media_file", "link_qr", "survey_qr"}
# Django's own list of the words its administration's scripts say, the same for everybody.
PUBLIC_WORDS = {"admin:jsi18n"}
# What stands in these addresses is described by an expression, not by converters.
BY_HAND = {
    "account_reset_password_from_key": {"uidb36": "1", "key": "a-b"},
    "admin:app_list": {"app_label": "recruitment"},
}


@pytest.fixture(params=[False, True], ids=["http", "https"])
def kind(request, settings) -> Kind:
    for name, value in transport(is_https=request.param).items():
        setattr(settings, name, value)
    settings.ROOT_URLCONF = "tests.kanalkompass.faulty_urls"
    return Kind(is_https=request.param)


@pytest.fixture
def furnished(kind, house, lyngvaer, settings, tmp_path) -> House:  # noqa: F811
    """The house, with a picture in it; made after the cookies' names are set."""
    settings.MEDIA_ROOT = tmp_path
    with tenant(lyngvaer.pk):
        item = media.store_picture(picture=draw(picture()), shown=SHOWN, user=lyngvaer.adviser, now=clock.now())
    house.ids |= {"media_id": item.pk}
    return house


def read_to_the_end(answer) -> None:
    """Let a file that is being handed out be closed."""
    if answer.streaming:
        list(answer.streaming_content)


def address_of(furnished: House, route: Route) -> str:
    """Return an address of the route, "" when we know none."""
    with suppress(NoReverseMatch):
        return furnished.address(route, **BY_HAND.get(route.name, {}))
    return ""


def graded(answer, kind: Kind, what: str) -> list[str]:
    return [f"{what} ({answer.status_code}): {problem}" for problem in problems_of(answer, kind)]


def kind_of(route: Route, kind: Kind) -> Kind:
    return Kind(is_https=kind.is_https, may_be_kept=route.name in KEPT | PUBLIC_WORDS)


class TestEveryRoute:
    def test_p23_is_graded_without_a_remark(self, furnished, kind):
        remarks, statuses = [], set()
        for route in every_route():
            for browser in {id(each): each for each in [*furnished.browsers_for(route), Client()]}.values():
                address = address_of(furnished, route)
                for method in ("get", "post") if address else ():
                    answer = getattr(browser, method)(address, secure=kind.is_https)
                    read_to_the_end(answer)
                    kept = kind_of(route, kind) if method == "get" and answer.status_code == 200 else kind
                    remarks += graded(answer, kept, f"{method} {route.name}")
                    statuses.add(answer.status_code)

        assert not remarks, "\n".join(sorted(set(remarks)))
        assert {200, 302, 404, 405} <= statuses

    def test_p23_every_named_address_was_reached(self, furnished):
        assert [route.name for route in every_route() if not address_of(furnished, route)] == []


class TestErrors:
    @pytest.mark.parametrize("how", FAULTS)
    def test_p23_carry_the_same_headers(self, db, kind, how):
        answer = Client(raise_request_exception=False).get(f"/fail/{how}", secure=kind.is_https)

        assert answer.status_code == FAULTS[how][0]
        assert graded(answer, kind, how) == []

    def test_p23_early_ones_too(self, db, kind):
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        big = b"x" * (product.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        secure = {"secure": kind.is_https}
        answers = {
            "foreign host": client.get("/", headers={"Host": "evil.example"}, **secure),
            "no token": client.post("/form", **secure),
            "too large": client.generic("POST", "/form", big, content_type="text/plain", **secure),
            "nowhere": client.get("/nowhere", **secure),
            "to https": client.get("/health/ready"),
        }

        found = {name: answer.status_code for name, answer in answers.items()}
        assert found | {"to https": 0} == {
            "foreign host": 400, "no token": 403, "too large": 413, "nowhere": 404, "to https": 0,
        }  # fmt: skip
        assert found["to https"] in ({301} if kind.is_https else {200, 503})
        plain = Kind(is_https=False)
        assert [
            remark
            for name, answer in answers.items()
            for remark in graded(answer, plain if name == "to https" else kind, name)
        ] == []


class TestFiles:
    @pytest.mark.parametrize("name", ["css/app.css", "js/app.js", "img/compass.svg", "vendor/ds-web/index.js"])
    def test_p23_carry_the_same_headers(self, db, kind, name):
        answer = Client().get(f"/static/{name}", secure=kind.is_https)

        assert answer.status_code == 200
        assert graded(answer, Kind(is_https=kind.is_https, is_static=True), name) == []
        read_to_the_end(answer)


class TestTheGrades:
    """The control: a table that passes whatever comes proves nothing."""

    @pytest.fixture
    def answer(self, db, kind):
        return Client().get("/konto/login/", secure=kind.is_https)

    def test_remark_on_every_header_that_is_dropped(self, answer, kind):
        counting = [grade.header for grade in GRADES if grade.counts_for(kind)]
        assert graded(answer, kind, "") == []

        for header in counting:
            kept = answer.headers.pop(header)
            assert any(header in remark for remark in problems_of(answer, kind)), header
            answer.headers[header] = kept

        assert len(counting) == len(set(counting)) >= 8

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self'"),
            ("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'"),
            ("Cache-Control", "max-age=60"),
            ("Referrer-Policy", "unsafe-url"),
            ("Server", "gunicorn"),
        ],
    )
    def test_remark_on_what_is_too_weak(self, answer, kind, header, value):
        answer.headers[header] = value

        with suppress(KeyError):
            assert list(problems_of(answer, kind)) != []

    @pytest.mark.parametrize(
        "markup",
        [
            "<p style='color: red'>",
            "<script>alert(1)</script>",
            "<img src='//tracker.example/1.gif'>",
            "<form action='https://evil.example'>",
            "<a onclick='x()'>",
        ],
    )
    def test_remark_on_what_a_page_may_not_hold(self, answer, kind, markup):
        answer.content += markup.encode()

        assert len(list(problems_of(answer, kind))) == 1

    def test_remark_on_a_cookie_that_scripts_can_read(self, answer, kind):
        answer.set_cookie("loose", "1")

        assert len(list(problems_of(answer, kind))) == 2 + kind.is_https


def test_p23_answers_without_a_cookie_where_an_applicant_comes(db, lyngvaer, kind):
    addresses = ["/u/abcdefgh/", "/u/trekk/", f"/personvern/{lyngvaer.number}/", "/s/abcdefgh"]

    answers = [Client().get(address, secure=kind.is_https) for address in addresses]

    assert list(itertools.chain(*[answer.cookies for answer in answers])) == []
    assert {answer.headers["Referrer-Policy"] for answer in answers} == {"no-referrer"}
