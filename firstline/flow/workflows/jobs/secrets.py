"""Kept secrets of calls: for the address they were kept for, and for no other; never in data, logs or pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from firstline.core.outbound import Forbidden, TooSlow, Unreachable, send
from firstline.core.outbound.target import Target, read
from firstline.core.preferences.secrecy import CannotOpen
from firstline.flow.workflows.engine.definition import CallOut
from firstline.flow.workflows.engine.definition.structure import KEPT
from firstline.flow.workflows.models import System
from firstline.people.notifications.engine.words import fill

from .asking import Failed, Fields, TryAgain, operation

MASK = "•••"
HIDDEN = "{" + KEPT + "}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret that was opened for one call."""

    system: System
    secret: str = field(repr=False)

    def masked(self, said: Any) -> Any:
        """What came back, without the secret, should the other system have repeated it."""
        if isinstance(said, str):
            return said.replace(self.secret, MASK)
        if isinstance(said, Mapping):
            return {self.masked(key): self.masked(value) for key, value in said.items()}
        if isinstance(said, list):
            return [self.masked(each) for each in said]
        return said


def kept_for(name: str, url: str) -> Kept:
    """The secret of a system, if the call goes to where the system is: same scheme, machine and port."""
    system = System.objects.filter(key=name, is_active=True).exclude(kind=System.Kind.LDAP).first()
    if system is None:
        raise Failed("no_secret", f"There is no system “{name}” whose secret could go along.")
    try:
        to, home = _place(url), _place(system.address)
    except Forbidden as refusal:
        raise Failed("forbidden", str(refusal)) from None
    if to != home:
        raise Failed("secret_elsewhere", f"The secret of “{name}” goes to its own address only.")
    try:
        secret = system.opened_secret()
    except CannotOpen as trouble:
        raise Failed("no_secret", str(trouble)) from None
    if not secret:
        raise Failed("no_secret", f"No secret is kept for “{name}”.")
    return Kept(system, secret)


def headers_of(step: CallOut, words: Mapping[str, str], kept: Kept | None) -> dict[str, str]:
    """The headers of a call, filled in. The secret stands where they say `{secret}`, otherwise as a bearer token."""
    found = {}
    for name, value in step.headers.items():
        parts = value.split(HIDDEN) if kept is not None else [value]
        found[name] = (kept.secret if kept is not None else "").join(fill(part, words) for part in parts)
    if kept is not None and not any(HIDDEN in value for value in step.headers.values()):
        found["Authorization"] = f"Bearer {kept.secret}"
    return found


def _place(url: str) -> tuple[str, str, int]:
    target: Target = read(url, allowed=frozenset(name.lower() for name in settings.OUTBOUND_ALLOWED))
    return url.partition(":")[0].lower(), target.host, target.port


@operation("http", "check_connection")
def check_connection(system: System, _fields: Fields, _once: str) -> dict[str, Any]:
    """Whether anybody answers there. The secret stays here: how it is sent is for the workflow to say."""
    try:
        answer = send(system.address, method="GET", headers={}, content=b"")
    except Forbidden as refusal:
        raise Failed("forbidden", str(refusal)) from None
    except (TooSlow, Unreachable) as trouble:
        raise TryAgain(str(trouble)) from None
    if answer.status >= 500:
        raise TryAgain(f"It answered {answer.status}.")
    return {}
