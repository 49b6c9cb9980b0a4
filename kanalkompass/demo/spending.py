"""What the vacancies cost, in kroner and hours, and what was bought for the whole municipality."""

from datetime import date, timedelta

from numpy.random import Generator

from analytics.models import Cost
from foundation.clock import OSLO
from kanalkompass.demo.people import Town
from kanalkompass.demo.sources import ROUNDS, WORTH
from kanalkompass.demo.vacancies import Announced
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
    first = announced.job.created_at.astimezone(OSLO).date()
    last = announced.job.deadline_date
    rows = []
    for slug, worth in WORTH.items():
        if slug not in announced.seen_at:
            continue
        given = {"job": announced.job, "source": sources[slug], "created_by": user}
        if worth.kroner and rng.random() < worth.paid_in:
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
    for each in ROUNDS[:: 1 if town.population > 5_000 else 2]:
        given = {
            "source": sources[each.source],
            "day": today - timedelta(days=each.days_ago),
            "note": each.note_nn if is_nynorsk else each.note_nb,
            "created_by": user,
        }
        rows.append(Cost(kind=Cost.Kind.KRONER, amount_ore=each.kroner * 100, **given))
        rows.append(Cost(kind=Cost.Kind.HOURS, minutes=each.hours * 60, **given))
    return rows
