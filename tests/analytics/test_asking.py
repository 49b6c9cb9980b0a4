"""Further questions, asking in the application form and at the interview, and the texts to copy (G1, G3)."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from analytics.actions import retention, survey_tokens, surveys
from analytics.models import AlsoSeen, JobCount, Survey, SurveyAnswer
from analytics.queries import survey_status
from analytics.views import survey_interview
from channels.models import Delivery
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import JobPosting, Source
from tests.analytics.vacancies import code_of, make_job

MARKUP = "<b>Čálli</b> & " + "x" * 60


@pytest.fixture
def job(lyngvaer: Any) -> Any:
    return make_job(lyngvaer)


@pytest.fixture
def code(lyngvaer: Any, job: Any) -> str:
    return code_of(lyngvaer, job)


def page_of(code: str, **query: str) -> str:
    return Client().get(f"/u/{code}/", query).content.decode()


def answer(code: str, query: str = "", **sent: Any) -> Any:
    token = re.search(r'name="token" value="([^"]+)"', page_of(code)).group(1)
    return Client().post(f"/u/{code}/{query}", {"token": token, "first": "linkedin"} | sent)


def answers_of(town: Any) -> list[SurveyAnswer]:
    with tenant(town.pk):
        related = ("first_source", "decisive_source", "remembered")
        return list(SurveyAnswer.objects.select_related(*related).order_by("pk"))


class TestFurtherQuestions:
    def test_are_stored_with_what_was_chosen_and_none_of_them_is_needed(self, lyngvaer, code):
        whole = answer(code, first="elsewhere", elsewhere=" Oppslag på   Coop ", decisive="print", followed="years")
        least = answer(code)

        full, bare = answers_of(lyngvaer)
        assert whole.status_code == least.status_code == 200
        assert (full.elsewhere, full.decisive_source.slug, full.followed) == ("Oppslag på Coop", "print", "years")
        assert (bare.elsewhere, bare.decisive_source, bare.remembered, bare.followed) == ("", None, None, "")

    def test_a_place_is_kept_masked_and_only_when_it_was_somewhere_else_r8(self, lyngvaer, code):
        answer(code, first="elsewhere", elsewhere="Ola, 912 34 567")
        answer(code, first="linkedin", elsewhere="Coop")

        assert not re.search(r"\d", answers_of(lyngvaer)[0].elsewhere)
        assert answers_of(lyngvaer)[1].elsewhere == ""

    def test_wrong_answers_are_refused_at_their_field_in_an_open_fold_and_nothing_is_lost(self, lyngvaer, code):
        for field, value, message in [
            ("decisive", "unknown", "finnes ikke i dette skjemaet"),
            ("followed", "always", "finnes ikke i dette skjemaet"),
            ("elsewhere", "x" * 81, "høyst 80 tegn"),
            ("elsewhere", "x" * 900_000, "høyst 80 tegn"),
        ]:
            response = answer(code, **{"first": "elsewhere", "also": ["print"], "followed": "no", field: value})

            html = response.content.decode()
            assert response.status_code == 422
            assert message in html
            assert len(html) < 60_000
            assert re.search(r'name="also" value="print"[^>]*checked', html)
            assert re.search(r'id="s_more"[^>]* checked', html)
        assert answers_of(lyngvaer) == []

    def test_one_tap_and_send_is_enough_and_each_question_says_how_far_one_has_come(self, code):
        html = page_of(code)

        assert [f"Spørsmål {n} av 3" in html for n in (1, 2, 3, 4)] == [True, True, True, False]
        assert len(re.findall(r"<fieldset", html.partition('id="s_more"')[0])) == 3
        assert set(re.findall(r'name="(\w+)"[^>]*required', html)) == {"first"}
        # Nothing is chosen from the start, and nothing is unfolded.
        assert 'id="s_more"' in html
        assert " checked" not in html

    def test_offers_the_posts_that_applicants_can_have_seen_by_what_the_public_saw(self, world):
        html = unescape(page_of(world.survey_code))
        codes = re.findall(r'name="remembered" value="(\w+)"', html)
        with tenant(world.town.pk):
            code = Delivery.objects.get(pk=world.deliveries["published"]).link.code

        sent, foreign = answer(world.survey_code, remembered=code), answer(world.survey_code, remembered="zzzzzzzz")

        assert code in codes
        assert len(codes) == 3
        assert codes[-1] == "none"
        assert not re.search(r'name="remembered"[^>]* checked', html)
        assert answer(world.survey_code, remembered="none").status_code == 200
        assert answers_of(world.town)[-1].remembered_id is None
        assert "LinkedIn: " in html
        assert (sent.status_code, foreign.status_code) == (200, 422)
        assert world.posts["published"] in [each.remembered_id for each in answers_of(world.town)]

    def test_ten_thousand_sources_leave_the_form_short_and_a_name_with_markup_is_shown_as_text(
        self, lyngvaer, code, django_assert_max_num_queries
    ):
        with tenant(lyngvaer.pk):
            linkedin = Source.objects.get(slug="linkedin")
            linkedin.name_nb = MARKUP
            linkedin.save()
            names = {"name_nb": "Sted", "name_nn": "Stad", "name_en": "Place"}
            Source.objects.bulk_create(
                Source(slug=f"s{n}", channel=linkedin.channel, position=500, **names) for n in range(10_000)
            )

        with django_assert_max_num_queries(16):
            html = page_of(code)

        assert len(re.findall(r'name="first"', html)) == 22
        assert "&lt;b&gt;Čálli&lt;/b&gt; &amp;" in html
        assert answer(code, first="s9").status_code == 422


@pytest.fixture
def world(lyngvaer: Any, linkedin_sandbox: Any) -> Any:
    from tests.journeys.world import build

    return build(lyngvaer, linkedin_sandbox)


class TestApplicationForm:
    def test_link_ticks_the_place_keeps_the_way_through_languages_and_is_counted_apart(self, lyngvaer, job, code):
        html = page_of(code, m="skjema", forst="print", sprak="nn")

        assert re.search(r'value="print"[^>]*checked', html)
        assert "?sprak=en&amp;m=skjema" in html
        answer(code, "?m=skjema")
        answer(code, "?m=tull")
        with tenant(lyngvaer.pk):
            assert survey_status.status_of(job=job, now=clock.now()).by_mode == {"link": 1, "form": 1}

    def test_nonsense_in_the_link_ticks_nothing(self, code):
        assert "checked" not in page_of(code, forst="<script>", m="\x00")


class TestTextsToCopy:
    def test_are_in_the_language_that_is_chosen_with_link_and_escaped_html(
        self, lyngvaer, job, code, client_of, settings
    ):
        with tenant(lyngvaer.pk):
            Source.objects.filter(slug="print").update(name_nb=MARKUP, name_nn=MARKUP, name_en=MARKUP)
        client = client_of(lyngvaer.adviser)
        spoken = {"nb": "Hvor så du den?", "nn": "Kvar såg du ho?", "en": "Where did you see it?"}

        for language, words in spoken.items():
            html = client.get(f"/9901/stillinger/{job.pk}/undersokelse/?tekst={language}").content.decode()
            texts = [unescape(text) for text in re.findall(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", html, re.S)]
            asked = "" if language == "nb" else f"?sprak={language}"
            assert len(texts) == 5
            assert words in texts[0]
            assert all(f"{settings.SITE_URL}/u/{code}/{asked}" in unescape(text) for text in texts)
            assert "m=skjema&amp;forst=print" in texts[4]
            assert "&lt;b&gt;Čálli" in texts[4]
            assert "<iframe" not in html

    def test_the_notice_is_written_in_the_vacancys_language_or_the_one_that_is_chosen(self, lyngvaer, job, client_of):
        client, address = client_of(lyngvaer.adviser), f"/9901/stillinger/{job.pk}/undersokelse/oppslag/"

        own, english = (client.get(address + more).content.decode() for more in ("", "?tekst=en"))

        assert "Hvor så du stillingen?" in own
        assert "Where did you see the position?" in english
        assert "qr.svg?tekst=en" in english
        assert client_of(lyngvaer.reader).get(address).status_code == 404


class TestInterview:
    def address(self, job: Any) -> str:
        return f"/9901/stillinger/{job.pk}/intervju/"

    def sent(self, client: Client, job: Any, **fields: Any) -> dict[str, Any]:
        html = client.get(self.address(job)).content.decode()
        key = re.search(r'name="form_key" value="([^"]+)"', html).group(1)
        return {"form_key": key, "first": "print", "also": ["finn"], "interests": ["pay"], "followed": "no"} | fields

    def test_stores_one_answer_after_the_other_counted_apart_and_as_anonymous_as_all_r8(self, lyngvaer, job, client_of):
        client = client_of(lyngvaer.hr)
        form = self.sent(client, job)

        first, again = client.post(self.address(job), form), client.post(self.address(job), form)
        changed = client.post(self.address(job), form | {"first": "finn"})
        client.post(self.address(job), self.sent(client, job, first="elsewhere", elsewhere="Coop"))

        stored = answers_of(lyngvaer)
        assert (first.status_code, again.status_code, changed.status_code) == (302, 302, 422)
        assert [(each.mode, each.first_source.slug, each.elsewhere) for each in stored] == [
            ("interview", "print", ""),
            ("interview", "elsewhere", "Coop"),
        ]
        assert {(each.answered_hour.minute, each.answered_hour.second, each.free_text) for each in stored} == {
            (0, 0, "")
        }
        with tenant(lyngvaer.pk):
            assert AlsoSeen.objects.get(answer=stored[0]).source.slug == "finn"
        page = client.get(self.address(job)).content.decode()
        assert "2 svar fra intervju" in page
        assert "Ikke skriv navn" in page
        assert "textarea" not in page

    def test_takes_the_last_answer_back_and_no_other(self, lyngvaer, job, code, client_of, monkeypatch):
        client = client_of(lyngvaer.hr)
        answer(code)
        back = client.post(self.address(job), self.sent(client, job)).url
        mark = re.search(r"sist=(.+)", back)[1].replace("%3A", ":")

        page = client.get(back).content.decode()
        assert "Sist lagret: <strong>Lokalavisa</strong>" in page
        for wrong in ("x", "", mark[:-3]):
            client.post(self.address(job), {"undo": wrong})
        other = make_job(lyngvaer, title="Lærer")
        client.post(self.address(other), {"undo": mark})
        assert len(answers_of(lyngvaer)) == 2
        client.post(self.address(job), {"undo": mark})
        assert [each.mode for each in answers_of(lyngvaer)] == ["link"]
        monkeypatch.setattr(survey_interview, "UNDO_S", -1)
        assert "for sent" in client.post(self.address(job), {"undo": mark}, follow=True).content.decode()

    def test_asks_for_the_first_place_and_stores_nothing_half(self, lyngvaer, job, client_of):
        client = client_of(lyngvaer.hr)

        response = client.post(self.address(job), self.sent(client, job, first=""))

        assert response.status_code == 422
        assert "Velg hvor søkeren så stillingen først" in response.content.decode()
        assert re.search(r'value="finn"[^>]*checked', response.content.decode())
        assert answers_of(lyngvaer) == []

    def test_goes_on_when_the_survey_is_closed_and_ends_half_a_year_after_the_deadline(self, lyngvaer, client_of):
        client = client_of(lyngvaer.hr)
        closed = make_job(lyngvaer, deadline_in_days=-60)
        old = make_job(lyngvaer, deadline_in_days=-200)

        assert client.post(self.address(closed), self.sent(client, closed)).status_code == 302
        assert "mer enn et halvt år" in client.get(self.address(old)).content.decode()
        assert client.post(self.address(old), {"first": "print"}).status_code == 410
        # The pages that lead here offer it as long as it takes an answer.
        for job, is_offered in ((closed, True), (old, False)):
            for page in (f"/9901/stillinger/{job.pk}/", f"/9901/stillinger/{job.pk}/undersokelse/"):
                assert (self.address(job) in client.get(page).content.decode()) is is_offered, page
        assert len(answers_of(lyngvaer)) == 1

    def test_is_hrs_alone_p13(self, lyngvaer, storvika, job, client_of):
        for person in (lyngvaer.adviser, lyngvaer.administrator, lyngvaer.reader, storvika.hr):
            assert client_of(person).get(self.address(job)).status_code == 404
        assert client_of(storvika.hr).get(self.address(job).replace("9901", "9902")).status_code == 404


class TestStatus:
    def test_tells_answers_of_applicants_by_way_and_language_and_is_silent_where_it_cannot_be_known_g3(
        self, lyngvaer, job, code, django_assert_num_queries
    ):
        answer(code)
        answer(code, "?sprak=en")
        other = make_job(lyngvaer, title="Lærer")
        with tenant(lyngvaer.pk):
            unknown = survey_status.status_of(job=job, now=clock.now())
            count = JobCount.objects.create(job=job, applied=1)
            too_few = survey_status.status_of(job=job, now=clock.now())
            count.applied = 8
            count.save()
            with django_assert_num_queries(3):
                told = survey_status.statuses_of(job_ids=[job.pk, other.pk])

        assert (unknown.n_answers, unknown.n_applied, unknown.response, unknown.n_silent) == (2, None, None, None)
        assert (too_few.response, too_few.n_silent) == (None, None)
        assert (told[job.pk].response, told[job.pk].n_silent) == (0.25, 6)
        assert told[job.pk].by_language == {"nb": 1, "en": 1}
        assert (told[other.pk].n_answers, told[other.pk].by_mode) == (0, {})

    def test_says_of_an_old_vacancy_that_answers_are_deleted_and_never_that_nobody_answered_p10(
        self, lyngvaer, job, code, client_of
    ):
        answer(code)
        with tenant(lyngvaer.pk):
            SurveyAnswer.objects.update(answered_hour=clock.now() - timedelta(days=400))
            JobPosting.objects.update(created_at=clock.now() - timedelta(days=420))
            Survey.objects.update(closes_date=clock.today() - timedelta(days=380))
            JobCount.objects.create(job=job, applied=4)
            retention.forget_old_answers(months=12, now=clock.now())
        hr, reader = client_of(lyngvaer.hr), client_of(lyngvaer.reader)

        workspace = hr.get(f"/9901/stillinger/{job.pk}/").content.decode()
        survey = hr.get(f"/9901/stillinger/{job.pk}/undersokelse/").content.decode()
        others = reader.get(f"/9901/stillinger/{job.pk}/").content.decode()

        for page in (workspace, survey):
            assert "Ingen svar er igjen" in page
            assert "Svar slettes etter 12 måneder." in page
            assert "har svart" not in page
        assert '<td class="num" role="cell" data-l="Søkere, sagt"><span class="muted">slettet</span></td>' in workspace
        assert "Under 5 har svart" not in others

    def test_puts_what_people_said_beside_what_links_counted(self):
        rows = survey_status.said_and_tracked(said={1: 3, 2: 5}, visits={1: 40, 3: 7})

        assert [(row.source_id, row.said, row.visits) for row in rows] == [(2, 5, None), (1, 3, 40), (3, 0, 7)]

    def test_answers_given_by_link_after_closing_are_refused_while_interviews_go_on(self, lyngvaer):
        job = make_job(lyngvaer, deadline_in_days=-15)
        token = survey_tokens.new_token(code_of(lyngvaer, job))
        with tenant(lyngvaer.pk):
            survey = surveys.ensure_survey(job=job)

        with pytest.raises(surveys.SurveyClosed):
            surveys.store_answer(
                municipality_id=lyngvaer.pk,
                survey_id=survey.pk,
                token=token,
                given=surveys.Given(first="print"),
                now=clock.now() + timedelta(minutes=1),
                today=clock.today(),
            )
