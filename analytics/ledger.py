"""
Which answers and counts are released together: the rules of the release ledger, without a database.

A vacancy whose count for a source reaches the threshold is a release of its own. The rest waits in a pool of its
question, source and occupation; at a month's end a pool that reaches the threshold is released whole, if nobody can
work a single vacancy's count out from it, and at the year's end what still waits of a source is put together over
occupations. What never reaches the threshold stays unseen. docs/statistics.md tells why.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics import disclosure

SAID = "said"
# HR's counts of several stages tell of each other: under five, single counts can be worked out from them together.
LEAST_COUNTED = 5
# Nobody is at a later stage who was not at the earlier one.
STAGES = (
    ("applied", "qualified"),
    ("qualified", "best_qualified"),
    ("qualified", "interviewed"),
    ("applied", "interviewed"),
    ("interviewed", "offered"),
    ("qualified", "offered"),
    ("offered", "hired"),
    ("interviewed", "hired"),
    ("qualified", "hired"),
    ("applied", "offered"),
    ("applied", "hired"),
)

Count = tuple[str, int, int]  # question, vacancy, source
Key = tuple[str, int, int]  # question, source, occupation


def least_of(question: str, threshold: int) -> int:
    """Return how many are told together at least, in a municipality with this threshold."""
    return threshold if question == SAID else max(threshold, LEAST_COUNTED)


FEWEST_JOBS_OF_RESPONSE = 3


def rounded(n: int, *, threshold: int) -> int:
    """Return a quarter's answers or applicants as they are told: to the threshold."""
    return (2 * n + threshold) // (2 * threshold) * threshold


def may_tell_response(*, n_jobs: int, n_answers: int, n_unreleased: int, n_cells: int, threshold: int) -> bool:
    """
    Whether a quarter's response may be told: of several vacancies, not too few, and with room where nothing is told.

    `n_cells` are vacancies times sources. With room left the rounded sum fits many ways of filling them, and with
    answers for two roundings the share is not far off. Under a threshold of five there is too little room: never.
    """
    has_room = 4 * n_unreleased <= 3 * n_cells * (threshold - 1)
    is_many = n_jobs >= FEWEST_JOBS_OF_RESPONSE and n_answers >= 2 * threshold
    return threshold >= LEAST_COUNTED and is_many and has_room


@dataclass(frozen=True)
class Vacancy:
    """A vacancy that is complete for one question: whose pools it waits in, since when, and under what threshold."""

    question: str
    job_id: int
    occupation_id: int
    month: date
    threshold: int


@dataclass(frozen=True)
class Told:
    """
    What is released: a sum over vacancies, and for which month.

    `counts` are the vacancies' own, of what HR typed; nobody outside is told them.
    """

    question: str
    source_id: int
    job_ids: tuple[int, ...]
    count: int
    month: date
    counts: tuple[int, ...] = ()


