"""The locked list of sources that a municipality's applicants are asked about."""

from recruitment.models import Channel, Source

# What is not a named place stands last in every list; the positions leave room for places of the municipality's own.
ELSEWHERE_POSITION, UNKNOWN_POSITION = 900, 910


def create_default_sources() -> list[Source]:
    """
    Make one source for each kind of channel, «somewhere else» and «does not remember», and return all sources.

    May be called again: what exists is left as it is, and a new kind of channel gets its source.
    """
    places = [
        Source(
            channel=channel,
            slug=channel.slug,
            position=channel.position,
            name_nb=channel.name_nb,
            name_nn=channel.name_nn,
            name_en=channel.name_en,
        )
        for channel in Channel.objects.all()
    ]
    Source.objects.bulk_create([*places, *_without_place()], ignore_conflicts=True)
    return list(Source.objects.select_related("channel"))


def _without_place() -> list[Source]:
    return [
        Source(
            slug="elsewhere",
            kind=Source.Kind.ELSEWHERE,
            position=ELSEWHERE_POSITION,
            name_nb="Et annet sted",
            name_nn="Ein annan stad",
            name_en="Somewhere else",
        ),
        Source(
            slug="unknown",
            kind=Source.Kind.UNKNOWN,
            position=UNKNOWN_POSITION,
            name_nb="Husker ikke",
            name_nn="Hugsar ikkje",
            name_en="I do not remember",
        ),
    ]
