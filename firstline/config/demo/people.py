"""The cast: who may sign in to the demo."""

from __future__ import annotations

from dataclasses import dataclass

from firstline.config.demo.progress import Progress

PASSWORD = "firstline-demo"  # noqa: S105 -- shown on the screen; the demo answers on this machine only


@dataclass(frozen=True, slots=True)
class Member:
    email: str
    name: str
    role: str
    team: str
    leads: bool = False


CAST = (
    Member("ada@firstline.example", "Ada Nowak", "agent", "Service desk"),
    Member("lin@firstline.example", "Lin Tran", "lead", "Service desk", leads=True),
    Member("mo@firstline.example", "Mo Haddad", "admin", "Systems"),
    Member("rosa@firstline.example", "Rosa Marín", "requester", ""),
    Member("omar@elsewhere.example", "Omar Rossi", "requester", ""),
)
TEAMS = {
    "Service desk": "First line: everything that comes in without another address.",
    "Systems": "Servers, network, and what runs on them.",
    "Human resources": "Private: people matters.",
}


def make_people(progress: Progress) -> None:
    from django.db import transaction  # noqa: PLC0415 -- start-up time

    from firstline.core import clock  # noqa: PLC0415 -- start-up time
    from firstline.core.actions import acting  # noqa: PLC0415 -- start-up time
    from firstline.people.access.models import Grant  # noqa: PLC0415 -- start-up time
    from firstline.people.accounts.models import Person  # noqa: PLC0415 -- start-up time
    from firstline.people.teams.models import Team, TeamMember  # noqa: PLC0415 -- start-up time

    with transaction.atomic(), acting():
        teams = {}
        for name, purpose in TEAMS.items():
            is_private = name == "Human resources"
            teams[name], _ = Team.objects.get_or_create(
                name=name, defaults={"purpose": purpose, "is_private": is_private}
            )
        for number, member in enumerate(CAST):
            progress("People", number, len(CAST))
            if Person.objects.filter(email=member.email).exists():
                continue
            person = Person.objects.create_user(member.email, PASSWORD, name=member.name, email_verified_at=clock.now())
            if member.role != "requester":
                Grant.objects.create(person=person, role=member.role)
            if member.team:
                TeamMember.objects.create(team=teams[member.team], person=person, is_lead=member.leads)
