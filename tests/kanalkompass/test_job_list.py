"""The list of vacancies: what one searches for, and what lacks outcomes or costs."""

from __future__ import annotations

import datetime
from typing import Any

from analytics.models import Cost, JobCount, Outcome
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Source
from tests.kanalkompass.test_overview import page_of

DAY = datetime.timedelta(days=1)


class TestJobList:
    def test_is_searched_and_narrowed_to_what_lacks_something_and_each_row_leads_to_where_it_is_done(
        self, client_of, lyngvaer, make_job
    ):
        today = clock.today()
        with tenant(lyngvaer.pk):
            linkedin = Source.objects.get(slug="linkedin")
            half, done, bare = (
                make_job(title=title, deadline_date=today - days * DAY)
                for title, days in (("Halv kokk", 5), ("Ferdig", 6), ("Bar kokk", 7))
            )
            make_job(title="Åpen kokk", deadline_date=today + 5 * DAY)
            make_job(title="Gammel", deadline_date=today - 400 * DAY)
            for job in (half, done):
                Outcome.objects.create(job=job, source=linkedin, qualified=2, counted_date=today)
            JobCount.objects.create(job=half, n_missing=3)
            Cost.objects.create(job=half, source=linkedin, day=today, kind="kroner", amount_ore=120_000, note="x")
        client, address = client_of(lyngvaer.hr), f"/{lyngvaer.number}/stillinger/"

        def page(**asked: Any) -> str:
            return client.get(address, asked).content.decode().replace("\N{NO-BREAK SPACE}", " ")

        lacking = page(mangler="utfall")
        assert "<h1>To stillinger mangler utfall</h1>" in lacking
        assert lacking.index("Bar kokk") < lacking.index("Halv kokk")
        assert f'href="{address}{half.pk}/utfall/">utfall mangler for tre kilder</a>' in lacking
        assert ("kr 1 200" in lacking, "Ferdig" in lacking, "Gammel" in lacking) == (True, False, False)
        assert "<h1>Én stilling har ingen registrert kostnad</h1>" in page(mangler="kostnad")
        assert "Bar kokk" not in page(mangler="utfall", fra=(today - 6 * DAY).isoformat(), til=today.isoformat())
        found = page(q="KOKK")
        assert "<h1>Tre stillinger passer med «KOKK»</h1>" in found
        assert ("Åpen kokk" in found, "Ferdig" in found) == (True, False)
        assert "Ingen stillinger passer med «&lt;b&gt;»" in page(q="<b>")

        reader = client_of(lyngvaer.reader).get(address, {"mangler": "utfall"}).content.decode()
        assert "Halv kokk" in reader
        # How far HR has come with each source is told to nobody else (R10).
        assert ("tre kilder" in reader, "/utfall/" in reader) == (False, False)
        for wrong in ({"mangler": "alt"}, {"q": "x" * 81}, {"mangler": "utfall", "fra": "31.02.2026"}, {"q": "\0"}):
            assert client.get(address, wrong).status_code == 422, wrong

        kilder = client.get(f"/{lyngvaer.number}/kilder/").content.decode()
        assert "Registrer kvalifiserte for 2 stillinger" in kilder
        assert "mangler=utfall" in kilder
        assert page_of(client_of, lyngvaer, "hr").count("/utfall/") == 2
