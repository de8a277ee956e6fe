"""Where an address leads: read strictly, resolved once, and checked before anybody connects."""

from __future__ import annotations

import re
import socket
import threading
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from .addresses import is_link_local, is_public
from .refusals import Forbidden, TooSlow, Unreachable

PORTS = {"http": 80, "https": 443}
LONGEST_ADDRESS = 2000
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked."""

    scheme: str
    host: str  # ASCII; for the Host header, the certificate and the resolver
    port: int
    path: str  # with the query

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read(url: str, *, allowed: Collection[str] = ()) -> Target:
    """Read an address. `Forbidden` with a sentence if it is none that we would ask."""
    if len(url) > LONGEST_ADDRESS or UNSAFE.search(url):
        raise Forbidden(_("This is not a web address."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden(_("This is not a web address.")) from None
    if parts.scheme not in PORTS:
        raise Forbidden(_("Only addresses with http:// or https:// can be asked."))
    if parts.username is not None or parts.password is not None:
        raise Forbidden(_("An address with a user name in it is not asked; put a token into a header."))
    host = _host(parts.hostname or "")
    port = port or PORTS[parts.scheme]
    if port < 1024 and port not in PORTS.values() and not is_allowed(host, port, allowed):
        raise Forbidden(_("Port %(port)s belongs to another kind of service.") % {"port": port})
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    return Target(parts.scheme, host, port, f"{path}?{query}" if query else path)


def resolve(target: Target, *, seconds: float, allowed: Collection[str] = ()) -> list[str]:
    """The target's addresses, all of them public. One look-up; whoever connects must use these."""
    addresses = _look_up(target.host, target.port, seconds)
    is_let_in = is_allowed(target.host, target.port, allowed)
    for address in addresses:
        if is_link_local(address) or not (is_let_in or is_public(address)):
            raise Forbidden(
                _("%(host)s is not on the public internet. An administrator can allow it by name.")
                % {"host": target.host}
            )
    return addresses


def is_allowed(host: str, port: int, allowed: Collection[str]) -> bool:
    """Whether the installation lets us go to this host inside, by name or by name and port."""
    name = host.rstrip(".").lower()
    return name in allowed or f"{name}:{port}" in allowed


def _host(text: str) -> str:
    """The host in ASCII. Full-width digits and their like become what they look like, as resolvers would have it."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if not plain or UNSAFE.search(plain) or any(letter in plain for letter in "/?#@%"):
        raise Forbidden(_("This is not a web address."))
    if ":" in plain or plain.isascii():
        return plain
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        raise Forbidden(_("This is not a web address.")) from None


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """The resolver has no deadline of its own, so it works in a thread that we leave behind when it is too slow."""
    result: list[Any] = []

    def work() -> None:
        try:
            result.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP))
        except (OSError, UnicodeError) as error:
            result.append(error)

    thread = threading.Thread(target=work, name="look-up", daemon=True)
    thread.start()
    thread.join(seconds)
    if not result:
        raise TooSlow(_("The name %(host)s could not be looked up in time.") % {"host": host})
    if isinstance(result[0], Exception):
        raise Unreachable(_("There is no host called %(host)s.") % {"host": host})
    return list(dict.fromkeys(str(entry[4][0]) for entry in result[0]))
