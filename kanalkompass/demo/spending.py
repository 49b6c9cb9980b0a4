"""What the vacancies cost, in kroner and hours, and what was bought for the whole municipality."""

from dataclasses import replace
from datetime import date, timedelta

from numpy.random import Generator

from analytics.models import Cost
from kanalkompass.demo.people import Town
from kanalkompass.demo.sources import ON_PAPER, ROUNDS, WORTH, Round
from kanalkompass.demo.vacancies import HISTORY_DAYS, Announced
from recruitment.models import Source, User

KRONER_NOTES = {
    "linkedin": ("Betalt innlegg på LinkedIn", "Betalt innlegg på LinkedIn"),
    "facebook": ("Betalt innlegg på Facebook", "Betalt innlegg på Facebook"),
    "instagram": ("Betalt innlegg på Instagram", "Betalt innlegg på Instagram"),
    "finn": ("Stillingsannonse på FINN", "Stillingsannonse på FINN"),
    "print": ("Annonse i lokalavisa", "Annonse i lokalavisa"),
}
HOURS_NOTES = {
    "own-web": ("Skrive og legge ut utlysningen", "Skrive og leggje ut utlysinga"),
    "nav": ("Registrere hos NAV", "Registrere hos NAV"),
    "print": ("Bestille annonse", "Tinge annonse"),
}
POSTING = ("Lage og legge ut innlegg", "Lage og leggje ut innlegg")


def costs_of(announced: Announced, *, town: Town, sources: dict[str, Source], user: User, rng: Generator) -> list[Cost]:
    """Return what one vacancy cost by source, on the days the money or the time was spent."""
    is_nynorsk = town.language_form == "nn"
    first = announced.registered_day
    last = announced.job.deadline_date
    rows: list[Cost] = []
    for slug, worth in WORTH.items():
        if slug not in announced.seen_at or not announced.fate.is_paid:
            continue
        given = {"job": announced.job, "source": sources[slug], "created_by": user}
        is_paid = rng.random() < worth.paid_in
        if worth.kroner and is_paid and (slug != "linkedin" or town.is_on_linkedin):
            amount_ore = int(rng.integers(*worth.kroner)) // 50 * 50 * 100
            day = first + timedelta(days=int(rng.integers(0, max(1, (last - first).days))))
            note = KRONER_NOTES[slug][is_nynorsk]
            rows.append(Cost(kind=Cost.Kind.KRONER, amount_ore=amount_ore, day=day, note=note, **given))
        if worth.minutes:
            minutes = int(rng.integers(*worth.minutes)) // 5 * 5
            note = HOURS_NOTES.get(slug, POSTING)[is_nynorsk]
            rows.append(Cost(kind=Cost.Kind.HOURS, minutes=minutes, day=first, note=note, **given))
    return rows


def rounds_of(*, town: Town, sources: dict[str, Source], user: User, today: date) -> list[Cost]:
    """Return what was bought for the whole municipality: fairs, cinema and radio. A small municipality buys less."""
    is_nynorsk = town.language_form == "nn"
    rows = []
    for each in bought_by(town):
        given = {
            "source": sources[each.source],
            "day": today - timedelta(days=each.days_ago),
            "note": each.note_nn if is_nynorsk else each.note_nb,
            "created_by": user,
        }
        rows.append(Cost(kind=Cost.Kind.KRONER, amount_ore=each.kroner * 100, **given))
        rows.append(Cost(kind=Cost.Kind.HOURS, minutes=each.hours * 60, **given))
    return rows


def bought_by(town: Town) -> list[Round]:
    """Return the rounds of all the years, each the same a year before; a small municipality buys less of them."""
    rounds = ROUNDS if town.population > 5_000 else ROUNDS[::2]
    years = [replace(each, days_ago=each.days_ago + 365 * n) for each in rounds for n in range(3)]
    bought = [each for each in years if each.days_ago < HISTORY_DAYS[0]]
    return [each for each in bought if each.source in ON_PAPER] if town.is_on_paper else bought
