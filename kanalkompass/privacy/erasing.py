"""
The pieces of deleting a municipality. They know no table by name: what points to a municipality or to a person goes.

Rows are deleted by the database's owner, because the runtime login may not remove what is only ever added to; the wall
stands for the owner too, so nothing of a neighbour's can be hit. What a piece has deleted is added to the receipt in
the same transaction.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import redis
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connections, models, transaction

from foundation.tenancy import SETTING, USER_SETTING
from kanalkompass.celery_settings import QUEUES
from kanalkompass.models import MunicipalityDeletion
from recruitment.models import Membership, Municipality, OutgoingMail, User

OWNER = "owner"
# Erased by its own function, after everything that is written to it meanwhile.
LOG_APP = "audit"
# Kombu's queues: one list for each priority.
PRIORITIES = ("", "\x06\x163", "\x06\x166", "\x06\x169")


def tables() -> list[type[models.Model]]:
    """Return every model with a row's municipality, the log apart; also those whose tables are made by hand."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label != LOG_APP and _points(model, "municipality", Municipality)
    ]


def _points(model: type[models.Model], name: str, target: type[models.Model]) -> bool:
    return any(
        field.name == name and field.concrete and field.is_relation and field.related_model is target
        for field in model._meta.get_fields()
    )


@contextlib.contextmanager
def _as_owner(municipality_id: int) -> Iterator[Any]:
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(municipality_id)])
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield cursor


def erase_rows(deletion: MunicipalityDeletion) -> None:
    """
    Delete the municipality's rows and the users who belong to no other, all or nothing.

    The receipt counts by app, not by table: how many applicants answered is for HR alone (R10).
    """
    municipality_id = deletion.municipality_key
    with _as_owner(municipality_id) as cursor:
        leaving = _leaving(cursor, municipality_id)
        rows = Counter(deletion.receipt.get("rows", {}))
        rows[LogEntry._meta.app_label] += _erase_admin_log(cursor, municipality_id)
        for model in tables():
            table = model._meta.db_table
            cursor.execute(f'DELETE FROM "{table}" WHERE municipality_id = %s', [municipality_id])  # noqa: S608
            rows[model._meta.app_label] += cursor.rowcount
        n_users = _erase_users(cursor, leaving)
        deletion.receipt |= {"rows": dict(rows), "users": deletion.receipt.get("users", 0) + n_users}
        deletion.save(using=OWNER, update_fields=["receipt"])


def rows_left(municipality_id: int) -> int:
    """Return how many rows of the municipality there still are."""
    with _as_owner(municipality_id) as cursor:
        left = 0
        for model in tables():
            cursor.execute(
                f'SELECT count(*) FROM "{model._meta.db_table}" WHERE municipality_id = %s',  # noqa: S608
                [municipality_id],
            )
            left += cursor.fetchone()[0]
        return left


def _leaving(cursor: Any, municipality_id: int) -> list[int]:
    """Return the users whose only municipality this is. A system administrator stays."""
    table = Membership._meta.db_table
    cursor.execute(f'SELECT DISTINCT user_id FROM "{table}" WHERE municipality_id = %s', [municipality_id])  # noqa: S608
    members = [user_id for (user_id,) in cursor.fetchall()]
    leaving = []
    for user_id in members:
        # A person's memberships elsewhere are seen by her own policy alone.
        cursor.execute("SELECT set_config(%s, %s, true)", [USER_SETTING, str(user_id)])
        cursor.execute(
            f'SELECT 1 FROM "{table}" WHERE user_id = %s AND municipality_id <> %s',  # noqa: S608
            [user_id, municipality_id],
        )
        if cursor.fetchone() is None:
            leaving.append(user_id)
    cursor.execute("SELECT set_config(%s, '', true)", [USER_SETTING])
    staff = User.objects.using(OWNER).filter(pk__in=leaving, is_staff=True).values_list("pk", flat=True)
    return sorted(set(leaving) - set(staff))


def _erase_admin_log(cursor: Any, municipality_id: int) -> int:
    """Delete what the administration noted of the municipality's rows: it repeats their names."""
    n_deleted = 0
    for model in tables():
        if not (model._meta.managed and model._meta.pk and model._meta.pk.concrete):
            continue
        content_type = ContentType.objects.db_manager(OWNER).get_for_model(model)
        cursor.execute(
            f'DELETE FROM "{LogEntry._meta.db_table}" WHERE content_type_id = %s AND object_id IN '  # noqa: S608
            f'(SELECT "{model._meta.pk.column}"::text FROM "{model._meta.db_table}" WHERE municipality_id = %s)',
            [content_type.pk, municipality_id],
        )
        n_deleted += cursor.rowcount
    return n_deleted


