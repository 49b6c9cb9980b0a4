"""HTML from patterns: whatever a part is, it comes out as Django's own way would write it."""

import pytest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from foundation.markup import html, together

STRANGE = "<b>&amp;\"'\u00e1\u0161</b>"


class Drawn:
    """Something that draws itself."""

    def __html__(self) -> str:
        return "<i>drawn</i>"


class Named(str):
    """A kind of text of its own."""


PARTS = [STRANGE, SafeString(STRANGE), 7, 1.5, None, True, gettext_lazy("Cost <b>"), Drawn(), Named(STRANGE), ""]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_a_part_is_escaped_as_django_escapes_it(part):
    found = html('<td title="{}">{}</td>', part, part)

    assert found == format_html('<td title="{}">{}</td>', part, part)
    assert type(found) is SafeString


def test_parts_are_joined_as_django_joins_them():
    found = together(PARTS, between=", ")

    assert found == format_html_join(", ", "{}", ((part,) for part in PARTS))
    assert type(found) is SafeString
