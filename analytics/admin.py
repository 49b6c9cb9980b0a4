"""What an administrator may look at of figures. Answers and outcome counts are not here: they are HR's (R10)."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from analytics import models
from foundation import clock
from foundation.paging import BoundedPaginator
from recruitment.admin import TenantLog

N_DAYS, N_MONTHS = 30, 60


@admin.register(models.Cost)
class CostAdmin(TenantLog):
    """Kroner and hours."""

    list_display = ["day", "source", "kind", "amount_ore", "minutes", "note"]


@admin.register(models.FetchRun)
class FetchRunAdmin(TenantLog):
    """Rounds of asking a channel for figures."""

    list_display = ["account", "state", "asked_at", "ended_at", "n_fetched", "n_failed", "n_left_out", "n_days"]
    list_filter = ["state"]


class LongChangeList(ChangeList):
    """A list that stands in the order of its index, and says when there is more than it shows."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if self.paginator.is_cut:
            self.title = _("The newest %(n)s of about %(about)s") % {
                "n": number_format(self.paginator.count, force_grouping=True),
                "about": number_format(self.paginator.estimate(), force_grouping=True),
            }

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[Any]:
        """Return the table's own order alone: any other would have to read and sort every row."""
        return list(self.model_admin.ordering or ())


class LongLog(TenantLog):
    """A table of up to millions of rows: read in the order of an index, page by page, and never counted to its end."""

    paginator = BoundedPaginator
    show_full_result_count = False
    sortable_by = ()
    list_per_page = 100
    # «Show all» would read everything.
    list_max_show_all = 0

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Use the list that holds its order."""
        return LongChangeList


class Days(admin.SimpleListFilter):
    """One month, or the last 30 days: what a page reads stays within two partitions."""

    title = _("days")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the months of five years, newest first."""
        return [(f"{month:%Y-%m}", date_format(month, "F Y")) for month in _months(clock.today())]

    def choices(self, changelist: ChangeList) -> Any:
        """Call what is shown without a choice by its name; nothing shows everything."""
        first, *others = super().choices(changelist)
        return [first | {"display": _("The last 30 days")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the rows of the days chosen."""
        chosen = self.value()
        if chosen is None:
            return queryset.filter(day__gt=clock.today() - timedelta(days=N_DAYS))
        first_days = {f"{month:%Y-%m}": month for month in _months(clock.today())}
        if chosen not in first_days:
            raise IncorrectLookupParameters
        first = first_days[chosen]
        return queryset.filter(day__gte=first, day__lt=(first + timedelta(days=31)).replace(day=1))


def _months(today: date) -> list[date]:
    number = today.year * 12 + today.month - 1
    return [date((number - n) // 12, (number - n) % 12 + 1, 1) for n in range(N_MONTHS)]


@admin.register(models.MeasurementRow)
class MeasurementAdmin(LongLog):
    """What channels said, day by day and object by object."""

    list_display = [
        "day", "kind", "object_id", "channel", "is_paid", "impressions", "reach", "clicks", "reactions", "comments",
        "shares", "followers", "spend_ore", "origin", "fetched_at",
    ]  # fmt: skip
    list_filter = [Days, "kind", "is_paid"]
    list_select_related = ["channel"]
    ordering = ["-day", "-kind", "-object_id", "-is_paid"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Take the days too, which are no column."""
        return lookup == Days.parameter_name or super().lookup_allowed(lookup, value, request)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> models.MeasurementRow | None:
        """Return the row by the parts of its key: its text is in no index."""
        rows = self.get_queryset(request)
        try:
            day, kind, about, share = object_id.split(".")
            wanted = {"day": date.fromisoformat(day), "kind": int(kind), "object_id": int(about)}
        except ValueError:
            return None
        # Compared here: written another way, the same numbers are another address, and nobody's.
        return next((row for row in rows.filter(**wanted, is_paid=share == "paid") if row.pk == object_id), None)


@admin.register(models.Restatement)
class RestatementAdmin(LongLog):
    """Figures that were replaced, with what they were before."""

    list_display = [
        "changed_at", "day", "kind", "object_id", "channel", "is_paid", "metric", "old_value", "new_value", "reason",
    ]  # fmt: skip
    list_select_related = ["channel"]
    ordering = ["-id"]
