"""Deciding together: a meeting is planned, what waits stands on its agenda, and its minutes are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action
from firstline.core.events.record import record
from firstline.flow.approvals.events import MeetingChanged
from firstline.flow.approvals.models import Meeting, Seat, Stage
from firstline.flow.approvals.queries.lists import agenda_of
from firstline.people.accounts.models import Person
from firstline.people.teams.models import TeamMember

from .decide import decide_as


@action("approval.plan_meeting", permission="own.edit")
def plan_meeting(chair: Person, meeting: Meeting, *, by: Any) -> Meeting:
    """Plan a meeting of a team you lead. What waits for its people then stands on the agenda by itself."""
    _must_lead(meeting, chair)
    meeting.name = " ".join(meeting.name.split())[:120]
    if not meeting.name:
        raise Refused(_("A meeting needs a name."))
    meeting.save()
    record(meeting, MeetingChanged, by=by, name=meeting.name, is_held=False)
    return meeting


@action("approval.hold_meeting", permission="own.edit")
def hold_meeting(
    chair: Person,
    meeting: Meeting,
    decisions: Mapping[int, tuple[bool, str]],
    *,
    minutes: str = "",
    attended: Iterable[Person] = (),
    by: Any,
) -> tuple[int, list[str]]:
    """Decide in one sitting what stands on the agenda: by stage, yes or no and why. Answers how many, and what failed.

    Whoever leads the team speaks for it: their own word, and that of each member who is there and is asked.
    """
    _must_lead(meeting, chair)
    meeting.refresh_from_db(from_queryset=Meeting.objects.select_for_update(of=("self",)))
    present = {chair.pk, *(person.pk for person in attended)}
    members = set(TeamMember.objects.filter(team=meeting.team_id).values_list("person_id", flat=True))
    on_agenda = {stage.pk: stage for stage in agenda_of(meeting)}
    done, trouble = 0, []
    for key, (grants, comment) in decisions.items():
        stage = on_agenda.get(key)
        if stage is None:
            trouble.append(_("This is not on the agenda any more."))
            continue
        try:
            with transaction.atomic():
                _speak(stage, present & members, grants, comment or _("Decided in the meeting."))
        except (Refused, NotAllowed) as refusal:
            trouble.append(f"#{stage.approval.ticket_id}: {refusal}")
            continue
        Stage.objects.filter(pk=key).update(meeting=meeting)
        done += 1
    meeting.minutes = minutes.strip() or meeting.minutes
    meeting.held_at, meeting.held_by = meeting.held_at or clock.now(), chair
    meeting.save(update_fields=["minutes", "held_at", "held_by"])
    meeting.attended.set(present & members)
    record(meeting, MeetingChanged, by=by, name=meeting.name, decided=done, is_held=True)
    return done, trouble


def _speak(stage: Stage, present: set[int], grants: bool, comment: str) -> None:
    """Each of those present who is asked says the same, until it is decided."""
    seats = Seat.objects.filter(stage=stage, is_open=True, person__in=present).select_related("person")
    spoke = False
    for seat in seats.order_by("id"):
        if spoke and not Seat.objects.filter(pk=seat.pk, is_open=True).exists():
            break  # decided by now
        decide_as(stage.approval, seat.person, grants, comment=comment, stage=stage.pk)
        spoke = True
    if not spoke:
        raise Refused(_("Nobody who is here is asked to decide it."))


def _must_lead(meeting: Meeting, chair: Person) -> None:
    if not TeamMember.objects.filter(team=meeting.team_id, person=chair, is_lead=True).exists():
        raise NotAllowed("Only whoever leads the team holds its meetings.")
