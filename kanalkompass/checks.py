"""System checks of our own: what must be declared is declared, or the build fails."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from foundation.tenancy import SameTenant, TenantModel, TenantPolicy
from kanalkompass import audited
from recruitment import doors

# Routes of packages, by the start of their name or namespace: they guard themselves, as declared here.
PACKAGE_RULES = {"account_": doors.PUBLIC, "mfa_": doors.LOGGED_IN, "admin:": doors.SYSTEM}


def register_all() -> None:
    """Register the checks; called when the apps are ready."""
    register(every_route_has_a_rule)
    register(every_tenant_table_has_its_wall)
    register(every_tenant_table_is_audited_or_says_why_not)
    register(no_demonstration_in_production, deploy=True)


def routes(
    resolver: URLResolver | None = None, namespace: str = "", prefix: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Yield (name with namespace, route, pattern) of every route of the project."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, inner, route)
        else:
            yield f"{namespace}{entry.name or ''}", route, entry


def rule_of(name: str, pattern: URLPattern) -> doors.Rule | None:
    """Return the declared rule of a route, or None."""
    own = getattr(pattern.callback, "rule", None)
    return own or next((rule for start, rule in PACKAGE_RULES.items() if name.startswith(start)), None)


def every_route_has_a_rule(**_: Any) -> list[CheckMessage]:
    """P14: deny by default. A route without a declared rule is an error."""
    return [
        Error(f"The route {route!r} ({name}) declares no rule; use recruitment.doors.door().", id="kanalkompass.E001")
        for name, route, pattern in routes()
        if rule_of(name, pattern) is None
    ]


def every_tenant_table_has_its_wall(**_: Any) -> list[CheckMessage]:
    """Every tenant's table has its policy, and a composite foreign key for each of its links to a tenant's table."""
    problems: list[CheckMessage] = []
    for model in apps.get_models():
        if not issubclass(model, TenantModel) or not model._meta.managed:
            continue
        constraints = model._meta.constraints
        if not any(isinstance(each, TenantPolicy) for each in constraints):
            problems.append(Error("No tenant_wall() in Meta.constraints.", obj=model, id="kanalkompass.E002"))
        guarded = {each.field for each in constraints if isinstance(each, SameTenant)}
        for field in model._meta.get_fields():
            points_to_tenant = field.is_relation and field.concrete and not field.many_to_many
            target: Any = field.related_model
            if points_to_tenant and issubclass(target, TenantModel) and field.name not in guarded:
                problems.append(
                    Error(f"{field.name} may point into another municipality.", obj=model, id="kanalkompass.E003")
                )
    return problems


def every_tenant_table_is_audited_or_says_why_not(**_: Any) -> list[CheckMessage]:
    """P16: a new table is followed by the audit log, or somebody has said why it is not."""
    return [
        Error(
            "Stands neither in AUDITED nor in NOT_AUDITED of kanalkompass/audited.py.",
            obj=model,
            id="kanalkompass.E005",
        )
        for model in audited.undeclared()
    ]


def no_demonstration_in_production(**_: Any) -> list[CheckMessage]:
    """P26: demonstration users, and a clock that may run ahead, belong on one's own machine."""
    message = "KK_DEMO is on: an installation with people's data must not have demonstration users."
    return [Error(message, id="kanalkompass.E004")] if settings.KK_DEMO else []
