"""Every route × every role × every thing × every verb equals the table in policy.py (TRUST D1, D3, D4, O1, O2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from firstline.core.entry import entry_of
from firstline.core.events.models import Event
from firstline.people.access.rules import BY_ROLE

from .policy import ITSELF, OWN_APPROVAL, OWN_TICKET, PERMISSIONS, PUBLIC, ROLE_OF, ROUTES, SEES, SIGNED_IN, Rule
from .world import SECRET, TICKETS, World, build, secret

NOWHERE = 987_654_321
REFUSED = frozenset({401, 403, 404})


def routes(resolver: Any = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Name and screen of every route there is."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        else:
            yield ":".join((*spaces, pattern.name or str(pattern.pattern))), pattern.callback


@dataclass(frozen=True)
class Cell:
    route: str
    verb: str
    thing: str  # the name of the thing in the address, or ""
    entered: bool
    sees: bool
    may: bool

    @property
    def is_let_in(self) -> bool:
        return self.entered and self.sees and self.may


@pytest.mark.abuse("D1", "D15")
def test_every_route_is_in_the_table_and_nothing_else() -> None:
    assert sorted(ROUTES) == sorted(name for name, _screen in routes())


@pytest.mark.abuse("D15")
def test_every_screen_declares_what_the_table_says() -> None:
    declared = {}
    for name, screen in routes():
        entry = entry_of(screen)
        declared[name] = None if entry is None else entry.permission or entry.who

    assert declared == {name: rule.entry for name, rule in ROUTES.items()}


def test_the_roles_hold_what_the_table_says() -> None:
    assert {str(role): permissions for role, permissions in BY_ROLE.items()} == PERMISSIONS


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("role", SEES)
@pytest.mark.abuse("D1", "D2", "D3", "D8", "D10", "D20")
def test_every_cell_is_as_the_table_says(role: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    world = build(role)
    with_token = world.caller_of(role)
    with_session = world.client_of(role)
    allowed = secrets_for(role)

    wrong = [
        line
        for name, rule in ROUTES.items()
        for cell in cells(role, name, rule)
        for line in check(world, with_token if rule.with_token else with_session, cell, rule, allowed)
    ]

    assert wrong == []


def cells(role: str, name: str, rule: Rule) -> Iterator[Cell]:
    entered = _enters(role, rule)
    for verb, need in (("GET", rule.get), ("POST", rule.post)):
        if need is None:
            # The verb does nothing here; strangers still must not get past the door, nor see a thing.
            yield Cell(name, verb, _things(rule.of)[0] if rule.of else "", entered, False, False)
            continue
        for thing in _things(rule.of) if rule.of else [""]:
            yield Cell(name, verb, thing, entered, _sees(role, rule, thing), _may(role, rule, need, thing))


def check(world: World, client: Client, cell: Cell, rule: Rule, allowed: frozenset[str]) -> list[str]:
    does_nothing = (rule.get if cell.verb == "GET" else rule.post) is None
    answer, events = ask(world, client, cell.route, cell.verb, rule, cell.thing)
    where = f"{cell.verb} {cell.route} {cell.thing}: {answer.status_code}"
    wrong = []
    body = _body(answer)
    if answer.status_code >= 500 or "Traceback" in body or " object at 0x" in body:
        wrong.append(f"{where}, an error shows (O1)")
    leaked = frozenset(SECRET.findall(body)) - allowed
    if leaked:
        wrong.append(f"{where} shows {', '.join(sorted(leaked))} (O2)")
    if does_nothing:
        if not cell.entered and not _is_out(answer, rule) and answer.status_code != 405:
            wrong.append(f"{where}, came in")
        return wrong
    # Somebody may route a ticket out of their own sight: done, and then not found.
    if cell.is_let_in and not events and (answer.status_code in REFUSED or _is_sent_to_sign_in(answer, rule)):
        wrong.append(f"{where}, should be let in")
    if not cell.entered and not _is_out(answer, rule):
        wrong.append(f"{where}, should be kept out")
    if cell.entered and not cell.is_let_in and (answer.status_code not in REFUSED or events):
        wrong.append(f"{where}, should be refused; {events} events")
    if cell.entered and not cell.sees:
        nowhere = world.nowhere.get((cell.route, cell.verb))
        if nowhere is None:
            nowhere = ask(world, client, cell.route, cell.verb, rule, None)[0].status_code
            world.nowhere[cell.route, cell.verb] = nowhere
        if nowhere != answer.status_code:
            wrong.append(f"{where}, but {nowhere} where there is nothing (D3)")
    return wrong


def ask(world: World, client: Client, route: str, verb: str, rule: Rule, thing: str | None) -> tuple[HttpResponse, int]:
    """Ask, see what was recorded, and undo it. `None`: for a thing that does not exist."""
    args = {key: _pk(world, value) for key, value in rule.args.items()}
    if rule.of:
        args[rule.key] = NOWHERE if thing is None else world.things[thing].pk
    address = reverse(route, kwargs=args)
    cookies = SimpleCookie({key: morsel.value for key, morsel in client.cookies.items()})
    with transaction.atomic():
        before = Event.objects.count()
        if verb == "GET":
            answer = client.get(address, rule.query)
        elif rule.with_token:
            answer = client.post(address, rule.data, content_type="application/json")
        else:
            answer = client.post(address, rule.data)
        events = Event.objects.count() - before
        transaction.set_rollback(True)
    client.cookies = cookies  # signing out, too, is undone
    return answer, events  # type: ignore[return-value]


def secrets_for(role: str) -> frozenset[str]:
    """The secrets this role is entitled to, worked out from the table alone."""
    known: set[str] = set()
    permissions = _permissions(role)
    for name in SEES[role]:
        known |= {secret(what, name) for what in ("subject", "public", "publicfile")}
        from_desk = name != "own" or _is_in_scope(role, name)
        if from_desk and permissions & {"ticket.note", "audit.view"} and "ticket.view" in permissions:
            known |= {secret(what, name) for what in ("note", "notefile")}
        if "mail.view" in permissions:
            known |= {secret(what, name) for what in ("mail", "raw")}
    if "person.view" in permissions or SEES[role] - {"own"}:
        known |= {secret("name", "stranger"), secret("phone", "stranger")}
    if "organisation.view" in permissions:
        known.add(secret("notes", "organisation"))
    return frozenset(known)


def _is_in_scope(role: str, name: str) -> bool:
    """One's own ticket lies with the other team: an agent of one team meets it as a requester."""
    return name != "own" or role != "agent of one team"


