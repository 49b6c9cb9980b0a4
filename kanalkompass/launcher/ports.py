"""Ports on loopback: which are free, and which this folder has chosen for good."""

import json
import random
import socket
from collections.abc import Mapping
from pathlib import Path

from kanalkompass.launcher.problems import Problem

# Below the range that the system hands out for outgoing connections, so a kept port is seldom taken by chance.
OWN_RANGE = range(20_000, 30_000)
FAVOURITE_WEB_PORT = 8000
# One port per platform: LinkedIn is the first, the others follow.
SANDBOX_PLATFORMS = 4


def is_free(port: int) -> bool:
    """Say whether a server could listen on the port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(*, n_in_row: int = 1) -> int:
    """Return a port that is free now, with the `n_in_row` - 1 ports after it."""
    for _ in range(200):
        port = random.choice(OWN_RANGE)  # noqa: S311 (not a secret)  # nosec B311
        if all(is_free(port + step) for step in range(n_in_row)):
            return port
    raise Problem("Fant ingen ledig port på denne maskinen. Stopp noen programmer og prøv igjen.")


def wanted_port(environ: Mapping[str, str], name: str) -> int | None:
    """
    Return the port that an environment variable asks for, or None when it is not set.

    :raises Problem: the value is not a port number
    """
    text = environ.get(name, "").strip()
    if not text:
        return None
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise Problem(f"{name}={text} er ikke et portnummer. Velg et tall mellom 1024 og 65535.")
    return int(text)


def choose(environ: Mapping[str, str], keep: Path) -> dict[str, int]:
    """
    Return the ports of web, sandbox, postgres and redis, and keep them in the file `keep`.

    PORT and SANDBOX_PORT are obeyed. Otherwise a choice once made stands, so that links, QR codes and OAuth addresses
    survive a restart; only the two servers nobody links to move when their port is taken.

    :raises Problem: a port that links depend on is taken by another program
    """
    chosen: dict[str, int] = json.loads(keep.read_text()) if keep.exists() else {}
    for name, variable, first_choice, n_in_row in [
        ("web", "PORT", FAVOURITE_WEB_PORT, 1),
        ("sandbox", "SANDBOX_PORT", None, SANDBOX_PLATFORMS),
    ]:
        port = wanted_port(environ, variable) or chosen.get(name)
        if port is None:
            is_first_free = first_choice is not None and is_free(first_choice)
            port = first_choice if is_first_free and first_choice else free_port(n_in_row=n_in_row)
        elif not is_free(port):
            raise Problem(
                f"Port {port} er opptatt av et annet program. Stopp det, eller velg en annen port: "
                f"{variable}={free_port(n_in_row=n_in_row)} make run"
            )
        chosen[name] = port
    for name in ("postgres", "redis"):
        if name not in chosen or not is_free(chosen[name]):
            chosen[name] = free_port()
    keep.write_text(json.dumps(chosen, indent=1) + "\n")
    return chosen
