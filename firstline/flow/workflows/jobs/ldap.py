"""LDAP (RFC 4511): who somebody is, accounts, passwords and groups of a directory.

The connection goes to the address that was looked up and allowed, as with every other way out; its certificate is
checked for the name. Values never end a filter or a name: they are escaped (RFC 4515, 4514).
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ldap3
from django.conf import settings
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn, safe_dn

from firstline.core.actions import prove_it_is_ours
from firstline.core.outbound import Forbidden, TooSlow, Unreachable
from firstline.core.outbound.target import read, resolve
from firstline.flow.workflows.models import System

from .asking import Failed, Fields, TryAgain, needed, operation

SECONDS = 10
PORTS = {"ldaps": 636, "ldap": 389}
ASKED_BY = ("mail", "uid", "employeeNumber", "cn", "sn")  # what may be compared
KEPT = ("mail", "uid", "cn", "sn", "givenName", "title", "employeeNumber", "displayName")
PASSWORD_BYTES = 12


@operation("ldap", "check_connection")
def check_connection(system: System, _fields: Fields, _once: str) -> dict[str, Any]:
    with _connected(system) as connection:
        if not connection.search(system.base, "(objectClass=*)", ldap3.BASE, attributes=["objectClass"]):
            raise Failed("no_base", f"There is nothing at “{system.base}”.")
    return {}


@operation("ldap", "check")
def check(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """The one entry for which everything given is right; nobody is told which part was wrong."""
    known = {key: value for key, value in fields.items() if key in ASKED_BY}
    if len(known) < 2 or set(fields) - set(known):
        raise Failed("incomplete", "Two things must be known about somebody, such as mail and employeeNumber.")
    with _connected(system) as connection:
        return {"dn": _one(connection, system.base, known)}


@operation("ldap", "create")
def create(system: System, fields: Fields, once: str) -> dict[str, Any]:
    """Create an entry. One that this step has created already is answered again; one of another origin is refused."""
    uid, cn, sn = needed(fields, "uid", "cn", "sn")
    dn = f"uid={escape_rdn(uid)},{system.base}"
    values = {key: str(fields[key]) for key in KEPT if key in fields} | {"uid": uid, "cn": cn, "sn": sn}
    with _connected(system) as connection:
        # Where it came from stands in the entry: a second try finds its own work.
        if connection.add(dn, ["inetOrgPerson"], {**values, "departmentNumber": once}):
            return {"dn": dn}
        if connection.result["description"] == "entryAlreadyExists":
            if connection.compare(dn, "departmentNumber", once):
                return {"dn": dn}
            raise Failed("exists", "There is such an entry already.")
        raise _refusal(connection)


@operation("ldap", "reset_password")
def reset_password(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """Set a new password, which nobody but its owner is shown (`secret`)."""
    (dn,) = needed(fields, "dn")
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with _connected(system) as connection:
        if not connection.extend.standard.modify_password(_within(system, dn), new_password=password):
            raise _refusal(connection)
    return {"secret": password}


@operation("ldap", "add_to_group")
def add_to_group(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """Put somebody into a group. Whoever is in it already stays."""
    return _member(system, fields, ldap3.MODIFY_ADD, "attributeOrValueExists")


@operation("ldap", "remove_from_group")
def remove_from_group(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """Take somebody out of a group. Whoever is out of it already stays so."""
    return _member(system, fields, ldap3.MODIFY_DELETE, "noSuchAttribute")


def _member(system: System, fields: Fields, how: str, done_already: str) -> dict[str, Any]:
    (group,) = needed(fields, "group")
    with _connected(system) as connection:
        dn = str(fields["dn"]) if "dn" in fields else ""
        dn = _within(system, dn) if dn else _one(connection, system.base, {"mail": fields.get("mail", "")})
        place = _one(connection, system.groups or system.base, {"cn": group})
        if not connection.modify(place, {"member": [(how, [dn])]}) and connection.result["description"] != done_already:
            raise _refusal(connection)
    return {"dn": dn, "group": place}


def _one(connection: ldap3.Connection, base: str, known: Fields) -> str:
    asked = "".join(f"({key}={escape_filter_chars(str(value))})" for key, value in sorted(known.items()))
    connection.search(base, f"(&{asked})", ldap3.SUBTREE, attributes=[], size_limit=2)
    found = [entry["dn"] for entry in connection.response or () if entry.get("type") == "searchResEntry"]
    if len(found) != 1:
        raise Failed("not_found" if not found else "several", "Nobody, or more than one, fits what was said.")
    return str(found[0])


def _within(system: System, dn: str) -> str:
    """Only people of the place that was set up are touched."""
    try:
        parts, base = safe_dn(dn).lower(), safe_dn(system.base).lower()
    except LDAPException:
        raise Failed("wrong", "This is no name of an entry.") from None
    if not parts.endswith("," + base):
        raise Failed("wrong", "This entry lies elsewhere.")
    return dn


def _refusal(connection: ldap3.Connection) -> Failed:
    said = str(connection.result.get("description") or "refused")
    return Failed("refused", f"The directory refused: {said}.")


@contextmanager
def _connected(system: System) -> Iterator[ldap3.Connection]:
    scheme, _colon, rest = system.address.partition("://")
    allowed = frozenset(name.lower() for name in settings.OUTBOUND_ALLOWED)
    default = PORTS.get(scheme.lower(), 389)
    try:
        target = read(f"https://{rest if ':' in rest else f'{rest}:{default}'}", allowed=allowed)
        address = resolve(target, seconds=SECONDS, allowed=allowed)[0]
    except Forbidden as refusal:
        raise Failed("forbidden", str(refusal)) from None
    except (TooSlow, Unreachable) as trouble:
        raise TryAgain(str(trouble)) from None
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, valid_names=[target.host], sni=target.host)
    server = ldap3.Server(
        address, port=target.port, use_ssl=scheme.lower() == "ldaps", tls=tls, connect_timeout=SECONDS,
        get_info=ldap3.NONE,
    )  # fmt: skip
    is_inner = address.startswith("127.") or address == "::1"
    connection = ldap3.Connection(
        server, system.user or None, system.opened_secret() or None, receive_timeout=SECONDS, auto_range=False,
        return_empty_attributes=False, check_names=False,
    )  # fmt: skip
    prove_it_is_ours()
    try:
        connection.open()
        if scheme.lower() != "ldaps" and not is_inner:
            connection.start_tls()  # without it a password could be read on its way
        if not connection.bind():
            raise Failed("no_entry", "The directory did not accept the user or the password.")
        yield connection
    except LDAPException as trouble:
        raise TryAgain(f"The directory cannot be reached: {type(trouble).__name__}.") from None
    finally:
        connection.unbind()
