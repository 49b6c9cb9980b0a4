"""How tests ask the sandbox about advertising: one member who reads, and the parameters of adAnalytics."""

from datetime import UTC, date, datetime, timedelta

from tests.sandbox.driver import Platform, encoded

ACCOUNT, USD, TEST = 509001001, 509011001, 509021001
CAMPAIGN = ACCOUNT * 10 + 2
READING = "r_ads r_ads_reporting"
# Campaigns are planted around the day of the start: these ten days lie within two of them.
TODAY = datetime.now(tz=UTC).date()
FIRST = TODAY - timedelta(days=22)


class Ads:
    """One member who reads advertising."""

    def __init__(self, platform: Platform, *, member: str = "Ingrid Lyngstad", scope: str = READING) -> None:
        self.platform = platform
        token = platform.control("POST", "/_token", {"member": platform.member(member), "scope": scope}).json()
        self.headers = {"Authorization": f"Bearer {token['access_token']}"}

    def get(self, path: str, **headers: str | None):
        return self.platform.get(f"/rest/{path}", headers={**self.headers, **headers})

    def found(self, path: str) -> list[dict]:
        response = self.get(path)
        assert response.status_code == 200, response.text
        return response.json()["elements"]

    def figures(self, query: str) -> list[dict]:
        return self.found(f"adAnalytics?{query}")

    def post(self, path: str, body: dict, method: str):
        headers = {**self.headers, "X-RestLi-Method": method}
        return self.platform.call("POST", f"/rest/{path}", headers=headers, json=body)


def urns(kind: str, *ids: int) -> str:
    return f"List({','.join(encoded(f'urn:li:{kind}:{id_}') for id_ in ids)})"


def between(first: date, last: date | None = None) -> str:
    """The parameter dateRange, both ends included; without an end it goes on until today."""
    named = {"start": first} | ({} if last is None else {"end": last})
    parts = [f"{name}:(year:{day.year},month:{day.month},day:{day.day})" for name, day in named.items()]
    return f"&dateRange=({','.join(parts)})"


TEN_DAYS = between(FIRST, FIRST + timedelta(days=9))


def asked(
    *, pivot: str = "CAMPAIGN", granularity: str = "DAILY", days: str = TEN_DAYS, facet: str = "", fields: str = ""
):
    facet = facet or f"&accounts={urns('sponsoredAccount', ACCOUNT)}"
    wanted = f"&fields={fields}" if fields else ""
    return f"q=analytics&pivot={pivot}&timeGranularity={granularity}{days}{facet}{wanted}"
