"""Whether this installation can do its work now: asked by the launcher, by monitoring, by a load balancer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg2
import redis
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kanalkompass import heartbeats
from kanalkompass.celery_settings import HEARTBEAT_EVERY_S

# Four heartbeats may be lost before somebody is called.
ALIVE_WITHIN_S = 4 * HEARTBEAT_EVERY_S
DATABASE_PATIENCE_S = 1.0
PATH = "/health/ready"
# libpq waits at least two seconds for a server that takes the call and says nothing, so it waits in another thread.
_asking = ThreadPoolExecutor(max_workers=2, thread_name_prefix="health")


@dataclass(frozen=True)
class Check:
    """One part of the installation; the age is that of its last sign of life, None when there is none."""

    is_ok: bool
    age_s: int | None


DEAD = Check(is_ok=False, age_s=None)


class AnswerFirst:
    """Answer before the session of whoever asks is looked for: it lies in the database, which may be what is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        return ready(request) if request.path_info == PATH else self.get_response(request)


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part is alive, else 503; nothing is told but which part."""
    checks = {"database": database(), **broker_and_workers()}
    is_ok = all(check.is_ok for check in checks.values())
    body = {
        "status": "ok" if is_ok else "fail",
        "checks": {name: {"ok": check.is_ok, "age_s": check.age_s} for name, check in checks.items()},
    }
    return JsonResponse(body, status=200 if is_ok else 503)


def database() -> Check:
    """Ask PostgreSQL one thing; one that hangs is not waited for."""
    try:
        _asking.submit(_ask_database).result(timeout=DATABASE_PATIENCE_S)
    except (psycopg2.Error, TimeoutError):
        return DEAD
    return Check(is_ok=True, age_s=0)


def _ask_database() -> None:
    """Ask over a connection of our own: the request's may be the one that hangs."""
    patience = f"-c statement_timeout={int(DATABASE_PATIENCE_S * 1000)}"
    # Over the settings that pages plan by: they have options of their own.
    how = connections["default"].get_connection_params() | {"connect_timeout": 1, "options": patience}
    connection = psycopg2.connect(**how)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def broker_and_workers() -> dict[str, Check]:
    """Return the checks of Redis, of each queue's worker and of beat; without Redis nothing is known of the others."""
    names = (*heartbeats.WORKERS, heartbeats.BEAT)
    try:
        ages = heartbeats.ages_s(names)
    except redis.RedisError:
        return {"broker": DEAD, **dict.fromkeys(names, DEAD)}
    return {"broker": Check(is_ok=True, age_s=0), **{name: _fresh(age) for name, age in ages.items()}}


def _fresh(age_s: float | None) -> Check:
    if age_s is None:
        return DEAD
    return Check(is_ok=age_s <= ALIVE_WITHIN_S, age_s=int(age_s))
