"""IP addresses: which of them belong to the public internet. Pure."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# What not every Python calls private: protocol assignments, 6to4 relays, and the host of every Azure machine.
_ALSO_PRIVATE = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
)


def is_public(address: str) -> bool:
    """
    Tell whether the IP *address* belongs to the public internet.

    An IPv6 address that leads to an IPv4 address is public when that is.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if inner := _inner(found):
            return is_public(str(inner))
        if found not in _GLOBAL_UNICAST:
            return False
    elif any(found in network for network in _ALSO_PRIVATE):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
