"""What a notice brings along: an appointment for the calendar, or files of tasks. It is mailed by channels/email."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.events.record import record
from firstline.flow.workflows.engine.appointments import zone_named
from firstline.flow.workflows.engine.definition import Notify, duration
from firstline.flow.workflows.events import Invited
from firstline.flow.workflows.models import Invitation, Run, Step
from firstline.flow.workflows.rules import filled
from firstline.people.accounts.models import Person
from firstline.people.notifications.queries import zone_of
from firstline.work.tasks.models import TaskFile

from ._several import CALLER

if TYPE_CHECKING:
    from ._moving import Move

HOUR = timedelta(hours=1)


def write_to(move: Move, row: Step, step: Notify, people: Iterable[Person], seen: Mapping[str, Any]) -> None:
    """Invite these people, or change what they were invited to before at the same step. Who is not among them any more
    is told that it is called off for them."""
    whom = list(dict.fromkeys(people))
    files = _files(move.run, step.files_of)
    said: dict[str, Any] = {
        "by": None, "run": move.run.pk, "number": row.number, "title": row.title, "text": row.text, "files": files,
    }  # fmt: skip
    begins = _moment(seen.get(step.meeting.begins)) if step.meeting is not None else None
    if step.meeting is None or begins is None:
        if step.meeting is not None:
            row.remark = _("There was no moment to invite for, so it went without an appointment.")
        record(move.ticket, Invited, kind="letter", people=[each.pk for each in whom], invitations=[], **said)
        return
    lasts = duration(step.meeting.lasts)
    ends = begins + (lasts.elapsed if lasts is not None and lasts.elapsed is not None else HOUR)
    named = zone_named(str(seen.get(step.meeting.zone) or "")) if step.meeting.zone else None
    place = filled(step.meeting.place, seen, move.definition)[:300]
    known = {
        each.person_id: each
        for each in Invitation.objects.filter(run=move.run, step=row.step, local=row.local).select_related("person")
    }
    changed = []
    for person in whom:
        facts = {
            "title": row.title, "text": row.text, "place": place, "begins_at": begins, "ends_at": ends,
            "zone": str(named or zone_of(person)), "is_cancelled": False,
        }  # fmt: skip
        invitation = known.pop(person.pk, None)
        if invitation is None:
            uid = f"{move.run.pk}-{row.number}-{person.pk}@{urlsplit(settings.BASE_URL).hostname}"
            invitation = Invitation(run=move.run, step=row.step, local=row.local, person=person, uid=uid, **facts)
            invitation.save(force_insert=True)
        elif not _change(invitation, facts):
            continue
        changed.append(invitation)
    if changed:
        _tell(move.ticket, "request", changed, said)
    cancel_invitations(move.ticket, known.values())


def cancel_invitations(ticket: Any, invitations: Iterable[Invitation]) -> None:
    """Call off what has not been yet, and tell who was invited."""
    gone = [each for each in invitations if not each.is_cancelled and each.begins_at > clock.now()]
    for each in gone:
        _change(each, {"is_cancelled": True})
    if gone:
        first = gone[0]
        _tell(ticket, "cancel", gone, {"by": None, "run": first.run_id, "number": 0, "title": first.title, "text": ""})


def shift_invitation(invitation: Invitation, begins: datetime, place: str, *, by: Any) -> list[Invitation]:
    """The same appointment at another time, for everybody who was invited to it."""
    found = Invitation.objects.select_for_update().filter(
        run=invitation.run_id, step=invitation.step, local=invitation.local, is_cancelled=False
    )
    changed = []
    for each in found.select_related("person"):
        lasts = each.ends_at - each.begins_at
        if _change(each, {"begins_at": begins, "ends_at": begins + lasts, "place": place[:300]}):
            changed.append(each)
    if changed:
        said = {"by": by, "run": invitation.run_id, "number": 0, "title": invitation.title, "text": invitation.text}
        _tell(invitation.run.ticket, "request", changed, said)
    return changed


def _change(invitation: Invitation, facts: Mapping[str, Any]) -> bool:
    """False if it says so already: nobody is written to twice about the same."""
    if all(getattr(invitation, name) == value for name, value in facts.items()):
        return False
    for name, value in facts.items():
        setattr(invitation, name, value)
    invitation.sequence += 1
    invitation.sent_at = clock.now()
    invitation.save(update_fields=[*facts, "sequence", "sent_at"])
    return True


def _tell(ticket: Any, kind: str, invitations: list[Invitation], said: Mapping[str, Any]) -> None:
    record(
        ticket, Invited, kind=kind, people=[each.person_id for each in invitations],
        invitations=[each.pk for each in invitations], **{"files": [], **said},
    )  # fmt: skip


def _moment(value: Any) -> datetime | None:
    try:
        found = parse_datetime(str(value or ""))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _files(run: Run, steps: Iterable[str]) -> list[int]:
    """What was put on the tasks of these steps."""
    wanted = list(steps)
    if not wanted:
        return []
    numbers = Step.objects.filter(run=run, step__in=wanted).values_list("number", flat=True)
    references = [f"{run.pk}:{number}" for number in numbers]
    found = TaskFile.objects.filter(task__caller=CALLER, task__reference__in=references, is_removed=False)
    return list(found.order_by("pk").values_list("pk", flat=True))
