"""
Give answers of «Somewhere else» to a source of the list, and take that back.

What HR sees follows at once. What is released stays as it was (R10): a released answer carries `is_released`, which
moving does not touch, so that the ledger counts it neither anew nor less.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from analytics.models import Reassignment, SurveyAnswer
from analytics.queries.elsewhere import key_of
from audit import record
from audit.acts import Act
from recruitment.models import Source, User


class NotAPlace(ValueError):
    """Answers can be given to a named place only, and to one that is not merged into another."""


@transaction.atomic
def assign(*, keys: Collection[str], to: Source, by: User, now: datetime) -> int:
    """
    Move every answer of «Somewhere else» whose words have one of these keys to a source; return how many.

    :raises NotAPlace:
    """
    to = Source.objects.select_for_update(no_key=True).get(pk=to.pk)
    if to.kind != Source.Kind.PLACE or to.merged_into_id is not None:
        raise NotAPlace
    waiting = SurveyAnswer.objects.select_for_update(of=("self",)).filter(first_source__kind=Source.Kind.ELSEWHERE)
    answers = [answer for answer in waiting.exclude(elsewhere="") if key_of(answer.elsewhere) in keys]
    Reassignment.objects.bulk_create(
        Reassignment(answer=answer, from_source_id=answer.first_source_id, to_source=to, moved_at=now, moved_by=by)
        for answer in answers
    )
    SurveyAnswer.objects.filter(pk__in=[answer.pk for answer in answers]).update(first_source=to)
    if answers:
        record(Act.ANSWERS_MOVED, obj=to)
    return len(answers)


@transaction.atomic
def take_back(*, reassignment_id: int, by: User, now: datetime) -> int:
    """
    Move back what was moved together with this row, but for answers that were moved on since; return how many.

    :raises Reassignment.DoesNotExist: there is no such row, or its answer is deleted
    """
    row = Reassignment.objects.get(pk=reassignment_id)
    together = Reassignment.objects.filter(
        moved_at=row.moved_at,
        moved_by_id=row.moved_by_id,
        from_source_id=row.from_source_id,
        to_source_id=row.to_source_id,
        undone_at=None,
    )
    answer_ids = list(together.select_for_update().values_list("answer_id", flat=True))
    still_there = SurveyAnswer.objects.filter(pk__in=answer_ids, first_source_id=row.to_source_id)
    n_moved = still_there.update(first_source_id=row.from_source_id)
    together.update(undone_at=now, undone_by=by)
    if n_moved:
        record(Act.ANSWERS_MOVED, obj=row.to_source)
    return n_moved
