"""«Silent or broken?» for the pages of floors below, which cannot ask analytics themselves."""

from typing import Any

from django import template

from analytics import figure_texts
from analytics.queries import pulse as queries
from channels.models import Account, Connection
from foundation import clock

register = template.Library()


@register.simple_tag
def account_lights() -> dict[int, figure_texts.Light]:
    """Return the light of every connected account of the entered municipality, the worse of its two. Six queries."""
    connections = Connection.objects.defer("access_token", "refresh_token")
    found = queries.pulses(connections=connections, now=clock.now())
    return {account_id: figure_texts.light(pulse.worst) for account_id, pulse in found.items()}


@register.inclusion_tag("analytics/partials/account_light.html")
def account_light(lights: dict[int, figure_texts.Light], account: Account) -> dict[str, Any]:
    """Show one account's light with its reason; nothing for an account that is not connected."""
    return {"light": lights.get(account.pk)}
