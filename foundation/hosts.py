"""Host names: in the form the network uses, and one below another."""

import re

MAX_LENGTH = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def plain_host(host: str) -> str:
    """Return a host in the form the network uses: ø and its kind are encoded, letters are small; "" for no host."""
    try:
        return host.strip().lower().encode("idna").decode("ascii") if host else ""
    except UnicodeError:
        return ""


def is_within(host: str, allowed: str) -> bool:
    """Whether a host is another one or lies below it. Both as `plain_host` gives them; "" allows nothing."""
    return bool(allowed) and (host == allowed or host.endswith("." + allowed))


def listed_host(text: str) -> str:
    """
    Return one entry of a list of hosts as it is kept: small letters, with a port where one is named; "" for none.

    An address that was pasted whole, with scheme or path, is none, and neither is a host of one word, as localhost or
    no: it would stand for a whole top-level domain. A numeric address is none.
    """
    name, _, port = text.strip().lower().partition(":")
    if not name or (":" in text and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        return ""
    plain = plain_host(name)
    labels = plain.split(".")
    is_name = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    if not is_name or len(plain) > MAX_LENGTH:
        return ""
    return f"{name}:{port}" if port else name
