"""Saying yes or no, passing it on, asking for more: what those who are asked can do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, action
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.flow.approvals.engine import course as engine
from firstline.flow.approvals.events import (
    ApprovalAnswered,
    ApprovalMoreAsked,
    ApprovalReminded,
    ApprovalVoted,
    ApproverChanged,
)
from firstline.flow.approvals.models import Approval, Remark, Seat, Stage
from firstline.flow.approvals.queries.approvers import Candidate, Found
from firstline.people.accounts.models import Person

from ._course import Desk, sentence

LONGEST = 5_000
REMIND_EVERY = 3600  # seconds: nobody is reminded more often by hand


@action("approval.decide", permission="approval.decide")
def decide(approval: Approval, grants: bool, *, comment: str = "", stage: int | None = None, by: Any) -> Approval:
    """Approve or refuse. A refusal needs a word why. `stage` only where somebody is asked in two at once."""
    return decide_as(approval, by, grants, comment=comment, stage=stage)


def decide_as(
    approval: Approval, person: Any, grants: bool, *, comment: str = "", stage: int | None = None
) -> Approval:
    """The same for somebody who was proven by a link or a mail instead of a session. Within an action."""
    desk = Desk(approval)
    person = _still_here(person)
    seat = _own_seat(desk, person, stage)
    comment = comment.strip()[:LONGEST]
    if comment or grants:
        seat.comment = comment
    voted = {"approval": approval.pk, "stage": seat.stage_id, "seat": seat.pk, "grants": grants, "comment": comment}
    desk.step(
        lambda course: engine.decide(
            course, seat.stage_id, person.pk, grants=grants, comment=comment, begin=desk.begin
        ),
        lambda: record(approval.ticket, ApprovalVoted, by=person, **voted, **{"for": seat.for_person_id}),
        by=person,
    )
    return approval


@action("approval.ask_for_more", permission="approval.decide")
def ask_for_more(approval: Approval, words: str, *, by: Any) -> Approval:
    """Ask the requester for more before deciding; it goes on with their answer."""
    return ask_for_more_as(approval, by, words)


def ask_for_more_as(approval: Approval, person: Any, words: str) -> Approval:
    """The same for somebody who was proven by a link. Within an action."""
    desk = Desk(approval)
    person = _still_here(person)
    words = words.strip()[:LONGEST]
    if not words:
        raise Refused(_("Say what you want to know."))
    seat = _own_seat(desk, person, None)
    desk.step(
        lambda course: engine.ask_for_more(course, seat.stage_id, person.pk),
        lambda: record(approval.ticket, ApprovalMoreAsked, by=person, approval=approval.pk, words=words),
        by=person,
    )
    Remark(approval=approval, kind=Remark.Kind.QUESTION, person=person, words=words).save(force_insert=True)
    _give_new_time(desk)
    return approval


@action("approval.answer", permission="approval.answer")
def answer(approval: Approval, words: str, *, by: Any) -> Approval:
    """Answer the approver's question; then they decide."""
    words = words.strip()[:LONGEST]
    if not words:
        raise Refused(_("Write an answer."))
    desk = Desk(approval)
    asked = approval.question_by_id
    desk.step(
        engine.answer,
        lambda: record(approval.ticket, ApprovalAnswered, by=by, approval=approval.pk, words=words, to=asked),
        by=by,
    )
    Remark(approval=approval, kind=Remark.Kind.ANSWER, person=by, words=words).save(force_insert=True)
    _give_new_time(desk)
    return approval


@action("approval.delegate", permission="approval.decide")
def delegate(approval: Approval, to: Person, *, stage: int | None = None, by: Any) -> Approval:
    """Pass the decision on to somebody else; afterwards it is no longer yours."""
    desk = Desk(approval)
    seat = _own_seat(desk, _still_here(by), stage)
    pass_on(desk, seat, to, because="delegated", by=by)
    return approval


def pass_on(desk: Desk, seat: Seat, to: Person, *, because: str, by: Any) -> None:
    """Let somebody else hold a seat. Within an action, with the approval at hand."""
    approval, old = desk.approval, seat.person_id
    if not to.is_active:
        raise Refused(_("The account of %(person)s is deactivated.") % {"person": to.display_name})
    facts = {"approval": approval.pk, "stage": seat.stage_id, "seat": seat.pk, "from": old, "to": to.pk}
    # Whose place it is: nobody's any more once it is back with them.
    seat.for_person_id = None if to.pk == seat.for_person_id else seat.for_person_id or old
    if because != "stand_in":
        seat.until, seat.stand_in = None, None
    seat.why = {"delegated": "delegated", "stand_in": seat.why}.get(because, seat.why)
    desk.step(
        lambda course: engine.delegate(course, seat.stage_id, old, to.pk),
        lambda: record(approval.ticket, ApproverChanged, by=by, because=because, **facts),
        by=by,
    )


