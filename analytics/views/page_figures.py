"""«Tall for siden»: a page's own figures by week or day, what was changed afterwards, and whether figures come."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics import figure_texts
from analytics.forms.figures import PageFiguresForm
from analytics.models import OF_PAGE, ObjectKind
from analytics.queries import page_numbers as queries
from analytics.queries import pulse as pulses
from analytics.spark import spark
from channels.models import Account, Connection
from foundation import clock, formats
from recruitment.doors import MemberRequest

BY_DAY = "dager"


@require_safe
def page_figures(request: MemberRequest, account_id: int) -> HttpResponse:
    """Show the page's followers, visits and posts together, by week unless days are asked for."""
    account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
    if not queries.tells_of_pages(account):
        raise Http404
    form = PageFiguresForm(request.GET)
    is_weekly = not form.is_valid() or form.chosen("vis") != BY_DAY
    now = clock.now()
    numbers = queries.page_numbers(account=account, is_weekly=is_weekly, now=now)
    connections = Connection.objects.filter(account=account).defer("access_token", "refresh_token")
    pulse = pulses.pulses(connections=connections, now=now).get(account.pk)
    changes = queries.restatements(kinds=OF_PAGE, object_id=account.pk)
    context = {
        "form": form,
        "account": account,
        "numbers": numbers,
        "growth": _growth(numbers),
        "sets": [_shown(each) for each in numbers.sets],
        "lights": _lights(pulse),
        "changes": [figure_texts.change(row) for row in changes],
        "is_empty": numbers.followers is None and not any(each.fetched_at for each in numbers.sets),
    }
    return render(request, "analytics/page_figures.html", context, status=422 if form.errors else 200)


def _lights(pulse: pulses.AccountPulse | None) -> list[tuple[str, figure_texts.Light]]:
    if pulse is None:
        return []
    return [(_("The page"), figure_texts.light(pulse.page)), (_("The posts"), figure_texts.light(pulse.posts))]


def _growth(numbers: queries.PageNumbers) -> str:
    """Return how the followers have changed in the period, "" when that is not known."""
    if numbers.followers is None or numbers.followers_before is None:
        return ""
    change = numbers.followers - numbers.followers_before
    if change == 0:
        return _("As many as at the beginning of the period.")
    told = {"n": formats.number(abs(change))}
    if change > 0:
        return _("%(n)s more than at the beginning of the period.") % told
    return _("%(n)s fewer than at the beginning of the period.") % told


def _shown(numbers: queries.SetNumbers) -> dict[str, Any]:
    titles = {
        ObjectKind.PAGE_VIEWS: _("Visits to the page"),
        ObjectKind.PAGE_POSTS: _("All of the page's posts"),
        ObjectKind.FOLLOWER_GAINS: _("New followers"),
    }
    main = next(metric for metric in numbers.metrics if metric.adds_up)
    columns = [metric for metric in numbers.metrics if metric.adds_up]
    return {
        "slug": numbers.kind.name.lower(),
        "title": titles[numbers.kind],
        "main": main.label,
        "numbers": numbers,
        "labels": [metric.label for metric in columns],
        "totals": [(metric.label, numbers.total[metric.name]) for metric in columns],
        "rows": [(bucket, [bucket.values[metric.name] for metric in columns]) for bucket in reversed(numbers.buckets)],
        "spark": spark([bucket.values[main.name] for bucket in numbers.buckets]),
    }
