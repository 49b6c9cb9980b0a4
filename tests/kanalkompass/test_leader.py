"""The leader's sentences and picture say what the figures carry: each rule over many, few, 0 and none."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from analytics.forms.periods import presets
from analytics.queries.selection import Period
from foundation.formats import in_words
from kanalkompass import leader
from kanalkompass.leader import rules
from kanalkompass.leader import told as reading

YEAR = Period(date(2026, 1, 1), date(2026, 11, 23))
NBSP = "\N{NO-BREAK SPACE}"


def source(name: str, qualified: int | None = None, kroner: int | None = None, **more: Any) -> leader.SourceFigures:
    payment = more.pop("payment", "paid" if kroner else "free")
    ore = None if kroner is None else kroner * 100
    return leader.SourceFigures(name, payment, ore, more.pop("minutes", None), qualified, **more)


def told(*sources: leader.SourceFigures, **more: Any) -> leader.Figures:
    """Return figures in which everything that is told has a known source, unless something else is said."""
    counts = [each.qualified for each in sources if each.qualified is not None]
    known = sum(counts) if counts else None
    fields = {"period": YEAR, "is_year": True, "n_jobs": 38, "n_counted": 38, "qualified": known, "known": known}
    return leader.Figures(sources=sources, **(fields | more))


def text(sentence: Any) -> str:
    return strip_tags(str(sentence)).replace(NBSP, " ")


class TestAtLeast:
    def test_never_says_more_than_is_known(self):
        said = {count: rules.at_least(count).replace(NBSP, " ") for count in (1, 4, 19, 20, 21, 146, 150, 999, 1_234)}

        assert said == {
            1: "minst én",
            4: "minst fire",
            19: "minst 19",
            20: "minst 20",
            21: "over 20",
            146: "over 140",
            150: "minst 150",
            999: "over 990",
            1_234: "over 1 200",
        }


class TestWhatCameOfIt:
    def test_counts_vacancies_applicants_and_hires_and_says_what_is_not_known_in_words(self):
        many = "38 utlysninger har gitt over 140 kvalifiserte søkere"
        wait = (
            "38 utlysninger har hatt søknadsfrist så langt i 2026. Kvalifiserte søkere vises når nok kan vises samlet."
        )
        cases = [
            ({"qualified": 146, "hired": 41}, f"{many} og over 40 ansatte."),
            ({"qualified": 146}, f"{many}."),
            ({"qualified": 146, "hired": 0}, f"{many}."),
            (
                {"qualified": 1, "hired": 1, "n_jobs": 1},
                "Én utlysning har gitt minst én kvalifisert søker og minst én ansatt.",
            ),
            ({"qualified": 5, "n_jobs": 6}, "Seks utlysninger har gitt minst fem kvalifiserte søkere."),
            ({}, wait),
            ({"qualified": 0}, wait),
            (
                {"n_counted": 0, "is_year": False, "n_jobs": 2},
                "To utlysninger har hatt søknadsfrist de siste tolv månedene. "
                "Hvor mange kvalifiserte søkere de ga, er ikke registrert ennå.",
            ),
            ({"n_jobs": 0, "n_counted": 0}, "Ingen utlysninger har hatt søknadsfrist så langt i 2026."),
        ]

        assert [text(rules.what_came_of_it(told(**more))) for more, _ in cases] == [said for _, said in cases]


class TestWhereTheyCameFrom:
    def test_tells_which_part_cost_nothing(self):
        three = [source("NAV", 41, 0), source("Nettstedet", 37, 0), source("Tips", 12, 0)]
        few = "Det som kan vises så langt, er for lite til å si noe om kildene: {} av de kvalifiserte."
        unknown = "Hvor de kvalifiserte søkerne så utlysningene først, kan vi ikke si ennå."
        free = {
            # free, paid: what is said of the free part
            (4, 3): "fire",
            (1, 6): "én",
            (3, 3): "halvparten",
            (52, 48): "om lag halvparten",
            (12, 88): "én av ti",
            (4, 96): "nesten ingen",
            (96, 4): "nesten alle",
            (96, None): "alle",
        }
        cases = [
            (
                [*three, source("FINN", 56, 1)],
                "Av de 146 vi kan vise kilden til, kom seks av ti fra NAV, Nettstedet og Tips, uten at vi betalte.",
            ),
            (
                [*three, source("IG", 5), source("FINN", 56, 1)],
                "Av de 151 vi kan vise kilden til, kom seks av ti fra NAV, Nettstedet, Tips og IG, "
                "uten at betaling er registrert.",
            ),
            (
                [*three, source("IG", 5, 0, minutes=1_800), source("Web", 2, 0, minutes=90), source("FINN", 56, 1)],
                "Av de 153 vi kan vise kilden til, kom seks av ti fra NAV, Nettstedet, Tips og to andre kilder, "
                "uten at vi betalte. Eget arbeid med dem: 31,5 timer.",
            ),
            *[
                (
                    [source("NAV", part, 0), source("FINN", paid, 1)],
                    f"Av de {in_words(part + (paid or 0))} vi kan vise kilden til, "
                    f"kom {said} fra NAV, uten at vi betalte.",
                )
                for (part, paid), said in free.items()
            ],
            ([source("FINN", 96, 1)], "Av dem vi kan vise kilden til, kom ingen uten at vi betalte."),
            ([source("FINN", 41, payment="unknown"), source("NAV", 41)], "Flest kom fra FINN og NAV."),
            ([source("NAV", 4), source("FINN", None, 1)], few.format("fire")),
            ([source("NAV", 1), source("FINN", None, 1)], few.format("én")),
            ([source("FINN", None, 1)], unknown),
            ([], unknown),
        ]

        said = [text(rules.where_they_came_from(told(*sources))) for sources, _ in cases]

        assert said == [sentence for _, sentence in cases]

    def test_says_so_when_the_source_of_some_is_unknown(self):
        found = told(source("NAV", 41), source("FINN", 9, 1), qualified=60)

        assert text(rules.where_they_came_from(found)).startswith(
            "Av de 50 vi kan vise kilden til, kom åtte av ti fra NAV, uten at betaling er registrert"
        )

    def test_ranks_nothing_while_the_source_of_less_than_half_can_be_shown_and_the_picture_has_no_bars_for_it(self):
        sources = [source("NAV", 13, 0), source("FINN", 11, 90_000), source("Avisa", 24, 9_000)]
        half, less = (told(*sources, qualified=n) for n in (96, 97))

        assert "ti fra NAV" in text(rules.where_they_came_from(half))
        assert text(rules.where_they_came_from(less)) == (
            "Kilden kan vises for 48 av over 90. Det er for få til å si hvor de fleste kom fra."
        )
        with_bars, without = leader.picture(half), leader.picture(less)
        assert (with_bars.has_people, without.has_people) == (True, False)
        assert [bar.name for bar in with_bars.groups[1].bars] == ["Avisa", "FINN"]
        [finn, avisa] = without.groups[1].bars
        assert (finn.name, finn.qualified, finn.qualified_width, avisa.qualified_width) == ("FINN", "minst 11", 0, 0)
        assert finn.kroner_width == 10 * avisa.kroner_width


class TestWhatMoneyGave:
    def test_tells_of_the_source_that_took_most_and_first_of_a_costly_one_with_too_few(self):
        finn = source("FINN", 26, 171_600, low_ore=480_000, high_ore=910_000)
        untold = "Lokalavisa kostet kr 96 800. Hva det ga, kan bare HR se så langt."
        missing = (
            "Hva kildene kostet, er ikke registrert. Når det er gjort, forteller siden hva en kvalifisert søker koster."
        )
        cases = [
            ([finn, source("Lokalavisa", None, 96_800)], untold),
            ([finn, source("Lokalavisa", 4, 96_800)], untold),
            (
                [finn, source("Lokalavisa", None, 900)],
                "FINN kostet kr 171 600 og ga over 20 kvalifiserte søkere, trolig mellom kr 4 800 og 9 100 for hver.",
            ),
            ([source("FINN", 5, 171_600)], "FINN kostet kr 171 600 og ga minst fem kvalifiserte søkere."),
            ([source("NAV", 7, 0)], "Ingen av kildene har kostet penger så langt i 2026."),
            ([source("NAV", 7)], missing),
            ([], missing),
        ]

        assert [text(rules.what_money_gave(told(*sources))) for sources, _ in cases] == [said for _, said in cases]
        not_counted = told(source("FINN", None, 171_600), n_counted=0)
        assert text(rules.what_money_gave(not_counted)) == (
            "FINN kostet kr 171 600. Hva det ga, er ikke registrert ennå."
        )
        assert text(rules.what_money_gave(told(source("FINN", None, 171_600)))) == (
            "FINN kostet kr 171 600. Hva det ga, vises når nok kan vises samlet."
        )


class TestSentences:
    def test_0_is_never_said_of_what_is_not_known_and_no_number_is_broken(self):
        few = [None, 0, 1, 4, 5]
        for qualified in few:
            for kroner in few:
                for n_jobs in (0, 1, 4):
                    found = told(source("A", qualified, kroner), source("B", None, None), n_jobs=n_jobs, n_counted=0)
                    for sentence in leader.sentences(found):
                        assert not re.search(r"(?<![\d\s])\b0\b|None|nan|inf\b|\{|%\(", text(sentence)), text(sentence)

    def test_a_name_with_markup_is_a_name_and_the_answer_alone_is_emphasised(self):
        name = "<script>alert(1)</script> {0} %s Čáhppesjávri"

        html = " ".join(leader.sentences(told(source(name, 26, 171_600), source(name, 9))))

        assert "<script" not in html
        assert "Čáhppesjávri" in html
        assert set(re.findall(r"</?\w+>", html)) == {"<strong>", "</strong>"}

    def test_are_nynorsk_and_english_too(self):
        found = told(source("NAV", 60), source("Avisa", None, 900), n_jobs=6, hired=7)
        with translation.override("nn"):
            nynorsk = " ".join(text(each) for each in leader.sentences(found))
        with translation.override("en"):
            english = " ".join(text(each) for each in leader.sentences(found))

        assert nynorsk == (
            "Seks utlysingar har gitt minst 60 kvalifiserte søkjarar og minst sju tilsette. "
            "Av dei 60 vi kan vise kjelda til, kom alle frå NAV, utan at betaling er registrert. "
            "Avisa kosta kr 900. Kva det gav, kan berre HR sjå så langt."
        )
        assert english.startswith(
            "Six vacancies gave at least 60 qualified applicants and at least seven hires. Of the 60 whose source"
        )


class TestNextStep:
    def test_is_the_one_that_most_of_the_page_waits_for(self):
        nav, avisa = source("NAV", 60, 0), source("Avisa", None, 900)
        cases = [
            (told(nav, avisa, n_lacking=5), "lacking", "fem stillinger der fristen er ute"),
            (told(), "jobs", "når søknadsfrister er gått ut"),
            (told(source("Radio", 9, payment="unknown"), avisa), "sources", "Spør HR hva Radio kostet"),
            (told(nav, avisa), "sources", "Spør HR hva Avisa ga"),
            (told(nav), "sources", "Se hva hver kilde koster"),
        ]
        for found, kind, said in cases:
            step = leader.next_step(found)
            assert (step.kind, said in step.text) == (kind, True), step


class TestPeriod:
    def test_is_the_year_so_far_from_april_and_twelve_months_before_that(self):
        assert reading.period_of(date(2026, 4, 1)) == (Period(date(2026, 1, 1), date(2026, 4, 1)), True)
        assert reading.period_of(date(2026, 3, 31)) == (Period(date(2025, 4, 1), date(2026, 3, 31)), False)
        # A leap year has a day more, here and on «Kilder».
        leap = Period(date(2023, 3, 2), date(2024, 3, 1))
        assert reading.period_of(date(2024, 3, 1)) == (leap, False)
        assert presets(date(2024, 3, 1))[0].period == leap


class TestPicture:
    def test_has_bars_in_proportion_words_for_what_is_missing_and_the_same_rows_in_the_table(self):
        found = told(
            source("NAV", 40, 0, minutes=90),
            source("Tips", 4),
            source("FINN", 20, 1_000),
            source("Avisa", None, 500),
            source("Radio", 10, None, payment="unknown"),
        )

        drawn = leader.picture(found)
        free, paid, unknown = drawn.groups

        assert [bar.name for bar in free.bars] == ["NAV", "Tips"]
        assert (free.bars[0].qualified, free.bars[0].kroner, free.bars[0].kroner_width) == ("40", "kr 0", 0)
        assert (free.bars[1].qualified, free.bars[1].kroner) == ("vises senere", "ingen registrert")
        assert paid.bars[0].qualified_width * 2 == free.bars[0].qualified_width
        assert paid.bars[0].kroner_width == 2 * paid.bars[1].kroner_width
        assert not paid.bars[1].is_told
        assert unknown.bars[0].kroner == "ikke registrert"
        assert {row.name: (row.kroner, row.qualified) for row in drawn.rows} == {
            bar.name: (bar.kroner, bar.qualified) for group in drawn.groups for bar in group.bars
        }
        assert drawn.rows[0].hours == "1,5"
        assert "NAV: kr 0, kvalifiserte søkere: 40." in drawn.description

    def test_is_none_without_sources_and_bounded_with_ten_thousand(self):
        assert leader.picture(told()) is None

        many = [source(f"Kilde {n:05d} {'å' * 180}", n, n) for n in range(10_000)]
        drawn = leader.picture(told(*many))

        assert sum(len(group.bars) for group in drawn.groups) == 12
        assert (len(drawn.rows), drawn.n_left_out, drawn.n_untold_rows) == (50, 9_988, 9_950)
        assert max(len(bar.short) for group in drawn.groups for bar in group.bars) <= 28

    def test_is_well_formed_whatever_the_names_and_places_have_no_commas(self):
        found = told(source("<b>&\"'", 1_234_567, 9_999_999), source("Ávdnet", 7))
        html = render_to_string("partials/leader_picture.html", {"picture": leader.picture(found)})

        places = re.findall(r' (?:x|dx|width)="([^"]*)"', html)
        assert len(places) > 20
        assert all(re.fullmatch(r"-?\d+", place) for place in places)
        assert "<b>" not in html