@action("approval.name", permission="approval.manage")
def name_approver(approval: Approval, stage: Stage, person: Person, *, by: Any) -> Approval:
    """Name a further approver, above all where nobody was found."""
    desk = Desk(approval)
    if not person.is_active:
        raise Refused(_("The account of %(person)s is deactivated.") % {"person": person.display_name})
    if stage.pk not in desk.stages:
        raise Refused(sentence("not_asked", approval))
    desk.found[stage.pk] = Found([Candidate(person, "named")])
    facts = {"approval": approval.pk, "stage": stage.pk, "from": None, "to": person.pk}
    desk.step(
        lambda course: engine.add(course, stage.pk, [person.pk]),
        lambda: record(approval.ticket, ApproverChanged, by=by, because="named", **facts),
        by=by,
    )
    return approval


@action("approval.withdraw", permission="approval.withdraw")
def withdraw(approval: Approval, *, by: Any) -> Approval:
    """Ask no more: it is not needed, or asked otherwise."""
    desk = Desk(approval)
    desk.step(engine.withdraw, by=by)
    return approval


@action("approval.remind", permission="approval.remind")
def remind(approval: Approval, *, by: Any) -> Approval:
    """Remind those who have not answered; at most once an hour."""
    desk = Desk(approval)
    if not approval.is_open:
        raise Refused(sentence("closed", approval))
    last = _last_reminder(approval)
    if by is not None and last is not None and (clock.now() - last).total_seconds() < REMIND_EVERY:
        raise Refused(_("They were reminded less than an hour ago."))
    for stage in desk.stages.values():
        remind_stage(desk, stage, by=by)
    return approval


def remind_stage(desk: Desk, stage: Stage, *, by: Any) -> None:
    """Remind those whom a stage waits for. Within an action."""
    waiting = [seat for seat in desk.seats[stage.pk] if seat.is_open]
    if waiting:
        stage.reminders += 1
        stage.save(update_fields=["reminders"])
        record(
            desk.approval.ticket, ApprovalReminded, by=by, approval=desk.approval.pk, stage=stage.pk,
            people=[seat.person_id for seat in waiting], seats=[seat.pk for seat in waiting],
        )  # fmt: skip


def _last_reminder(approval: Approval) -> datetime | None:
    found = Event.objects.filter(
        kind=ApprovalReminded.key, subject_noun="ticket", subject_id=approval.ticket_id
    ).order_by("-id")  # fmt: skip
    return next((event.at for event in found[:20] if event.facts.get("approval") == approval.pk), None)


def _still_here(person: Any) -> Person:
    """Read anew: whoever was deactivated a moment ago decides nothing."""
    found = Person.objects.filter(pk=person.pk, is_active=True).first()
    if found is None:
        raise NotAllowed("This account is deactivated.")
    return found


def _own_seat(desk: Desk, person: Person, stage: int | None) -> Seat:
    seat = desk.seat_of(person, key=stage)
    if seat is None:
        raise Refused(_why_not(desk, person))
    if seat.until is not None and seat.until < clock.now().date():
        raise Refused(_("You stood in until %(day)s. It is no longer yours to decide.") % {"day": seat.until})
    return seat


def _why_not(desk: Desk, person: Person) -> str:
    if person.pk == desk.approval.requester_id:
        return sentence("own", desk.approval)
    if not desk.course.is_open:
        return sentence("closed", desk.approval)
    has_said = any(seat.person_id == person.pk and seat.says for seats in desk.seats.values() for seat in seats)
    return sentence("twice" if has_said else "not_asked", desk.approval)


def _give_new_time(desk: Desk) -> None:
    """The time of every open stage begins anew: nobody could decide while a question was open."""
    for row in desk.stages.values():
        if row.standing == Stage.Standing.ASKING and (row.next_due_at or row.expires_at):
            desk.plan_time(row)
            row.save(update_fields=["expires_at", "next_step", "next_due_at"])
