"""
Which tables the audit log follows (P16), and why the others are left out. Each tenant's table stands in one of the two.

The triggers are put on after every migration, from this list. They see every change: save(), update(), bulk_create()
and plain SQL. What changes no row is said with `audit.record`.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

from foundation.tenancy import TenantModel, TenantPolicy


@dataclass(frozen=True)
class Audited:
    """
    How a table is followed. Field names.

    :param never: not recorded, and no event when only these change: secrets, and what the machine keeps for itself
    :param withheld: recorded as changed, without the value: names and free text about people
    :param hr_only: recorded, and shown to HR alone
    """

    never: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    hr_only: tuple[str, ...] = ()


# The event itself says who and when.
BOOKKEEPING = ("created_at", "created_by", "changed_at", "changed_by")

AUDITED: dict[str, Audited] = {
    "recruitment.Invitation": Audited(never=("token_hash", "letter_id"), withheld=("email",)),
    "recruitment.JobPosting": Audited(),
    "recruitment.Membership": Audited(),
    "recruitment.MunicipalitySettings": Audited(),
    "recruitment.Source": Audited(),
    "recruitment.SourceMerge": Audited(),
    "recruitment.Workplace": Audited(),
    "channels.Account": Audited(never=("looked_after_at",), withheld=("notes",)),
    "channels.AdAccount": Audited(never=("asked_at", "read_at", "problem", "chosen_at", "chosen_by")),
    "channels.Campaign": Audited(),
    "channels.CampaignJob": Audited(),
    "channels.Connection": Audited(
        never=(
            "access_token",
            "refresh_token",
            "last_used_at",
            "dead_reason",
            "renewing_until",
            "missing",
            "probed_at",
            "probe_problem",
        ),
        withheld=("member_name",),
    ),
    "channels.Delivery": Audited(
        never=(
            "fence",
            "lease_until",
            "next_at",
            "n_postponed",
            "n_absent_reads",
            "unknown_since",
            "looked_at",
            "missing_since",
            "due_wall",
            "approved_hash",
            "reason",
            "reason_detail",
        )
    ),
    "channels.Freeze": Audited(),
    "channels.MediaItem": Audited(
        never=("file", "sha256", "width", "height", "duration_ms"), withheld=("consent_reference",)
    ),
    "channels.PaidCampaign": Audited(never=("seen_at",)),
    "channels.Post": Audited(never=("version",)),
    "channels.PostEdit": Audited(
        never=("text_hash", "n_tries", "reason", "reason_detail", "asked_at", "approved_at", "ended_at")
    ),
    "channels.RiskAssessment": Audited(never=("recorded_at",), withheld=("responsible_name",)),
    "channels.SetupStep": Audited(never=("position",)),
    "channels.Sighting": Audited(never=("text", "seen_at", "published_at")),
    "channels.TrackedLink": Audited(),
    "channels.WordingChoice": Audited(never=("chosen_at", "rule")),
    "analytics.Cost": Audited(),
    "analytics.JobCount": Audited(hr_only=("applied", "reason", "n_missing")),
    "analytics.Outcome": Audited(hr_only=("applied", "qualified", "best_qualified", "interviewed", "offered", "hired")),
    "analytics.SharedCost": Audited(),
    "analytics.Survey": Audited(),
}

NOT_AUDITED: dict[str, str] = {
    "audit.AuditEvent": "The log itself.",
    "audit.AuditHead": "The log itself.",
    "audit.Person": "The names that can be forgotten.",
    "recruitment.Logo": "The picture itself; that it was changed is followed in MunicipalitySettings.",
    "recruitment.SystemEntry": "Entering, reading and leaving are acts of their own, with the reason.",
    "recruitment.SubmittedForm": "Keys of forms; what the form did is recorded where it was done.",
    "channels.AccountNotice": "Letters that were sent; what they tell of is followed in Connection.",
    "channels.Attempt": "The delivery's own trail; its states are followed in Delivery.",
    "channels.Comment": "What members of the platform wrote; kept for hours, and followed nowhere.",
    "channels.CommentReading": "A log of its own.",
    "channels.DeliveryEvent": "The delivery's own trail; its states are followed in Delivery.",
    "channels.JobSourceDay": "Sums of LinkHour.",
    "channels.LinkHour": "Counters of visits.",
    "channels.PreparedMedia": "What lies ready at a platform and is never shown; the machine's own.",
    "channels.PendingConnection": "Lives ten minutes; what is confirmed is followed in Connection.",
    "channels.SourceDay": "Sums of LinkHour.",
    "analytics.SurveyAnswer": "Applicants' answers are never followed (P16).",
    "analytics.AlsoSeen": "Applicants' answers are never followed (P16).",
    "analytics.Reassignment": "Applicants' answers are never followed (P16); it is a history of its own.",
    "analytics.AnswerMonth": "Applicants' answers are never followed (P16).",
    "analytics.ChannelDay": "Figures; Restatement keeps what was changed afterwards.",
    "analytics.FetchRun": "A log of its own.",
    "analytics.JobMonth": "Figures; Restatement keeps what was changed afterwards.",
    "analytics.LedgerVacancy": "What waits for the nightly release; the machine's own.",
    "analytics.Release": "Sums made at night and never changed; a log of its own.",
    "analytics.ReleaseMonth": "A log of its own.",
    "analytics.ReleaseVacancy": "Belongs to Release.",
    "analytics.ResponseQuarter": "Told once and never changed.",
    "analytics.Measurement": "Figures; Restatement keeps what was changed afterwards.",
    "analytics.Restatement": "A log of its own.",
    "analytics.Snapshot": "Figures as they were told; never changed.",
    "kanalkompass.RetentionRun": "A log of its own.",
}


def tenant_models() -> list[type[Model]]:
    """Return every model whose rows belong to one municipality."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, TenantModel)
        or any(isinstance(constraint, TenantPolicy) for constraint in model._meta.constraints)
    ]


