"""`manage.py up`: start the whole system on this machine, keep it running, end all of it."""

import errno
import os
import signal
from typing import Any

from kanalkompass.launcher import console, processes
from kanalkompass.launcher.installation import Installation
from kanalkompass.launcher.problems import Problem

HELP = """Bruk: python manage.py up

Starter hele Kanalkompass på denne maskinen: databaser, sandkasse, nettsider, arbeidere og klokke.
Stopp med Ctrl-C. Miljøvariabler som betyr noe her: PORT, SANDBOX_PORT, KK_VAR, KK_DEMO, DATABASE_URL,
DATABASE_OWNER_URL, REDIS_URL. Alle er forklart i .env.example."""


class Ended(BaseException):
    """Somebody asked us to end: Ctrl-C, SIGTERM, or the terminal closed."""


def run(arguments: list[str]) -> int:
    """Start everything, stay until asked to end, and return the exit status."""
    if arguments:
        console.say(HELP)
        return 0 if arguments[0] in ("-h", "--help") else 2
    if os.environ.get("KK_END_WITH_PARENT"):
        processes.die_with_parent(signal.SIGTERM, parent=os.getppid())()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    installation = Installation()
    try:
        installation.begin()
        installation.stay()
    except Ended:
        status = 0
    except Problem as problem:
        console.say(f"\nKanalkompass stoppet: {problem}")
        status = 1
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        console.say("\nKanalkompass stoppet: Disken er full. Frigjør plass og kjør make run på nytt.")
        status = 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        installation.end()
    return status


def _end(number: int, _frame: Any) -> None:
    raise Ended
