"""How often something may be done: counters in the cache that forget by themselves."""

import hashlib
import logging
import math

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from foundation import clock

logger = logging.getLogger(__name__)


class TooOften(Exception):
    """The limit is reached. `retry_after_s` says when to come back."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too often; again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


def count(what: str, whose: str, *, limit: int, window_s: int) -> None:
    """
    Count one more of `what` by `whose`, at most `limit` in each window of `window_s` seconds.

    The key is a hash, gone when the window has passed. When the cache is away nothing is counted: an applicant's
    answer is worth more than the limit.

    :raises TooOften: the limit was reached before this one
    """
    seconds = clock.now().timestamp()
    window, passed = divmod(seconds, window_s)
    key = "limit:" + hashlib.sha256(f"{what}:{whose}:{int(window)}".encode()).hexdigest()
    try:
        cache.add(key, 0, timeout=window_s + 5)
        n_so_far = cache.incr(key)
    except (RedisError, ValueError):
        logger.warning("The limit on %s could not be counted", what)
        return
    if n_so_far > limit:
        raise TooOften(max(1, math.ceil(window_s - passed)))


def whose_address(request: HttpRequest) -> str:
    """Return a keyed hash of the address a request came from, for `count` alone. It is never stored with anything."""
    return salted_hmac("limits.address", request.META.get("REMOTE_ADDR", ""), algorithm="sha256").hexdigest()
