"""The list of sources: of one's own, locked, merged and undone; and what stood under «Somewhere else» (G1, B53)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.actions import elsewhere, source_list, survey_tokens, surveys
from analytics.models import Reassignment, SurveyAnswer
from analytics.queries import elsewhere as elsewhere_queries
from analytics.queries import survey_status
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Channel, Source, SourceMerge
from recruitment.queries import sources as queries
from tests.analytics.vacancies import make_job, source_of

LIST = "/9901/kilder/oppsett/"
ELSEWHERE = "/9901/kilder/annet/"
NOW = clock.now


def said(town: Any, job: Any, first: str, place: str = "") -> None:
    """Let one applicant answer."""
    with tenant(town.pk):
        survey = surveys.ensure_survey(job=job)
        token = survey_tokens.new_token(survey.code)
        surveys.keep(survey=survey, token=token, given=surveys.Given(first=first, elsewhere=place), now=NOW())


def form_of(client: Any, address: str, **fields: Any) -> dict[str, Any]:
    key = re.search(r'name="form_key" value="([^"]+)"', client.get(address).content.decode()).group(1)
    return {"form_key": key, "name_nb": "Bygdebladet", "is_active": "on"} | fields


def counts_of(town: Any, job: Any) -> dict[str, int]:
    with tenant(town.pk):
        return {place.source.slug: place.first for place in survey_status.said_of(job=job).places}


class TestNewSource:
    def test_stands_on_the_list_in_the_survey_and_in_the_log_once(self, lyngvaer, client_of):
        client = client_of(lyngvaer.hr)
        channel = Channel.objects.get(slug="linkedin").pk
        form = form_of(client, f"{LIST}ny/", name_nb="Leiaren sin eigen konto", channel=channel, is_own_account="on")

        first, again = client.post(f"{LIST}ny/", form), client.post(f"{LIST}ny/", form)

        assert (first.status_code, again.status_code) == (302, 302)
        source = source_of(lyngvaer, "leiaren-sin-eigen-konto")
        assert (source.name_en, source.is_own_account, source.position) == ("Leiaren sin eigen konto", True, 140)
        page = client.get(LIST).content.decode()
        assert "Søkerne velger mellom 14 steder" in page
        assert "en ansatts egen konto" in page
        with tenant(lyngvaer.pk):
            code = surveys.ensure_survey(job=make_job(lyngvaer)).code
        assert 'value="leiaren-sin-eigen-konto"' in Client().get(f"/u/{code}/").content.decode()

    def test_that_is_wrong_is_refused_at_its_field_and_not_stored(self, lyngvaer, client_of):
        client = client_of(lyngvaer.hr)
        right = form_of(client, f"{LIST}ny/", channel=Channel.objects.get(slug="print").pk)

        for fields, message in [
            ({"name_nb": ""}, ""),
            ({"name_nb": "x" * 81}, "høyst 80 tegn"),
            ({"name_nb": " … "}, "minst én bokstav"),
            ({"name_nb": "lokalavisa"}, "En annen kilde har dette navnet"),
            ({"name_nb": "a\u202eb"}, "tegn som ikke kan brukes"),
            ({"name_en": "x" * 200}, "høyst 80 tegn"),
            ({"channel": ""}, ""),
            ({"channel": "999999"}, "Velg en kanal fra lista"),
            ({"position": "-1"}, ""),
            ({"position": "900"}, ""),
        ]:
            response = client.post(f"{LIST}ny/", right | fields)
            html = response.content.decode()
            assert (response.status_code, fields) == (422, fields)
            assert "ds-validation-message" in html
            assert message in html
        with tenant(lyngvaer.pk):
            assert Source.objects.count() == 15

    def test_gets_an_address_of_its_own_whatever_its_letters(self, lyngvaer):
        with tenant(lyngvaer.pk):
            channel = Channel.objects.get(slug="print")
            names = ["Ávvir Čálli đŋ", "Ávvir  Čálli đŋ!", "Ø & Å", "漢字", "漢", "<b>Åse</b>", "y" * 80]
            made = [
                source_list.create_source(details=source_list.SourceDetails(name_nb=name, channel=channel))
                for name in names
            ]

        slugs = [source.slug for source in made]
        assert slugs[:5] == ["avvir-calli-dn", "avvir-calli-dn-2", "o-a", "kilde", "kilde-2"]
        assert len(set(slugs)) == 7
        assert max(map(len, slugs)) <= 50


class TestLock:
    def test_closes_when_it_has_a_link_a_cost_or_stood_in_a_survey_and_names_can_still_be_corrected(
        self, lyngvaer, client_of
    ):
        client = client_of(lyngvaer.administrator)
        today = clock.today()
        with tenant(lyngvaer.pk):
            make = {"channel": Channel.objects.get(slug="print"), "is_own_account": False}
            source = source_list.create_source(details=source_list.SourceDetails(name_nb="Bygdebladet", **make))
            assert not source_list.is_locked(source, today=today)
            surveys.ensure_survey(job=make_job(lyngvaer))
            assert not source_list.is_locked(source, today=today)
            assert source_list.is_locked(source, today=today + timedelta(days=1))
            Source.objects.filter(pk=source.pk).update(created_at=clock.now() - timedelta(days=3))

        address = f"{LIST}{source.pk}/"
        page = client.get(address).content.decode()
        other = str(Channel.objects.get(slug="linkedin").pk)
        form = form_of(client, address, name_nb="Bygdebladet Sør", channel=other, is_own_account="on", position="75")
        response = client.post(address, form)

        changed = source_of(lyngvaer, "bygdebladet")
        assert "betydningen er låst" in page
        assert 'name="channel"' not in page
        assert response.status_code == 302
        assert (changed.name_nb, changed.position, changed.is_own_account) == ("Bygdebladet Sør", 75, False)
        assert changed.channel_id == make["channel"].pk
        details = source_list.SourceDetails(name_nb="X", channel=Channel.objects.get(slug="linkedin"))
        with tenant(lyngvaer.pk), pytest.raises(source_list.MeaningLocked):
            source_list.change_source(source=changed, details=details, today=today)

    def test_somewhere_else_and_unknown_keep_their_place_and_are_never_out_of_use(self, lyngvaer, client_of):
        client, source = client_of(lyngvaer.hr), source_of(lyngvaer, "elsewhere")

        client.post(f"{LIST}{source.pk}/", form_of(client, f"{LIST}{source.pk}/", name_nb="Annet sted", is_active=""))

        changed = source_of(lyngvaer, "elsewhere")
        assert (changed.name_nb, changed.is_active, changed.position) == ("Annet sted", True, 900)

    def test_tells_administrators_nothing_of_what_applicants_said_r10(self, lyngvaer, client_of):
        job, paper = make_job(lyngvaer), source_of(lyngvaer, "print")
        client = client_of(lyngvaer.administrator)
        addresses = [LIST, f"{LIST}{paper.pk}/", f"{LIST}{paper.pk}/sla-sammen/"]
        said(lyngvaer, job, "linkedin")
        before = [re.sub(r'value="[\w-]{32,}"', "", client.get(each).content.decode()) for each in addresses]

        for _ in range(7):
            said(lyngvaer, job, "print")

        assert [re.sub(r'value="[\w-]{32,}"', "", client.get(each).content.decode()) for each in addresses] == before
        assert "<dt>Svar</dt><dd>7</dd>" in client_of(lyngvaer.hr).get(addresses[2]).content.decode()


class TestMerging:
    def test_tells_one_source_under_another_with_history_and_can_be_undone(self, lyngvaer, client_of):
        job, client = make_job(lyngvaer), client_of(lyngvaer.hr)
        paper, radio = source_of(lyngvaer, "print"), source_of(lyngvaer, "radio")
        said(lyngvaer, job, "print")
        said(lyngvaer, job, "radio")

        response = client.post(f"{LIST}{radio.pk}/sla-sammen/", {"into": paper.pk})

        assert response.status_code == 302
        assert counts_of(lyngvaer, job) == {"print": 2}
        page = client.get(f"{LIST}{radio.pk}/").content.decode()
        assert "Radio telles sammen med Lokalavisa" in page
        assert "Radio inn i Lokalavisa" in page
        with tenant(lyngvaer.pk):
            assert SurveyAnswer.objects.filter(first_source=radio).count() == 1
            assert queries.family_of(paper) == [paper.pk, radio.pk]
            code = surveys.ensure_survey(job=job).code
        assert 'value="radio"' not in client.get(f"/u/{code}/").content.decode()

        client.post(f"{LIST}{radio.pk}/skill/")
        assert counts_of(lyngvaer, job) == {"print": 1, "radio": 1}
        with tenant(lyngvaer.pk):
            history = SourceMerge.objects.get()
            assert (history.merged_by, history.undone_by) == (lyngvaer.hr, lyngvaer.hr)
            assert not source_of(lyngvaer, "radio").is_active

    def test_goes_to_the_end_of_a_chain_and_never_in_a_ring(self, lyngvaer):
        a, b, c, unknown = (source_of(lyngvaer, slug) for slug in ("print", "radio", "cinema", "unknown"))
        with tenant(lyngvaer.pk):
            source_list.merge(source=a, into=b, by=lyngvaer.hr, now=NOW())
            source_list.merge(source=b, into=c, by=lyngvaer.hr, now=NOW())
            assert queries.merged() == {a.pk: c.pk, b.pk: c.pk}
            for source, into in [(c, a), (c, c), (a, c), (unknown, c), (c, unknown)]:
                with pytest.raises(source_list.NotMergeable):
                    source_list.merge(source=source, into=into, by=lyngvaer.hr, now=NOW())
            assert source_list.undo_merge(source=b, by=lyngvaer.hr, now=NOW())
            assert queries.merged() == {a.pk: b.pk}
            assert not source_list.undo_merge(source=b, by=lyngvaer.hr, now=NOW())

    def test_is_not_for_others_and_not_with_others_sources_p13(self, lyngvaer, storvika, client_of):
        paper, foreign = source_of(lyngvaer, "print"), source_of(storvika, "radio")
        address = f"{LIST}{paper.pk}/sla-sammen/"

        assert client_of(lyngvaer.hr).post(address, {"into": foreign.pk}).status_code == 422
        for person in (lyngvaer.adviser, lyngvaer.reader, storvika.hr):
            assert client_of(person).post(address, {"into": paper.pk}).status_code == 404
        with tenant(lyngvaer.pk):
            assert not SourceMerge.objects.exists()


class TestList:
    def test_of_two_thousand_is_paged_searched_and_quick(self, lyngvaer, client_of, django_assert_num_queries):
        client = client_of(lyngvaer.hr)
        client.get(LIST)
        with CaptureQueriesContext(connection) as few:
            client.get(LIST)
        with tenant(lyngvaer.pk):
            paper = source_of(lyngvaer, "print")
            names = {"name_nn": "Stad", "name_en": "Place", "channel": paper.channel, "position": 500}
            Source.objects.bulk_create(Source(slug=f"s{n}", name_nb=f"Sted <{n}> č", **names) for n in range(2_000))

        with django_assert_num_queries(len(few)):
            first = client.get(LIST).content.decode()
        found = client.get(LIST, {"q": "STED <1999> č"}).content.decode()
        odd = [
            client.get(LIST, {"q": q, "side": side}).status_code
            for q, side in [("\0", "x"), ("%", "-1"), ("æ" * 999, "9" * 30)]
        ]

        assert "2 013 steder" in first.replace("\N{NO-BREAK SPACE}", " ")
        assert "De 20 første på lista står i undersøkelsen" in first
        assert len(first) < 60_000
        assert "Sted &lt;1999&gt; č" in found
        assert found.count("<tr role") == 2
        assert odd == [200, 200, 200]
        merging = client.get(f"{LIST}{paper.pk}/sla-sammen/")
        assert merging.status_code == 200
        assert len(merging.content) < 60_000


class TestElsewhere:
    def test_places_are_gathered_given_to_a_source_and_moved_back_with_history(self, lyngvaer, client_of):
        job, client, paper = make_job(lyngvaer), client_of(lyngvaer.hr), source_of(lyngvaer, "print")
        for place in ("Bygdebladet", "bygdebladet ", "BYGDEBLADET.", "Lokalavisa", "<i>Coop</i>", ""):
            said(lyngvaer, job, "elsewhere", place)

        page = client.get(ELSEWHERE).content.decode()
        assert "Tre steder med søkernes egne ord" in page
        assert "&lt;i&gt;Coop&lt;/i&gt;" in page
        assert "Lokalavisa står på lista" in page
        assert "1 svar sier «Et annet sted» uten å si hvor" in page

        client.post(ELSEWHERE, {"words": ["bygdebladet", "lokalavisa"], "source": paper.pk})
        assert counts_of(lyngvaer, job) == {"print": 4, "elsewhere": 2}
        page = client.get(ELSEWHERE).content.decode()
        assert "4 svar, flyttet" in page
        with tenant(lyngvaer.pk):
            [move] = elsewhere_queries.moves()
            assert (move.n_answers, move.moved_by, move.to_source) == (4, lyngvaer.hr, paper)

        undo = f"{ELSEWHERE}{move.key}/angre/"
        assert client.post(undo).status_code == 302
        with tenant(lyngvaer.pk):
            undone_at = set(Reassignment.objects.values_list("undone_at", flat=True))
        assert client.post(undo).status_code == 302
        with tenant(lyngvaer.pk):
            assert set(Reassignment.objects.values_list("undone_at", flat=True)) == undone_at
        assert counts_of(lyngvaer, job) == {"elsewhere": 6}
        assert "flyttet tilbake" in client.get(ELSEWHERE).content.decode()

    def test_what_is_released_keeps_its_mark_and_deleted_answers_take_their_history_with_them_r10_r11(self, lyngvaer):
        from analytics.actions import retention

        job, paper = make_job(lyngvaer), source_of(lyngvaer, "print")
        said(lyngvaer, job, "elsewhere", "Coop")
        with tenant(lyngvaer.pk):
            SurveyAnswer.objects.update(is_released=True)
            elsewhere.assign(keys={"coop"}, to=paper, by=lyngvaer.hr, now=NOW())
            assert SurveyAnswer.objects.get().is_released

            assert retention.forget_old_words(months=1, now=NOW() + timedelta(days=40)) == 1
            assert SurveyAnswer.objects.get().elsewhere == ""
            assert retention.forget_old_answers(months=1, now=NOW() + timedelta(days=40)) == 1
            assert not Reassignment.objects.exists()

    def test_wrong_choices_are_refused_and_nothing_is_moved(self, lyngvaer, storvika, client_of):
        job, client, paper = make_job(lyngvaer), client_of(lyngvaer.hr), source_of(lyngvaer, "print")
        unknown, foreign = source_of(lyngvaer, "unknown"), source_of(storvika, "print")
        said(lyngvaer, job, "elsewhere", "Coop")

        for sent, message in [
            ({"source": paper.pk}, "minst ett av stedene"),
            ({"words": ["coop"]}, "Velg en kilde fra lista"),
            ({"words": ["coop"], "source": unknown.pk}, "Velg en kilde fra lista"),
            ({"words": ["coop"], "source": foreign.pk}, "Velg en kilde fra lista"),
            ({"words": ["rema", "x" * 5000], "source": paper.pk}, "flyttet i mellomtiden"),
        ]:
            response = client.post(ELSEWHERE, sent)
            assert response.status_code == 422
            assert message in response.content.decode()
        assert counts_of(lyngvaer, job) == {"elsewhere": 1}

    def test_is_hrs_alone_and_each_municipalitys_own_p13(self, lyngvaer, storvika, client_of):
        said(lyngvaer, make_job(lyngvaer), "elsewhere", "Coop")
        with tenant(lyngvaer.pk):
            elsewhere.assign(keys={"coop"}, to=source_of(lyngvaer, "print"), by=lyngvaer.hr, now=NOW())
            move = Reassignment.objects.get()

        for person in (lyngvaer.administrator, lyngvaer.adviser, storvika.hr):
            assert client_of(person).get(ELSEWHERE).status_code == 404
        assert client_of(storvika.hr).post(f"/9902/kilder/annet/{move.pk}/angre/").status_code == 404
        assert "Ingenting venter" in client_of(lyngvaer.hr).get(ELSEWHERE).content.decode()
