"""Which network addresses are out in the world, and which lead inward: to this machine, this network, or nowhere."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# From IANA's registries of special-purpose addresses. Written out, because what Python calls global has changed.
_INWARD = [
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind a carrier's translation
        "127.0.0.0/8",  # this machine
        "169.254.0.0/16",  # link-local, and the clouds' own data services
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "::/8",  # unspecified, loopback, mapped and compatible IPv4
        "64:ff9b:1::/48",  # translation for local use
        "100::/64",  # discard
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
]
# Where a network speaks IPv6 alone, IPv4 addresses are found in the last 32 bits of this.
_TRANSLATED = ip_network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """
    Whether an address, as a name was looked up to, is out in the world. What cannot be read is not.

    Everything that wraps another address in itself is refused, but for the translation of IPv6-only networks, where the
    address inside decides.
    """
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return False
        if address in _TRANSLATED:
            address = IPv4Address(int(address) & 0xFFFFFFFF)
    is_inward = any(address in network for network in _INWARD if network.version == address.version)
    return not is_inward and address.is_global
