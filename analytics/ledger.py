"""
Which answers and counts are released together: the rules of the release ledger, without a database.

A vacancy whose count for a source reaches the threshold is a release of its own. The rest waits in a pool of its
question, source and occupation; at a month's end a pool that reaches the threshold is released whole, if nobody can
work a single vacancy's count out from it, and at the year's end what still waits of a source is put together over
occupations. What never reaches the threshold stays unseen. docs/statistics.md tells why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from analytics import disclosure

SAID = "said"
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
    """What is released: a sum over vacancies, and for which month."""

    question: str
    source_id: int
    job_ids: tuple[int, ...]
    count: int
    month: date


class Book:
    """
    The ledger of one municipality while it is gone through.

    `counts` are what is not released yet, by question, vacancy and source; `told` the releases there are, oldest
    first; `month_ends` the threshold of each month that has been gone through, by its first day. What is released here
    is added to `drafts`.
    """

    def __init__(
        self,
        *,
        threshold: int,
        counts: Mapping[Count, int],
        told: Iterable[Told] = (),
        month_ends: Mapping[date, int] | None = None,
    ) -> None:
        self.threshold = threshold
        self.drafts: list[Told] = []
        self._month_ends = dict(month_ends or {})
        self._members: dict[tuple[str, int], dict[int, Vacancy]] = defaultdict(dict)
        self._vacancies: dict[tuple[str, int], Vacancy] = {}
        self._unopened: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
        self._waiting: dict[Key, dict[int, int]] = defaultdict(dict)
        self._gone: dict[tuple[str, int], set[int]] = defaultdict(set)
        self._rounds: dict[Count, int] = defaultdict(int)  # question, source, vacancy: how often it was released
        self._told: dict[int, list[tuple[list[disclosure.Cell], int]]] = defaultdict(list)
        self._outsiders: dict[int, disclosure.Outsider] = {}
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
        for outsider in self._outsiders.values():
            self._enter(outsider, vacancy)

    def release_alone(self, *, month: date) -> None:
        """Release what reaches the threshold in one vacancy."""
        for (question, source_id, _occupation_id), waiting in list(self._waiting.items()):
            for job_id, n in list(waiting.items()):
                if n >= self.threshold:
                    self._release(Told(question, source_id, (job_id,), n, month))

    def end_month(self, month: date) -> None:
        """Release each pool that reaches the threshold and is safe, and at the year's end what still waits together."""
        for key, waiting in list(self._waiting.items()):
            if sum(waiting.values()) >= self.threshold:
                self._try([key], month=month)
        self._month_ends[month] = self.threshold
        if month.month == 12:
            self._end_year(month)
        # What a month end tells of the stages is looked up anew when somebody asks.
        self._outsiders.clear()

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
            if len(keys) > 1 and self.threshold <= total <= (self.threshold - 2) * len(keys):
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
        if question != SAID:
            outsider, cells = self._outsider(source_id), [self._cell(question, source_id, job) for job in job_ids]
            if outsider.would_learn(cells, total=total):
                return
        self._release(Told(question, source_id, job_ids, total, month))

    def _pool(self, key: Key, *, month: date) -> list[disclosure.Waiting]:
        """Return every vacancy that waits, those where nobody named the source too; else the list would tell."""
        question, source_id, occupation_id = key
        waiting, gone = self._waiting.get(key, {}), self._gone[question, source_id]
        pool = []
        for job_id, vacancy in self._members[question, occupation_id].items():
            most = max(min(vacancy.threshold, self.threshold) - 1, waiting.get(job_id, 0))
            if job_id not in gone:
                pool.append(disclosure.Waiting(job_id, vacancy.month, 0, most))
            elif job_id in waiting:
                # It came after the rest of its vacancy was released: that it is here says there is one at least.
                pool.append(disclosure.Waiting(job_id, month, 1, self.threshold - 1))
        return pool

    def _caps(self, key: Key, pool: list[disclosure.Waiting]) -> dict[date, int]:
        """Return what the pool held at most at earlier month ends; one that was held back as unsafe tells nothing."""
        question, source_id, _ = key
        waiting, gone = self._waiting[key], self._gone[question, source_id]
        first_round = [vacancy for vacancy in pool if vacancy.job_id not in gone]
        caps = {}
        for end, threshold in self._month_ends.items():
            held = [waiting.get(vacancy.job_id, 0) for vacancy in first_round if vacancy.month <= end]
            if held and sum(held) < threshold:
                caps[end] = threshold - 1
        return caps

    def _release(self, release: Told) -> None:
        self._remember(release)
        self.drafts.append(release)
        for job_id in release.job_ids:
            occupation_id = self._vacancies[release.question, job_id].occupation_id
            self._waiting[release.question, release.source_id, occupation_id].pop(job_id, None)

    def _remember(self, release: Told) -> None:
        question, source_id = release.question, release.source_id
        cells = [self._cell(question, source_id, job_id) for job_id in release.job_ids]
        if question != SAID:
            self._told[source_id].append((cells, release.count))
            if source_id in self._outsiders:
                _tell(self._outsiders[source_id], cells, release.count)
        self._gone[question, source_id].update(release.job_ids)
        for job_id in release.job_ids:
            self._rounds[question, source_id, job_id] += 1

    def _cell(self, question: str, source_id: int, job_id: int) -> disclosure.Cell:
        return question, job_id, self._rounds.get((question, source_id, job_id), 0)

    def _outsider(self, source_id: int) -> disclosure.Outsider:
        """Return what can be concluded of HR's counts of a source from what is released by now."""
        if source_id not in self._outsiders:
            outsider = disclosure.Outsider()
            for vacancy in self._vacancies.values():
                self._enter(outsider, vacancy)
            for cells, count in self._told[source_id]:
                _tell(outsider, cells, count)
            for key in self._waiting:
                if key[1] == source_id and key[0] != SAID:
                    self._tell_caps(outsider, key)
            self._outsiders[source_id] = outsider
        return self._outsiders[source_id]

    def _enter(self, outsider: disclosure.Outsider, vacancy: Vacancy) -> None:
        """Let an outsider know of a vacancy's count: it is under the threshold, and fits the stages beside it."""
        if vacancy.question == SAID:
            return
        question, job_id = vacancy.question, vacancy.job_id
        outsider.add((question, job_id, 0), low=0, high=min(vacancy.threshold, self.threshold) - 1)
        for more, fewer in STAGES:
            if question in (more, fewer):
                other = fewer if question == more else more
                if (other, job_id, 0) in outsider.low:
                    outsider.order((more, job_id, 0), (fewer, job_id, 0))

    def _tell_caps(self, outsider: disclosure.Outsider, key: Key) -> None:
        pool = self._pool(key, month=date.max)
        for end, cap in self._caps(key, pool).items():
            cells = [(key[0], vacancy.job_id, 0) for vacancy in pool if vacancy.month <= end]
            outsider.tell_sum(cells, low=0, high=cap)


def _tell(outsider: disclosure.Outsider, cells: list[disclosure.Cell], count: int) -> None:
    for question, job_id, n in cells:
        if (question, job_id, n) not in outsider.low:
            # The first round's order to other stages holds for the sum of all rounds alone.
            outsider.forget_order((question, job_id, 0))
            outsider.add((question, job_id, n), low=1, high=count)
    if len(cells) == 1:
        outsider.tell(cells[0], count)
    else:
        outsider.tell_sum(cells, low=count, high=count)