def _permissions(role: str) -> frozenset[str]:
    if role in {"anonymous", "deactivated"}:
        return frozenset()
    return PERMISSIONS[ROLE_OF.get(role, role)]


def _enters(role: str, rule: Rule) -> bool:
    if rule.entry == PUBLIC:
        return True
    if role in {"anonymous", "deactivated"}:
        return False
    return rule.entry in {SIGNED_IN, ITSELF} or rule.entry in _permissions(role)


def _things(kind: str) -> list[str]:
    return {
        "ticket": [f"ticket {name}" for name in TICKETS],
        "request": [f"ticket {name}" for name in TICKETS],
        "attachment": [f"attachment {name}/{what}" for name in TICKETS for what in ("public", "note")],
        "person": ["person me", "person stranger", "person chief"],
        "team": ["team open", "team private"],
        "organisation": ["organisation tide"],
        "mail": [*(f"mail {name}" for name in TICKETS), "mail account"],
        "escalation": [f"escalation {name}" for name in TICKETS],
        "approval": [f"approval {name}" for name in TICKETS],
        "run": [f"run {name}" for name in TICKETS],
        "workflow task": [f"workflow task {name}" for name in TICKETS],
        "task": [f"task {name}" for name in TICKETS],
        "task file": [f"task file {name}" for name in TICKETS],
        "raw mail": [f"raw mail {name}" for name in TICKETS],
        "form": ["form theirs"],
        "offering": ["offering theirs"],
        "service": ["service everybody", "service agents"],
        "draft": ["draft me", "draft stranger"],
        "submission": ["submission me", "submission stranger"],
        "answer file": ["answer file me", "answer file stranger"],
    }[kind]


