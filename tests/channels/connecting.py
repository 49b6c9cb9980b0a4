"""The connect flow for tests: a person who goes to the stand-in, says yes, and confirms the page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import requests
from django.urls import reverse

from channels.actions import accounts
from channels.models import Account, Connection, PendingConnection
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Channel

TOKEN_CALL = "POST /oauth/v2/accessToken"
INGRID, JONAS, TOR, SUNNIVA = 0, 1, 3, 4  # one page, another's page, no page, two pages


def make_account(town, name: str = "LinkedIn-siden") -> Account:
    with tenant(town.pk):
        details = accounts.AccountDetails(name, "", town.adviser, None, "")
        return accounts.create_account(channel=Channel.objects.get(slug="linkedin"), details=details, now=clock.now())


def url(name: str, town, account, **more) -> str:
    return reverse(name, kwargs={"number": town.number, "account_id": account.pk, **more})


def way_to_the_channel(client, town, account) -> str:
    page = client.post(url("account_connect", town, account))
    return re.search(r'href="([^"]+/oauth/v2/authorization[^"]+)"', page.content.decode())[1].replace("&amp;", "&")


def granted(sandbox, way: str, *, member: int = INGRID, choice: str = "allow") -> str:
    """Say yes (or no) at the stand-in and return the path with query that the browser is sent back to."""
    form = {"member": sandbox.announced["members"][member]["id"], "choice": choice}
    answer = requests.post(way, data=form, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def connect(client, town, account, sandbox, *, member: int = INGRID, **confirmation):
    """Go the whole way and return the last answer."""
    back = client.get(granted(sandbox, way_to_the_channel(client, town, account), member=member))
    assert back.status_code == 302, back.content.decode()
    page = pages_found(town)[0]
    return client.post(back.url, {"page": page, **confirmation})


def pages_found(town) -> list[str]:
    with tenant(town.pk):
        return [page["external_id"] for page in PendingConnection.objects.get().pages]


def stored(town) -> Connection | None:
    with tenant(town.pk):
        return Connection.objects.select_related("account").first()


def account_of(town) -> Account:
    with tenant(town.pk):
        return Account.objects.select_related("channel").get()


def token_calls(sandbox) -> int:
    return sum(call["path"] == "/oauth/v2/accessToken" for call in sandbox.calls())
