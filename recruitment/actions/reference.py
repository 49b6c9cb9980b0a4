"""Load what is the same for every municipality. Running it again changes only what the files changed."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import models, transaction

from recruitment.models import Channel, County, Municipality, Occupation, OccupationTitle

DATA = Path(__file__).resolve().parent.parent / "data"


def load_reference() -> dict[str, int]:
    """Store counties, municipalities, occupations, titles and channel kinds; return how many rows of each there are."""
    with transaction.atomic():
        return {
            "counties": _store_counties(),
            "municipalities": _store_municipalities(),
            "occupations": _store_occupations(),
            "titles": _store_titles(),
            "channels": _store_channels(),
        }


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _upsert(rows: Sequence[models.Model], *, key: list[str], values: list[str]) -> int:
    model = type(rows[0])
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=key, update_fields=values)
    return len(rows)


def _store_counties() -> int:
    fields = ["name", "name_official", "org_number", "population", "website"]
    rows = [County(number=row["number"], **{name: row[name] for name in fields}) for row in _rows("counties.csv")]
    return _upsert(rows, key=["number"], values=fields)


def _store_municipalities() -> int:
    counties = {county.number: county for county in County.objects.all()}
    profiles = {row["number"]: row for row in _rows("municipality_profiles.csv")}
    rows = [
        Municipality(
            number=row["number"],
            name=row["name"],
            name_official=profiles[row["number"]]["name_official"],
            county=counties[row["county_number"]],
            org_number=row["org_number"],
            population=int(row["population"]),
            kostra_group=int(row["kostra_group"]),
            language_form=profiles[row["number"]]["language_form"],
            website=profiles[row["number"]]["website"],
        )
        for row in _rows("municipalities.csv")
    ]
    values = ["name", "name_official", "county", "org_number", "population", "kostra_group", "language_form", "website"]
    return _upsert(rows, key=["number"], values=values)


def _store_occupations() -> int:
    rows = list(_rows("occupations_styrk08.csv"))
    _upsert([Occupation(code=row["code"], name_nb=row["name_nb"]) for row in rows], key=["code"], values=["name_nb"])
    occupations = {occupation.code: occupation for occupation in Occupation.objects.all()}
    for row in rows:
        occupations[row["code"]].parent = occupations.get(row["parent"])
    Occupation.objects.bulk_update(occupations.values(), ["parent"])
    return len(rows)


def _store_titles() -> int:
    occupations = {occupation.code: occupation for occupation in Occupation.objects.all()}
    rows = [
        OccupationTitle(
            occupation=occupations[row["code"]],
            title_nb=row["ad_title_nb"],
            title_nn=row["ad_title_nn"],
            service_area=row["service_area"],
        )
        for row in _rows("occupations_municipal.csv")
    ]
    return _upsert(rows, key=["occupation", "title_nb"], values=["title_nn", "service_area"])


def _store_channels() -> int:
    flags = ["reports_views", "reports_clicks", "has_link"]
    texts = ["letters", "connector", "name_nb", "name_nn", "name_en"]
    rows = [
        Channel(
            slug=row["slug"],
            position=int(row["position"]),
            **{name: row[name] for name in texts},
            **{name: row[name] == "1" for name in flags},
        )
        for row in _rows("channels.csv")
    ]
    return _upsert(rows, key=["slug"], values=["position", *texts, *flags])
