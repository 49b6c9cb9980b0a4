"""Accounts, connections and assessments for tests of the account pages."""

import datetime
import re

from django.urls import reverse

from channels.actions import accounts as actions
from channels.models import Account, Connection, RiskAssessment
from channels.queries.obstacles import publishing_obstacle
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Channel

A_DAY = datetime.timedelta(days=1)


def make_account(town, slug: str, **more) -> Account:
    details = {"name": "Siden vår", "page_url": "", "responsible": town.adviser, "deputy": None, "notes": "", **more}
    with tenant(town.pk):
        return actions.create_account(
            channel=Channel.objects.get(slug=slug), details=actions.AccountDetails(**details), now=clock.now()
        )


def make_connection(town, account, **more) -> Connection:
    now = clock.now()
    values = {
        "access_token": "AQX-test",
        "fingerprint": "abc123",
        "scopes": "w_organization_social",
        "expires_at": now + 60 * A_DAY,
        "connected_at": now,
        "connected_by": town.adviser,
        **more,
    }
    with tenant(town.pk):
        return Connection.objects.create(account=account, **values)


def assess(town, account, **more) -> RiskAssessment:
    today = clock.today()
    values = {
        "status": "approved",
        "assessed_date": today,
        "responsible_name": "Kari Moen",
        "document_url": "",
        "next_review_date": today + 365 * A_DAY,
        **more,
    }
    with tenant(town.pk):
        return actions.record_assessment(
            account=account, assessment=actions.Assessment(**values), by=town.adviser, now=clock.now()
        )


def url(name: str, town, account=None, **more) -> str:
    kwargs = {"number": town.number, **({"account_id": account.pk} if account else {}), **more}
    return reverse(name, kwargs=kwargs)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def obstacle(town, account) -> str:
    with tenant(town.pk):
        return publishing_obstacle(account, today=clock.today())
