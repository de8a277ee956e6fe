"""Between the rows of an approval and its course in the engine: read under a lock, take a step, keep what changed.

Every verb goes through `step`. The approval's row is locked first, so that fifty people who decide at once follow one
another, and each sees what those before have said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.actions.acting import circumstances
from firstline.core.database.prepared import Prepared
from firstline.core.events.record import record
from firstline.flow.approvals.engine import course as engine
from firstline.flow.approvals.engine.course import Course, NotNow, Says, Standing
from firstline.flow.approvals.engine.plans import Asked, Expiry
from firstline.flow.approvals.events import (
    ApprovalAsked,
    ApprovalDecided,
    ApprovalEnded,
    ApprovalStuck,
    ApproverPassedOver,
)
from firstline.flow.approvals.models import Approval, Seat, Stage
from firstline.flow.approvals.models.rules import AfterRefusal
from firstline.flow.approvals.queries.approvers import Candidate, Found, find
from firstline.flow.approvals.rules import fits, hours_later
from firstline.work.tickets.actions._change import lock as lock_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import set_status
from firstline.work.tickets.models import Status, StatusType, Ticket
from firstline.work.tickets.queries import first_status

WAITING_STATUS = "waiting-approval-other"

# Written once: they are read for every decision.
_stages = Prepared(lambda approval: Stage.objects.filter(approval=approval).order_by("position"), int)
_seats = Prepared(
    lambda approval: Seat.objects.filter(stage__approval=approval).select_related("person").order_by("id"), int
)


class Desk:
    """One approval at hand: its rows, and the course they make."""

    def __init__(self, approval: Approval) -> None:
        # First the ticket, as whoever closes it does: two who wait for each other never end.
        ticket = lock_ticket(approval.ticket)
        approval.refresh_from_db(from_queryset=Approval.objects.select_for_update(of=("self",)))
        approval.ticket = ticket
        self.approval = approval
        self.stages = {stage.pk: stage for stage in _stages(approval.pk)}
        self.seats: dict[int, list[Seat]] = {pk: [] for pk in self.stages}
        for seat in _seats(approval.pk):
            self.seats[seat.stage_id].append(seat)
        self.found: dict[int, Found] = {}
        self.course = self._course()

    def begin(self, stage: engine.Stage) -> Iterable[int] | None:
        """Whom a stage asks that begins now; None if it is not needed."""
        plan, approval = self.stages[stage.key].planned, self.approval
        is_dear = plan.cost_over is None or approval.cost is None or approval.cost > plan.cost_over
        if not is_dear or not fits(plan.condition, approval.ticket):
            return None
        self.found[stage.key] = find(plan.who, approval, fallback=plan.fallback)
        return self.found[stage.key].ids

    def look_for(self, key: int, asked: Iterable[Asked]) -> list[int]:
        """Further people for a stage, of whom `keep` will know how they came."""
        more = find(asked, self.approval)
        known = self.found.setdefault(key, Found())
        known.candidates += more.candidates
        known.passed_over += more.passed_over
        return more.ids

    def step(self, change: Callable[[Course], Course], say: Callable[[], object] | None = None, *, by: Any) -> None:
        """Take a step, say so, and keep what follows from it; Refused with a sentence if it cannot be taken."""
        before = self.course
        try:
            self.course = change(before)
        except NotNow as reason:
            raise Refused(sentence(reason.code, self.approval)) from reason
        if say is not None:
            say()
        self._keep(before, by=by)

    def seat_of(self, person: Any, *, key: int | None = None) -> Seat | None:
        """The seat in which somebody is asked now; of several at once the first."""
        for stage in self.course.stages:
            if key is None or stage.key == key:
                for seat in self.seats[stage.key]:
                    if seat.person_id == person.pk and engine.may_decide(self.course, stage.key, person.pk):
                        return seat
        return None

    def _course(self) -> Course:
        stages = []
        for row in self.stages.values():
            plan = row.planned
            seats = tuple(
                engine.Seat(seat.person_id, Says(seat.says), seat.is_escalation) for seat in self.seats[row.pk]
            )
            stages.append(
                engine.Stage(
                    row.pk, plan.step, plan.quorum, plan.number, plan.has_veto, plan.on_expiry,
                    Standing(row.standing), seats, row.is_escalated,
                )
            )  # fmt: skip
        state = engine.State(self.approval.state)
        return Course(self.approval.requester_id, tuple(stages), state, self.approval.question_by_id)

    # What a step has changed, row by row.

    def _keep(self, before: Course, *, by: Any) -> None:
        now = clock.now()
        old = {stage.key: stage for stage in before.stages}
        for stage in self.course.stages:
            self._keep_seats(stage)
            self._keep_stage(stage, old.get(stage.key))
        approval = self.approval
        approval.state = Approval.State(self.course.state.value)
        approval.question_by_id = self.course.question_by
        if self.course.is_open:
            approval.save(update_fields=["state", "question_by"])
            return
        approval.is_open, approval.decided_at, approval.how = False, now, approval.how or self._how()
        approval.save(update_fields=["state", "question_by", "is_open", "decided_at", "how"])
        finish(approval, by=by)

    def _keep_seats(self, stage: engine.Stage) -> None:
        rows, closed = self.seats[stage.key], []
        for row, seat in zip(rows, stage.seats, strict=False):  # seats keep their order; new ones come last
            is_open = self._waits_for(stage, seat)
            if row.person_id == seat.person and row.says == seat.says:
                if row.is_open and not is_open:
                    row.is_open = False
                    closed.append(row.pk)
                continue
            row.person_id, row.is_open = seat.person, is_open
            if row.says != seat.says:
                row.says, row.decided_at, row.via = Seat.Says(seat.says), clock.now(), circumstances().via
            row.save()
        if closed:  # decided without them
            Seat.objects.filter(pk__in=closed).update(is_open=False)
        for seat in stage.seats[len(rows) :]:
            candidate = self._candidate(stage.key, seat.person)
            row = Seat(
                stage=self.stages[stage.key],
                person_id=seat.person,
                for_person=candidate.for_person if candidate else None,
                until=candidate.until if candidate else None,
                stand_in=candidate.stand_in if candidate else None,
                why="escalated" if seat.is_escalation else candidate.why if candidate else "named",
                is_escalation=seat.is_escalation,
                is_open=self._waits_for(stage, seat),
                asked_at=clock.now(),
            )
            row.save(force_insert=True)
            rows.append(row)

    def _waits_for(self, stage: engine.Stage, seat: engine.Seat) -> bool:
        return (
            self.course.is_open
            and stage.standing is Standing.ASKING
            and seat.says is Says.NOTHING
            and seat in stage.counted
        )

    def _candidate(self, key: int, person: int) -> Candidate | None:
        found = self.found.get(key)
        return next((each for each in found.candidates if each.person.pk == person), None) if found else None

    def _keep_stage(self, stage: engine.Stage, old: engine.Stage | None) -> None:
        row = self.stages[stage.key]
        was_asking = old is not None and old.standing is Standing.ASKING
        was_stuck = row.is_stuck
        row.standing, row.is_escalated, row.is_stuck = (
            Stage.Standing(stage.standing),
            stage.is_escalated,
            stage.is_stuck,
        )
        if (found := self.found.get(stage.key)) is not None:
            row.passed_over = [*row.passed_over, *(each for each in found.passed_over if each not in row.passed_over)]
        begins = stage.standing is Standing.ASKING and not was_asking
        if begins:
            row.asked_at = clock.now()
            self.plan_time(row)
        elif stage.standing is not Standing.ASKING:
            if was_asking:
                row.decided_at = clock.now()
            row.next_step, row.next_due_at = Stage.Next.NONE, None
        row.save()
        if begins or (stage.is_escalated and old is not None and not old.is_escalated):
            self._say_who_is_asked(row)
        if row.is_stuck and not was_stuck:
            record(
                self.approval.ticket, ApprovalStuck, approval=self.approval.pk, stage=row.pk, title=self.approval.title
            )

    def plan_time(self, row: Stage) -> None:
        """When a stage reminds and when it expires, counted from now. The caller saves it."""
        plan = row.planned
        row.expires_at = hours_later(self.approval, plan.hours) if plan.hours else None
        remind_at = hours_later(self.approval, plan.remind_hours) if plan.remind_hours else None
        row.next_step, row.next_due_at = next_of(row, remind_at)

    def _say_who_is_asked(self, row: Stage) -> None:
        ticket, found = self.approval.ticket, self.found.get(row.pk, Found())
        for line in found.passed_over:
            record(ticket, ApproverPassedOver, approval=self.approval.pk, stage=row.pk, **line)
        open_seats = [seat for seat in self.seats[row.pk] if seat.is_open]
        if open_seats:
            record(
                ticket, ApprovalAsked, approval=self.approval.pk, stage=row.pk, name=row.name,
                title=self.approval.title, people=[seat.person_id for seat in open_seats],
                seats=[seat.pk for seat in open_seats],
            )  # fmt: skip

    def _how(self) -> str:
        if self.course.state is engine.State.EXPIRED:
            return Approval.How.TIME
        if all(stage.standing is Standing.SKIPPED for stage in self.course.stages):
            return Approval.How.CONDITIONS
        granted = [stage for stage in self.course.stages if stage.standing is Standing.GRANTED]
        if self.course.state is engine.State.GRANTED and any(
            stage.on_expiry is Expiry.GRANT and stage.verdict is not Standing.GRANTED for stage in granted
        ):
            return Approval.How.TIME
        return Approval.How.PEOPLE


def next_of(row: Stage, remind_at: Any) -> tuple[str, Any]:
    """What comes next: the reminder if it comes before the end, else the end, else nothing."""
    if remind_at is not None and (row.expires_at is None or remind_at < row.expires_at):
        return Stage.Next.REMIND, remind_at
    return (Stage.Next.EXPIRE, row.expires_at) if row.expires_at is not None else (Stage.Next.NONE, None)


def finish(approval: Approval, *, by: Any, **facts: Any) -> None:
    """It is decided: say so, on the ticket and to whoever asked, and let the ticket go on."""
    ticket = approval.ticket
    outcome = {"title": approval.title, "outcome": approval.state, "how": approval.how}
    record(
        ticket,
        ApprovalEnded,
        by=by if approval.state == "withdrawn" else None,
        approval=approval.pk,
        **outcome,
        **facts,
    )
    _let_go_on(approval)
    record(
        approval, ApprovalDecided, by=by, ticket=ticket.pk, outcome=approval.state, how=approval.how,
        caller=approval.caller, reference=approval.reference,
    )  # fmt: skip


def hold(approval: Approval) -> None:
    """While it waits, the ticket says so; its status before comes back afterwards."""
    ticket = approval.ticket
    if not approval.holds or ticket.state not in {StatusType.NEW, StatusType.OPEN}:
        return
    status = Status.objects.filter(kind=ticket.kind, key=WAITING_STATUS, is_active=True).first()
    if status is None:
        return
    approval.status_before = ticket.status
    set_status(ticket, status, by=None)


def hold_again(ticket: Ticket) -> None:
    """An answer of the requester has put it back to work, while somebody still has to approve it."""
    is_held = Approval.objects.filter(ticket=ticket, is_open=True, holds=True).exists()
    status = Status.objects.filter(kind=ticket.kind, key=WAITING_STATUS, is_active=True).first()
    if is_held and status is not None and ticket.state in {StatusType.NEW, StatusType.OPEN}:
        set_status(ticket, status, by=None)


def _let_go_on(approval: Approval) -> None:
    """Back into the queue: to the team that comes next if it is approved; closed if the rule says so."""
    ticket = approval.ticket
    others = Approval.objects.filter(ticket=ticket, is_open=True, holds=True).exclude(pk=approval.pk).exists()
    if not ticket.is_unsolved or ticket.merged_into_id is not None:
        return
    if ticket.status.key == WAITING_STATUS and not others:
        set_status(ticket, _status_after(approval), by=None)
    with suppress(Refused), transaction.atomic():  # what stands against it is for its team to see; the word stands
        if approval.state == Approval.State.GRANTED and approval.then_team is not None:
            route(ticket, approval.then_team, by=None)
        elif approval.state == Approval.State.REFUSED and approval.on_refusal == AfterRefusal.CLOSE:
            set_status(ticket, first_status(ticket.kind, StatusType.CLOSED), by=None)


def _status_after(approval: Approval) -> Status:
    before = approval.status_before
    if before is not None and before.is_active and before.kind == approval.ticket.kind:
        return before
    return first_status(approval.ticket.kind, StatusType.OPEN)


def sentence(code: str, approval: Approval) -> str:
    """Why a step cannot be taken, for the person who tried."""
    if code == "closed":
        state = approval.get_state_display() if not approval.is_open else ""
        if state:
            return _("This is decided already: %(state)s. Nothing was changed.") % {"state": state}
        return _("Others have decided this part already. Nothing was changed.")
    return {
        "not_asked": _("You are not asked to decide this now."),
        "own": _("Nobody approves their own request."),
        "comment": _("Say why: whoever asked has to know what to do about it."),
        "twice": _("That has been said already."),
        "no_question": _("There is no question to answer."),
        "nobody": _("There is nobody to ask."),
    }[code]
