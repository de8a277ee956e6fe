"""What happens by itself: reminders, the end of a stage's time, places that go to a stand-in and come back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.approvals.engine import course as engine
from firstline.flow.approvals.engine.plans import Expiry
from firstline.flow.approvals.events import ApprovalAnswered, ApproverChanged
from firstline.flow.approvals.models import Seat, Stage, StandIn
from firstline.flow.approvals.queries.approvers import holder_for

from ._course import Desk, next_of
from .decide import pass_on, remind_stage


@action("approval.expire", permission="job.repair")
def take_step(stage: Stage, *, by: Any) -> Stage:
    """Remind, or end the time of a stage: whichever is due."""
    desk = Desk(stage.approval)
    row = desk.stages[stage.pk]
    if row.next_due_at is None or row.next_due_at > clock.now():
        return row
    if not desk.approval.is_open or row.standing != Stage.Standing.ASKING:
        row.next_step, row.next_due_at = Stage.Next.NONE, None
        row.save(update_fields=["next_step", "next_due_at"])
    elif row.next_step == Stage.Next.REMIND:
        _pass_to_deputies(desk, row)
        remind_stage(desk, row, by=None)
        row.next_step, row.next_due_at = next_of(row, None)
        row.save(update_fields=["next_step", "next_due_at"])
    else:
        _end_the_time(desk, row)
    return row


def _end_the_time(desk: Desk, row: Stage) -> None:
    plan, approval = row.planned, desk.approval
    is_answerless = desk.course.state is engine.State.MORE
    to = [] if is_answerless or row.is_escalated or plan.on_expiry is not Expiry.ESCALATE else (
        desk.look_for(row.pk, plan.escalate_to)
    )  # fmt: skip
    before = {seat.pk for seat in desk.seats[row.pk]}
    desk.step(
        lambda course: engine.expire(course, row.pk, escalate_to=to, begin=desk.begin),
        (lambda: record(approval.ticket, ApprovalAnswered, approval=approval.pk, words="")) if is_answerless else None,
        by=None,
    )
    for seat in desk.seats[row.pk]:
        if seat.pk not in before:
            record(
                approval.ticket, ApproverChanged, approval=approval.pk, stage=row.pk, because="escalated",
                to=seat.person_id, **{"from": None},
            )  # fmt: skip
    if row.standing == Stage.Standing.ASKING:
        desk.plan_time(row)  # new time: for the answerless, for whom it was escalated to; or the next reminder
        if plan.on_expiry is Expiry.STAY and not is_answerless:
            remind_stage(desk, row, by=None)
        row.save()


def _pass_to_deputies(desk: Desk, row: Stage) -> None:
    """Whoever is away by now, or has named somebody since, need not be reminded: their deputy is asked."""
    for seat in [each for each in desk.seats[row.pk] if each.is_open]:
        holder, until, stand_in = holder_for(seat.person, desk.approval)
        if holder.pk != seat.person_id and not any(holder.pk == other.person_id for other in desk.seats[row.pk]):
            seat.until, seat.stand_in = until, stand_in
            with suppress(Refused):
                pass_on(desk, seat, holder, because="stand_in", by=None)


@action("approval.begin_stand_in", permission="job.repair")
def begin_stand_in(stand_in: StandIn, *, by: Any) -> StandIn:
    """What waits for somebody goes to whom they have named."""
    stand_in.refresh_from_db(from_queryset=StandIn.objects.select_for_update(of=("self",)))
    if stand_in.has_begun or stand_in.has_ended:
        return stand_in
    stand_in.has_begun = True
    stand_in.save(update_fields=["has_begun"])
    waiting = Seat.objects.filter(person=stand_in.person_id, is_open=True).select_related("stage__approval__ticket")
    for seat in waiting.order_by("id"):
        desk = Desk(seat.stage.approval)
        for own in desk.seats[seat.stage_id]:
            if own.pk == seat.pk and own.is_open:
                own.until, own.stand_in = stand_in.last_day, stand_in
                with suppress(Refused):  # their own request, or asked anyway: it stays where it is
                    pass_on(desk, own, stand_in.to, because="stand_in", by=None)
    return stand_in


@action("approval.end_stand_in", permission="job.repair")
def end_stand_in(stand_in: StandIn, *, by: Any) -> StandIn:
    """What still waits goes back to whose it was."""
    stand_in.refresh_from_db(from_queryset=StandIn.objects.select_for_update(of=("self",)))
    if stand_in.has_ended:
        return stand_in
    stand_in.has_ended = True
    stand_in.save(update_fields=["has_ended"])
    waiting = Seat.objects.filter(stand_in=stand_in, is_open=True).select_related("stage__approval__ticket")
    for seat in waiting.order_by("id"):
        desk = Desk(seat.stage.approval)
        for own in desk.seats[seat.stage_id]:
            if own.pk == seat.pk and own.is_open and own.for_person is not None:
                own.until, own.stand_in = None, None
                with suppress(Refused):
                    pass_on(desk, own, own.for_person, because="back", by=None)
    return stand_in
