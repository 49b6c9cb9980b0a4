"""What was done for a vacancy, day by day: what stands on the line, how it is drawn, and what others are told."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from analytics.actions import costs, measurements, outcomes
from analytics.actions import surveys as survey_actions
from analytics.models import Cost, ObjectKind, Release, SurveyAnswer
from analytics.queries import outcomes as outcome_queries
from channels.actions import links
from channels.actions.visits import Visit, follow
from channels.models import (
    Account,
    AdAccount,
    Campaign,
    CampaignJob,
    Delivery,
    PaidCampaign,
    Post,
    TrackedLink,
)
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass import queries
from kanalkompass.timeline import Happening, Kind, Timeline, timeline
from kanalkompass.timeline_drawing import LEFT, RIGHT, drawing
from recruitment.models import Channel, JobPosting, Source

TODAY, DEADLINE = date(2026, 11, 23), date(2026, 11, 25)
PERSON = Visit("GET", {"User-Agent": "Mozilla/5.0 Firefox/140.0"})


def drawn(*happenings, deadline=DEADLINE, today=TODAY):
    line = Timeline(list(dict.fromkeys(each.lane for each in happenings)), list(happenings), [])
    with translation.override("nb"):
        return drawing(line, deadline=deadline, today=today)


class TestDrawing:
    """Whole weeks, Monday first; a day is where it belongs, and nothing leaves the picture."""

    def test_places_days_in_whole_weeks_with_what_is_planned_apart(self):
        ad = Happening(Kind.AD, "LinkedIn", "Annonse", first=date(2026, 11, 4), last=date(2026, 12, 2))
        post = Happening(Kind.POST, "LinkedIn", "Innlegg", "Publisert", first=date(2026, 11, 6))
        twin = Happening(Kind.UNKNOWN, "LinkedIn", "Enda et", first=date(2026, 11, 6))

        picture = drawn(ad, post, twin, Happening(Kind.PLANNED, "Facebook", "Utkast"))

        assert (picture.first_day, picture.last_day) == (date(2026, 11, 2), date(2026, 12, 6))
        assert [label for _, label in picture.weeks] == ["uke 45", "uke 46", "uke 47", "uke 48", "uke 49"]
        day = (RIGHT - LEFT) / 35
        bar = picture.lanes[0].bars[0]
        assert bar.x == round(LEFT + 2 * day)
        assert bar.x + bar.done_width == bar.planned_x == round(LEFT + 21.5 * day)
        assert bar.planned_x + bar.planned_width == round(LEFT + 31 * day)
        assert bar.label == "2. des."
        assert picture.deadline_x == round(LEFT + 24 * day)
        first, second = picture.lanes[0].marks
        assert (first.x, second.x - first.x) == (round(LEFT + 4.5 * day), 15)
        assert first.title == "Innlegg: Publisert, 6. nov."
        assert len(picture.lanes) == 1
        assert picture.kinds == {"post", "unknown", "bar"}

    @pytest.mark.parametrize(
        ("first", "deadline", "today"),
        [
            (date(2010, 1, 1), DEADLINE, TODAY),
            (TODAY, date(2099, 1, 1), TODAY),
            (TODAY, TODAY, TODAY),
            (date(2026, 12, 31), date(2027, 1, 1), date(2031, 5, 5)),
            (date(2026, 3, 28), date(2026, 3, 30), date(2026, 3, 29)),
        ],
    )
    def test_stays_inside_its_frame_however_odd_the_days(self, first, deadline, today):
        stretch = Happening(Kind.SURVEY, "S\u00f8kere", "x", first=first, last=first + timedelta(days=400))
        name = "Mánáid- ja oahppanguovddáš i Kárášjohka"
        picture = drawn(Happening(Kind.COST, name, "<b>", first=first), stretch, deadline=deadline, today=today)

        assert (picture.last_day - picture.first_day).days < 385
        assert picture.first_day.weekday() == 0
        assert len(picture.weeks) <= 10
        xs = [mark.x for lane in picture.lanes for mark in lane.marks]
        xs += [x for lane in picture.lanes for bar in lane.bars for x in (bar.x, bar.x + bar.done_width)]
        assert all(LEFT <= x <= RIGHT for x in [*xs, picture.deadline_x or LEFT, picture.today_x or LEFT])
        assert all(len(lane.name) <= 20 for lane in picture.lanes)

    def test_draws_a_busy_day_as_one_mark_with_its_number_and_tells_whether_somebody_is_needed(self):
        day = date(2026, 11, 6)
        busy = [Happening(Kind.POST, "LinkedIn", f"Innlegg {n}", first=day) for n in range(4)]
        next_day = Happening(Kind.COST, "LinkedIn", "Faktura", first=day + timedelta(days=1))
        doubt = Happening(Kind.UNKNOWN, "LinkedIn", "Uviss", first=day)

        [many, cost] = drawn(*busy, next_day).lanes[0].marks
        [with_doubt] = drawn(*busy, doubt).lanes[0].marks

        assert (many.kind, many.n, cost.kind) == ("many", 4, "cost")
        assert many.title.startswith("4 hendelser: Innlegg 0, 6. nov.; Innlegg 1")
        assert (with_doubt.kind, with_doubt.n) == ("many_doubt", 5)
        # A post a day for a year: no mark lies on another, and none is lost.
        year = [Happening(Kind.POST, "LinkedIn", "x", first=TODAY - timedelta(days=n)) for n in range(150)]
        marks = drawn(*year).lanes[0].marks
        assert sum(mark.n for mark in marks) == 150
        assert all(after.x - before.x >= 15 for before, after in zip(marks, marks[1:], strict=False))

    def test_of_nothing_is_no_picture(self):
        assert drawn() is None


@pytest.fixture
def job(lyngvaer, make_job):
    with tenant(lyngvaer.pk):
        return make_job(
            deadline_date=clock.today() + timedelta(days=2), announced_date=clock.today() - timedelta(days=21)
        )


def make_delivery(town, job, state, **fields):
    """Make a post of the vacancy with a delivery in a state."""
    campaign, _ = Campaign.objects.get_or_create(
        name="Høst",
        defaults={
            "start_date": clock.today() - timedelta(days=20),
            "end_date": job.deadline_date + timedelta(days=7),
            "created_by": town.adviser,
            "budget_ore": 2_200_000,
        },
    )
    CampaignJob.objects.get_or_create(campaign=campaign, job=job)
    channel = Channel.objects.get(slug="linkedin")
    account, _ = Account.objects.get_or_create(channel=channel, name="Lyngvær")
    post = Post.objects.create(campaign=campaign, job=job, title=f"Innlegg {state}", text="x", created_by=town.adviser)
    source = Source.objects.get(slug="linkedin")
    link = links.make_delivery_link(source=source, job=job, campaign=campaign, target_url=job.apply_url, label="x")
    return Delivery.objects.create(post=post, account=account, link=link, state=state, **fields)


def address(town, job, name="job", **more):
    return reverse(name, kwargs={"number": town.number, "job_id": job.pk, **more})


class TestTimeline:
    def test_tells_all_that_was_done_in_words_and_only_what_is_public_to_readers(self, lyngvaer, client_of, job):
        now, today = clock.now(), clock.today()
        with tenant(lyngvaer.pk):
            make_delivery(lyngvaer, job, "published", published_at=now - timedelta(days=9))
            make_delivery(lyngvaer, job, "unknown", due_at=now, unknown_since=now)
            make_delivery(lyngvaer, job, "draft")
            paper = Source.objects.get(slug="print")
            costs.register_cost(
                job=job, source=paper, day=today, amount_ore=720_050, minutes=None, note="Avis", user=lyngvaer.hr,
                now=now,
            )  # fmt: skip
            campaign = Campaign.objects.get()
            owner = AdAccount.objects.create(
                account=Account.objects.get(), external_id="1", name="Lyngvær", currency="NOK",
                chosen_by=lyngvaer.adviser,
            )  # fmt: skip
            paid = PaidCampaign.objects.create(
                ad_account=owner, external_id="2", name="Annonse i 30 dager", campaign=campaign, job=job, seen_at=now
            )
            day = today - timedelta(days=12)
            figures = measurements.Figures(
                ObjectKind.PAID_CAMPAIGN, paid.pk, day, fetched_at=now, is_paid=True, clicks=3
            )
            measurements.store([figures], now=now)
            survey_actions.ensure_survey(job=job)
            outcomes.register_outcomes(
                job=job,
                counts={paper.pk: outcomes.Counts(applied=4)},
                seen=outcome_queries.version_of(outcome_queries.outcome_grid(job=job)),
                user=lyngvaer.hr,
                now=now,
                today=today,
            )
            with translation.override("nb"):
                line = timeline(job=job, deliveries=Delivery.objects.select_related("post", "account__channel"))

        kinds = [each.kind for each in line.happenings]
        assert kinds[0] == Kind.ANNOUNCEMENT
        assert set(kinds) == {
            Kind.ANNOUNCEMENT, Kind.NOTICE, Kind.POST, Kind.UNKNOWN, Kind.PLANNED, Kind.COST, Kind.AD, Kind.SURVEY,
            Kind.OUTCOME,
        }  # fmt: skip
        assert (line.happenings[-1].what, line.happenings[-1].first) == ("Innlegg draft", None)
        assert (line.lanes[0], line.lanes[-1]) == ("Utlysning", "Søkere")
        [too_long] = line.too_long
        assert (too_long.n_days, too_long.end_date) == (7, job.deadline_date)

        adviser = client_of(lyngvaer.adviser).get(address(lyngvaer, job)).content.decode()
        reader = client_of(lyngvaer.reader).get(address(lyngvaer, job)).content.decode()
        assert "varer sju dager etter fristen" in adviser
        assert "Sett siste dag til" in adviser
        assert "Nytt innlegg" in adviser
        assert "av 22\u00a0000" in adviser
        assert 'class="m-doubt"' in adviser
        for text in ("Innlegg published", "Avis", "kr 7\u00a0200,50", "Annonse i 30 dager", "Utfall telt"):
            assert text in reader
        for text in ("Innlegg draft", "Innlegg unknown", "Sett siste dag til", "/utfall/#", 'name="seen"'):
            assert text not in reader

    def test_says_that_costs_are_cut_and_keeps_a_shared_budget_apart_from_what_was_used(
        self, lyngvaer, client_of, job, make_job
    ):
        with tenant(lyngvaer.pk):
            make_delivery(lyngvaer, job, "draft")
            CampaignJob.objects.create(campaign=Campaign.objects.get(), job=make_job())
            Cost.objects.bulk_create(
                Cost(job=job, source=Source.objects.get(slug="print"), day=clock.today(), note="x", kind="kroner",
                     amount_ore=10_000)
                for _ in range(6)
            )  # fmt: skip

        page = client_of(lyngvaer.hr).get(address(lyngvaer, job)).content.decode()

        assert "De fem siste av 6 vises. Summen er av alle." in page
        assert "<dt>Kampanjens budsjett</dt><dd>kr 22\u00a0000 for to stillinger</dd>" in page

    def test_lets_a_campaign_end_with_its_last_vacancy_and_never_before(
        self, lyngvaer, storvika, client_of, job, make_job
    ):
        client = client_of(lyngvaer.adviser)
        with tenant(lyngvaer.pk):
            make_delivery(lyngvaer, job, "draft")
            campaign = Campaign.objects.get()
            other = make_job(deadline_date=job.deadline_date + timedelta(days=3))
            CampaignJob.objects.create(campaign=campaign, job=other)
        end = address(lyngvaer, job, "job_campaign_end", campaign_id=campaign.pk)

        assert client_of(lyngvaer.hr).post(end).status_code == 404
        assert client_of(storvika.adviser).post(end.replace("9901", "9902")).status_code == 404
        pages = [client.post(end, follow=True).content.decode() for _ in range(2)]

        assert "Kampanjen slutter" in pages[0]
        assert "Kampanjen slutter" not in pages[1]
        with tenant(lyngvaer.pk):
            assert Campaign.objects.get().end_date == other.deadline_date


class TestVersion:
    def test_counts_binding_changes_after_the_announcement(self, lyngvaer, job):
        with tenant(lyngvaer.pk):
            JobPosting.objects.filter(pk=job.pk).update(announced_where="NAV")
        with tenant(lyngvaer.pk):
            before = queries.version_of(job)
        with tenant(lyngvaer.pk):
            JobPosting.objects.filter(pk=job.pk).update(percentage=80, positions=2)
        connection.check_constraints()  # What a commit does: the log is written.
        with tenant(lyngvaer.pk):
            after = queries.version_of(job)

        assert (before.number, before.since) == (1, job.announced_date)
        assert (after.number, after.since) == (2, clock.today())


class TestPlaces:
    def test_get_links_of_their_own_that_are_counted_apart_and_taken_out_of_use(
        self, lyngvaer, storvika, client_of, job
    ):
        client, new = client_of(lyngvaer.hr), address(lyngvaer, job, "job_place_link")
        with tenant(lyngvaer.pk):
            links.make_links_for_job(job=job)
            n_own = TrackedLink.objects.count()
            nowhere = Source.objects.get(kind="unknown")
        with tenant(storvika.pk):
            foreign = Source.objects.get(slug="print")
        typed = {"place_source": "print", "place": " Plakat \u00e1 <b>torget</b> "}

        assert client_of(lyngvaer.reader).post(new, typed).status_code == 404
        for wrong in ({"place_source": foreign.pk}, {"place_source": nowhere.slug}, {"place": "x" * 61}):
            assert client.post(new, typed | wrong).status_code == 422
        assert [client.post(new, typed).status_code for _ in range(2)] == [302, 302]

        with tenant(lyngvaer.pk):
            link = TrackedLink.objects.get(place="Plakat \u00e1 <b>torget</b>")
            assert TrackedLink.objects.count() == n_own + 1
            links.make_links_for_job(job=job)
            assert TrackedLink.objects.count() == n_own + 1
        for moment in (clock.now() - timedelta(days=2), clock.now()):
            follow(code=link.code, visit=PERSON, now=moment)
        page = client.get(address(lyngvaer, job)).content.decode()
        assert "Lokalavisa, Plakat \u00e1 &lt;b&gt;torget" in page
        assert "+ 1 i dag" in page
        followed, _fold, others = page[page.index('id="lenker"') :].partition(f"{n_own} lenker som ingen har fulgt")
        assert f"/s/{link.code}" in followed
        assert (followed.count('<span class="kk-address">'), others.count('<span class="kk-address">')) == (1, n_own)

        sheet = client_of(lyngvaer.reader).get(address(lyngvaer, job, "job_qr_sheet"), {"lenke": link.pk})
        assert f"/s/{link.code}" in sheet.content.decode()
        assert "Søk innen" in sheet.content.decode()
        missing = client.get(address(lyngvaer, job, "job_qr_sheet"), {"lenke": "999999999999999999999"})
        assert missing.status_code == 404

        out = address(lyngvaer, job, "job_place_retire", link_id=link.pk)
        assert [client.post(out).status_code for _ in range(2)] == [302, 302]
        with tenant(lyngvaer.pk):
            assert not TrackedLink.objects.get(pk=link.pk).is_active
            assert TrackedLink.objects.filter(is_active=True).count() == n_own

    def test_have_sheets_in_the_language_of_the_vacancy(self, lyngvaer, client_of, job):
        with tenant(lyngvaer.pk):
            JobPosting.objects.filter(pk=job.pk).update(language="nn")
            link = links.make_place_link(source=Source.objects.get(slug="print"), job=job, place="Torget")

        page = client_of(lyngvaer.hr).get(address(lyngvaer, job, "job_qr_sheet"), {"lenke": link.pk}).content.decode()

        assert 'lang="nn"' in page
        assert "Kan dette vere deg?" in page
        assert "Ark med QR-koder" in page


class TestAnswers:
    def test_are_exact_for_hr_and_a_band_after_the_deadline_for_others_r10(self, lyngvaer, client_of, job):
        with tenant(lyngvaer.pk):
            survey = survey_actions.ensure_survey(job=job)
            linkedin = Source.objects.get(slug="linkedin")
            hour = clock.now().replace(minute=0, second=0, microsecond=0)
            SurveyAnswer.objects.bulk_create(
                SurveyAnswer(
                    survey=survey, first_source=linkedin, language="nb", answered_hour=hour, token_hash=f"a{n}",
                    receipt_hash=f"b{n}",
                )
                for n in range(6)
            )  # fmt: skip
            outcomes.register_outcomes(
                job=job,
                counts={},
                whole=outcomes.Whole(applied=10),
                seen=outcome_queries.version_of(outcome_queries.outcome_grid(job=job)),
                user=lyngvaer.hr,
                now=clock.now(),
                today=clock.today(),
            )
        hr, others = client_of(lyngvaer.hr), client_of(lyngvaer.adviser)
        exact = hr.get(address(lyngvaer, job)).content.decode()
        before = others.get(address(lyngvaer, job)).content.decode()
        with tenant(lyngvaer.pk):
            type(survey).objects.update(closes_date=clock.today() - timedelta(days=1))
            Release.objects.create(
                question="said", source=linkedin, count=6, threshold=5, month="2026-11-01", job=job, n_jobs=1,
                released_date=clock.today(), first_deadline=job.deadline_date, last_deadline=job.deadline_date,
            )  # fmt: skip
        after = others.get(address(lyngvaer, job)).content.decode()
        with tenant(lyngvaer.pk):
            SurveyAnswer.objects.filter(receipt_hash__in=["b0", "b1"]).delete()
        few = others.get(address(lyngvaer, job)).content.decode()

        assert "6 av 10 søkere har svart" in exact
        assert "(60 %)" in exact
        assert "Trolig mellom 8 og 10 av alle 10 (90 %)" in exact
        assert "Nye svar vises når minst 5 kan vises samlet" in before
        assert "5 eller flere har svart" in after
        assert '<td class="num">6</td>' in after
        assert after.count("Ikke vist ennå (minst 5 samlet)") == 3
        assert "Under 5 har svart" in few
        for page in (before, after, few):
            assert "av 10" not in page
