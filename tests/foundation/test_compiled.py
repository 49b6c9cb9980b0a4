"""SQL that is kept, and asked with other values."""

from datetime import date
from typing import Any

import pytest
from django.db.models import QuerySet

from foundation.compiled import compiled
from foundation.tenancy import NoTenant, TenantManager, tenant
from recruitment.models import Workplace


@compiled
def names(*, name: str | None, above: int) -> QuerySet:
    places = Workplace.objects.filter(pk__gt=above).order_by("name")
    return (places if name is None else places.filter(name=name)).values_list("name")


@compiled
def forgetful(*, day: date) -> QuerySet:
    return Workplace.objects.values_list("name")


def test_the_same_sql_gives_each_municipality_its_own_rows_and_each_value_its_answer(lyngvaer, storvika):
    with tenant(storvika.pk):
        Workplace.objects.create(name="Storvika skule")
        Workplace.objects.create(name="Akvariet")
        assert names(name=None, above=0)[:1] == [("Akvariet",)]
        assert names(name="Storvika skule", above=0) == [("Storvika skule",)]
        assert names(name="'; --", above=0) == names(name=None, above=10**15) == []

    with tenant(lyngvaer.pk):
        assert names(name=None, above=0) == [("Solbakken omsorgssenter",)]
        assert names(name="Storvika skule", above=0) == []


def test_nothing_is_asked_outside_a_municipality(lyngvaer):
    with pytest.raises(NoTenant):
        names(name=None, above=0)


@pytest.mark.parametrize("values", [{"day": date(2026, 11, 23)}])
def test_a_value_that_does_not_come_out_in_the_sql_is_an_error_and_no_wrong_answer(lyngvaer, values: dict[str, Any]):
    with tenant(lyngvaer.pk), pytest.raises(ValueError, match="forgetful: day"):
        forgetful(**values)


def test_p13_sql_that_forgets_the_municipality_is_refused_before_it_is_asked_or_kept(lyngvaer, monkeypatch):
    forgets = compiled(lambda: Workplace.objects.values_list("name"))
    with tenant(lyngvaer.pk):
        with monkeypatch.context() as planted:
            planted.setattr(TenantManager, "get_queryset", super(TenantManager, TenantManager).get_queryset)
            with pytest.raises(ValueError, match="municipality"):
                forgets()

        assert forgets() == [("Solbakken omsorgssenter",)]
