"""Walking a municipality's chain: is every event there, and is each as it was written?"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from foundation.tenancy import tenant

EVENTS_AT_A_TIME = 2000

# Everything the hash is made of, as text, in the order of audit_chain().
CHAINED = """
SELECT sequence, previous_hash, hash, act, detail ->> 'through', detail ->> 'hash', ARRAY[
    previous_hash, municipality_id::text, sequence::text,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    actor, act, table_name, object_id::text, before::text, after::text, reason, detail::text
]
FROM audit_auditevent WHERE municipality_id = %s AND sequence > %s ORDER BY sequence LIMIT %s
"""


@dataclass(frozen=True)
class Link:
    """One event as the chain sees it. `erased` is (number, hash) of the last event before it that was erased."""

    sequence: int
    previous_hash: str
    hash: str
    erased: tuple[int, str] | None
    parts: list[str | None]

    @property
    def is_as_written(self) -> bool:
        """Whether the hash still follows from the content."""
        text = ",".join("-" if part is None else f"{len(part.encode())}:{part}" for part in self.parts)
        return hashlib.sha256(text.encode()).hexdigest() == self.hash


@dataclass(frozen=True)
class Verdict:
    """
    What a walk found. `break_at` is the number of the first event that is wrong or missing, None for a whole chain.

    `problem` says in English what is wrong there. `head` is the number and hash of the last link: whoever notes them
    elsewhere can later see that even the database's owner has not written the log anew.
    """

    n_events: int
    head: tuple[int, str]
    break_at: int | None = None
    problem: str = ""


def verify(*, municipality_id: int) -> Verdict:
    """Walk the chain of one municipality from its oldest event to its head, in one transaction."""
    with tenant(municipality_id):
        head = _head(municipality_id)
        n_events, last, erased = 0, None, set()
        first_break: tuple[int, str] | None = None
        start: Link | None = None
        for link in _links(municipality_id):
            n_events += 1
            start = start or link
            if link.erased:
                erased.add(link.erased)
            if first_break is None and (problem := _problem_between(last, link)):
                first_break = problem
            last = link
    if start and start.sequence > 1 and (start.sequence - 1, start.previous_hash) not in erased:
        # Before everything else: what is missing comes first.
        first_break = (1, f"the events up to {start.sequence - 1} are missing, and no erasure of them is in the log")
    first_break = first_break or _problem_at_head(last, head)
    return Verdict(n_events, head, *(first_break or ()))


def _problem_between(last: Link | None, link: Link) -> tuple[int, str] | None:
    if last and link.sequence != last.sequence + 1:
        return last.sequence + 1, "the event is missing"
    if last and link.previous_hash != last.hash:
        return link.sequence, "the event does not follow from the one before it"
    if last is None and link.sequence == 1 and link.previous_hash:
        return 1, "the first event follows from another"
    if not link.is_as_written:
        return link.sequence, "the event was changed after it was written"
    return None


def _problem_at_head(last: Link | None, head: tuple[int, str]) -> tuple[int, str] | None:
    end = (last.sequence, last.hash) if last else (0, "")
    if end == head:
        return None
    if end[0] < head[0]:
        return end[0] + 1, f"the tail is cut: the log has had {head[0]} events"
    return end[0], "the end of the chain is not its head"


def _head(municipality_id: int) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequence, hash FROM audit_audithead WHERE municipality_id = %s", [municipality_id])
        return cursor.fetchone() or (0, "")


def _links(municipality_id: int) -> Iterator[Link]:
    sequence, is_more = -(2**62), True
    while is_more:
        with connection.cursor() as cursor:
            cursor.execute(CHAINED, [municipality_id, sequence, EVENTS_AT_A_TIME])
            rows = cursor.fetchall()
        for sequence, previous_hash, own_hash, act, through, erased_hash, parts in rows:
            erased = (int(through), erased_hash) if act == "stretch_erased" else None
            yield Link(sequence, previous_hash, own_hash, erased, parts)
        is_more = len(rows) == EVENTS_AT_A_TIME
