"""
Whether an address that somebody typed answers, as a person outside would find it (P20, B46).

It is advice: nothing is stored and nothing is refused because of it. A link that answers today may be gone tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from channels import outbound

DEADLINE_S = 8.0
MAX_BYTES = 500_000
TITLE_LENGTH = 120
# What a test with a server on this machine puts its own reach in place of.
REACH = outbound.Reach()


@dataclass(frozen=True)
class LinkAnswer:
    """What came of asking: `is_good` when a page was found, and a sentence for the person who asked."""

    is_good: bool
    sentence: str


def ask(url: str) -> LinkAnswer:
    """Ask an address and return what came of it. Takes at most eight seconds; call it with no transaction open."""
    try:
        found = outbound.fetch(url, deadline_s=DEADLINE_S, max_bytes=MAX_BYTES, reach=REACH)
    except outbound.OutboundProblem as problem:
        return LinkAnswer(problem.code == "too_large", sentence_of(problem.code))
    if not 200 <= found.status < 300:
        return LinkAnswer(False, _status_sentence(found.status))
    host, title = urlsplit(found.url).hostname or "", _title(found)
    if title:
        return LinkAnswer(True, _("The address answers: «%(title)s» at %(host)s.") % {"title": title, "host": host})
    return LinkAnswer(True, _("The address answers, at %(host)s.") % {"host": host})


def sentence_of(code: str) -> str:
    """Return what the code of an `OutboundProblem` means for the person who typed the address."""
    return {
        "scheme": _("Only addresses that begin with http or https can be asked."),
        "userinfo": _("The address holds a user name or a password. Take that out."),
        "port": _("The address names a port that is not the web's own, and is not asked."),
        "malformed": _("The address cannot be read, or leads on to one that cannot. Check how it is written."),
        "not_listed": _("The address leads to a host that is not on the municipality's list."),
        "inward": _("The address leads into a closed network, and is not asked. Applicants outside do not reach it."),
        "too_many_redirects": _("The address leads on more than three times. Use the one it ends at."),
        "unknown_name": _("No website was found under this name. Check how it is written."),
        "no_connection": _("The website does not answer. Try again later."),
        "insecure": _("The website's certificate is not valid. Applicants will be warned by their browser."),
        "too_slow": _("The website did not answer in time. Try again later."),
        "too_large": _("The address answers, but the page is unusually large."),
        "unreadable": _("What answered at the address is not a web page that can be read."),
    }.get(code, _("The website does not answer. Try again later."))


def _status_sentence(status: int) -> str:
    if status in (404, 410):
        return _("The website answers that the page does not exist (%(status)s).") % {"status": status}
    if status in (401, 403):
        return _("The website does not let us in (%(status)s). Open it yourself, without being logged in.") % {
            "status": status
        }
    return _("The website answers that something is wrong there (%(status)s).") % {"status": status}


def _title(found: outbound.Fetched) -> str:
    """Return the page's title on one line, "" when it has none. It is foreign text: the template escapes it."""
    reader = _Title()
    reader.feed(found.body.decode("utf-8", errors="replace"))
    line = " ".join("".join(char if char.isprintable() else " " for char in reader.text).split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"


class _Title(HTMLParser):
    """The text of the first title element; what looks like an element inside it is text, as browsers take it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._is_inside = self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._is_inside:
            self.handle_data(self.get_starttag_text() or "")
        self._is_inside = self._is_inside or (tag == "title" and not self._is_over)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._is_inside:
            self._is_inside, self._is_over = False, True

    def handle_data(self, data: str) -> None:
        if self._is_inside and len(self.text) < 1000:
            self.text += data
