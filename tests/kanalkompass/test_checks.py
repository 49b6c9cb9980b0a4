"""What must be declared is declared, or the build fails (P14)."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern

from kanalkompass import checks


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


def resolver_with(*patterns) -> URLResolver:
    resolver = URLResolver(RegexPattern(r"^/"), None)
    resolver.url_patterns = list(patterns)
    return resolver


class TestEveryRouteHasARule:
    def test_all_routes_of_the_project_declare_who_may_come_through(self):
        assert checks.every_route_has_a_rule() == []

    def test_a_route_without_a_rule_fails_the_build(self, monkeypatch):
        monkeypatch.setattr(checks, "get_resolver", lambda: resolver_with(path("apent/", undeclared, name="apent")))

        assert [problem.id for problem in checks.every_route_has_a_rule()] == ["kanalkompass.E001"]


class TestEveryTenantTableHasItsWall:
    def test_all_tables_of_the_project_do(self):
        assert checks.every_tenant_table_has_its_wall() == []

    @pytest.mark.parametrize(("keep", "problem"), [("SameTenant", "E002"), ("TenantPolicy", "E003")])
    def test_a_missing_piece_fails_the_build(self, monkeypatch, keep, problem):
        from recruitment.models import JobPosting

        kept = [each for each in JobPosting._meta.constraints if type(each).__name__ == keep]
        monkeypatch.setattr(JobPosting._meta, "constraints", kept)

        assert problem in "".join(each.id for each in checks.every_tenant_table_has_its_wall())
