"""One thing that somebody has to do, and how long lists of them are kept short."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

NOW, TODAY, SOON = "now", "today", "soon"
URGENCIES = (NOW, TODAY, SOON)
# Of one subject; what is more than this stands on the subject's own page.
MOST_SHOWN = 20
MOST_OF_KIND = 5


@dataclass(frozen=True)
class Task:
    """One thing that somebody has to do, in words, with the one step that does it."""

    urgency: str
    sign: str
    kind: str
    where: str
    title: str
    reason: str
    action: str
    url: str


def in_order(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks with the most urgent first; those of the same urgency keep their order."""
    return sorted(tasks, key=lambda task: URGENCIES.index(task.urgency))


def bounded(tasks: list[Task], *, rest: Callable[[int], Task]) -> list[Task]:
    """Return at most a handful of tasks of one kind; `rest` makes one of those that are too many, told their number."""
    if len(tasks) <= MOST_OF_KIND:
        return tasks
    return [*tasks[: MOST_OF_KIND - 1], rest(len(tasks) - MOST_OF_KIND + 1)]
