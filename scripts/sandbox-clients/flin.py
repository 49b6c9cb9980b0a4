"""
`flin-linkedin-ads-mcp`, a reader of advertising for assistants, against the sandbox: every tool it has.

    python flin.py <ready line of the sandbox, a JSON file>

Changed is the host alone, at the place where `httpx` sends.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import requests
from flin_linkedin_ads_mcp.config import load_config
from flin_linkedin_ads_mcp.dispatcher import dispatch_tool
from flin_linkedin_ads_mcp.errors import LinkedInAdsError
from flin_linkedin_ads_mcp.linkedin_client import LinkedInClient

READY = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
BASE = READY["base"]["linkedin"]
ACCOUNT = "509001001"
TODAY = datetime.now(tz=UTC).date()
DAYS = {"date_from": f"{TODAY - timedelta(days=22)}", "date_to": f"{TODAY - timedelta(days=8)}"}


def control(path: str, **body: Any) -> Any:
    return requests.post(BASE + path, json=body, timeout=10).json()


def send_to_sandbox(request: httpx.Request) -> None:
    address, sandbox = request.url, httpx.URL(BASE)
    if address.host == "api.linkedin.com":
        request.url = address.copy_with(scheme=sandbox.scheme, host=sandbox.host, port=sandbox.port)


def main() -> None:
    member = READY["members"][0]["id"]
    token = control("/_token", member=member, scope="r_ads r_ads_reporting r_organization_social")["access_token"]
    settings = load_config({"LINKEDIN_ACCESS_TOKEN": token, "LINKEDIN_MAX_RETRIES": "0"})
    with httpx.Client(timeout=30, event_hooks={"request": [send_to_sandbox]}) as wire:
        client = LinkedInClient(
            access_token=settings.access_token,
            api_version=settings.api_version,
            restli_protocol_version=settings.restli_protocol_version,
            timeout_seconds=settings.timeout_seconds,
            max_retries=settings.max_retries,
            client=wire,
        )

        def tool(name: str, **arguments: Any) -> Any:
            try:
                answer = dispatch_tool(name, arguments, settings=settings, client=client)
            except LinkedInAdsError as refusal:
                print(f"{name} {arguments}: refused, {type(refusal).__name__}", json.dumps(refusal.details)[:170])
                return None
            told = json.dumps(answer, ensure_ascii=False, default=str)
            n = len(answer["data"]) if isinstance(answer.get("data"), list) else 1
            print(f"{name} {arguments}: {n}", told[:170])
            return answer

        flin(tool)
        control("/_switch", killed_versions=["202603"])
        tool("list_ad_accounts")
        control("/_switch", killed_versions=[], products=["sign_in", "community_management"])
        tool("list_ad_accounts")
        control("/_switch", products=["sign_in", "share_on_linkedin", "community_management", "advertising"])


def flin(tool: Any) -> None:
    tool("list_ad_accounts", search="(status:(values:List(ACTIVE)),test:false)")
    tool("list_ad_accounts", page_size=1)
    tool("get_ad_account", id=ACCOUNT)
    groups = tool("list_campaign_groups", ad_account_id=ACCOUNT, sort_order="DESCENDING")
    tool("get_campaign_group", ad_account_id=ACCOUNT, id=str(groups["data"][0]["id"]))
    tool("list_campaigns", ad_account_id=ACCOUNT, search="(status:(values:List(ACTIVE,PAUSED)))")
    tool("get_campaign", ad_account_id=ACCOUNT, id=f"urn:li:sponsoredCampaign:{ACCOUNT}2")
    creatives = tool("list_creatives", ad_account_id=ACCOUNT, campaign_id=f"{ACCOUNT}2")
    urn = creatives["data"][0]["id"]
    tool("list_creatives", ad_account_id=ACCOUNT, creative_ids=[urn], fields=["id", "content", "imageUrl"])
    tool("get_creative", ad_account_id=ACCOUNT, id=urn)
    full = tool("get_creative", ad_account_id=ACCOUNT, id=urn, fields=["id", "content"])
    tool("get_share_content", share_urn=full["data"]["content"]["reference"])
    fields = ["pivotValues", "dateRange", "impressions", "clicks", "costInLocalCurrency", "clickThroughRate"]
    tool("get_insights", ad_account_id=ACCOUNT, pivot="campaign", fields=fields, **DAYS)
    tool("get_insights", ad_account_id=ACCOUNT, pivot="creative", time_granularity="ALL", fields=fields, **DAYS)
    tool("get_insights", ad_account_id=ACCOUNT, pivot="member_seniority", time_granularity="ALL", fields=fields, **DAYS)
    tool("get_insights", ad_account_id=ACCOUNT, campaign_ids=[f"{ACCOUNT}2"], **DAYS)
    tool("list_account_intelligence", ad_account_id=ACCOUNT)


if __name__ == "__main__":
    main()
