"""The service desk follows the sun: Hồ Chí Minh City, Berlin, New York; on weekdays somebody is always there."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.db import transaction

from firstline.config.demo.people import PASSWORD, Member
from firstline.config.demo.progress import Progress
from firstline.core import clock
from firstline.people.access.actions.grant import grant
from firstline.people.accounts.actions.open import open_person
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.absence import save_absence
from firstline.people.teams.actions.members import add_member
from firstline.people.teams.actions.rota import save_shift, set_place
from firstline.people.teams.actions.skills import save_skill, set_skills
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Shift, Team

REGIONS = {
    "Service desk": ("Europe/Berlin", "DE-BE", "First line for Europe."),
    "Service desk Americas": ("America/New_York", "US-NY", "First line while Europe sleeps."),
    "Service desk Asia": ("Asia/Ho_Chi_Minh", "VN", "First line before Europe gets up."),
}
AGENTS = (
    Member("maya@firstline.example", "Maya Johnson", "agent", "Service desk Americas", leads=True),
    Member("luis@firstline.example", "Luis Ortega", "agent", "Service desk Americas"),
    Member("an@firstline.example", "Nguyễn Hoài An", "agent", "Service desk Asia", leads=True),
    Member("minh@firstline.example", "Phạm Minh", "agent", "Service desk Asia"),
)
# Hours overlap, and each region covers the others' public holidays: see people/teams/tests/test_rota.py for the proof.
SHIFTS = (
    ("Service desk Asia", "Day", "07:00", "16:00", "off", ""),
    ("Service desk", "Day", "08:00", "17:00", "off", ""),
    ("Service desk Americas", "Early", "09:00", "14:30", "off", ""),
    ("Service desk Americas", "Late", "14:00", "20:00", "off", ""),
    ("Service desk Asia", "For Berlin's holidays", "16:00", "23:00", "only", "DE-BE"),
    ("Service desk", "For Viet Nam's holidays", "01:00", "11:30", "only", "VN"),
    ("Service desk", "For New York's holidays", "17:00", "02:00", "only", "US-NY"),
)
SKILLS = {
    "Hardware": {"ada": 2, "maya": 1, "an": 3},
    "Network": {"tomasz": 3, "luis": 2, "ada": 1},
    "Software": {"ines": 3, "lin": 2, "minh": 2},
    "Accounts and access": {"bea": 3, "ada": 3, "maya": 2},
}


@transaction.atomic
def make_rota(progress: Progress) -> None:
    """Regions, shifts, who is on call, skills. Does nothing where there are shifts already."""
    progress("Rota")
    if Shift.objects.exists():
        return
    for name, (zone, region, purpose) in REGIONS.items():
        team = Team.objects.filter(name=name).first() or open_team(name, purpose=purpose, by=None)
        set_place(team, time_zone=zone, region=region, by=None)
    for member in AGENTS:
        if not Person.objects.filter(email=member.email).exists():
            person = open_person(member.email, name=member.name, is_verified=True, by=None)
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])
            grant(person, member.role, by=None)
            add_member(Team.objects.get(name=member.team), person, is_lead=member.leads, by=None)
    start = clock.now().date() - timedelta(days=60)
    for name, label, begins, ends, holidays, region in SHIFTS:
        team = Team.objects.get(name=name)
        save_shift(
            team, name=label, weekdays="12345", begins=time.fromisoformat(begins), ends=time.fromisoformat(ends),
            first_day=start, holidays=holidays, region=region, people=_members(team), by=None,
        )  # fmt: skip
    desk = Team.objects.get(name="Service desk")
    save_shift(
        desk, name="Weekend", kind=Shift.Kind.ON_CALL, weekdays="67", begins=time(0), ends=time(0), first_day=start,
        rotation=Shift.Rotation.WEEKLY, holidays=Shift.Holidays.ON, people=_members(desk), by=None,
    )  # fmt: skip
    _skills()
    _a_gap(start)


def _members(team: Team) -> list[Person]:
    return list(Person.objects.filter(team_memberships__team=team).order_by("pk"))


def _skills() -> None:
    levels: dict[str, dict[int, int]] = {}
    for name, people in SKILLS.items():
        skill = save_skill(name, by=None)
        for who, level in people.items():
            levels.setdefault(who, {})[skill.pk] = level
    for who, known in levels.items():
        person = Person.objects.filter(email=f"{who}@firstline.example").first()
        if person is not None:
            set_skills(person, known, tickets=12, by=None)


def _a_gap(start: date) -> None:
    """Next week both colleagues in Asia are away on Wednesday, so that the page has something to warn of."""
    wednesday = start + timedelta(days=60 + 9 - start.weekday() % 7)
    wednesday -= timedelta(days=(wednesday.weekday() - 2) % 7)
    for person in _members(Team.objects.get(name="Service desk Asia")):
        save_absence(person, wednesday, wednesday, by=None)
