"""«Plattformer»: how the installation stands with each platform, for system administrators. No content is shown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from channels import connectors
from channels.models import PageClaim
from channels.queries import pauses, quotas, versions
from foundation import clock


@require_safe
def platforms(request: HttpRequest) -> HttpResponse:
    """Show each platform's version, today's use by all accounts together, and what everybody waits for."""
    now = clock.now()
    rows = [
        {
            "label": kind.label,
            "version": versions.version_state(kind, now=now),
            "uses": quotas.uses(kind, now=now),
            "quota": kind.quota(),
            "pauses": [pauses.sentence(pause, channel=kind.label) for pause in pauses.shared(kind.slug, now=now)],
            "n_accounts": PageClaim.objects.filter(channel__connector=kind.slug).count(),
        }
        for kind in connectors.REGISTRY.values()
    ]
    context = {"rows": rows, "starts_again_at": quotas.day_ends_at(now)}
    return render(request, "platforms.html", context)