def _sees(role: str, rule: Rule, thing: str) -> bool:
    kind, _space, name = thing.partition(" ")
    if rule.of == "request":
        return name == "own" and role not in {"anonymous", "deactivated"}
    if rule.of == "workflow task":
        return name.removeprefix("task ") in SEES[role]
    if kind == "run":
        return name in SEES[role]
    if kind == "task":
        name = name.removeprefix("file ")
        return name in SEES[role] and "task.view" in _permissions(role) and _is_in_scope(role, name)
    if kind in {"ticket", "escalation", "approval"}:
        return name in SEES[role]
    if kind == "attachment":
        ticket, _slash, what = name.partition("/")
        return secret(f"{what}file", ticket) in secrets_for(role)
    if kind == "person":
        return name == "me" or "person.view" in _permissions(role)
    if rule.of in {"form", "offering"}:
        return "catalog.edit" in _permissions(role)
    if kind == "service":
        return name == "everybody" or ROLE_OF.get(role, role) == "agent"
    if kind in {"draft", "submission", "answer"}:
        return name.endswith("me")
    if rule.of == "raw mail":
        return name.removeprefix("mail ") in SEES[role]
    if kind == "mail":
        return name in SEES[role]  # a mail with a sign-in code is read by nobody
    return True


def _may(role: str, rule: Rule, need: str, thing: str) -> bool:
    if not need:
        return True
    kind, _space, name = thing.partition(" ")
    held = need in _permissions(role)
    if need == "automation.add":  # who leads a team adds some for it
        return "automation.edit" in _permissions(role) or role == "member of the private team"
    if kind == "approval":
        by_part = name == "own" and need in OWN_APPROVAL
        return by_part or (held and name in SEES[role] and _is_in_scope(role, name))
    if kind == "task":
        return held and _sees(role, rule, thing)
    if kind == "run":
        return held and name in SEES[role] and _is_in_scope(role, name)
    if kind in {"ticket", "escalation"}:
        by_part = name == "own" and need in OWN_TICKET
        return by_part or (held and name in SEES[role] and _is_in_scope(role, name))
    if kind == "person" and need == "absence.edit":
        return held or name == "me"
    if kind == "person" and need in {"person.edit", "person.deactivate"} and name == "chief":
        return held and "access.edit" in _permissions(role)
    if kind == "person" and need == "person.deactivate" and name == "me":
        return held
    if thing == "team private":
        return role == "member of the private team"  # who leads it
    return held


def _pk(world: World, value: Any) -> Any:
    thing = world.things.get(value) if isinstance(value, str) else None
    return thing.pk if thing is not None else value


def _body(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content.decode("utf-8", "replace") + str(dict(answer.headers))


def _is_sent_to_sign_in(answer: HttpResponse, rule: Rule) -> bool:
    return rule.entry != PUBLIC and answer.status_code == 302 and answer["Location"].startswith("/account/login/?next=")


def _is_out(answer: HttpResponse, rule: Rule) -> bool:
    return answer.status_code in REFUSED or _is_sent_to_sign_in(answer, rule)


def test_the_matrix_is_large(record_testsuite_property: Callable[[str, object], None]) -> None:
    count = sum(1 for role in SEES for name, rule in ROUTES.items() for _cell in cells(role, name, rule))
    record_testsuite_property("cells of the permission matrix", f"{count:,}")

    assert count > 5_000
