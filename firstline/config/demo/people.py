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
    Member("bea@firstline.example", "Bea Keller", "admin", "Systems"),
    Member("hana@firstline.example", "Hana Weber", "agent", "Human resources", leads=True),
    Member("rosa@firstline.example", "Rosa Marín", "requester", ""),
    Member("omar@elsewhere.example", "Omar Rossi", "requester", ""),
)
TEAMS = {
    "Service desk": "First line: everything that comes in without another address.",
    "Systems": "Servers, network, and what runs on them.",
    "Human resources": "Private: people matters.",
}
PRIVATE = {"Human resources"}


def make_people(progress: Progress) -> None:
    from firstline.people.access.actions.grant import grant  # noqa: PLC0415 -- needs loaded apps
    from firstline.people.accounts.actions.open import open_person  # noqa: PLC0415 -- needs loaded apps
    from firstline.people.accounts.models import Person  # noqa: PLC0415 -- needs loaded apps
    from firstline.people.teams.actions.members import add_member  # noqa: PLC0415 -- needs loaded apps
    from firstline.people.teams.actions.team import open_team  # noqa: PLC0415 -- needs loaded apps
    from firstline.people.teams.models import Team, TeamMember  # noqa: PLC0415 -- needs loaded apps

    for number, member in enumerate(CAST):
        progress("People", number, len(CAST))
        if Person.objects.filter(email=member.email).exists():
            continue
        person = open_person(member.email, name=member.name, is_verified=True, by=None)
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
        team = Team.objects.filter(name=member.team).first()
        if member.team and team is None:
            is_private = member.team in PRIVATE
            lead = person if is_private else None
            team = open_team(member.team, purpose=TEAMS[member.team], is_private=is_private, lead=lead, by=None)
        if member.role != "requester":
            grant(person, member.role, team=team if member.team in PRIVATE else None, by=None)
        if team is not None and not TeamMember.objects.filter(team=team, person=person).exists():
            add_member(team, person, is_lead=member.leads, by=None)
