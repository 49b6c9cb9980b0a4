"""What a price per qualified is made of, as the page and its file say it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.forms.selections import SelectionForm
from analytics.queries.sources import SourceComparison
from foundation.formats import kroner, number


def made_of(form: SelectionForm, comparison: SourceComparison) -> str:
    """Return what the costs are made of and what they are divided by."""
    if form.with_hours():
        price = {"price": kroner(comparison.hour_cost_ore)}
        made = _("What a qualified applicant costs, own hours counted at kr %(price)s.") % price
    else:
        made = _("What a qualified applicant costs in kroner, own hours left out.")
    is_one_sided = any(row.cost and (row.kroner_ore is None) != (row.minutes is None) for row in comparison.rows)
    if form.with_hours() and is_one_sided:
        made = " ".join([made, _("Where only kroner or only hours are registered, it is made of those alone.")])
    n_unknown = comparison.qualified - comparison.known
    if not comparison.known or n_unknown <= 0:
        return made
    divided = ngettext(
        "It is divided by those it gave and its part of the %(n)s whose source nobody knows.",
        "It is divided by those it gave and its part of the %(n)s whose source nobody knows.",
        n_unknown,
    )
    return f"{made} {divided % {'n': number(n_unknown)}}"
