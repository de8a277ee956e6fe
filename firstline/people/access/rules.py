"""Who may. One table of roles and permissions, one function that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team

from .models import Grant, Role

# What a person may do with a thing they have a part in, whatever their role.
BY_RELATION: dict[str, frozenset[str]] = {
    "requester": frozenset(
        {
            "ticket.view",
            "ticket.reply",
            "ticket.confirm",
            "ticket.reopen",
            "ticket.withdraw",
            "ticket.chase",
            "ticket.rate",
        }
    ),
    "asked": frozenset({"workflow.answer", "task.work"}),
    "owner": frozenset({"feedback.remark"}),
    "affected": frozenset({"ticket.view", "ticket.reply"}),
    "cc": frozenset({"ticket.view", "ticket.reply"}),
    "approver": frozenset({"approval.view", "approval.decide"}),
    "asker": frozenset({"approval.view", "approval.answer", "approval.withdraw", "approval.remind"}),
    "self": frozenset({"own.edit", "absence.edit", "token.manage", "person.view"}),
    "member": frozenset({"team.view", "rota.view"}),
    "keeper": frozenset({"catalog.edit"}),
    "lead of its teams": frozenset({"automation.edit", "macro.edit"}),
    "team lead": frozenset({"team.view", "team.members", "rota.view", "rota.edit"}),
}

_REQUESTER = frozenset({"ticket.ask", "own.edit", "token.manage"})
_AGENT = _REQUESTER | {
    "desk.enter", "ticket.view", "ticket.open", "ticket.reply", "ticket.note", "ticket.edit", "ticket.assign",
    "ticket.take", "ticket.status", "ticket.close", "ticket.reopen", "ticket.link", "ticket.merge", "ticket.split",
    "ticket.convert", "ticket.watch", "ticket.tag", "ticket.confirm", "ticket.withdraw", "ticket.message.edit",
    "person.view", "person.open", "mail.view", "organisation.view", "team.view", "rota.view", "ticket.escalate",
    "escalation.hand_over", "approval.view", "approval.ask", "approval.remind", "workflow.view", "workflow.start",
    "task.edit", "task.view", "task.work",
    "automation.view",
}  # fmt: skip
_LEAD = _AGENT | {
    "ticket.major",
    "ticket.override",
    "ticket.bulk",
    "person.edit",
    "absence.edit",
    "mail.release",
    "report.view",
    "rota.edit",
    "skill.assign",
    "feedback.remark",
    "improvement.edit",
    "approval.manage",
    "approval.withdraw",
    "approval.answer",
    "catalog.add",
    "workflow.answer",
    "workflow.repair",
    "checklist.edit",
    "automation.edit",
    "macro.edit",
}
_AUDITOR = _REQUESTER | {
    "desk.enter", "ticket.view", "person.view", "audit.view", "organisation.view", "team.view", "mail.view",
    "report.view", "settings.view", "access.view", "rota.view", "feedback.remark", "approval.view", "workflow.view",
    "task.view",
    "automation.view",
}  # fmt: skip
_ADMIN = _LEAD | {
    "settings.view", "settings.edit", "access.view", "access.edit", "team.edit", "team.members", "organisation.edit",
    "job.view", "job.repair", "mail.manage", "alert.manage", "audit.view", "ticket.settings", "person.deactivate",
    "import.run", "gallery.view", "skill.edit", "escalation.settings", "survey.edit", "calendar.edit", "sla.edit",
    "approval.settings",
    "catalog.edit", "workflow.edit",
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

# With a thing in hand these are judged by one's relation to it alone: no role lets anybody act as somebody else.
PERSONAL = frozenset({"own.edit", "token.manage"})
# Changing somebody who holds roles is as good as holding those roles: a new address receives their sign-in codes.
CHANGES_A_PERSON = frozenset({"person.edit", "person.deactivate", "person.forget"})
# Of a private team; who works there is seen by its members only.
CLOSED_TO_ALL_BUT_LEADS = frozenset({"team.edit", "team.members", "rota.edit"})
# Permissions beginning with "ticket." are about one ticket, but for these.
NOT_ABOUT_A_TICKET = frozenset({"ticket.ask", "ticket.settings"})
# Who works on a ticket keeps their rights on it, wherever it has been routed.
WORKS_ON_IT = frozenset({"owner", "collaborator"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a role holds: one team's tickets (or everywhere), one kind (or all)."""

    role: str
    team: int | None = None
    kind: str = ""

    def covers(self, *, team: int | None, kind: str, is_private: bool) -> bool:
        """Whether a ticket lies in it. `is_private`: of a private team the person does not work in."""
        if is_private:
            return False  # not even a role for just that team: otherwise an admin could grant it to themselves
        return (not self.kind or self.kind == kind) and (self.team is None or self.team == team)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What rights are worked out from: the person's roles, their teams, and which teams are private."""

    scopes: tuple[Scope, ...]
    teams: frozenset[int]
    private: frozenset[int]


