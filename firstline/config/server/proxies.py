"""Who really asks, when proxies stand in front: only as many are believed as the installation says."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

FORWARDED = frozenset(
    {b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"x-real-ip"}
)


def believe(scope: Any, *, proxies: int) -> None:
    """Set the scope's client and scheme from what the nearest `proxies` say, and drop all such headers.

    Each proxy appends the address it saw to `X-Forwarded-For`: the last is the nearest proxy's word, and with
    n proxies the n-th from the end is the first one said by somebody we trust.
    """
    addresses: list[str] = []
    scheme = ""
    kept = []
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            addresses += [part.strip() for part in value.decode("latin-1").split(",")]
        elif name == b"x-forwarded-proto":
            scheme = value.decode("latin-1").rpartition(",")[2].strip().lower()
        if name not in FORWARDED:
            kept.append((name, value))
    if proxies > 0:
        if len(addresses) >= proxies and (address := _address(addresses[-proxies])):
            scope["client"] = (address, 0)
        if scheme in {"http", "https"}:
            scope["scheme"] = scheme
    scope["headers"] = kept


def _address(text: str) -> str:
    """The address in its canonical form, or nothing if it is none."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:  # an IPv4 address with a port
        bare = bare.partition(":")[0]
    try:
        return str(ip_address(bare))
    except ValueError:
        return ""
