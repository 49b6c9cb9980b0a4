"""The list of sources: adding, correcting, taking out of use, and merging one into another."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from analytics.models import Cost, Survey
from channels.models import TrackedLink
from foundation.clock import OSLO
from recruitment.actions.sources import ELSEWHERE_POSITION
from recruitment.models import Channel, Source, SourceMerge, User

LONGEST_SLUG = 50
LAST_POSITION = ELSEWHERE_POSITION - 1
# Letters that Unicode does not take apart into a Latin one and a mark.
PLAIN = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ŋ": "n", "ŧ": "t"})


class NameTaken(ValueError):
    """Another source of the municipality has this name."""


class MeaningLocked(ValueError):
    """The source has been asked about: its name may be corrected, what it stands for may not change."""


class NotMergeable(ValueError):
    """Only a named place that is not merged already can be merged, and only into another such place."""


@dataclass(frozen=True)
class SourceDetails:
    """What is decided about a source. `position` is its place in lists; empty names mean the bokmål one."""

    name_nb: str
    channel: Channel | None
    name_nn: str = ""
    name_en: str = ""
    is_own_account: bool = False
    position: int | None = None
    is_active: bool = True

    @property
    def names(self) -> dict[str, str]:
        """The name in each language."""
        return {
            "name_nb": self.name_nb,
            "name_nn": self.name_nn or self.name_nb,
            "name_en": self.name_en or self.name_nb,
        }


def is_locked(source: Source, *, today: date) -> bool:
    """
    Whether what a source stands for is fixed: it is no place, has a tracked link or a cost, or has stood in a survey.

    On the Norwegian day it was made a slip can still be corrected, though a survey that is open shows it already.
    Whether anybody *named* it is not asked: that is HR's to know (R10), and this is shown to administrators too.
    """
    if source.kind != Source.Kind.PLACE:
        return True
    if TrackedLink.objects.filter(source=source).exists() or Cost.objects.filter(source=source).exists():
        return True
    if source.created_at is None:
        return Survey.objects.exists()
    made = source.created_at.astimezone(OSLO).date()
    return made < today and Survey.objects.filter(closes_date__gte=made).exists()


@transaction.atomic
def create_source(*, details: SourceDetails) -> Source:
    """
    Add a place of the municipality's own to the list.

    :raises NameTaken:
    """
    _refuse_taken_name(details)
    position = _last_position() if details.position is None else details.position
    return Source.objects.create(
        slug=_free_slug(details.name_nb),
        channel=details.channel,
        is_own_account=details.is_own_account,
        position=position,
        is_active=details.is_active,
        **details.names,
    )


@transaction.atomic
def change_source(*, source: Source, details: SourceDetails, today: date) -> Source:
    """
    Correct a source. One that is merged into another stays out of use.

    :raises NameTaken:
    :raises MeaningLocked: channel or kind of account would change of one that has been asked about
    """
    source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    means_another = (source.channel, source.is_own_account) != (details.channel, details.is_own_account)
    if means_another and is_locked(source, today=today):
        raise MeaningLocked
    _refuse_taken_name(details, but=source)
    is_place = source.kind == Source.Kind.PLACE
    source.channel, source.is_own_account = details.channel, details.is_own_account
    source.is_active = (details.is_active and source.merged_into_id is None) if is_place else True
    if is_place:
        source.position = _last_position() if details.position is None else details.position
    for field, name in details.names.items():
        setattr(source, field, name)
    source.save()
    return source


@transaction.atomic
def merge(*, source: Source, into: Source, by: User, now: datetime) -> SourceMerge:
    """
    Tell a source under another from now on: answers, outcomes, costs, links and what was released of it.

    No row is moved, so that it can be undone; `recruitment.queries.sources.merged` is what readers go by. What is
    released under the old one stays released.

    :raises NotMergeable:
    """
    rows = {row.pk: row for row in Source.objects.select_for_update().filter(pk__in=[source.pk, into.pk])}
    if len(rows) < 2 or not all(_is_mergeable(row) for row in rows.values()):
        raise NotMergeable
    old = rows[source.pk]
    old.merged_into, old.is_active = rows[into.pk], False
    old.save(update_fields=["merged_into", "is_active"])
    return SourceMerge.objects.create(source=old, into=rows[into.pk], merged_at=now, merged_by=by)


@transaction.atomic
def undo_merge(*, source: Source, by: User, now: datetime) -> bool:
    """Let a merged source stand by itself again, still out of use; return whether it was merged."""
    row = Source.objects.select_for_update().get(pk=source.pk)
    if row.merged_into_id is None:
        return False
    row.merged_into = None
    row.save(update_fields=["merged_into"])
    SourceMerge.objects.filter(source=row, undone_at=None).update(undone_at=now, undone_by=by)
    return True


def _is_mergeable(source: Source) -> bool:
    return source.kind == Source.Kind.PLACE and source.merged_into_id is None


def _refuse_taken_name(details: SourceDetails, *, but: Source | None = None) -> None:
    # Compared here, because not every database knows the small letter of Č.
    others = dict(Source.objects.filter(merged_into__isnull=True).values_list("pk", "name_nb"))
    others.pop(but.pk if but else None, None)
    if details.name_nb.casefold() in {name.casefold() for name in others.values()}:
        raise NameTaken


def _last_position() -> int:
    places = Source.objects.filter(kind=Source.Kind.PLACE)
    last = places.order_by("-position").values_list("position", flat=True).first() or 0
    return min(last + 10, LAST_POSITION)


def _free_slug(name: str) -> str:
    """Return a name for addresses that no other source of the municipality has."""
    base = slugify(name.lower().translate(PLAIN))[: LONGEST_SLUG - 6].strip("-") or "kilde"
    taken = set(Source.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    numbers = [int(found[1]) for slug in taken if (found := re.fullmatch(rf"{re.escape(base)}-(\d{{1,5}})", slug))]
    return f"{base}-{max(numbers, default=1) + 1}"
