from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.teams.events import SkillSaved, SkillsSet
from firstline.people.teams.models import Capacity, PersonSkill, Skill

MOST_TICKETS = 500


@action("skill.save", permission="skill.edit")
def save_skill(name: str, *, skill: Skill | None = None, is_active: bool = True, by: Any) -> Skill:
    """Add a skill to the organisation's list, rename it, or take it out of use."""
    name = " ".join(name.split())[:60]
    if not name:
        raise Refused(_("Give the skill a name."))
    skill = skill or Skill()
    if Skill.objects.filter(name__iexact=name).exclude(pk=skill.pk).exists():
        raise Refused(_("There is a skill of this name already."))
    skill.name, skill.is_active = name, is_active
    skill.save()
    record(skill, SkillSaved, by=by, name=name, is_active=is_active)
    return skill


@action("person.set_skills", permission="skill.assign")
def set_skills(person: Any, levels: Mapping[int, int], *, tickets: int | None = None, by: Any) -> None:
    """Say what somebody can do (skill to level, 0 for not at all) and how many open tickets they can have at once."""
    if any(level not in {0, *PersonSkill.Level.values} for level in levels.values()):
        raise Refused(_("A level is a number from 1 to 3."))
    if tickets is not None and not 0 < tickets <= MOST_TICKETS:
        raise Refused(_("Enter a number of tickets from 1 to %(most)s.") % {"most": MOST_TICKETS})
    known = {skill.pk: skill for skill in Skill.objects.filter(pk__in=levels)}
    for pk, level in levels.items():
        if pk not in known:
            continue
        if level:
            PersonSkill.objects.update_or_create(person=person, skill=known[pk], defaults={"level": level})
        else:
            PersonSkill.objects.filter(person=person, skill=known[pk]).delete()
    if tickets is None:
        Capacity.objects.filter(person=person).delete()
    else:
        Capacity.objects.update_or_create(person=person, defaults={"tickets": tickets})
    said = {known[pk].name: level for pk, level in levels.items() if pk in known and level}
    record(person, SkillsSet, by=by, skills=said, tickets=tickets)
