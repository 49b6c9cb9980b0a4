"""
LinkedIn's own Python client against the sandbox. Only the three base addresses of the client are changed.

    python official.py <ready line of the sandbox, a JSON file>
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import linkedin_api.common.constants as constants
import requests

READY = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
BASE = READY["base"]["linkedin"]
# The change of host. It comes before the clients are imported, because one of them copies an address.
constants.OAUTH_BASE_URL = f"{BASE}/oauth/v2"
constants.NON_VERSIONED_BASE_URL = f"{BASE}/v2"
constants.VERSIONED_BASE_URL = f"{BASE}/rest"

from linkedin_api.clients.auth.client import AuthClient  # noqa: E402
from linkedin_api.clients.restli.client import RestliClient  # noqa: E402

VERSION = "202608"
RETURN = "http://localhost:9999/callback"
SCOPES = ["openid", "profile", "w_organization_social", "r_organization_social", "rw_organization_admin"]
SCOPES += ["r_ads", "r_ads_reporting", "r_basicprofile"]
PAGE = READY["organisations"][0]["urn"]


def control(method: str, path: str, **body: Any) -> Any:
    response = requests.request(method, BASE + path, json=body, timeout=10)
    response.raise_for_status()
    return response.json()


def say(what: str, *seen: Any) -> None:
    print(f"{what}:", *(str(part)[:150] for part in seen))


def consent(address: str) -> str:
    """Press «allow» as the first member would, and return the code."""
    choice = {"member": READY["members"][0]["id"], "choice": "allow"}
    answer = requests.post(address, data=choice, allow_redirects=False, timeout=10)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def tokens_by_every_road() -> str:
    """Return an access token, after exchange, refresh and introspection."""
    client = READY["client"]["linkedin"]
    auth = AuthClient(client_id=client["client_id"], client_secret=client["client_secret"], redirect_url=RETURN)
    address = auth.generate_member_auth_url(scopes=SCOPES, state="fløyte 1")
    say("authorisation address", address)
    tokens = auth.exchange_auth_code_for_access_token(consent(address))
    say("exchange", tokens.status_code, tokens.expires_in, tokens.scope, tokens.refresh_token_expires_in)
    fresh = auth.exchange_refresh_token_for_access_token(tokens.refresh_token)
    say("refresh", fresh.status_code, fresh.expires_in, fresh.refresh_token_expires_in)
    token = fresh.access_token
    told = auth.introspect_access_token(token)
    say("introspection", told.active, told.status, told.auth_type, told.scope, told.expires_at)

    return token


def main() -> None:
    token = tokens_by_every_road()
    rest, common = RestliClient(), {"access_token": token, "version_string": VERSION}
    me = rest.get(resource_path="/me", access_token=token)
    say("GET /v2/me", me.status_code, me.entity)
    me = rest.get(resource_path="/userinfo", access_token=token)
    say("GET /v2/userinfo", me.status_code, me.entity)
    me = rest.get(resource_path="/me", query_params={"fields": "id"}, **common)
    say("GET /rest/me fields=id", me.status_code, me.entity)

    query = {"role": "ADMINISTRATOR", "state": "APPROVED"}
    acls = rest.finder(resource_path="/organizationAcls", finder_name="roleAssignee", query_params=query, **common)
    say("finder organizationAcls", acls.status_code, acls.elements, acls.paging.__dict__)

    urns = posts(rest, common)
    figures_and_advertising(rest, common)
    refusals(rest, common, urns)


def posts(rest: RestliClient, common: dict[str, Any]) -> list[str]:
    """Create, read several, change and delete; return the URNs of what was made."""
    body = {
        "author": PAGE,
        "commentary": "Vi søker vernepleier til Lyngvær \\(100 %\\)",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    made = rest.create(resource_path="/posts", entity=body, **common)
    say("create post", made.status_code, made.entity_id, made.decoded_entity_id)
    urn = made.decoded_entity_id
    second = rest.create(resource_path="/posts", entity=body | {"commentary": "Søk i dag"}, **common).decoded_entity_id
    again = rest.create(resource_path="/posts", entity=body, **common)
    say("create the same again", again.status_code, again.response.text)
    got = rest.batch_get(resource_path="/posts", ids=[urn, second, "urn:li:share:1"], **common)
    texts = {key: found["commentary"] for key, found in got.results.items()}
    say("batch get posts", got.status_code, texts, got.statuses, list(got.errors))
    many = [urn, second] + [f"urn:li:share:{7_000_000_000_000_000_000 + n}" for n in range(150)]
    long = rest.batch_get(resource_path="/posts", ids=many, **common)
    sent = long.response.request
    say("tunnelled batch get", long.status_code, sent.method, len(sent.body), len(long.results), len(long.errors))
    key = {"path_keys": {"urn": urn}, "resource_path": "/posts/{urn}"}
    changed = rest.partial_update(patch_set_object={"commentary": "Vi søker to"}, **key, **common)
    say("partial update", changed.status_code, rest.get(**key, **common).entity["commentary"])
    try:
        padding = {"unused": "x" * 4100}
        rest.partial_update(patch_set_object={"commentary": "Vi søker tre"}, query_params=padding, **key, **common)
    except AttributeError as problem:
        # Version 0.3.0 cannot tunnel a call with a body; nothing leaves the machine.
        say("tunnelled partial update", "the client's own mistake,", problem)
    say("delete", rest.delete(**key, **common).status_code, rest.get(**key, **common).status_code)
    return [urn, second]


def figures_and_advertising(rest: RestliClient, common: dict[str, Any]) -> None:
    search = {"status": {"values": ["ACTIVE", "DRAFT"]}, "test": False, "reference": {"values": [PAGE]}}
    accounts = rest.finder(
        resource_path="/adAccounts", finder_name="search", query_params={"search": search, "pageSize": 1}, **common
    )
    found = [(account["id"], account["currency"]) for account in accounts.elements]
    # The client looks for `metadata` in the wrong way and always says None; the answer itself has it.
    say("finder adAccounts", accounts.status_code, found, accounts.metadata, accounts.response.json()["metadata"])
    own = {"id": accounts.elements[0]["id"]}
    one = rest.get(resource_path="/adAccounts/{id}", path_keys=own, query_params={"fields": "id,name"}, **common)
    say("GET adAccounts/{id} fields=id,name", one.status_code, one.entity)
    figures = rest.finder(
        resource_path="/adAnalytics",
        finder_name="analytics",
        query_params={
            "pivot": "CAMPAIGN",
            "timeGranularity": "ALL",
            "dateRange": {"start": {"year": 2026, "month": 1, "day": 1}},
            "accounts": [f"urn:li:sponsoredAccount:{own['id']}"],
            "fields": "pivotValues,dateRange,impressions,clicks,costInLocalCurrency",
        },
        **common,
    )
    say("finder adAnalytics", figures.status_code, len(figures.elements), figures.elements[0])
    midnight = int(time.time()) // 86_400 * 86_400_000
    asked = {"start": midnight - 3 * 86_400_000, "end": midnight}
    days = {"timeRange": asked, "timeGranularityType": "DAY"}
    shares = rest.finder(
        resource_path="/organizationalEntityShareStatistics",
        finder_name="organizationalEntity",
        query_params={"organizationalEntity": PAGE, "timeIntervals": days},
        **common,
    )
    say("finder share statistics", shares.status_code, len(shares.elements), shares.elements[:1])


def refusals(rest: RestliClient, common: dict[str, Any], urns: list[str]) -> None:
    """What LinkedIn refuses, the client must see refused."""
    dead = common | {"version_string": "202511"}
    answer = rest.finder(resource_path="/organizationAcls", finder_name="roleAssignee", **dead)
    say("dead version", answer.status_code, answer.response.text)
    control("POST", "/_switch", development_tier=True)
    answer = rest.batch_get(resource_path="/posts", ids=urns, **common)
    say("development tier, batch get", answer.status_code, answer.response.text)
    statuses = [
        rest.finder(resource_path="/organizationAcls", finder_name="roleAssignee", **common).status_code
        for _ in range(102)
    ]
    n_good = statuses.index(429) if 429 in statuses else None
    say("development tier, quota", f"429 after {n_good} more calls", set(statuses))
    control("POST", "/_switch", development_tier=False, products=["sign_in", "community_management"])
    answer = rest.finder(resource_path="/adAccounts", finder_name="search", **common)
    say("product missing", answer.status_code, answer.response.text)
    control("POST", "/_switch", products=["sign_in", "share_on_linkedin", "community_management", "advertising"])


if __name__ == "__main__":
    main()
