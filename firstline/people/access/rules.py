"""Who may. One table of roles and permissions, one function that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .models import Grant, Role

# What a person may do with a ticket they have a part in, whatever their role.
BY_RELATION: dict[str, frozenset[str]] = {
    "requester": frozenset({"ticket.view", "ticket.reply", "ticket.confirm", "ticket.reopen", "ticket.withdraw"}),
    "affected": frozenset({"ticket.view", "ticket.reply"}),
    "cc": frozenset({"ticket.view", "ticket.reply"}),
}

_REQUESTER = frozenset({"ticket.ask", "own.edit", "token.manage"})
_AGENT = _REQUESTER | {
    "desk.enter", "ticket.view", "ticket.open", "ticket.reply", "ticket.note", "ticket.edit", "ticket.assign",
    "ticket.take", "ticket.status", "ticket.close", "ticket.reopen", "ticket.link", "ticket.merge", "ticket.split",
    "ticket.convert", "ticket.watch", "ticket.tag", "ticket.confirm", "ticket.withdraw", "ticket.message.edit",
    "person.view", "person.open", "mail.view", "organisation.view", "team.view",
}  # fmt: skip
_LEAD = _AGENT | {"ticket.override", "ticket.bulk", "person.edit", "absence.edit", "mail.release", "report.view"}
_AUDITOR = _REQUESTER | {
    "desk.enter", "ticket.view", "person.view", "audit.view", "organisation.view", "team.view", "mail.view",
    "report.view", "settings.view",
}  # fmt: skip
_ADMIN = _LEAD | {
    "settings.view", "settings.edit", "access.edit", "team.edit", "organisation.edit", "job.view", "job.repair",
    "mail.manage", "audit.view", "ticket.settings", "person.deactivate", "import.run", "gallery.view",
}  # fmt: skip

BY_ROLE: dict[str, frozenset[str]] = {
    Role.REQUESTER: _REQUESTER,
    Role.APPROVER: _REQUESTER | {"approval.view", "approval.decide"},
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.AUTHOR: _REQUESTER | {"desk.enter", "article.view", "article.edit"},
    Role.AUDITOR: _AUDITOR,
    Role.PRIVACY_OFFICER: _REQUESTER | {"desk.enter", "person.view", "person.export", "person.forget", "audit.view"},
    Role.ADMIN: _ADMIN,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a role holds: one team's tickets (or everywhere), one kind (or all)."""

    role: str
    team: int | None = None
    kind: str = ""

    def covers(self, *, team: int | None, kind: str, is_private: bool) -> bool:
        if self.kind and self.kind != kind:
            return False
        if self.team is not None and self.team != team:
            return False
        return not is_private


def scopes_of(person: Any) -> tuple[Scope, ...]:
    """The person's roles with their scopes: one query, kept on the person for this request."""
    known: tuple[Scope, ...] | None = getattr(person, "_scopes", None)
    if known is None:
        if not person.is_active:
            known = ()
        else:
            rows = Grant.objects.filter(person_id=person.pk).values_list("role", "team_id", "kind")
            known = (Scope(Role.REQUESTER), *(Scope(role, team, kind) for role, team, kind in rows))
        person._scopes = known
    return known


def teams_of(person: Any) -> frozenset[int]:
    """The teams this person works in: one query, kept on the person for this request."""
    known: frozenset[int] | None = getattr(person, "_teams", None)
    if known is None:
        known = frozenset(person.team_memberships.values_list("team_id", flat=True))
        person._teams = known
    return known


def roles_of(person: Any) -> frozenset[str]:
    return frozenset(scope.role for scope in scopes_of(person))


def permissions_of(person: Any) -> frozenset[str]:
    """All permissions the person has anywhere: enough to show a menu, never enough to change a thing."""
    return frozenset().union(*(BY_ROLE[scope.role] for scope in scopes_of(person)))


def may(person: Any, permission: str, thing: Any = None) -> bool:
    """Whether `person` may do this to `thing` (or at all, where no thing is meant).

    A thing with a scope (`access_scope()` → team, kind, is_private) is judged by it; a thing with
    relations (`relations_of(person)`) may give its own people rights beyond their roles.
    """
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return False
    relations = thing.relations_of(person) if hasattr(thing, "relations_of") else frozenset()
    if any(permission in BY_RELATION.get(relation, ()) for relation in relations):
        return True
    holding = [scope for scope in scopes_of(person) if permission in BY_ROLE[scope.role]]
    if not hasattr(thing, "access_scope"):
        return bool(holding)
    if relations & {"owner", "collaborator"} and holding:
        return True  # whoever was given a part in the work may do it, whatever the team
    team, kind, is_private = thing.access_scope()
    if team is not None and team in teams_of(person):
        is_private = False
    return any(scope.covers(team=team, kind=kind, is_private=is_private) for scope in holding)
