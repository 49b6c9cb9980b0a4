"""
Deletion of what platforms' terms let us keep for a time only. Safe to run twice, late, or side by side.

Each connector tells its rules with their source. What goes are the figures that were fetched, their history and what
was made from them day by day; what the municipality read from files or counted itself stays, as do costs and answers.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from analytics.models import Snapshot
from channels import connectors
from channels.connectors import ReadsPageDays, StorageRule
from channels.models import Sighting
from recruitment.models import Channel

# Where no connector has a rule nothing is deleted; shown as the age nothing has.
NEVER = timedelta(days=36_500)


def rules(what: str) -> Iterator[tuple[str, StorageRule]]:
    """Yield the connectors' rules about one kind of data, with the connector's slug; without a limit left out."""
    for slug, kind in connectors.REGISTRY.items():
        if issubclass(kind, ReadsPageDays):
            yield from ((slug, rule) for rule in kind.storage_rules if rule.what == what and rule.kept is not None)


def limit_of(what: str, *, now: datetime) -> datetime:
    """Return the moment (UTC) before which something goes at the latest."""
    return now - min((rule.kept for _, rule in rules(what) if rule.kept), default=NEVER)


def forget_reporting(*, now: datetime) -> int:
    """Delete the entered municipality's fetched figures that are past their time; return how many rows."""
    n_deleted = 0
    for slug, rule in rules("reporting"):
        limit = now - (rule.kept or NEVER)
        channels = list(Channel.objects.filter(connector=slug).values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT forget_reporting(%s, %s)", [channels, limit])
            n_deleted += cursor.fetchone()[0]
        old = Snapshot.objects.filter(delivery__account__channel__in=channels, taken_at__lt=limit)
        n_deleted += old.delete()[0]
    return n_deleted


def forget_read_back(*, now: datetime) -> int:
    """Empty the texts of posts as they were read on the channels; return how many. Ids and addresses stay."""
    n_emptied = 0
    for slug, rule in rules("posts_read_back"):
        seen = Sighting.objects.filter(delivery__account__channel__connector=slug)
        old = seen.filter(seen_at__lt=now - (rule.kept or NEVER)).exclude(text="")
        n_emptied += old.update(text="")
    return n_emptied
