"""Files that no picture knows: left by a transaction that was rolled back after the file was written (P22)."""

import logging
from datetime import datetime, timedelta

from django.core.files.storage import Storage, default_storage

from channels.models import MediaItem
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)

# A file is written before its row: one this young may belong to a transaction that is still open.
YOUNG = timedelta(days=1)


def sweep_files(*, now: datetime) -> int:
    """Delete the files that no picture of their municipality knows, and return how many there were."""
    try:
        folders, _files = default_storage.listdir("")
    except FileNotFoundError:
        return 0
    return sum(_sweep(int(folder), storage=default_storage, now=now) for folder in folders if folder.isdecimal())


def _sweep(municipality_id: int, *, storage: Storage, now: datetime) -> int:
    _folders, names = storage.listdir(str(municipality_id))
    old = {
        path
        for path in (f"{municipality_id}/{name}" for name in names)
        if storage.get_modified_time(path) < now - YOUNG
    }
    with tenant(municipality_id):
        known = set(MediaItem.objects.filter(file__in=old).values_list("file", flat=True))
    for path in old - known:
        storage.delete(path)
    if old - known:
        logger.info("Municipality %s: %s files that no picture knows are deleted", municipality_id, len(old - known))
    return len(old - known)
