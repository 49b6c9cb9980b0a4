"""How often something may be done: counters in the cache that forget by themselves."""

import hashlib
import logging
import math
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from foundation import clock

logger = logging.getLogger(__name__)

EXPORTS_PER_MUNICIPALITY = {"limit": 60, "window_s": 3600}
UPLOADS_PER_PERSON = {"limit": 60, "window_s": 3600}


class TooOften(Exception):
    """The limit is reached. `retry_after_s` says when to come back."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too often; again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


def count(what: str, whose: str, *, limit: int, window_s: int) -> None:
    """
    Count one more of `what` by `whose`, at most `limit` in each window of `window_s` seconds, over all processes.

    The key is a hash, gone when the window has passed. When the cache is away, what is limited is closed too.

    :raises TooOften: the limit was reached before this one
    :raises RedisError: the cache is away
    """
    key, passed = _key(what, whose, window_s=window_s)
    cache.add(key, 0, timeout=window_s + 5)
    try:
        n_so_far = cache.incr(key)
    except ValueError:
        # The key was dropped between the two calls: this is the first of the next window.
        return
    if n_so_far > limit:
        raise TooOften(max(1, math.ceil(window_s - passed)))


def give_back(what: str, whose: str, *, window_s: int) -> None:
    """Take back one count of this window: what was counted beforehand turned out to be no misuse."""
    key, _passed = _key(what, whose, window_s=window_s)
    with suppress(ValueError):  # the window has passed meanwhile
        cache.decr(key)


def forget(what: str, whose: str, *, window_s: int) -> None:
    """Forget what was counted in this window."""
    cache.delete(_key(what, whose, window_s=window_s)[0])


def _key(what: str, whose: str, *, window_s: int) -> tuple[str, float]:
    """Return the counter's key, and how many seconds of its window have passed."""
    window, passed = divmod(clock.now().timestamp(), window_s)
    return "limit:" + hashlib.sha256(f"{what}:{whose}:{int(window)}".encode()).hexdigest(), passed


def count_leniently(what: str, whose: str, *, limit: int, window_s: int) -> None:
    """
    Count like `count`, but when the cache is away let everything pass.

    For what is worth more than its limit: an applicant's answer, a visitor on her way to an advertisement.

    :raises TooOften: the limit was reached before this one
    """
    try:
        count(what, whose, limit=limit, window_s=window_s)
    except RedisError:
        logger.warning("The limit on %s could not be counted", what)


def count_export(municipality_id: int) -> None:
    """
    Count one more file with rows out of a municipality (P25).

    :raises TooOften: the municipality's hour is full
    """
    count("export", str(municipality_id), **EXPORTS_PER_MUNICIPALITY)


def count_upload(user_id: int) -> None:
    """
    Count one more file that somebody sends us: each costs decoding.

    :raises TooOften: the person's hour is full
    """
    count("upload", str(user_id), **UPLOADS_PER_PERSON)


def whose_address(request: HttpRequest) -> str:
    """
    Return a keyed hash of the address a request came from, for `count` alone. It is never stored with anything.

    Behind proxies of our own it is what the outermost of them saw; what a visitor claims herself stands further left.
    """
    address = request.META.get("REMOTE_ADDR", "")
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < settings.PROXIES_IN_FRONT <= len(seen):
        address = seen[-settings.PROXIES_IN_FRONT].strip() or address
    return salted_hmac("limits.address", address, algorithm="sha256").hexdigest()
