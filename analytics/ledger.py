"""
Which answers and counts are released together: the rules of the release ledger, without a database.

A vacancy whose count for a source reaches the threshold is a release of its own. The rest waits in a pool of its
question, source and occupation; at a month's end a pool that reaches the threshold is released whole, if nobody can
work a single vacancy's count out from it, and at the year's end what still waits of a source is put together over
occupations. What never reaches the threshold stays unseen. docs/statistics.md tells why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analytics import disclosure, stages

SAID = "said"
# HR's counts of several stages tell of each other: under five, single counts can be worked out from them together.
LEAST_COUNTED = 5
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
        self._outsiders: dict[int, stages.Outsider] = {}  # by source, from when one is first asked
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
        if vacancy.question != SAID:
            for source_id, outsider in list(self._outsiders.items()):
                if outsider.has_told(vacancy.question, vacancy.job_id):
                    del self._outsiders[source_id]
                else:
                    waiting = self._waiting.get((vacancy.question, source_id, vacancy.occupation_id), {})
                    self._let_in(outsider, vacancy, waiting.get(vacancy.job_id, 0))

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
        for outsider in self._outsiders.values():
            for question, occupation_id in self._members:
                if question != SAID:
                    self._leave(outsider, question, occupation_id, [month])
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
        if question != SAID and self._looks_at_stages and self._outsider(source_id).gives_away(question, job_ids):
            return
        self._release(keys, job_ids, month=month)

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
        if source_id in self._outsiders and question != SAID:
            self._outsiders[source_id].tell(question, job_ids)
        for key in keys:
            for job_id in job_ids:
                self._waiting[key].pop(job_id, None)

    def _remember(self, release: Told) -> None:
        self._all_told.append(release)
        self._gone[release.question, release.source_id].update(release.job_ids)
        if release.question != SAID:
            self._told[release.source_id].append(release)

    def _outsider(self, source_id: int) -> stages.Outsider:
        """Return somebody outside, who has learnt of HR's counts of a source what was told of them by now."""
        if source_id not in self._outsiders:
            outsider = self._outsiders[source_id] = stages.Outsider()
            for release in self._told[source_id]:
                self._let_learn(outsider, release)
            self._let_in_waiting(outsider, source_id)
        return self._outsiders[source_id]

    def _let_learn(self, outsider: stages.Outsider, release: Told) -> None:
        question, occupations = release.question, set()
        for job_id, n in zip(release.job_ids, release.counts, strict=True):
            vacancy = self._vacancies[question, job_id]
            if not outsider.has_told(question, job_id):
                occupations.add(vacancy.occupation_id)
            self._let_in(outsider, vacancy, n)
        # At a year's end pools of several occupations are released after each was left by itself.
        until = release.month + timedelta(days=len(occupations) > 1)
        for occupation_id in occupations:
            self._leave(outsider, question, occupation_id, [end for end in self._month_ends if end < until])
        outsider.tell(question, release.job_ids)

    def _let_in_waiting(self, outsider: stages.Outsider, source_id: int) -> None:
        for vacancy in self._vacancies.values():
            if vacancy.question != SAID:
                waiting = self._waiting.get((vacancy.question, source_id, vacancy.occupation_id), {})
                n = waiting.get(vacancy.job_id, 0)
                if n or not outsider.has_told(vacancy.question, vacancy.job_id):
                    self._let_in(outsider, vacancy, n)
        for question, occupation_id in self._members:
            if question != SAID:
                self._leave(outsider, question, occupation_id, self._month_ends)

    def _let_in(self, outsider: stages.Outsider, vacancy: Vacancy, n: int) -> None:
        most = max(n, min(vacancy.threshold, self._least(vacancy.question)) - 1)
        pool = vacancy.question, vacancy.occupation_id
        outsider.add(vacancy.question, vacancy.job_id, pool=pool, month=vacancy.month, n=n, most=most)

    def _leave(self, outsider: stages.Outsider, question: str, occupation_id: int, ends: Iterable[date]) -> None:
        for end in sorted(ends):
            outsider.end_month(end, (question, occupation_id), least=least_of(question, self._month_ends[end]))
