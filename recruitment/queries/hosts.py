"""Which addresses a municipality's tracked links may lead to (P21)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from foundation.hosts import is_within, plain_host
from recruitment.models import MunicipalitySettings


def link_hosts() -> list[str]:
    """Return the hosts that the entered municipality's links may lead to; none until an administrator adds one."""
    return MunicipalitySettings.objects.values_list("link_hosts", flat=True).first() or []


def is_allowed_target(url: str, *, hosts: Sequence[str]) -> bool:
    """
    Whether `url` is a plain web address on one of `hosts` or below one of them.

    A port must be named in the list ("host:port"). Refused whatever the list says: addresses that browsers read in
    more than one way (//host, backslashes, blanks, line breaks, user@host) and other schemes than http and https.
    """
    if any(char.isspace() or not char.isprintable() or char == "\\" for char in url):
        return False
    try:
        parts = urlsplit(url)
        host, port = plain_host(parts.hostname or ""), parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not host:
        return False
    suffix = f":{port}" if port is not None else ""
    return any(is_within(host + suffix, plain_host(allowed)) for allowed in hosts)