def _standing_of(person: Any) -> _Standing:
    """One query, kept on the person for this request. Every page asks, so it is written out."""
    known: _Standing | None = getattr(person, "_standing", None)
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [person.pk, person.pk])
        rows = cursor.fetchall()
    roles = [Scope(role, team, kind) for what, role, team, kind in rows if what == "role"] if person.is_active else []
    standing = _Standing(
        scopes=(Scope(Role.REQUESTER), *roles) if person.is_active and person.pk is not None else (),
        teams=frozenset([team for what, _role, team, _kind in rows if what == "member"]),
        private=frozenset([team for what, _role, team, _kind in rows if what == "private"]),
    )
    person._standing = standing
    return standing


_STANDING = """
SELECT 'role', role, team_id, kind FROM access_grant WHERE person_id = %s
UNION ALL SELECT 'member', '', team_id, '' FROM team_member WHERE person_id = %s
UNION ALL SELECT 'private', '', id, '' FROM team WHERE is_private
"""


def scopes_of(person: Any) -> tuple[Scope, ...]:
    """The person's roles with their scopes."""
    return _standing_of(person).scopes


def teams_of(person: Any) -> frozenset[int]:
    """The teams this person works in."""
    return _standing_of(person).teams


def hidden_from(person: Any) -> frozenset[int]:
    """The private teams this person does not work in: a handful, whose tickets only their members see."""
    standing = _standing_of(person)
    return standing.private - standing.teams


def forget(person: Any) -> None:
    """Read roles and teams anew: they have just changed, or the person object outlives a request."""
    person.__dict__.pop("_standing", None)


def roles_of(person: Any) -> frozenset[str]:
    return frozenset(scope.role for scope in scopes_of(person))


def permissions_of(person: Any) -> frozenset[str]:
    """All permissions the person has anywhere: enough to show a menu, never enough to change a thing."""
    return frozenset().union(*(BY_ROLE[scope.role] for scope in scopes_of(person)))


def may(person: Any, permission: str, thing: Any = None) -> bool:
    """Whether `person` may do this to `thing` (or at all, where no thing is meant)."""
    return why(person, permission, thing)[0]


def why(person: Any, permission: str, thing: Any = None) -> tuple[bool, str]:
    """Whether, and the key of the reason: the same answer for the check and for the page that explains it.

    A thing with a scope (`access_scope()` → team, kind, is_private) is judged by it; a thing with
    relations (`relations_of(person)`) may give its own people rights beyond their roles.
    """
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return False, "not signed in"
    relations = thing.relations_of(person) if hasattr(thing, "relations_of") else frozenset()
    if isinstance(thing, Team) and thing.is_private and permission in CLOSED_TO_ALL_BUT_LEADS:
        # Otherwise an admin could open the door of a private team, or walk in.
        return ("team lead" in relations), "private team"
    if any(permission in BY_RELATION.get(relation, ()) for relation in relations):
        return True, "relation"
    if isinstance(thing, Team) and thing.is_private and permission == "rota.view":
        return False, "private team"
    if thing is not None and permission in PERSONAL:
        return False, "personal"
    holding = [scope for scope in scopes_of(person) if permission in BY_ROLE[scope.role]]
    if not holding:
        return False, "no role"
    if isinstance(thing, Person):
        return _about_a_person(person, permission, thing)
    if relations & WORKS_ON_IT:
        return True, "works on it"
    if hasattr(thing, "access_scope"):
        return _about_a_scope(person, holding, thing)
    if thing is not None and permission.startswith("ticket.") and permission not in NOT_ABOUT_A_TICKET:
        # Fail closed: something on a ticket that does not say which ticket would be open to every agent.
        return isinstance(thing, str | int | type), "no scope"
    return True, "role"


def _about_a_scope(person: Any, holding: list[Scope], thing: Any) -> tuple[bool, str]:
    team, kind, is_private = thing.access_scope()
    if is_private and team in teams_of(person):
        is_private = False
    if any(scope.covers(team=team, kind=kind, is_private=is_private) for scope in holding):
        return True, "role"
    return False, "private" if is_private else "scope"


def _about_a_person(person: Any, permission: str, thing: Person) -> tuple[bool, str]:
    if permission not in CHANGES_A_PERSON or person.pk == thing.pk:
        return True, "role"
    if Grant.objects.filter(person_id=thing.pk).exists() and "access.edit" not in permissions_of(person):
        return False, "holds roles"
    return True, "role"
