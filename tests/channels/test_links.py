"""Tracked links: made by the system, followed without a trace of the visitor, counted exactly (P21, B35-B38, R13)."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.text import slugify
from PIL import Image

from channels.actions import links, visits
from channels.actions.visits import Visit
from channels.models import LinkCode, LinkHour, TrackedLink
from channels.queries import links as queries
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import MunicipalitySettings, Source
from tests.channels.deliveries import connect
from tests.recruitment.test_jobs import register

NOON = datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BY_A_PERSON = Visit(method="GET", headers={"User-Agent": FIREFOX})


@pytest.fixture
def job(lyngvaer):
    return register(lyngvaer, now=clock.now(), deadline_date=clock.today() + timedelta(days=14))


@pytest.fixture
def link(lyngvaer, job):
    with tenant(lyngvaer.pk):
        return links.make_links_for_job(job=job)[0]


def counts(town):
    with tenant(town.pk):
        return {each.visitor: each.n_visits for each in LinkHour.objects.all()}


def get(code, **headers):
    client = Client(headers={"user-agent": FIREFOX, **headers})
    return client.get(reverse("link_follow", kwargs={"code": code}))


class TestMakeLinksForJob:
    def test_makes_one_for_each_source_in_use_that_can_carry_a_link(self, lyngvaer, job):
        with tenant(lyngvaer.pk):
            Source.objects.filter(slug="cinema").update(is_active=False)
            made = links.make_links_for_job(job=job)

            slugs = {each.source.slug for each in made}
        assert {"linkedin", "own-web", "print"} <= slugs
        assert not {"cinema", "radio", "referral", "elsewhere", "unknown"} & slugs

    def test_adds_only_what_is_missing_when_called_again(self, lyngvaer, job, link):
        with tenant(lyngvaer.pk):
            Source.objects.filter(slug="radio").update(channel=link.source.channel)
            again = links.make_links_for_job(job=job)

        assert [each.source.slug for each in again] == ["radio"]

    def test_makes_those_of_the_first_sources_alone_and_the_others_when_asked_for(self, lyngvaer, job):
        with tenant(lyngvaer.pk):
            channel = Source.objects.get(slug="print").channel
            names = [f"Tavle {n}" for n in range(40)]
            Source.objects.bulk_create(
                Source(name_nb=name, name_nn=name, name_en=name, slug=slugify(name), channel=channel, position=900 + n)
                for n, name in enumerate(names)
            )
            made = links.make_links_for_job(job=job)
            last = Source.objects.get(slug="tavle-39")
            asked = [links.make_place_link(source=last, job=job, place="") for _ in range(2)]
            again = links.make_links_for_job(job=job)

        assert len(made) == links.MOST_OWN_LINKS
        assert {"linkedin", "print"} <= {each.source.slug for each in made}
        assert "tavle-39" not in {each.source.slug for each in made}
        assert (asked[0].pk, asked[0].place, asked[0].label) == (asked[1].pk, "", "Tavle 39")
        assert again == []

    def test_gives_every_link_a_code_of_its_own_that_is_easy_to_type(self, lyngvaer, job):
        with tenant(lyngvaer.pk):
            codes = [each.code for each in links.make_links_for_job(job=job)]

        assert len(set(codes)) == len(codes)
        assert all(re.fullmatch("[2-9b-df-hj-km-np-tv-xz]{8}", code) for code in codes)
        assert set(codes) == set(LinkCode.objects.values_list("code", flat=True))

    def test_tries_another_code_when_one_is_taken(self, lyngvaer, job, link, monkeypatch):
        offered = iter([link.code, "23456789"])
        monkeypatch.setattr("foundation.codes.new_code", lambda length: next(offered))

        with tenant(lyngvaer.pk):
            made = links.make_delivery_link(
                source=link.source, job=job, campaign=None, target_url=job.apply_url, label="LinkedIn, innlegg"
            )

        assert made.code == "23456789"

    def test_makes_none_in_another_municipality(self, lyngvaer, storvika, job, link):
        with tenant(storvika.pk):
            assert TrackedLink.objects.count() == 0


class TestFollow:
    def test_counts_one_visit_in_its_hour_and_leads_to_the_form(self, lyngvaer, link):
        target = visits.follow(code=link.code, visit=BY_A_PERSON, now=NOON)

        assert target == link.target_url
        with tenant(lyngvaer.pk):
            (hour,) = LinkHour.objects.all()
        assert (hour.hour, hour.n_visits, hour.visitor) == (NOON.replace(minute=0, second=0), 1, "person")

    def test_keeps_nothing_about_the_visitor(self):
        """P21: the columns are all there is."""
        columns = {field.column for field in LinkHour._meta.fields}

        assert columns == {"id", "municipality_id", "link_id", "hour", "visitor", "n_visits"}

    @pytest.mark.parametrize(
        "target",
        [
            "//evil.example/x",
            "\\\\evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://user@lyngvaer.example/",
            "https://lyngvaer.example/\r\nSet-Cookie: a=b",
            "https://evil.example/",
            "",
        ],
    )
    def test_checks_the_stored_target_again(self, lyngvaer, link, target):
        """P21, B36: whatever may stand in the database."""
        with tenant(lyngvaer.pk):
            TrackedLink.objects.filter(pk=link.pk).update(target_url=target)

        response = get(link.code)

        assert response.status_code == 404
        assert "Location" not in response
        assert counts(lyngvaer) == {}

    def test_stops_when_the_host_is_taken_off_the_list(self, lyngvaer, link):
        """P21."""
        before = get(link.code).status_code
        with tenant(lyngvaer.pk):
            MunicipalitySettings.objects.update(link_hosts=["annet.example"])

        assert (before, get(link.code).status_code) == (302, 404)

    @pytest.mark.parametrize(
        ("agent", "expected"),
        [
            (FIREFOX, "person"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS]", "person"),
            ("Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/140.0 Mobile", "person"),
            ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 [Pinterest/iOS]", "person"),
            ("LinkedInBot/1.0 (compatible; Mozilla/5.0)", "preview"),
            ("facebookexternalhit/1.1", "preview"),
            ("Slackbot-LinkExpanding 1.0", "preview"),
            ("WhatsApp/2.24", "preview"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1)", "bot"),
            ("curl/8.5.0", "bot"),
            ("python-requests/2.32", "bot"),
            ("", "bot"),
        ],
    )
    def test_tells_people_from_machines_by_what_they_call_themselves(self, agent, expected):
        """B37."""
        assert visits.visitor_class(Visit(method="GET", headers={"User-Agent": agent})) == expected

    @pytest.mark.parametrize(
        ("method", "headers"),
        [
            ("HEAD", {}),
            ("GET", {"Purpose": "prefetch"}),
            ("GET", {"Sec-Purpose": "prefetch;prerender"}),
            ("GET", {"X-Moz": "prefetch"}),
            ("GET", {"X-Purpose": "preview"}),
        ],
    )
    def test_counts_a_browser_that_looks_ahead_apart(self, method, headers):
        """B37."""
        visit = Visit(method=method, headers={"User-Agent": FIREFOX, **headers})

        assert visits.visitor_class(visit) == "preview"


class TestPublicAddress:
    def test_leads_on_without_cookie_cache_or_referrer(self, lyngvaer, link):
        """R13."""
        response = get(link.code)

        assert (response.status_code, response["Location"]) == (302, link.target_url)
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        assert counts(lyngvaer) == {"person": 1}

    def test_counts_classes_apart(self, lyngvaer, link):
        """B37."""
        Client(headers={"user-agent": FIREFOX}).head(reverse("link_follow", kwargs={"code": link.code}))
        get(link.code, purpose="prefetch")
        get(link.code, user_agent="Twitterbot/1.0")
        get(link.code, user_agent="Mozilla/5.0 (compatible; bingbot/2.0)")
        get(link.code)

        assert counts(lyngvaer) == {"preview": 3, "bot": 1, "person": 1}

    def test_may_be_typed_in_capitals(self, link):
        assert get(link.code.upper()).status_code == 302

    @pytest.mark.parametrize("code", ["bcdfghjk", "x", "a" * 500, "%00%00", "..%2f..", "１２３４５６７８", "'; drop--"])
    def test_answers_an_unknown_code_with_a_plain_page(self, lyngvaer, code):
        """B35."""
        response = Client().get(f"/s/{code}")

        assert response.status_code == 404
        assert not response.cookies
        assert "<script" not in response.content.decode()

    def test_answers_a_disabled_code_as_an_unknown_one(self, lyngvaer, link):
        """B35, P13."""
        with tenant(lyngvaer.pk):
            TrackedLink.objects.filter(pk=link.pk).update(is_active=False)

        disabled, unknown = get(link.code), get("bcdfghjk")

        assert (disabled.status_code, disabled.content) == (404, unknown.content)
        assert disabled.headers == unknown.headers

    def test_takes_no_form(self, link):
        assert Client().post(reverse("link_follow", kwargs={"code": link.code})).status_code == 405


@pytest.mark.django_db(transaction=True)
class TestFollowAtTheSameTime:
    def test_counts_every_visit(self, lyngvaer, link):
        """B38."""

        def follow(_):
            try:
                visits.follow(code=link.code, visit=BY_A_PERSON, now=NOON)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(follow, range(200)))

        assert counts(lyngvaer) == {"person": 200}


class TestVisits:
    def test_are_summed_by_source_over_norwegian_days(self, lyngvaer, link):
        last_hour_of_the_day = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
        for moment in (last_hour_of_the_day, last_hour_of_the_day + timedelta(minutes=1)):
            visits.follow(code=link.code, visit=BY_A_PERSON, now=moment)

        with tenant(lyngvaer.pk):
            one = queries.visits_by_source(first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
            both = queries.visits_by_source(first_day=date(2026, 11, 23), last_day=date(2026, 11, 24))
            days = queries.visits_by_day(link=link, first_day=date(2026, 11, 1), last_day=date(2026, 11, 30))

        assert one == {link.source_id: queries.Visits(n_persons=1)}
        assert both == {link.source_id: queries.Visits(n_persons=2)}
        assert list(days) == [date(2026, 11, 23), date(2026, 11, 24)]

    def test_are_told_for_every_link_of_a_vacancy_in_one_query(self, lyngvaer, job, link, django_assert_num_queries):
        visits.follow(code=link.code, visit=BY_A_PERSON, now=NOON)
        visits.follow(code=link.code, visit=Visit("GET", {"User-Agent": "curl/8"}), now=NOON + timedelta(hours=3))

        with tenant(lyngvaer.pk), django_assert_num_queries(1):
            rows = queries.links_of_job(job=job)

        assert rows[0].visits == queries.Visits(n_persons=1, n_bots=1)
        assert {row.visits for row in rows[1:]} == {queries.Visits()}

    def test_are_told_in_the_order_of_the_sources_whoever_was_followed_most(self, lyngvaer, job, link):
        with tenant(lyngvaer.pk):
            for source in Source.objects.all():
                Source.objects.filter(pk=source.pk).update(position=1000 - source.position)
            positions = [row.link.source.position for row in queries.links_of_job(job=job)]

        assert len(positions) > 5
        assert positions == sorted(positions)


class TestFollowJob:
    def test_leads_every_link_to_the_new_form(self, lyngvaer, job, link):
        """R7."""
        job.apply_url = "https://lyngvaer.example/ny"
        with tenant(lyngvaer.pk):
            links.follow_job(job=job)

        assert get(link.code)["Location"] == "https://lyngvaer.example/ny"


class TestQR:
    def address(self, town, link, kind):
        return reverse("link_qr", kwargs={"number": town.number, "link_id": link.pk, "kind": kind})

    def test_is_drawn_as_svg_without_anything_that_runs(self, lyngvaer, client_of, link):
        response = client_of(lyngvaer.reader).get(self.address(lyngvaer, link, "svg"))

        text = response.content.decode()
        assert response["Content-Type"] == "image/svg+xml"
        assert "<svg" in text
        assert "<script" not in text
        assert "style=" not in text

    def test_of_a_draft_is_for_those_who_may_see_drafts(self, lyngvaer, client_of, linkedin_sandbox):
        """Table M, P13."""
        press = connect(lyngvaer, linkedin_sandbox)
        delivery = press.draft()
        address = self.address(lyngvaer, delivery.link, "svg")
        readers, advisers = client_of(lyngvaer.reader), client_of(lyngvaer.adviser)

        assert (readers.get(address).status_code, advisers.get(address).status_code) == (404, 200)
        press.set(delivery, state="published", published_at=NOON)
        assert readers.get(address).status_code == 200

    def test_is_drawn_as_png_with_a_quiet_zone(self, lyngvaer, client_of, link):
        response = client_of(lyngvaer.reader).get(self.address(lyngvaer, link, "png"), {"last": "ned"})

        picture = Image.open(io.BytesIO(response.content)).convert("L")
        assert picture.width > 600
        assert picture.crop((0, 0, 80, picture.height)).getextrema() == (255, 255)
        assert response["Content-Disposition"].startswith("attachment")

    @pytest.mark.parametrize("kind", ["gif", "svg.exe", "SVG"])
    def test_is_not_drawn_as_anything_else(self, lyngvaer, client_of, link, kind):
        assert client_of(lyngvaer.hr).get(self.address(lyngvaer, link, kind)).status_code == 404

    def test_is_not_there_for_another_municipality(self, lyngvaer, storvika, client_of, link):
        """P13."""
        client = client_of(storvika.hr)

        assert client.get(self.address(lyngvaer, link, "svg")).status_code == 404
        assert client.get(self.address(storvika, link, "svg")).status_code == 404