def _erase_users(cursor: Any, user_ids: list[int]) -> int:
    """Delete people with all that is theirs: log-in, second step, sessions, what the administration noted of them."""
    if not user_ids:
        return 0
    content_type = ContentType.objects.db_manager(OWNER).get_for_model(User)
    cursor.execute(
        f'DELETE FROM "{LogEntry._meta.db_table}" WHERE content_type_id = %s AND object_id = ANY(%s)',  # noqa: S608
        [content_type.pk, [str(user_id) for user_id in user_ids]],
    )
    forget_sessions(user_ids, using=OWNER)
    OutgoingMail.objects.using(OWNER).filter(recipient__in=_addresses(user_ids)).delete()
    for model in apps.get_models(include_auto_created=True):
        if _points(model, "municipality", Municipality) or model._meta.app_label == LOG_APP:
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is User:
                verb = f'UPDATE "{model._meta.db_table}" SET "{field.column}" = NULL'  # noqa: S608
                if not field.null:
                    verb = f'DELETE FROM "{model._meta.db_table}"'  # noqa: S608
                cursor.execute(f'{verb} WHERE "{field.column}" = ANY(%s)', [user_ids])
    cursor.execute(f'DELETE FROM "{User._meta.db_table}" WHERE id = ANY(%s)', [user_ids])  # noqa: S608
    return cursor.rowcount


def _addresses(user_ids: list[int]) -> list[str]:
    return list(User.objects.using(OWNER).filter(pk__in=user_ids).values_list("email", flat=True))


def forget_sessions(user_ids: list[int], *, using: str = "default") -> int:
    """Delete every session of these users; return how many."""
    wanted = {str(user_id) for user_id in user_ids}
    keys = [
        session.session_key
        for session in Session.objects.using(using).iterator()
        if str(session.get_decoded().get("_auth_user_id")) in wanted
    ]
    return Session.objects.using(using).filter(session_key__in=keys).delete()[0]


def erase_log(deletion: MunicipalityDeletion) -> None:
    """Erase the municipality's audit log with the function that alone may."""
    with _as_owner(deletion.municipality_key) as cursor:
        cursor.execute("SET LOCAL ROLE kanal_retention")
        cursor.execute("SELECT audit_erase(%s, NULL)", [deletion.municipality_key])
        n_erased = cursor.fetchone()[0]
        cursor.execute("RESET ROLE")
        rows = Counter(deletion.receipt.get("rows", {}))
        rows[LOG_APP] += n_erased
        deletion.receipt["rows"] = dict(rows)
        deletion.save(using=OWNER, update_fields=["receipt"])


def erase_files(deletion: MunicipalityDeletion) -> None:
    """Delete the municipality's folder. The number is stored first, so that a killed run does not tell too few."""
    names = list(_files(str(deletion.municipality_key)))
    deletion.receipt["files"] = max(deletion.receipt.get("files", 0), sum(not name.endswith("/") for name in names))
    deletion.save(update_fields=["receipt"])
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            default_storage.delete(name.rstrip("/"))


def _files(folder: str) -> Iterator[str]:
    """Yield the files below a folder of the storage, then the folder itself with a slash; nothing if it is missing."""
    try:
        folders, files = default_storage.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in files:
        yield f"{folder}/{name}"
    for name in folders:
        yield from _files(f"{folder}/{name}")
    yield f"{folder}/"


def erase_messages(deletion: MunicipalityDeletion) -> None:
    """Take the municipality's messages out of the queues, also those that a worker has in hand."""
    client: Any = redis.Redis.from_url(settings.REDIS_URL)
    n_removed = 0
    try:
        for queue in (f"{name}{priority}" for name in QUEUES for priority in PRIORITIES):
            for raw in client.lrange(queue, 0, -1):
                if _is_of(raw, deletion.municipality_key):
                    n_removed += client.lrem(queue, 1, raw)
        for tag, raw in client.hgetall("unacked").items():
            if _is_of(json.dumps(json.loads(raw)[0]), deletion.municipality_key):
                client.zrem("unacked_index", tag)
                n_removed += client.hdel("unacked", tag)
    finally:
        client.close()
    deletion.receipt["messages"] = deletion.receipt.get("messages", 0) + n_removed
    deletion.save(update_fields=["receipt"])


def _is_of(raw: bytes | str, municipality_id: int) -> bool:
    try:
        message = json.loads(raw)
        _args, kwargs, _embedded = json.loads(base64.b64decode(message["body"]))
        return kwargs.get("municipality_id") == municipality_id
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def erase_municipality(municipality_id: int) -> None:
    """Delete an invented municipality itself. A real one stands in the register of the country, out of use."""
    with _as_owner(municipality_id) as cursor:
        table = Municipality._meta.db_table
        cursor.execute(f'UPDATE "{table}" SET in_use_since = NULL WHERE id = %s', [municipality_id])  # noqa: S608
        cursor.execute(f'DELETE FROM "{table}" WHERE id = %s AND is_demo', [municipality_id])  # noqa: S608
