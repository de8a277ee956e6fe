from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.teams.engine.holidays import is_known
from firstline.people.teams.events import RotaChanged
from firstline.people.teams.models import Override, Shift, ShiftMember, Team, TeamMember


@action("rota.set_place", permission="rota.edit")
def set_place(team: Team, *, time_zone: str = "", region: str = "", by: Any) -> Team:
    """Say in which time zone a team works, and whose public holidays it keeps."""
    _refuse_unknown(time_zone, region)
    team.time_zone, team.region = time_zone, region
    team.save(update_fields=["time_zone", "region"])
    record(team, RotaChanged, by=by, what="place", time_zone=time_zone, region=region)
    return team


@action("rota.save_shift", permission="rota.edit")
def save_shift(
    team: Team,
    *,
    name: str,
    weekdays: str,
    begins: time,
    ends: time,
    first_day: date,
    last_day: date | None = None,
    kind: str = Shift.Kind.WORK,
    rotation: str = Shift.Rotation.ALL,
    holidays: str = Shift.Holidays.OFF,
    region: str = "",
    people: Sequence[Any] = (),
    shift: Shift | None = None,
    by: Any,
) -> Shift:
    """Add or change a shift of a team: on which weekdays, from when to when, and who works it."""
    if shift is not None and shift.team_id != team.pk:
        raise Refused(_("This shift belongs to another team."))
    days = "".join(sorted(set(weekdays) & set("1234567")))
    if not days:
        raise Refused(_("Choose at least one day of the week."))
    if last_day is not None and last_day < first_day:
        raise Refused(_("The last day lies before the first."))
    _refuse_unknown("", region)
    _refuse_strangers(team, people)
    shift = shift or Shift(team=team)
    shift.name = " ".join(name.split())[:60] or _("Shift")
    shift.weekdays, shift.begins, shift.ends = days, begins, ends
    shift.first_day, shift.last_day, shift.region = first_day, last_day, region
    shift.kind, shift.rotation = Shift.Kind(kind), Shift.Rotation(rotation)
    shift.holidays = Shift.Holidays(holidays)
    shift.save()
    ShiftMember.objects.filter(shift=shift).delete()
    ShiftMember.objects.bulk_create(
        ShiftMember(shift=shift, person=person, position=place)
        for place, person in enumerate({person.pk: person for person in people}.values())
    )
    record(team, RotaChanged, by=by, what="shift", shift=shift.pk, name=shift.name, people=[p.pk for p in people])
    return shift


@action("rota.remove_shift", permission="rota.edit")
def remove_shift(team: Team, shift: Shift, *, by: Any) -> None:
    """Remove a shift from the rota; its past goes with it. To end one, give it a last day."""
    if shift.team_id != team.pk:
        raise Refused(_("This shift belongs to another team."))
    pk, name = shift.pk, shift.name
    shift.delete()
    record(team, RotaChanged, by=by, what="shift removed", shift=pk, name=name)


@action("rota.save_override", permission="rota.edit")
def save_override(
    team: Team,
    begins_at: datetime,
    ends_at: datetime,
    *,
    person: Any = None,
    replaces: Any = None,
    kind: str = Shift.Kind.WORK,
    note: str = "",
    by: Any,
) -> Override:
    """Note an exception: somebody works from one moment to another, does not, or stands in for another."""
    if ends_at <= begins_at:
        raise Refused(_("The end lies before the beginning."))
    if person is None and replaces is None:
        raise Refused(_("Say who comes, who goes, or both."))
    if person is not None:
        _refuse_strangers(team, [person])
    override = Override.objects.create(
        team=team, kind=Shift.Kind(kind), person=person, replaces=replaces, begins_at=begins_at, ends_at=ends_at,
        note=note.strip()[:200],
    )  # fmt: skip
    record(
        team, RotaChanged, by=by, what="override", people=[p.pk for p in (person, replaces) if p is not None],
        begins_at=begins_at.isoformat(), ends_at=ends_at.isoformat(),
    )  # fmt: skip
    return override


@action("rota.remove_override", permission="rota.edit")
def remove_override(team: Team, override: Override, *, by: Any) -> None:
    """Take an exception back."""
    if override.team_id != team.pk:
        raise Refused(_("This exception belongs to another team."))
    people = [pk for pk in (override.person_id, override.replaces_id) if pk is not None]
    override.delete()
    record(team, RotaChanged, by=by, what="override removed", people=people)


def _refuse_strangers(team: Team, people: Sequence[Any]) -> None:
    members = set(TeamMember.objects.filter(team=team).values_list("person_id", flat=True))
    for person in people:
        if person.pk not in members:
            raise Refused(_("%(person)s is not a member of the team.") % {"person": person})


def _refuse_unknown(time_zone: str, region: str) -> None:
    if time_zone and time_zone not in available_timezones():
        raise Refused(_("“%(value)s” is not a time zone.") % {"value": time_zone})
    if region and not is_known(region):
        raise Refused(_("We do not know the holidays of “%(value)s”. Enter it like DE or DE-BE.") % {"value": region})
