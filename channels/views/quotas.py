"""«Kvoter og versjoner»: what an account's platform has been asked today, what it lets us do, and until when."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from channels import connectors
from channels.models import Account
from channels.queries import accounts, pauses, quotas, versions
from foundation import clock
from recruitment.doors import MemberRequest


@require_safe
def account_quotas(request: MemberRequest, account_id: int) -> HttpResponse:
    """Show today's use, pauses, the last look at the connection, and the version in use."""
    now = clock.now()
    try:
        state = accounts.account_state(account_id, now=now)
    except Account.DoesNotExist as problem:
        raise Http404 from problem
    kind = connectors.by_slug(state.account.channel.connector)
    if kind is None:
        raise Http404
    waiting = pauses.pauses_of(kind.slug, account_id=account_id, now=now)
    context = {
        "account": state.account,
        "state": state,
        "label": kind.label,
        "uses": quotas.uses(kind, now=now, account_id=account_id),
        "quota": kind.quota(),
        "starts_again_at": quotas.day_ends_at(now),
        "pauses": [pauses.sentence(pause, channel=kind.label) for pause in waiting],
        "version": versions.version_state(kind, now=now),
    }
    return render(request, "channels/account_quotas.html", context)
