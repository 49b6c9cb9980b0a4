"""What every page of figures refuses in an address: a filter that does not exist, and one that is set to two things."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from foundation.forms import Form, check_text

# More messages of the same kind help nobody.
MOST_TOLD = 3


def set_twice(data: QueryDict) -> list[str]:
    """Return the names that an address sets to several things."""
    return sorted(name for name, values in data.lists() if len(set(values)) > 1)


def refuse_strange(form: Form, *, unknown: Sequence[str], doubled: Sequence[str]) -> None:
    """Add a message for each name that cannot count: who wrote it would believe that it does."""
    for name in doubled:
        form.add_error(None, _("The address sets the filter %(name)s twice. Keep one of them.") % {"name": name})
    for name in unknown[:MOST_TOLD]:
        try:
            check_text(name)
        except ValidationError:
            name = "?"
        form.add_error(None, _("The address has a filter that does not exist: %(name)s.") % {"name": name[:40]})
