"""Which addresses a municipality's tracked links may lead to (P21)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

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
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not host:
        return False
    suffix = f":{port}" if port is not None else ""
    return any(_is_within(host + suffix, _ascii(allowed)) for allowed in hosts)


def _is_within(host: str, allowed: str) -> bool:
    return bool(allowed) and (host == allowed or host.endswith("." + allowed))


def _ascii(host: str) -> str:
    """Return a host in the form the network uses: ø and its kind are encoded, letters are small; "" for no host."""
    try:
        return host.strip().lower().encode("idna").decode("ascii") if host else ""
    except UnicodeError:
        # A slip in the municipality's list, as ".example.no", allows nothing, and must not stop every link.
        return ""
