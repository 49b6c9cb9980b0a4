"""
What the runtime login may do in the database: rows of our tables, and nothing else.

It owns nothing, so it can neither switch a policy off nor truncate. Partitions get no grant: asked directly they would
show every municipality's rows.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

from foundation.tenancy import force_walls
from kanalkompass import audited

ALL = "SELECT, INSERT, UPDATE, DELETE"
# Tables that only ever grow: what happened cannot be rewritten by the application.
APPEND_ONLY = {"analytics_restatement", "channels_deliveryevent", "channels_wordingchoice"}
# What was released cannot be rewritten either; only what a release is about follows its vacancies.
RELEASED = {
    "analytics_release": "SELECT, INSERT, UPDATE (first_deadline, last_deadline, occupation_id, kind)",
    "analytics_releasevacancy": "SELECT, INSERT",
    "analytics_releasemonth": "SELECT, INSERT",
    "analytics_responsequarter": "SELECT, INSERT",
}
# Tables that a migration makes by hand, so that their models are unmanaged.
MADE_BY_HAND = {
    "measurement": "SELECT, INSERT, UPDATE",
    "channel_day": "SELECT, INSERT, UPDATE",
    # A figure that moves to another vacancy may leave its old one without any.
    "job_month": ALL,
    "measurement_row": "SELECT",
}
# The audit log is written by functions of the owner's; the runtime login reads it.
READ_ONLY = {"audit_auditevent", "audit_audithead", "audit_person"}
FUNCTIONS = [
    "ensure_measurement_month(date)",
    "forget_reporting(bigint[], timestamp with time zone)",
    "audit_append(text, text, bigint, text, jsonb)",
    "audit_forget(bigint)",
]


def tables() -> dict[str, str]:
    """Return the rights of the runtime login, by table."""
    models = apps.get_models(include_auto_created=True)
    rights = {model._meta.db_table: ALL for model in models if model._meta.managed and not model._meta.proxy}
    only_added_to = dict.fromkeys(APPEND_ONLY, "SELECT, INSERT")
    return rights | MADE_BY_HAND | only_added_to | RELEASED | dict.fromkeys([*READ_ONLY, "django_migrations"], "SELECT")


def before_migrating(*, using: str, **_: Any) -> None:
    """Let the owner see every row while it migrates, so that new foreign keys are truly checked, and change columns."""
    connection = connections[using]
    if connection.settings_dict["USER"] != settings.RUNTIME_ROLE:
        with connection.cursor() as cursor:
            force_walls(cursor, is_up=False)
            audited.install(cursor, existing=set(connection.introspection.table_names()), is_migrating=True)


def after_migrating(*, using: str, **_: Any) -> None:
    """Force the walls again, give the runtime login its rights and put the audit log's triggers on."""
    role = settings.RUNTIME_ROLE
    connection = connections[using]
    if connection.settings_dict["USER"] == role:
        return
    existing = set(connection.introspection.table_names(include_views=True))
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        force_walls(cursor, is_up=True)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quote(role)}")
        for table, rights in tables().items():
            if table in existing:
                cursor.execute(f"GRANT {rights} ON {quote(table)} TO {quote(role)}")
        for function in FUNCTIONS:
            cursor.execute("SELECT to_regprocedure(%s)", [function])
            if cursor.fetchone()[0]:
                cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {quote(role)}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}")
        audited.install(cursor, existing=existing)
