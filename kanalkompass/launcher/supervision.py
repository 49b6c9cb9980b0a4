"""Keeping an eye on the processes: what dies is said and started again; what keeps dying ends the run."""

import time

from kanalkompass.launcher import console
from kanalkompass.launcher.problems import Problem
from kanalkompass.launcher.services import Service
from kanalkompass.launcher.watched import Watched

# A service that has died this often within the window is not saved by one more start.
N_CHANCES = 3
WINDOW_S = 30.0


def start(service: Service) -> None:
    """Start a service and remember when."""
    service.process = service.start()
    service.started_at.append(time.monotonic())


def revive_the_dead(services: list[Service], *, watched: Watched) -> None:
    """
    Start every service again that has ended, with a growing pause.

    :raises Problem: one keeps dying
    """
    for service in services:
        process = service.process
        if process is None or process.poll() is None:
            continue
        # Its children (a worker's pool) may still hold the port or a task.
        watched.end(process, within_s=0)
        recent = [moment for moment in service.started_at if moment > time.monotonic() - WINDOW_S]
        console.say(f"\n{service.name} stoppet ({ending(process.returncode)}). Det siste i {service.log}:")
        console.say(console.last_lines(service.log))
        if len(recent) > N_CHANCES:
            raise Problem(f"{service.name} stopper igjen og igjen, så alt avsluttes. Se {service.log}")
        pause = 2 ** max(0, len(recent) - 1)
        console.say(f"{service.name} startes på nytt om {pause} s.")
        time.sleep(pause)
        start(service)


def ending(code: int) -> str:
    """Return how a process ended, in words."""
    return f"drept av signal {-code}" if code < 0 else f"avsluttet med kode {code}"


def end_all(services: list[Service], *, watched: Watched, within_s: float) -> None:
    """Ask all of them to end at once; whoever has not within `within_s` seconds is killed."""
    running = [service.process for service in services if service.process is not None]
    for process in running:
        watched.ask_to_end(process)
    deadline = time.monotonic() + within_s
    for process in running:
        watched.end(process, within_s=max(0.1, deadline - time.monotonic()))
