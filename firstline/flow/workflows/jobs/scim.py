"""SCIM 2.0 (RFC 7643, 7644): accounts and groups of another system, through the house's one HTTP client."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from firstline.core import outbound
from firstline.core.actions import prove_it_is_ours
from firstline.flow.workflows.models import System

from .asking import Failed, Fields, TryAgain, needed, operation

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
JSON = "application/scim+json"
PLAIN = ("userName", "displayName", "title", "nickName", "preferredLanguage", "userType")


@operation("scim", "check_connection")
def check_connection(system: System, _fields: Fields, _once: str) -> dict[str, Any]:
    return _asked(system, "GET", "/Users?count=1")


@operation("scim", "create")
def create(system: System, fields: Fields, once: str) -> dict[str, Any]:
    """Create an account. One that this step has created already is answered again; one of another origin is refused."""
    (name,) = needed(fields, "userName")
    mail = fields.get("mail")
    said: dict[str, Any] = {"schemas": [USER], "active": True, "externalId": once}
    said |= {key: str(fields[key]) for key in PLAIN if key in fields}
    if mail:
        said["emails"] = [{"value": str(mail), "primary": True}]
    try:
        return _asked(system, "POST", "/Users", said)
    except Failed as failed:
        if failed.code != "exists":
            raise
        found = find_one(system, name)
        if found.get("externalId") == once:
            return found
        raise


@operation("scim", "find")
def find(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    (name,) = needed(fields, "userName")
    return find_one(system, name)


@operation("scim", "change")
def change(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """Give an account another display name, title, mail address … What is not given stays."""
    (name,) = needed(fields, "userName")
    said = {key: str(fields[key]) for key in PLAIN if key in fields and key != "userName"}
    changes: list[dict[str, Any]] = [{"op": "replace", "path": key, "value": value} for key, value in said.items()]
    if "mail" in fields:
        changes.append({"op": "replace", "path": "emails", "value": [{"value": str(fields["mail"]), "primary": True}]})
    if not changes:
        raise Failed("incomplete", "It needs something to change.")
    return _changed(system, find_one(system, name), *changes)


@operation("scim", "disable")
def disable(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """Close an account without deleting it."""
    (name,) = needed(fields, "userName")
    return _changed(system, find_one(system, name), {"op": "replace", "path": "active", "value": False})


@operation("scim", "enable")
def enable(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """Open an account again that was closed."""
    (name,) = needed(fields, "userName")
    return _changed(system, find_one(system, name), {"op": "replace", "path": "active", "value": True})


@operation("scim", "add_to_group")
def add_to_group(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """Put an account into a group. Whoever is in it already stays."""
    return _member(system, fields, is_in=True)


@operation("scim", "remove_from_group")
def remove_from_group(system: System, fields: Fields, _once: str) -> dict[str, Any]:
    """Take an account out of a group. Whoever is out of it already stays so."""
    return _member(system, fields, is_in=False)


def _member(system: System, fields: Fields, *, is_in: bool) -> dict[str, Any]:
    name, group = needed(fields, "userName", "group")
    account, place = find_one(system, name), _first(system, "Groups", "displayName", group)
    others = [member for member in place.get("members") or () if member.get("value") != account["id"]]
    was_in = len(others) < len(place.get("members") or ())
    if was_in == is_in:
        return account
    if is_in:
        step: dict[str, Any] = {"op": "add", "path": "members", "value": [{"value": account["id"]}]}
    else:
        step = {"op": "remove", "path": f"members[value eq {json.dumps(account['id'])}]"}
    _patched(system, "Groups", place, step)
    return account


def _changed(system: System, account: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
    return _patched(system, "Users", account, *steps) or account


def _patched(system: System, kind: str, thing: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
    said = {"schemas": [PATCH], "Operations": list(steps)}
    return _asked(system, "PATCH", f"/{kind}/{quote(str(thing['id']), safe='')}", said)


def find_one(system: System, name: str) -> dict[str, Any]:
    return _first(system, "Users", "userName", name)


def _first(system: System, kind: str, field: str, value: str) -> dict[str, Any]:
    # A value in a filter is a JSON string (RFC 7644, 3.4.2.2): nothing in it can end it.
    asked = quote(f"{field} eq {json.dumps(value)}", safe="")
    found = _asked(system, "GET", f"/{kind}?filter={asked}&count=2").get("Resources") or []
    if len(found) != 1:
        raise Failed("not_found" if not found else "several", f"“{value}” was not found, or several are called so.")
    return dict(found[0])


def _asked(system: System, method: str, path: str, said: Any = None) -> dict[str, Any]:
    headers = {"Accept": JSON, "Content-Type": JSON}
    if secret := system.opened_secret():
        headers["Authorization"] = f"Bearer {secret}"
    prove_it_is_ours()
    try:
        answer = outbound.send(
            system.address.rstrip("/") + path, method=method, headers=headers,
            content=json.dumps(said).encode() if said is not None else b"",
        )  # fmt: skip
    except outbound.Forbidden as refusal:
        raise Failed("forbidden", str(refusal)) from None
    except (outbound.TooSlow, outbound.Unreachable) as trouble:
        raise TryAgain(str(trouble)) from None
    if answer.status >= 500 or answer.status == 429:
        raise TryAgain(f"It answered {answer.status}.")
    if answer.status == 409:
        raise Failed("exists", "There is such an account already.")
    if not answer.is_success:
        raise Failed(f"http_{answer.status}", f"It answered {answer.status}{_why(answer.content)}.")
    try:
        read = json.loads(answer.content) if answer.content else {}
    except ValueError:
        raise Failed("no_json", "It answered something that is no JSON.") from None
    return read if isinstance(read, dict) else {}


def _why(content: bytes) -> str:
    """What an error says of itself (RFC 7644, 3.12), short enough for a line."""
    try:
        said = json.loads(content)
    except ValueError:
        return ""
    detail = said.get("detail") if isinstance(said, dict) else None
    return f": {' '.join(str(detail).split())[:200].rstrip('.')}" if detail else ""
