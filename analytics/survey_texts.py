"""Texts that lead applicants to a survey: invitations to send, and pieces of HTML for an application form."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from recruitment.models import Source


@dataclass(frozen=True)
class Copied:
    """A text to copy: its key on the page, what it is in the reader's language, and how many lines it takes there."""

    key: str
    label: str
    text: str

    @property
    def n_rows(self) -> int:
        """How many rows its box needs on a wide screen."""
        return min(14, sum(1 + len(line) // 84 for line in self.text.split("\n")))


def address_in(language: str, *, address: str, default: str, **more: str) -> str:
    """Return a survey's address for a language; the vacancy's own, which opens by itself, is not said in it."""
    asked = ({} if language == default else {"sprak": language}) | more
    return f"{address}?{urlencode(asked)}" if asked else address


def invitations(*, job_name: str, municipality: str, address: str, language: str) -> list[Copied]:
    """
    Return the invitations for e-mail, text message and letter. `address` opens the form in `language`.

    The labels are in the language that is active, the texts in `language`. They say that it is voluntary and anonymous,
    and promise nothing else.
    """
    labels = {"epost": _("E-mail"), "sms": _("Text message"), "brev": _("Letter")}
    values = {"job": job_name, "municipality": municipality, "address": address}
    with translation.override(language):
        texts = {
            "epost": _(
                "Hello,\n\nThank you for applying for the position %(job)s. Where did you see it? We ask everybody who "
                "applies, to announce our positions where people look for them.\n\nThe survey takes less than a "
                "minute: %(address)s\n\nIt is voluntary and anonymous, and has nothing to do with how your application "
                "is assessed.\n\nBest regards\n%(municipality)s"
            ),
            "sms": _(
                "Thank you for applying to %(municipality)s. Where did you see the position? Answer anonymously in "
                "less than a minute: %(address)s"
            ),
            "brev": _(
                "Thank you for applying for the position %(job)s. Where did you see it? You help us by answering a "
                "short, anonymous survey. It is voluntary and has nothing to do with how your application is "
                "assessed.\n\nWrite this address in your browser: %(address)s"
            ),
        }
        return [Copied(key, labels[key], text % values) for key, text in texts.items()]


def snippets(*, sources: Iterable[Source], address: str, language: str, default: str, mode: str) -> list[Copied]:
    """
    Return HTML for an application form or a receipt page: one link, and a list where the first answer is a click.

    Links alone: a page of ours never lies in a frame on another page.
    """
    labels = {"lenke": _("One link"), "liste": _("A list of places")}

    def to(**more: str) -> str:
        return address_in(language, address=address, default=default, m=mode, **more)

    with translation.override(language):
        link = format_html(
            '<p>{} <a href="{}">{}</a></p>',
            _("Where did you see the position?"),
            to(),
            _("Answer three anonymous questions"),
        )
        rows = ((to(forst=source.slug), source.name) for source in sources)
        listed = format_html(
            "<p>{}</p>\n<ul>\n{}\n</ul>",
            _("Where did you first see the position? Click the place. It is anonymous."),
            format_html_join("\n", '<li><a href="{}">{}</a></li>', rows),
        )
    return [Copied("lenke", labels["lenke"], str(link)), Copied("liste", labels["liste"], str(listed))]
