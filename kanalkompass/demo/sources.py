"""What each source is worth in the invented world: whom it reaches, how good they are, and what it costs."""

from dataclasses import dataclass

from numpy.random import Generator

from kanalkompass.demo.people import Town


@dataclass(frozen=True)
class Worth:
    """
    One source. `applicants` are expected per vacancy of average pull where the source is used at all (`used_in`, a
    share of the vacancies); `qualified` is the chance that one of them is; `visits` are visits of the tracked link
    per applicant. Kroner and minutes are (least, most) per vacancy.
    """

    used_in: float
    applicants: float
    qualified: float
    visits: float = 0
    kroner: tuple[int, int] | None = None
    paid_in: float = 1.0
    minutes: tuple[int, int] | None = None


WORTH = {
    "linkedin": Worth(0.55, 1.3, 0.62, 14, (1_500, 5_500), 0.35, (30, 80)),
    "facebook": Worth(0.9, 1.9, 0.32, 20, (500, 3_500), 0.5, (20, 60)),
    "instagram": Worth(0.5, 0.7, 0.3, 18, (300, 1_200), 0.2, (20, 45)),
    "finn": Worth(0.7, 3.0, 0.42, 10, (5_900, 8_900)),
    "nav": Worth(1.0, 2.8, 0.38, 9, None, 1.0, (15, 30)),
    "own-web": Worth(1.0, 2.4, 0.46, 13, None, 1.0, (60, 130)),
    "print": Worth(0.12, 0.9, 0.4, 3, (7_200, 12_800), 1.0, (20, 40)),
    "cinema": Worth(0.15, 0.7, 0.22, 3),
    "radio": Worth(0.08, 0.4, 0.25),
    "job-fair": Worth(0.15, 1.1, 0.6, 4),
    "referral": Worth(0.8, 1.6, 0.6),
    "intranet": Worth(0.8, 0.6, 0.7, 6, None, 1.0, (5, 15)),
    "email": Worth(0.2, 0.3, 0.5, 8, None, 1.0, (10, 20)),
    "elsewhere": Worth(0.6, 0.6, 0.36),
}
# Nurses are found elsewhere than others: applicants there are so many times as many.
NURSE = "2223"
NURSES = {
    "facebook": 3.4, "linkedin": 1.2, "finn": 0.45, "nav": 0.15, "own-web": 0.3, "intranet": 0.15, "email": 0.2,
    "referral": 0.5,
}  # fmt: skip
# Where a municipality that announces on paper is seen, and in how many of its vacancies.
ON_PAPER = {"print": 0.9, "job-fair": 0.3, "referral": 0.8, "elsewhere": 0.5}


def used_at(*, town: Town, rng: Generator) -> frozenset[str]:
    """Return the slugs of the sources that one vacancy could be seen at."""
    dice = {slug: rng.random() for slug in WORTH}
    used_in = ON_PAPER if town.is_on_paper else {slug: worth.used_in for slug, worth in WORTH.items()}
    return frozenset(slug for slug, share in used_in.items() if dice[slug] < share)


def expected_applicants(slug: str, code: str) -> float:
    """Return how many applicants of average pull a vacancy of an occupation has from a source."""
    return WORTH[slug].applicants * (NURSES.get(slug, 1.0) if code == NURSE else 1.0)


@dataclass(frozen=True)
class Round:
    """Something bought for the whole municipality: how many days ago, the source, kroner, hours, and what for."""

    days_ago: int
    source: str
    kroner: int
    hours: int
    note_nb: str
    note_nn: str


ROUNDS = (
    Round(318, "job-fair", 14_900, 38, "Stand på yrkesmesse, høst", "Stand på yrkesmesse, haust"),
    Round(141, "job-fair", 12_500, 31, "Stand på utdanningsmesse", "Stand på utdanningsmesse"),
    Round(288, "cinema", 16_500, 6, "Kinoreklame i fire uker", "Kinoreklame i fire veker"),
    Round(97, "cinema", 16_500, 4, "Kinoreklame i fire uker", "Kinoreklame i fire veker"),
    Round(203, "radio", 9_000, 3, "Radioinnslag i to uker", "Radioinnslag i to veker"),
)
