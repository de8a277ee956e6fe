"""Which addresses belong to the public internet. Plain Python, decided on the number, never on its spelling."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# What `is_global` of the standard library lets through or has changed its mind about between versions
# (IANA special-purpose registries; RFC 6890, 7526, 8155).
_CLOSED_4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# All public IPv6 is inside 2000::/3. Inside it are closed: special purposes with Teredo, ORCHID and documentation,
# and 6to4, which carries an IPv4 address within. NAT64 and mapped addresses lie outside and are closed with the rest.
_OPEN_6 = ip_network("2000::/3")
_CLOSED_6 = tuple(ip_network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_ISATAP = (0x00005EFE, 0x02005EFE)
_LINK_LOCAL = (ip_network("169.254.0.0/16"), ip_network("fe80::/10"))


def is_public(text: str) -> bool:
    """Whether this address (as the resolver gave it) is one that anybody on the internet could be at."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _CLOSED_4)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6) and not _is_isatap(address)


def is_link_local(text: str) -> bool:
    """Where cloud machines find their secrets; closed even to those whom the installation lets inside."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address.version == network.version and address in network for network in _LINK_LOCAL)


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
