"""«Hent tall nå», and the figures of one post beside what our own link counted."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics import figure_texts, tasks
from analytics.actions import pulling
from analytics.models import FetchRun, ObjectKind
from analytics.queries import fetching as queries
from analytics.queries import page_numbers
from channels import connectors
from channels.models import Account, Delivery
from channels.queries.campaigns import PUBLIC_STATES
from foundation import clock, formats
from recruitment.doors import MemberRequest, is_open_to

ACCESS_GONE = {"not_connected", "expired", "token_dead", "token_unopened", "access_denied", "refresh_refused"}


@require_POST
def fetch_now(request: MemberRequest, account_id: int) -> HttpResponse:
    """Ask for an account's figures; a worker fetches them, and the page shows them when they come."""
    account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
    try:
        run = pulling.request_fetch(
            account=account, trigger=FetchRun.Trigger.ON_DEMAND, now=clock.now(), user=request.user
        )
    except pulling.ServedByHand as problem:
        raise Http404 from problem
    except pulling.TooSoon as problem:
        told = _too_soon(account, problem)
    else:
        ids = {"municipality_id": request.municipality.pk, "run_id": run.pk}
        # Robust: with the broker away the run is found within a minute.
        transaction.on_commit(lambda: tasks.run_fetch.delay(**ids), robust=True)
        told = _("We are fetching the figures from %(channel)s.") % {"channel": account.channel}
    return _answer(request, account, told)


def _too_soon(account: Account, problem: pulling.TooSoon) -> str:
    when = {"channel": account.channel, "when": formats.clock(problem.until)}
    if problem.is_asked_to_wait:
        return _("%(channel)s asks us to wait. We fetch again %(when)s.") % when
    return _("The figures were fetched a moment ago. You may fetch again %(when)s.") % when


def _answer(request: MemberRequest, account: Account, told: str) -> HttpResponse:
    """Answer the fragment with the fragment, and a page without script with the page it came from."""
    delivery_id = request.POST.get("levering", "")
    delivery = None
    if delivery_id.isascii() and delivery_id.isdigit() and len(delivery_id) < 19:
        delivery = Delivery.objects.filter(account=account, pk=int(delivery_id)).first()
    if request.headers.get("HX-Request") == "true":
        context = _figures(request, delivery) if delivery else _account(request, account)
        return render(request, _fragment(delivery), context | {"told": told})
    messages.info(request, told)
    if delivery:
        return redirect("delivery", number=request.municipality.number, delivery_id=delivery.pk)
    return redirect("account", number=request.municipality.number, account_id=account.pk)


def _fragment(delivery: Delivery | None) -> str:
    return f"analytics/partials/{'delivery_figures' if delivery else 'account_fetches'}.html"


@require_safe
def delivery_figures(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Show a post's latest figures: a fragment for htmx, a small page without."""
    found = Delivery.objects.select_related("account__channel", "post")
    delivery = get_object_or_404(found, pk=delivery_id)
    # Table M: what is not public yet is there only for those who may see drafts.
    if delivery.state not in PUBLIC_STATES and not is_open_to(request.membership, "post"):
        raise Http404
    is_fragment = request.headers.get("HX-Request") == "true"
    template = _fragment(delivery) if is_fragment else "analytics/delivery_figures.html"
    response = render(request, template, _figures(request, delivery))
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
def account_fetches(request: MemberRequest, account_id: int) -> HttpResponse:
    """Show how the fetching for an account goes: a fragment for htmx, a small page without."""
    account = get_object_or_404(Account.objects.select_related("channel"), pk=account_id)
    if connectors.by_slug(account.channel.connector) is None:
        raise Http404
    is_fragment = request.headers.get("HX-Request") == "true"
    template = _fragment(None) if is_fragment else "analytics/account_fetches.html"
    response = render(request, template, _account(request, account))
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def _account(request: MemberRequest, account: Account) -> dict[str, Any]:
    state = queries.fetch_state(account_id=account.pk, now=clock.now())
    return {
        "account": account,
        "state": state,
        "problem": _problem(state, account),
        "may_fetch": is_open_to(request.membership, "fetch_now"),
        "tells_of_pages": page_numbers.tells_of_pages(account),
        "n_left_out": state.last.n_left_out if state.last else 0,
    }


def _figures(request: MemberRequest, delivery: Delivery) -> dict[str, Any]:
    numbers = queries.post_numbers(delivery=delivery)
    changes = page_numbers.restatements(kinds=[ObjectKind.DELIVERY], object_id=delivery.pk)
    return _account(request, delivery.account) | {
        "delivery": delivery,
        "numbers": numbers,
        "rows": _rows(numbers),
        "changes": [figure_texts.change(row) for row in changes],
    }


def _rows(numbers: queries.PostNumbers) -> list[tuple[str, int | None]]:
    """Return label and figure in the page's order; None is told as missing."""
    labels = {
        "impressions": _("Views"),
        "unique_impressions": _("Unique views"),
        "clicks": _("Clicks"),
        "reactions": _("Reactions"),
        "comments": _("Comments"),
        "shares": _("Shares"),
    }
    return [(label, getattr(numbers.snapshot, name, None)) for name, label in labels.items()]


def _problem(state: queries.FetchState, account: Account) -> str:
    """Return what went wrong last and what comes next, in words; "" when nothing did."""
    if not state.problem:
        return ""
    channel = {"channel": account.channel}
    if state.waits_until:
        when = channel | {"when": formats.clock(state.waits_until)}
        if state.problem == "throttled":
            return _("%(channel)s asks us to wait. We fetch again %(when)s.") % when
        return _("We did not get the figures from %(channel)s. We try again %(when)s.") % when
    if state.problem == "version_sunset":
        return _("%(channel)s no longer answers this version. Kanalkompass must be updated.") % channel
    if state.problem == pulling.QUOTA_USED:
        return _("The quota at %(channel)s had no room for every post. Those left out come first tonight.") % channel
    if state.problem in ACCESS_GONE:
        return _("We have no access to the figures at %(channel)s. The page must be connected again.") % channel
    return _("We did not get the figures from %(channel)s. We try again tonight.") % channel
