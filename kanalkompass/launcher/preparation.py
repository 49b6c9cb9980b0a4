"""Catalogues, tables and data, made ready before anybody is let in. Every step may be repeated."""

import signal
import subprocess
import sys
from pathlib import Path

from kanalkompass.launcher import console, place, processes, services
from kanalkompass.launcher.problems import Problem

STEPS = [
    ("Gjør språkkatalogene klare", ["messages", "--compile"]),
    ("Oppdaterer databasens tabeller", ["migrate", "--database=owner"]),
    ("Legger inn kommuner, fylker og yrker", ["load_reference"]),
]
DEMO_STEPS = [("Lager demonstrasjonsdata (bare første gang)", ["load_demo"])]


def prepare(env: dict[str, str]) -> None:
    """
    Run the steps, with their words in var/log/prepare.log.

    :raises Problem: one of them failed
    """
    log = services.log_file("prepare")
    for text, command in STEPS + DEMO_STEPS * (env["KK_DEMO"] == "1"):
        with console.step(text):
            code = _run(command, env=env, log=log)
            if code:
                console.say(console.last_lines(log))
                hint = "Disken er full. " if "No space left" in log.read_text(errors="replace") else ""
                raise Problem(f"{hint}«{text}» gikk ikke (manage.py {command[0]}). Hele loggen: {log}")


def _run(command: list[str], *, env: dict[str, str], log: Path) -> int:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=place.ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),
        )
    try:
        return process.wait()
    finally:
        process.kill()
        process.wait()
