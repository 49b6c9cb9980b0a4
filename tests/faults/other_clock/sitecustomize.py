"""
Read at the start of a Python under libfaketime that leaves the monotonic clocks alone, as a wrong clock does in life.

Its `clock_nanosleep` then refuses what Python asks of it; `select` waits without any clock.
"""

import select
import time


def sleep(seconds: float) -> None:
    """Wait."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = sleep