class Book:
    """
    The ledger of one municipality while it is gone through.

    `counts` are what is not released yet, by question, vacancy and source; `told` the releases there are, oldest
    first; `month_ends` the threshold of each month that has been gone through, by its first day. What is released here
    is added to `drafts`. Without `looks_at_stages` each question is looked at by itself.
    """

    def __init__(
        self,
        *,
        threshold: int,
        counts: Mapping[Count, int],
        told: Iterable[Told] = (),
        month_ends: Mapping[date, int] | None = None,
        looks_at_stages: bool = True,
    ) -> None:
        self.threshold = threshold
        self._looks_at_stages = looks_at_stages
        self.drafts: list[Told] = []
        self._month_ends = dict(month_ends or {})
        self._members: dict[tuple[str, int], dict[int, Vacancy]] = defaultdict(dict)
        self._vacancies: dict[tuple[str, int], Vacancy] = {}
        self._unopened: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
        self._waiting: dict[Key, dict[int, int]] = defaultdict(dict)
        self._gone: dict[tuple[str, int], set[int]] = defaultdict(set)
        self._told: dict[int, list[Told]] = defaultdict(list)  # of HR's own counts, by source
        self._all_told: list[Told] = []
        for release in told:
            self._remember(release)
        for (question, job_id, source_id), n in counts.items():
            if n > 0:
                self._unopened[question, job_id][source_id] = n

    def open(self, vacancy: Vacancy) -> None:
        """Let a vacancy in, once for each question: it waits in its pools from now."""
        self._vacancies[vacancy.question, vacancy.job_id] = vacancy
        self._members[vacancy.question, vacancy.occupation_id][vacancy.job_id] = vacancy
        for source_id, n in self._unopened.pop((vacancy.question, vacancy.job_id), {}).items():
            self._waiting[vacancy.question, source_id, vacancy.occupation_id][vacancy.job_id] = n

    def release_alone(self, *, month: date) -> None:
        """Release what reaches the threshold in one vacancy."""
        for key, waiting in list(self._waiting.items()):
            for job_id, n in list(waiting.items()):
                if n >= self._least(key[0]):
                    self._release([key], [job_id], month=month)

    def end_month(self, month: date) -> None:
        """Release each pool that reaches the threshold and is safe, and at the year's end what still waits together."""
        for key, waiting in list(self._waiting.items()):
            if sum(waiting.values()) >= self._least(key[0]):
                self._try([key], month=month)
        self._month_ends[month] = self.threshold
        if month.month == 12:
            self._end_year(month)

    def told(self) -> list[Told]:
        """Return every release, oldest first."""
        return list(self._all_told)

    def vacancies(self) -> list[Vacancy]:
        """Return what has been let in."""
        return list(self._vacancies.values())

    def _least(self, question: str) -> int:
        return least_of(question, self.threshold)

    def waiting(self) -> dict[Key, int]:
        """Return how many answers or counts wait, by question, source and occupation."""
        return {key: sum(found.values()) for key, found in self._waiting.items() if found}

    def _end_year(self, month: date) -> None:
        sources = sorted({(question, source_id) for question, source_id, _ in self.waiting()})
        for question, source_id in sources:
            keys = [
                (question, source_id, occupation_id)
                for asked, occupation_id in self._members
                if asked == question and self._pool((question, source_id, occupation_id), month=month)
            ]
            total = sum(sum(self._waiting[key].values()) for key in keys)
            least = self._least(question)
            if len(keys) > 1 and least <= total <= (least - 2) * len(keys):
                self._try(keys, month=month)

    def _try(self, keys: list[Key], *, month: date) -> None:
        """Release the pools as one sum if that gives nothing away; else they wait on."""
        question, source_id, _ = keys[0]
        members = {key: self._pool(key, month=month) for key in keys}
        total = sum(sum(self._waiting[key].values()) for key in keys)
        pools = [disclosure.Pool(tuple(pool), self._caps(key, pool)) for key, pool in members.items()]
        job_ids = tuple(sorted(vacancy.job_id for pool in members.values() for vacancy in pool))
        if not disclosure.is_safe(pools, total=total):
            return
        if (
            question != SAID
            and self._looks_at_stages
            and self._tells_of_stages(question, source_id, job_ids, total=total)
        ):
            return
        self._release(keys, job_ids, month=month)

    def _tells_of_stages(self, question: str, source_id: int, job_ids: Iterable[int], *, total: int) -> bool:
        puzzle, n_before = self._puzzle(source_id), Counter[int]()
        for release in self._told[source_id]:
            if release.question == question:
                n_before.update(release.job_ids)
        return puzzle.gives_away([(question, job_id, n_before[job_id]) for job_id in job_ids], total=total)

    def _pool(self, key: Key, *, month: date) -> list[disclosure.Waiting]:
        """Return every vacancy that waits, those where nobody named the source too; else the list would tell."""
        question, source_id, occupation_id = key
        waiting, gone = self._waiting.get(key, {}), self._gone[question, source_id]
        pool = []
        for job_id, vacancy in self._members[question, occupation_id].items():
            most = max(min(vacancy.threshold, self._least(question)) - 1, waiting.get(job_id, 0))
            if job_id not in gone:
                pool.append(disclosure.Waiting(job_id, vacancy.month, 0, most))
            elif job_id in waiting:
                # It came after the rest of its vacancy was released: that it is here says there is one at least.
                pool.append(disclosure.Waiting(job_id, month, 1, self._least(question) - 1))
        return pool

    def _caps(self, key: Key, pool: list[disclosure.Waiting]) -> dict[date, int]:
        """Return what the pool held at most at earlier month ends; one that was held back as unsafe tells nothing."""
        question, source_id, _ = key
        waiting, gone = self._waiting[key], self._gone[question, source_id]
        first_round = [vacancy for vacancy in pool if vacancy.job_id not in gone]
        caps = {}
        for end, threshold in self._month_ends.items():
            held = [waiting.get(vacancy.job_id, 0) for vacancy in first_round if vacancy.month <= end]
            least = least_of(question, threshold)
            if held and sum(held) < least:
                caps[end] = least - 1
        return caps

    def _release(self, keys: Iterable[Key], job_ids: Sequence[int], *, month: date) -> None:
        (question, source_id, _), *_others = keys = list(keys)
        waiting = {job_id: n for key in keys for job_id, n in self._waiting[key].items()}
        counts = tuple(waiting.get(job_id, 0) for job_id in job_ids)
        release = Told(question, source_id, tuple(job_ids), sum(counts), month, counts)
        self._remember(release)
        self.drafts.append(release)
        for key in keys:
            for job_id in job_ids:
                self._waiting[key].pop(job_id, None)

    def _remember(self, release: Told) -> None:
        self._all_told.append(release)
        self._gone[release.question, release.source_id].update(release.job_ids)
        if release.question != SAID:
            self._told[release.source_id].append(release)

    def _puzzle(self, source_id: int) -> disclosure.Puzzle:
        """Return what somebody outside knows of HR's counts of a source by now."""
        puzzle, rounds = disclosure.Puzzle(), Counter[tuple[str, int]]()
        for release in self._told[source_id]:
            cells = [(release.question, job_id, rounds[release.question, job_id]) for job_id in release.job_ids]
            rounds.update((release.question, job_id) for job_id in release.job_ids)
            for cell, n in zip(cells, release.counts, strict=True):
                self._enter(puzzle, cell, n, is_told=len(cells) == 1)
            if len(cells) > 1:
                puzzle.sums.append((tuple(cells), release.count, release.count))
                self._enter_month_ends(puzzle, cells, before=release.month)
        for key, waiting in self._waiting.items():
            if key[0] != SAID and key[1] == source_id:
                late = [(key[0], job_id, rounds[key[0], job_id]) for job_id in waiting if rounds[key[0], job_id]]
                for cell in late:
                    self._enter(puzzle, cell, waiting[cell[1]])
        for question, job_id in self._vacancies:
            if question != SAID and not rounds[question, job_id]:
                occupation_id = self._vacancies[question, job_id].occupation_id
                n = self._waiting.get((question, source_id, occupation_id), {}).get(job_id, 0)
                self._enter(puzzle, (question, job_id, 0), n)
        waiting_still = [cell for cell in puzzle.true if not rounds[cell[0], cell[1]]]
        self._enter_month_ends(puzzle, waiting_still, before=date.max)
        self._enter_order(puzzle, rounds)
        return puzzle

    def _enter(self, puzzle: disclosure.Puzzle, cell: disclosure.Cell, n: int, *, is_told: bool = False) -> None:
        question, job_id, n_before = cell
        most = max(n, min(self._vacancies[question, job_id].threshold, self._least(question)) - 1)
        puzzle.true[cell] = n
        puzzle.bounds[cell] = (n, n) if is_told else (min(1, n_before), most)

    def _enter_month_ends(self, puzzle: disclosure.Puzzle, cells: list[disclosure.Cell], *, before: date) -> None:
        """Add that a pool was not released at the month ends it lived through: it held less than the threshold."""
        pools: dict[tuple[str, int], list[disclosure.Cell]] = defaultdict(list)
        for cell in cells:
            if cell[2] == 0:
                pools[cell[0], self._vacancies[cell[0], cell[1]].occupation_id].append(cell)
        for pool in pools.values():
            for end, threshold in self._month_ends.items():
                least = least_of(pool[0][0], threshold)
                # At a year's end pools of several occupations are released after each was left by itself.
                if end < before or (end == before and len(pools) > 1):
                    held = tuple(cell for cell in pool if self._vacancies[cell[0], cell[1]].month <= end)
                    if held and sum(puzzle.true[cell] for cell in held) < least:
                        puzzle.sums.append((held, 0, least - 1))

    @staticmethod
    def _enter_order(puzzle: disclosure.Puzzle, rounds: Mapping[tuple[str, int], int]) -> None:
        """Add the order of the stages, where it is true and the vacancy was not released in parts."""
        for more, fewer in STAGES:
            for cell in [cell for cell in puzzle.true if cell[0] == fewer and cell[2] == 0]:
                other = (more, cell[1], 0)
                is_whole = rounds[fewer, cell[1]] < 2 and rounds[more, cell[1]] < 2
                if is_whole and other in puzzle.true and puzzle.true[other] >= puzzle.true[cell]:
                    puzzle.orders.append((other, cell))
