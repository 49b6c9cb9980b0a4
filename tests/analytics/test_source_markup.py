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
        provenance=STRANGE, all_figures=STRANGE, cannot_be_told_apart=STRANGE, has_brackets=True,
    )  # fmt: skip

    html = source_markup.rows([row, row], around)

    assert "<script" not in html
    assert "\"'" not in html
    # Eleven in the name, its explanation and its fold, three in the cell, four in the price, the bracket and the weeks.
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;") == 2 * 20
    assert html.count('<tr role="row" class="is-few">') == html.count('rowspan="2"') == 2
    assert html.count("<svg></svg>") == 4
    assert html.count('class="sub c-tied is-bracketed"') == 2


def test_neighbours_that_are_missing_for_the_same_reason_say_it_once_and_name_each_of_their_columns():
    cells = [
        Cell("Visninger", "oppgis ikke", None, is_missing=True),
        Cell("Klikk", "oppgis ikke", None, is_missing=True),
        Cell("Besøk", "kan ikke spores", None, is_missing=True),
        Cell("Kvalifisert", "7", 7, is_main=True),
        Cell("Kroner", "ikke registrert", None, is_missing=True),
    ]

    html = source_markup.figures(cells)

    assert html.count("oppgis ikke") == html.count("kan ikke spores") == html.count("ikke registrert") == 1
    assert 'class="num c-same" colspan="2" aria-colspan="2" data-l="Visninger, Klikk"' in html
    assert html.count("colspan=") == 2
    assert '<td role="cell" class="num c-main" data-l="Kvalifisert">7</td>' in html
