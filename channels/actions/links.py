"""Tracked links: made by the system, never typed; and the counting of visits, with nothing about the visitor (P21)."""

from django.db import transaction

from channels.models import Campaign, LinkCode, TrackedLink
from foundation import codes
from foundation.tenancy import current_municipality_id
from recruitment.models import JobPosting, Source

# About 38 bits: too many to guess, few enough to type from a poster.
CODE_LENGTH = 8
TRIES = 5
# Each vacancy has links for the first places of the list; of a list of thousands the others are made when asked for.
MOST_OWN_LINKS = 20


class SourceWithoutLinks(ValueError):
    """The source cannot carry a tracked link."""


class NoFreeCode(RuntimeError):
    """Several random codes in a row were taken, which means that something else is wrong."""


def make_links_for_job(*, job: JobPosting) -> list[TrackedLink]:
    """
    Make the vacancy's own links, for the first sources in use whose channel can carry a link; return the new ones.

    May be called again: a source that has its link keeps it. `make_place_link` makes those of later sources. The
    vacancy's row is locked, so that two calls at the same time do not make two links.
    """
    with transaction.atomic():
        JobPosting.objects.select_for_update(no_key=True).get(pk=job.pk)
        own = TrackedLink.objects.filter(job=job, campaign=None, delivery=None, place="")
        linked = set(own.values_list("source_id", flat=True))
        sources = Source.objects.select_related("municipality").filter(
            kind=Source.Kind.PLACE, is_active=True, channel__has_link=True
        )
        missing = [each for each in sources[:MOST_OWN_LINKS] if each.pk not in linked]
        return _make(
            [TrackedLink(source=each, job=job, target_url=job.apply_url, label=_label(each)) for each in missing]
        )


def make_delivery_link(
    *, source: Source, job: JobPosting | None, campaign: Campaign | None, target_url: str, label: str
) -> TrackedLink:
    """Make the link of one delivery; its code is also the mark by which the post is recognised on the channel."""
    link = TrackedLink(source=source, job=job, campaign=campaign, target_url=target_url, label=label[:150])
    return _make([link])[0]


def make_place_link(*, source: Source, job: JobPosting, place: str) -> TrackedLink:
    """
    Make a link of the vacancy for a named place, such as one poster of several. The same place gets the same link.

    :param place: "" for the source's own link, which the first sources of the list have already
    :raises SourceWithoutLinks: the source is out of use, or its channel cannot carry a link
    """
    if not (source.is_active and source.kind == Source.Kind.PLACE and source.channel and source.channel.has_link):
        raise SourceWithoutLinks(source.slug)
    with transaction.atomic():
        JobPosting.objects.select_for_update(no_key=True).get(pk=job.pk)
        links = TrackedLink.objects.filter(job=job, campaign=None, delivery=None, is_active=True)
        found = links.filter(source=source, place__iexact=place).first()
        label = f"{_label(source)}, {place}"[:150] if place else _label(source)
        return (
            found or _make([TrackedLink(source=source, job=job, target_url=job.apply_url, label=label, place=place)])[0]
        )


def retire_place_link(*, job: JobPosting, link_id: int) -> bool:
    """Take a vacancy's link for a place out of use; its visits are kept. Return whether it was in use."""
    links = TrackedLink.objects.filter(job=job, pk=link_id, is_active=True).exclude(place="")
    return links.update(is_active=False) > 0


def follow_job(*, job: JobPosting) -> int:
    """R7: lead all links of a vacancy to its present application form, those of posts too; return how many changed."""
    links = TrackedLink.objects.filter(job=job).exclude(target_url=job.apply_url)
    return links.update(target_url=job.apply_url)


def as_code(text: str) -> str:
    """Return what stands in an address as a code is stored; "" for what cannot be a code."""
    code = codes.typed(text)
    return code if len(code) == CODE_LENGTH and codes.is_code(code) else ""


def _make(wanted: list[TrackedLink]) -> list[TrackedLink]:
    """Store links under fresh codes, each with its row in the global look-up. Three statements, however many links."""
    for _ in range(TRIES):
        for link in wanted:
            link.pk, link.code = None, codes.new_code(CODE_LENGTH)
        new = {link.code for link in wanted}
        if len(new) < len(wanted) or LinkCode.objects.filter(pk__in=new).exists():
            continue
        # A code that somebody takes between the look and the row is one in 10 ** 11: that is an error, and told.
        TrackedLink.objects.bulk_create(wanted)
        municipality_id = current_municipality_id()
        LinkCode.objects.bulk_create(
            LinkCode(code=link.code, municipality_id=municipality_id, link_id=link.pk) for link in wanted
        )
        return wanted
    raise NoFreeCode


def _label(source: Source) -> str:
    return source.name_nn if source.municipality.language == "nn" else source.name_nb
