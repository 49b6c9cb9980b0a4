"""Small confirmations: said in a region that is read aloud, and gone by themselves."""

from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, expect

SCRIPT = Path(settings.BASE_DIR, "static/js/app.js")
PAGE = """<main><div class="ds-alert" role="status" data-toast><p>Lenken er kopiert</p></div>
  <div class="ds-alert" role="status"><p>Innlegget er planlagt</p></div></main>
  <div id="toasts" role="status" aria-live="polite"></div>"""


def test_a_confirmation_moves_to_the_region_that_is_read_and_leaves_while_what_matters_stays(page: Page):
    page.clock.install()
    page.set_content(PAGE)
    page.add_script_tag(path=SCRIPT)

    page.clock.run_for(300)
    page.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {value: '<b>Kopiert</b>'}}))")
    expect(page.locator("#toasts")).to_have_text("Lenken er kopiert<b>Kopiert</b>")
    expect(page.locator("[data-toast]")).to_be_hidden()
    page.clock.run_for(7000)

    expect(page.locator("#toasts")).to_be_empty()
    expect(page.get_by_text("Innlegget er planlagt")).to_be_visible()
