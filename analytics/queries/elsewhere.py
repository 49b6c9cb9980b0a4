"""What applicants wrote under «Somewhere else», and what HR has moved of it. For HR alone: exact and live (R10)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from analytics.models import Reassignment, SurveyAnswer
from recruitment.models import Source, User

# More places than one looks through at one time; what is moved makes room for the rest.
MOST_SHOWN = 300
MOVES_SHOWN = 30


@dataclass(frozen=True)
class Written:
    """One place in the applicants' own words: `key` is what spellings have in common, `text` the most frequent one."""

    key: str
    text: str
    n_answers: int
    jobs: tuple[str, ...]
    same_as: Source | None = None


@dataclass(frozen=True)
class Move:
    """Answers that were moved together. `key` is one of its rows; `words` are what the applicants had written."""

    key: int
    words: tuple[str, ...]
    n_answers: int
    from_source: Source
    to_source: Source
    moved_at: datetime
    moved_by: User | None
    undone_at: datetime | None
    undone_by: User | None


@dataclass(frozen=True)
class Elsewhere:
    """The places that wait, most frequent first; `n_hidden` are beyond what is shown, `n_without_words` say nothing."""

    written: list[Written]
    n_hidden: int
    n_without_words: int
    moves: list[Move] = field(default_factory=list)

    @property
    def n_answers(self) -> int:
        """How many answers stand under «Somewhere else» with words."""
        return sum(each.n_answers for each in self.written)


def key_of(text: str) -> str:
    """Return what spellings of the same place have in common: small letters, single blanks, no stop at the end."""
    return " ".join(text.casefold().split()).strip(" .,;:-!?«»\"'")


def elsewhere() -> Elsewhere:
    """Return what is written and what was moved. Four queries, however many answers."""
    answers = SurveyAnswer.objects.filter(first_source__kind=Source.Kind.ELSEWHERE)
    spellings: dict[str, Counter[str]] = {}
    jobs: dict[str, dict[str, None]] = {}
    for text, title in answers.exclude(elsewhere="").order_by("pk").values_list("elsewhere", "survey__job__title"):
        spellings.setdefault(key_of(text), Counter())[text] += 1
        jobs.setdefault(key_of(text), {})[title] = None
    named = _by_name() if spellings else {}
    written = [
        Written(key, counts.most_common(1)[0][0], counts.total(), tuple(jobs[key])[:3], named.get(key))
        for key, counts in spellings.items()
        if key
    ]
    written.sort(key=lambda each: (-each.n_answers, each.key))
    return Elsewhere(
        written=written[:MOST_SHOWN],
        n_hidden=len(written[MOST_SHOWN:]),
        n_without_words=answers.filter(elsewhere="").count(),
        moves=moves(),
    )


def moves() -> list[Move]:
    """Return what was moved, newest first. One query."""
    rows = Reassignment.objects.select_related("answer", "from_source", "to_source", "moved_by", "undone_by")
    together: dict[tuple, list[Reassignment]] = {}
    for row in rows.order_by("-moved_at", "-pk")[: 50 * MOVES_SHOWN]:
        key = (row.moved_at, row.moved_by_id, row.from_source_id, row.to_source_id, row.undone_at)
        together.setdefault(key, []).append(row)
    return [_move(rows) for rows in list(together.values())[:MOVES_SHOWN]]


def _move(rows: list[Reassignment]) -> Move:
    first = rows[0]
    return Move(
        key=first.pk,
        words=tuple(dict.fromkeys(row.answer.elsewhere for row in rows if row.answer.elsewhere))[:3],
        n_answers=len(rows),
        from_source=first.from_source,
        to_source=first.to_source,
        moved_at=first.moved_at,
        moved_by=first.moved_by,
        undone_at=first.undone_at,
        undone_by=first.undone_by,
    )


def _by_name() -> dict[str, Source]:
    """Return the named places by the key of each of their names."""
    places = Source.objects.filter(kind=Source.Kind.PLACE, merged_into__isnull=True)
    return {key_of(name): source for source in places for name in (source.name_nb, source.name_nn, source.name_en)}
