"""Which faults mean that something we lean on is away for a while: the answer is 503 then, not «our fault» (P27)."""

import errno

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

# PostgreSQL's classes of trouble that is not ours: resources, intervention, system error, internal error.
PASSING = ("53", "57", "58", "XX", "08")
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}


def is_away(problem: BaseException | None) -> bool:
    """Whether the database, Redis or the disk is away or full, so that the same request may work in a while."""
    if isinstance(problem, RedisError | BrokerError | OperationalError | InterfaceError):
        return True
    if isinstance(problem, DatabaseError):
        return str(getattr(problem.__cause__, "pgcode", None) or "").startswith(PASSING)
    return isinstance(problem, OSError) and problem.errno in NO_ROOM
