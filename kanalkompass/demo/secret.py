"""The demonstration users' password: random for each installation, and the same as long as the installation lives."""

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from django.conf import settings

from foundation import codes

FILE = "demo.json"
PASSWORD_LENGTH = 16


def password() -> str:
    """
    Return the password of all demonstration users.

    It is DEMO_PASSWORD where that is set, else made from KK_DEMO_SECRET, else from a secret that is made now and kept
    in the installation's folder, where only its owner can read it.
    """
    if settings.DEMO_PASSWORD:
        return settings.DEMO_PASSWORD
    secret = settings.KK_DEMO_SECRET or _kept_secret(settings.VAR)
    digest = hmac.new(secret.encode(), b"password of the demonstration users", hashlib.sha256).digest()
    return codes.in_groups(codes.code_of(digest, PASSWORD_LENGTH)).lower()


def _kept_secret(folder: Path) -> str:
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"demo_secret": secrets.token_urlsafe(32)}, file)
    except FileExistsError:
        pass
    return json.loads(path.read_text())["demo_secret"]
