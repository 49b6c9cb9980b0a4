"""
The main journey, end to end, in a real browser against a system started as `make run` starts it.

From a vacancy to the comparison: the page is connected, a post is written, scheduled, published once by the worker and
measured, a link is followed, an applicant answers, HR counts, and «Kilder» compares. Every step goes through the doors
that people use. The steps depend on each other and run in order.
"""

import csv
import io
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.journeys.stack import Stack
from tests.kanalkompass.test_launcher import Up

pytestmark = [pytest.mark.slow_start, pytest.mark.xdist_group("journey")]

OSLO = ZoneInfo("Europe/Oslo")
TITLE = "Sykepleier, Solbakken omsorgssenter"
TEXT = "Vil du ha tid til hver pasient? Vi søker sykepleier (100 %) til Solbakken [fast]. #LedigStilling"
WITHHELD = "Nye svar vises når minst 5 kan vises samlet"
CODE_LASTS_S, IN_WITHIN_S = 6, 60
PHONE = {"width": 390, "height": 844}
# What the journey adds to «Kilder» on this day.
ADDED = {
    ("LinkedIn", "Kvalifisert"): 6.0,
    ("LinkedIn", "Ansatt"): 2.0,
    ("LinkedIn", "Kroner"): 4500.0,
    ("LinkedIn", "Timer"): 3.5,
    ("Lokalavisa", "Kroner"): 18000.0,
}


@pytest.fixture(scope="module")
def stack(installation: Path) -> Iterator[Stack]:
    """One installation with demonstration data, for the whole journey; the launcher's tests may have made it."""
    up = Up(installation)
    running = Stack(up, up.wait_until_ready())
    yield running
    running.end()


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What one step found and a later one needs: addresses and codes."""
    return {}


def logged_in(browser: Browser, stack: Stack, email: str) -> Page:
    """Return a page of somebody who logged in with password and code."""
    context, until = browser.new_context(locale="nb-NO"), time.monotonic() + IN_WITHIN_S
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{stack.base}/konto/login/")
    page.fill("[name=login]", email)
    person = stack.people()[email]
    page.fill("[name=password]", person["password"])
    press(page.locator("main button[type=submit]").first)
    # On a machine with much to do a code may be over before it arrives.
    while page.locator("[name=code]").count() and time.monotonic() < until:
        page.fill("[name=code]", _code(stack, email))
        press(page.locator("main .kk-form button[type=submit]").first)
        expect(page.locator("h1")).to_be_visible()
    assert page.url.startswith(f"{stack.base}/9901/"), page.locator("main").inner_text()
    return page


def _code(stack: Stack, email: str) -> str:
    """Return a code that lasts long enough to be sent."""
    person = stack.people()[email]
    if person["seconds_left"] < CODE_LASTS_S:
        time.sleep(person["seconds_left"])
        person = stack.people()[email]
    return person["code"]


@pytest.fixture(scope="module")
def adviser(browser: Browser, stack: Stack) -> Iterator[Page]:
    """Ola Berge, communications adviser."""
    page = logged_in(browser, stack, "ola.berge@lyngvaer.example")
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def hr(browser: Browser, stack: Stack) -> Iterator[Page]:
    """Kari Moen, HR adviser."""
    page = logged_in(browser, stack, "kari.moen@lyngvaer.example")
    yield page
    page.context.close()


@pytest.fixture
def stranger(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody with a phone who has never been here."""
    context = browser.new_context(viewport=PHONE, locale="nb-NO")
    yield context
    context.close()


def this_day() -> str:
    """Return the query of «Kilder» for this day in Norway."""
    day = datetime.now(OSLO).strftime("%d.%m.%Y")
    return f"?fra={day}&til={day}"


def figure(page: Page, source: str, label: str) -> float:
    """Return a figure of «Kilder» as it is read on the page; what is not registered counts as nothing here."""
    row = page.get_by_role("row", name=re.compile(f"^{source}"))
    if not row.count():
        return 0
    # Neighbours that lack the same say it together, in one cell with all their names.
    ways = (f"='{label}'", f"^='{label}, '", f"*=', {label}, '", f"$=', {label}'")
    cell = row.locator(", ".join(f"td[data-l{way}]" for way in ways))
    text = cell.inner_text().replace("\N{NO-BREAK SPACE}", "").replace(",", ".")
    text = text.strip().split("\n")[0]
    return float(text) if re.fullmatch(r"[\d.]+", text) else 0


