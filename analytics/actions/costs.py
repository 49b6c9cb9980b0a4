"""Register what was spent, in kroner and in hours: on one vacancy, shared by several, or on none in particular."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from analytics.models import Cost, SharedCost
from recruitment.models import JobPosting, Source, User


@dataclass(frozen=True)
class Spent:
    """What a cost says: whole øre, whole minutes or both, on a source and a Norwegian day. 0 kroner is a cost of 0."""

    source: Source
    day: date
    note: str
    amount_ore: int | None = None
    minutes: int | None = None

    @property
    def amounts(self) -> list[dict[str, int | str]]:
        """The fields of each row that this becomes."""
        rows: list[dict[str, int | str]] = []
        if self.amount_ore is not None:
            rows.append({"kind": Cost.Kind.KRONER, "amount_ore": self.amount_ore})
        if self.minutes is not None:
            rows.append({"kind": Cost.Kind.HOURS, "minutes": self.minutes})
        return rows


class NotOneKind(ValueError):
    """A cost is kroner or hours: a new one at least one of them, a changed one the same as before."""


class ChangedMeanwhile(Exception):
    """Somebody changed or removed the cost after the form was opened. Nothing of this form is stored."""


def split(total: int, weights: Sequence[int]) -> list[int]:
    """
    Share out whole øre or minutes by weight. The parts add up to `total`, and none is a whole unit off its exact share.

    What is left after rounding down goes to those whose share was rounded down most, the first of equals first.
    """
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    order = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in order[:left]:
        parts[place] += 1
    return parts


def register_cost(
    *,
    job: JobPosting | None,
    source: Source,
    day: date,
    amount_ore: int | None,
    minutes: int | None,
    note: str,
    user: User,
    now: datetime,
) -> list[Cost]:
    """
    Store kroner (whole øre), hours (minutes) or both as a row each, and return the rows. 0 kroner is a cost of 0.

    :param job: None for what belongs to no vacancy
    :raises NotOneKind: neither kroner nor hours
    """
    spent = Spent(source=source, day=day, note=note, amount_ore=amount_ore, minutes=minutes)
    if not spent.amounts:
        raise NotOneKind
    given = {"job": job, "source": source, "day": day, "note": note, "created_at": now, "created_by": user}
    with transaction.atomic():
        return [Cost.objects.create(**given, **amount) for amount in spent.amounts]


def share_cost(*, jobs: Sequence[JobPosting], rule: str, spent: Spent, user: User, now: datetime) -> list[SharedCost]:
    """
    Store a cost that several vacancies carry together: one shared cost for kroner and one for hours, with its parts.

    :param rule: of `SharedCost.Rule`: equally, or by the vacancies' number of positions today
    :raises NotOneKind: neither kroner nor hours
    """
    if not spent.amounts:
        raise NotOneKind
    made = []
    with transaction.atomic():
        for amount in spent.amounts:
            fields = {name: value for name, value in amount.items() if name != "kind"}
            shared = SharedCost.objects.create(rule=rule, created_at=now, created_by=user, **fields)
            _store_parts(shared, jobs=jobs, spent=spent, user=user, now=now)
            made.append(shared)
    return made


def change_cost(
    *, cost: Cost, spent: Spent, jobs: Sequence[JobPosting], rule: str, seen: str, user: User, now: datetime
) -> None:
    """
    Change a cost, or all of the shared cost that it is a part of.

    :param jobs: who carries a shared cost from now on; for another cost it is not read
    :param seen: `mark_of` the cost when the form was opened
    :raises ChangedMeanwhile: it is another now, or gone
    :raises NotOneKind: kroner became hours, or the other way round
    """
    with transaction.atomic():
        stored = Cost.objects.select_for_update(of=("self",)).select_related("shared").filter(pk=cost.pk).first()
        if stored is None or mark_of(stored) != seen:
            raise ChangedMeanwhile
        if [amount["kind"] for amount in spent.amounts] != [stored.kind]:
            raise NotOneKind
        if stored.shared is None:
            stored.source, stored.day, stored.note = spent.source, spent.day, spent.note
            stored.amount_ore, stored.minutes = spent.amount_ore, spent.minutes
            stored.save()
            return
        shared = stored.shared
        shared.rule, shared.amount_ore, shared.minutes = rule, spent.amount_ore, spent.minutes
        shared.save()
        _store_parts(shared, jobs=jobs, spent=spent, user=user, now=now)


def remove_cost(*, job: JobPosting | None, cost_id: int) -> int:
    """
    Remove one of the vacancy's costs, or one that belongs to none; a shared one is removed from all who carry it.

    Return how many rows went. 0 is that it was gone already: removing it twice is not an error.
    """
    with transaction.atomic():
        cost = Cost.objects.select_for_update(of=("self",)).filter(job=job, pk=cost_id).first()
        if cost is None:
            return 0
        if cost.shared_id is None:
            cost.delete()
            return 1
        n_removed, _ = Cost.objects.filter(shared_id=cost.shared_id).delete()
        SharedCost.objects.filter(pk=cost.shared_id).delete()
        return n_removed


def mark_of(cost: Cost) -> str:
    """Return what tells two versions of a cost apart, for a form to carry. A shared one is read as a whole."""
    shared = cost.shared
    whole = (shared.rule, shared.amount_ore, shared.minutes, *_carriers(shared)) if shared else ()
    said = (cost.pk, cost.source_id, cost.amount_ore, cost.minutes, cost.day.isoformat(), cost.note, *whole)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _carriers(shared: SharedCost) -> QuerySet:
    return Cost.objects.filter(shared=shared).order_by("job_id").values_list("job_id", flat=True)


def _store_parts(shared: SharedCost, *, jobs: Sequence[JobPosting], spent: Spent, user: User, now: datetime) -> None:
    """Let exactly these vacancies carry the shared cost; who carried it already keeps the row."""
    in_order = sorted(jobs, key=lambda job: job.pk)
    weights = [job.positions if shared.rule == SharedCost.Rule.POSITIONS else 1 for job in in_order]
    is_kroner = shared.amount_ore is not None
    parts = split(shared.amount_ore if is_kroner else shared.minutes, weights)  # type: ignore[arg-type]
    Cost.objects.filter(shared=shared).exclude(job__in=in_order).delete()
    known = {cost.job_id: cost for cost in Cost.objects.filter(shared=shared)}
    for job, part in zip(in_order, parts, strict=True):
        cost = known.get(job.pk) or Cost(shared=shared, job=job, created_at=now, created_by=user)
        cost.kind = Cost.Kind.KRONER if is_kroner else Cost.Kind.HOURS
        cost.amount_ore, cost.minutes = (part, None) if is_kroner else (None, part)
        cost.source, cost.day, cost.note = spent.source, spent.day, spent.note
        cost.save()
