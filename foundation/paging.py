"""Pages of a list that may be very long: its end is never looked for."""

import json
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

# So many rows can be paged through; whoever looks for one further down narrows the list instead.
MOST_ROWS = 10_000


class BoundedPaginator(Paginator):
    """
    Counts at most `MOST_ROWS` rows, and pages through no more.

    Counting and skipping both read every row before the one that is shown, so that a list of millions answers as
    slowly as it is long. Django's own way of counting is exact and takes seconds there.
    """

    object_list: QuerySet

    @cached_property
    def _n_found(self) -> int:
        return self.object_list.order_by()[: MOST_ROWS + 1].count()

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than can be paged through."""
        return self._n_found > MOST_ROWS

    @cached_property
    def count(self) -> int:
        """Return how many rows can be paged through."""
        return min(self._n_found, MOST_ROWS)

    def estimate(self) -> int:
        """Return about how many rows there are in all, as the database's planner guesses without reading them."""
        plan: list[dict[str, Any]] = json.loads(self.object_list.order_by().explain(format="json"))
        return max(self._n_found, int(plan[0]["Plan"]["Plan Rows"]))