def press(locator: Locator) -> None:
    """Press what leads to another page, and wait until that page is there: a later goto would cut the request off."""
    with locator.page.expect_navigation():
        locator.click()


def submit(page: Page, text: str) -> None:
    """Press the button with this text, wherever it stands in the page's own content."""
    press(page.locator("main").get_by_role("button", name=text, exact=True))


class TestTheMainJourney:
    def test_1_the_adviser_sets_linkedin_up_and_connects_the_page(self, adviser: Page, stack: Stack, seen):
        page = adviser
        page.goto(f"{stack.base}/9901/kanaler/")
        # The town runs another page already; its own is the one that nobody has connected.
        own = page.locator(".kk-accounts > li", has_text="Lyngvær kommune · ingen er ansvarlig")
        press(own.get_by_role("link", name="LinkedIn", exact=True))
        account = page.url
        done = page.get_by_role("button", name=re.compile("^Marker som gjort"))
        while done.count():
            press(done.first)

        page.goto(f"{account}endre/")
        page.select_option("[name=responsible]", label="Ola Berge")
        page.select_option("[name=deputy]", label="Ida Sund")
        press(page.locator("main button[type=submit]").first)

        page.goto(f"{account}risiko/")
        page.check("[name=status][value=approved]")
        page.fill("[name=responsible_name]", "Marit Lie")
        press(page.locator("main button[type=submit]").first)

        page.goto(f"{account}koble/")
        submit(page, "Fortsett")
        press(page.get_by_role("link", name="Gå til LinkedIn"))
        page.get_by_label(re.compile("^Ingrid Lyngstad")).check()
        press(page.get_by_role("button", name="Tillat"))

        expect(page.locator("h1")).to_contain_text("Lyngvær kommune")
        page.get_by_role("button", name=re.compile("^Ja, koble til Lyngvær kommune")).click()
        expect(page.get_by_role("link", name="Koble fra")).to_be_visible()
        seen["account"] = account

    def test_2_hr_registers_the_vacancy_and_gets_its_links_and_qr_codes(self, hr: Page, stack: Stack, seen):
        page = hr
        deadline = datetime.now(OSLO).date() + timedelta(days=20)
        page.goto(f"{stack.base}/9901/stillinger/ny/")
        page.fill("[name=title]", TITLE)
        page.fill("[name=occupation]", "2223")
        page.fill("[name=workplace]", "Solbakken omsorgssenter")
        page.fill("[name=percentage]", "100")
        page.fill("[name=positions]", "2")
        page.fill("[name=deadline_date]", deadline.strftime("%d.%m.%Y"))
        page.fill("[name=apply_url]", "https://soknad.lyngvaer.example/138")
        page.check("[name=is_announced]")
        page.fill("[name=announced_where]", "NAV og kommunens nettsted")
        page.check("[name=is_noticed]")
        submit(page, "Registrer stillingen")

        expect(page.locator("h1")).to_have_text(TITLE)
        links = page.locator("main").get_by_text(re.compile(r"/s/\w+")).all_inner_texts()
        assert len(links) >= 5, links
        qr = page.request.get(stack.base + page.locator("img[src$='qr.svg']").first.get_attribute("src"))
        assert qr.status == 200
        assert "image/svg+xml" in qr.headers["content-type"]
        seen["job"] = page.url

    def test_3_the_adviser_plans_a_post_a_minute_ahead(self, adviser: Page, stack: Stack, seen, tmp_path):
        page = adviser
        today = datetime.now(OSLO).date()
        page.goto(f"{stack.base}/9901/kampanjer/ny/")
        page.fill("[name=name]", "Sykepleier til Solbakken")
        page.get_by_label(re.compile(f"^{TITLE}")).last.check()
        page.fill("[name=start_date]", today.strftime("%d.%m.%Y"))
        page.fill("[name=end_date]", (today + timedelta(days=20)).strftime("%d.%m.%Y"))
        press(page.locator("main button[type=submit]").first)

        page.goto(f"{page.url}innlegg/ny/")
        picture = tmp_path / "solbakken.jpg"
        Image.new("RGB", (1200, 627), "#5d8a8c").save(picture)
        page.get_by_role("checkbox", name="Lyngvær kommune", exact=True).check()
        page.get_by_role("checkbox", name="Jobb i Lyngvær", exact=True).uncheck()
        page.fill("[name=title]", "Tid til pasienten")
        page.fill("[name=text]", TEXT)
        page.get_by_text("Last opp et nytt bilde").click()
        page.set_input_files("[name=file]", picture)
        page.fill("[name=alt_text]", "Solbakken omsorgssenter ved fjorden en tidlig morgen.")
        page.check("[name=people][value=none]") if page.locator("[name=people][type=radio]").count() else (
            page.select_option("[name=people]", "none")
        )
        expect(page.locator("main")).to_contain_text(re.compile(r"av 3\s000 tegn"))

        due = (datetime.now(OSLO) + timedelta(seconds=65)).replace(second=0)
        page.fill("[name=due_date]", due.strftime("%d.%m.%Y"))
        page.fill("[name=due_time]", due.strftime("%H.%M"))
        submit(page, "Planlegg")

        expect(page.locator("main")).to_contain_text("Planlagt")
        seen["delivery"] = page.url
        page.evaluate("window.wasNeverReloaded = true")

    def test_4_the_worker_publishes_it_once_and_the_page_changes_by_itself(self, adviser: Page, stack: Stack, seen):
        page = adviser
        expect(page.locator("main h1, main h2, main .ds-tag").first).to_be_visible()
        link = page.get_by_role("link", name=re.compile("på LinkedIn"))
        expect(link.first).to_be_visible(timeout=100_000)
        assert page.evaluate("window.wasNeverReloaded") is True
        sandbox = re.match(r"https?://[^/]+", link.first.get_attribute("href"))[0]

        truth = [line for line in requests.get(f"{sandbox}/_truth", timeout=10).text.splitlines() if line.strip()]
        assert len(truth) == 1
        page.context.new_page().goto(link.first.get_attribute("href"))
        timeline = page.context.pages[-1]
        expect(timeline.locator("main")).to_contain_text("Vi søker sykepleier (100 %) til Solbakken [fast].")
        expect(timeline.get_by_alt_text("Solbakken omsorgssenter ved fjorden en tidlig morgen.")).to_be_visible()
        seen["tracked"] = re.search(rf"{re.escape(stack.base)}/s/\w+", timeline.locator("main").inner_text())[0]
        timeline.close()
        requests.post(f"{sandbox}/_clock", json={"advance_s": 4 * 3600}, timeout=10)

    def test_5_figures_are_fetched_on_demand(self, adviser: Page, seen):
        page = adviser
        page.goto(seen["delivery"])
        page.get_by_role("button", name="Hent tall nå").click()
        figures = page.locator("#delivery-figures")

        expect(figures).to_contain_text("Fra LinkedIn, hentet", timeout=30_000)
        text = figures.inner_text()
        for name in ["Visninger", "Klikk", "Reaksjoner", "Kommentarer", "Delinger"]:
            assert name in text, text
        assert re.search(r"Visninger\s*[\d\s]*[1-9]", text), text

    def test_6_somebody_follows_the_tracked_link(self, stack: Stack, seen):
        answer = requests.get(
            seen["tracked"],
            allow_redirects=False,
            timeout=10,
            headers={
                "User-Agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36"
            },
        )

        assert answer.status_code == 302
        assert answer.headers["Location"] == "https://soknad.lyngvaer.example/138"
        assert "Set-Cookie" not in answer.headers

    def test_7_an_applicant_answers_on_a_phone(self, hr: Page, stranger: BrowserContext, stack: Stack, seen):
        hr.goto(seen["job"] + "undersokelse/")
        address = re.search(rf"{re.escape(stack.base)}/u/\w+/?", hr.locator("main").inner_text())[0]
        for source in ["LinkedIn", "Lokalavisa"]:
            page = stranger.new_page()
            page.goto(address)
            page.get_by_role("group", name=re.compile("først")).get_by_label(source, exact=True).check()
            page.get_by_role("group", name=re.compile("ellers")).get_by_role("checkbox").first.check()
            page.get_by_role("group", name=re.compile("interesse")).get_by_role("checkbox").first.check()
            page.get_by_role("button", name="Send svar").click()
            expect(page.locator("h1")).to_contain_text("Takk")
            expect(page.locator(".kk-receipt")).to_have_text(re.compile(r"\w{4}"))
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert stranger.cookies() == []

    def test_8_hr_counts_the_outcome_and_registers_costs(self, hr: Page, stack: Stack, seen):
        page = hr
        # The demonstration has figures of its own on this day too: what the journey adds is the difference.
        page.goto(f"{stack.base}/9901/kilder/{this_day()}")
        seen["before"] = {pair: figure(page, *pair) for pair in ADDED}
        page.goto(seen["job"] + "utfall/")
        for source, counts in {"LinkedIn": [9, 6, 3, 5, 2, 2], "Lokalavisa": [3, 1, 1, 1, 0, 0]}.items():
            row = page.get_by_role("row", name=re.compile(f"^{source}"))
            for box, count in zip(row.locator("input[type=text]").all(), counts, strict=True):
                box.fill(str(count))
        # No qualified came from elsewhere: a vacancy that is half counted would count nowhere.
        page.check("[name=rest]")
        submit(page, "Lagre tallene")
        expect(page.get_by_role("row", name=re.compile("^LinkedIn")).locator("input[type=text]").nth(1)).to_have_value(
            "6"
        )

        for source, field, value, note in [
            ("LinkedIn", "amount", "4 500", "Fremhevet innlegg"),
            ("LinkedIn", "hours", "3,5", "Skriving og bilde"),
            ("Lokalavisa", "amount", "18 000", "Trykt annonse, halvside"),
        ]:
            page.goto(seen["job"] + "kostnader/")
            page.select_option("[name=source]", label=source)
            page.fill(f"[name={field}]", value)
            page.fill("[name=day]", datetime.now(OSLO).strftime("%d.%m.%Y"))
            page.fill("[name=note]", note)
            submit(page, "Lagre kostnaden")
            expect(page.locator("main")).to_contain_text(note)

    def test_9_kilder_compares_the_sources_and_hr_sees_them_exactly(self, hr: Page, adviser: Page, stack: Stack, seen):
        hr.goto(f"{stack.base}/9901/kilder/{this_day()}")
        assert {pair: figure(hr, *pair) - seen["before"][pair] for pair in ADDED} == ADDED
        shown = {label: figure(hr, "LinkedIn", label) for label in ("Kvalifisert", "Kroner")}

        with hr.expect_download() as download:
            hr.get_by_role("link", name="CSV").click()
        table = Path(download.value.path()).read_text(encoding="utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(table), delimiter=";") if line]
        head = next(line for line in lines if "Kvalifisert" in line)
        row = dict(zip(head, next(line for line in lines if line[0] == "LinkedIn"), strict=False))
        assert float(row["Kroner"].replace(",", ".")) == shown["Kroner"]
        # The file is what everybody may see: nothing of this day is released yet.
        assert not re.fullmatch(r"[\d,]+", row["Kvalifisert"])

        adviser.goto(f"{stack.base}/9901/kilder/{this_day()}")
        expect(adviser.locator("main")).to_contain_text(WITHHELD)
        for cell in adviser.get_by_role("row", name=re.compile("^LinkedIn")).get_by_role("cell").all():
            names = cell.get_attribute("data-l") or ""
            if any(label in names for label in ("Kvalifisert", "Ansatt", "Søkere, sagt")):
                assert not re.search(r"\d", cell.inner_text().replace("5 kan vises", "")), cell.inner_text()

    def test_10_nothing_was_published_twice(self, adviser: Page, stack: Stack, seen):
        adviser.goto(seen["delivery"])
        href = adviser.get_by_role("link", name=re.compile("på LinkedIn")).first.get_attribute("href")
        sandbox = re.match(r"https?://[^/]+", href)[0]
        time.sleep(2)

        truth = [line for line in requests.get(f"{sandbox}/_truth", timeout=10).text.splitlines() if line.strip()]

        assert len(truth) == 1
