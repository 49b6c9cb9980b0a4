"""The folder where one installation keeps what must survive a restart: secrets, ports, data, logs."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from base64 import urlsafe_b64encode
from pathlib import Path

from kanalkompass.launcher import processes
from kanalkompass.launcher.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
LEAST_FREE_MB = 300
# How long the previous run's guard may need to end what it left.
PREVIOUS_ENDS_WITHIN_S = 10


def var() -> Path:
    """Return the installation's folder: KK_VAR, else var/ beside manage.py."""
    return Path(os.environ.get("KK_VAR") or ROOT / "var").resolve()


def prepare(folder: Path) -> None:
    """
    Make the folder and its rooms.

    :raises Problem: the disk is full
    """
    for room in (folder, folder / "log", folder / "media", folder / "beat", folder / "redis"):
        room.mkdir(parents=True, exist_ok=True)
        # Others may pass through to their own data (PostgreSQL's user, when we are root), but not look around.
        room.chmod(0o711 if room == folder and os.geteuid() == 0 else 0o700)
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < LEAST_FREE_MB:
        raise Problem(
            f"Disken er full: bare {free_mb} MB er ledig for {folder}, og det trengs minst {LEAST_FREE_MB} MB. "
            "Frigjør plass og prøv igjen."
        )


def take_lock(folder: Path) -> int:
    """
    Return the file descriptor of the folder's lock, held by us alone.

    The guard inherits it, so after a sudden end it stays taken until everything of that run is gone.

    :raises Problem: Kanalkompass already runs from this folder
    """
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + PREVIOUS_ENDS_WITHIN_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(lock, 20, 0).decode().strip()
            if owner and _is_running(int(owner)):
                os.close(lock)
                raise Problem(
                    f"Kanalkompass kjører allerede fra denne mappen (prosess {owner}). "
                    f"Bruk den, eller stopp den først: kill {owner}"
                ) from None
            if time.monotonic() > deadline:
                os.close(lock)
                raise Problem("Forrige kjøring er ikke ferdig avsluttet. Vent noen sekunder og prøv igjen.") from None
            time.sleep(0.1)
        else:
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            return lock


def _is_running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        return stat.read_text(errors="replace").rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def kept_secrets(folder: Path) -> dict[str, str]:
    """Return this installation's secrets, made once and readable by us alone."""
    path = folder / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    fresh = {
        "secret_key": secrets.token_urlsafe(64),
        "channel_token_key": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "demo_secret": secrets.token_urlsafe(32),
        "postgres_superuser": secrets.token_urlsafe(24),
        "postgres_owner": secrets.token_urlsafe(24),
        "postgres_runtime": secrets.token_urlsafe(24),
    }
    complete = fresh | kept
    if complete != kept:
        write_private(path, complete)
    return complete


def write_private(path: Path, content: dict[str, str]) -> None:
    """Write a JSON file that only we can read; a reader sees the old one or the new one, never a half."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=1)
    unfinished.replace(path)


def database_home(folder: Path) -> Path:
    """
    Return the folder for PostgreSQL's data.

    Inside `folder`; but as root, when PostgreSQL's user cannot reach it, below /var/tmp, named after `folder`.
    """
    who = processes.plain_user()
    inside = folder / "postgres"
    inside.mkdir(exist_ok=True)
    if not who:
        return inside
    os.chown(inside, who["user"], who["group"])
    if processes.is_reachable(inside, who):
        return inside
    inside.rmdir()
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    outside = Path("/var/tmp") / f"kanalkompass-{name}"  # noqa: S108 (ownership is checked below)  # nosec B108
    outside.mkdir(mode=0o700, exist_ok=True)
    if outside.is_symlink() or outside.stat().st_uid not in (0, who["user"]):
        raise Problem(f"{outside} eies av noen andre. Flytt den bort og prøv igjen.")
    os.chown(outside, who["user"], who["group"])
    return outside