def undeclared() -> list[type[Model]]:
    """Return the tenants' tables that are neither followed nor left out with a reason."""
    return [model for model in tenant_models() if not {model._meta.label} & (AUDITED.keys() | NOT_AUDITED.keys())]


def columns_never(model: type[Model], how: Audited) -> list[str]:
    """Return the columns of `model` that are not recorded."""
    names = {*BOOKKEEPING, *how.never}
    return [str(field.column) for field in model._meta.concrete_fields if field.name in names]


def columns_of_people(model: type[Model]) -> list[str]:
    """Return the columns of `model` that point to a user."""
    user = apps.get_model("recruitment.User")
    fields = model._meta.concrete_fields
    return [str(field.column) for field in fields if field.is_relation and field.related_model is user]


def column_of(model: type[Model], name: str) -> str:
    """Return the column of a field."""
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def install(cursor: Any, *, existing: set[str], is_migrating: bool = False) -> None:
    """
    Put the triggers on the audited tables that exist, and take them off those that are no longer audited.

    :param is_migrating: name no columns in the triggers: a column that a trigger names can neither go nor change
    """
    cursor.execute(
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname IN ('audit_row', 'audit_row_changed')"
    )
    for trigger, table in cursor.fetchall():
        cursor.execute(f"DROP TRIGGER {trigger} ON {table}")
    cursor.execute("SELECT to_regproc('audit_row')")
    if cursor.fetchone()[0] is None:
        return
    for label, how in AUDITED.items():
        model = apps.get_model(label)
        if model._meta.db_table in existing:
            for statement, arguments in _triggers(model, how, names_columns=not is_migrating):
                cursor.execute(statement, arguments)


def _triggers(model: type[Model], how: Audited, *, names_columns: bool) -> list[tuple[str, list[str]]]:
    never = columns_never(model, how)
    withheld = [column_of(model, name) for name in how.withheld]
    arguments = ["{" + ",".join(columns) + "}" for columns in (never, withheld, columns_of_people(model))]
    kept = [str(field.column) for field in model._meta.concrete_fields if field.column not in never]
    old, new = (", ".join(f'{row}."{column}"' for column in kept) for row in ("OLD", "NEW"))
    table = model._meta.db_table
    # Asked before the function is called: a worker's lease costs a comparison and no event.
    when = f"WHEN (ROW({old}) IS DISTINCT FROM ROW({new}))" if names_columns else ""
    call = "EXECUTE FUNCTION audit_row(%s, %s, %s)"
    return [
        (f'CREATE TRIGGER audit_row AFTER INSERT OR DELETE ON "{table}" FOR EACH ROW {call}', arguments),
        (f'CREATE TRIGGER audit_row_changed AFTER UPDATE ON "{table}" FOR EACH ROW {when} {call}', arguments),
    ]
