"""Rows drawn without a template: whatever a municipality calls its sources stays text."""

from django.utils.html import format_html

from analytics.views import source_markup
from analytics.views.source_table import Cell, TableRow

STRANGE = "<script>alert(1)</script>\"'&"


def test_every_value_of_a_row_is_escaped_and_drawings_are_not():
    drawing = format_html("<svg>{}</svg>", "")
    cell = Cell(label=STRANGE, text=STRANGE, value=None, sub=STRANGE, is_missing=True)
    row = TableRow(
        source_id=7, name=STRANGE, how=STRANGE, cells=[cell], cost="", cost_range=STRANGE, cost_words=STRANGE,
        tie=STRANGE, plot=drawing, fetched=STRANGE, about_label=STRANGE, about=[(STRANGE, STRANGE)], is_few=True,
        bracket=2, spark=drawing,
    )  # fmt: skip
    around = source_markup.Around(
        address="/4601/kilder/", query=f"?q={STRANGE}", cost=STRANGE, weeks=STRANGE, close=STRANGE,
        provenance=STRANGE, cannot_be_told_apart=STRANGE, has_brackets=True,
    )  # fmt: skip

    html = source_markup.rows([row, row], around)

    assert "<script" not in html
    assert "\"'" not in html
    # Ten in the name and its explanation, three in the cell, four in the price, the bracket and the weeks.
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;") == 2 * 19
    assert html.count('<tr role="row" class="is-few">') == html.count('rowspan="2"') == 2
    assert html.count("<svg></svg>") == 4
