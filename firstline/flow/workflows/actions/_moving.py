"""Between the rows of a run and the engine: read under a lock, give it what happened, keep what follows from it.

Every verb goes through `Move`. The ticket's row is locked first and the run's then, as everything that changes a ticket
does, so that two who answer at once follow one another and the second hears that it is done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, at_the_end
from firstline.core.events.record import record
from firstline.flow.workflows.engine import effects as wanted
from firstline.flow.workflows.engine.advancing import advance
from firstline.flow.workflows.engine.definition import Step as Definition
from firstline.flow.workflows.engine.definition import all_steps, duration
from firstline.flow.workflows.engine.inputs import Failed, Finished, Input
from firstline.flow.workflows.engine.state import HALTED, seen_from, stuck
from firstline.flow.workflows.engine.versions import Moved, move
from firstline.flow.workflows.events import RunEnded, RunMoved, RunStuck
from firstline.flow.workflows.models import Given, Run, Step, Timer, Version
from firstline.flow.workflows.rules import definition_of, moment_after, moment_of_day, net_of
from firstline.work.tickets.actions._change import lock as lock_ticket

from ._effects import close, open_step, remind

MOST_FOLLOWING = 1_000  # steps that nobody has to answer, one after the other in one transaction
LAST_WORDS = 50  # failures by which a circle may still leave through an error edge


class Move:
    """One run at hand."""

    def __init__(self, run: Run, *, is_new: bool = False) -> None:
        self.ticket = lock_ticket(run.ticket)
        if not is_new:
            seen = Run.objects.select_related("version__workflow")
            run.refresh_from_db(from_queryset=seen.select_for_update(of=("self",)))
            run.ticket = self.ticket
        self.run = run
        self.net = net_of(run.version)
        self.definition = definition_of(self.net)
        self.steps: dict[str, Definition] = {step.id: step for step in all_steps(self.definition.steps)}
        self.state: dict[str, Any] | None = run.state or None
        self.rows: dict[int, Step] = {}
        if not is_new:
            for row in Step.objects.filter(run=run, is_open=True):
                row.run = run
                self.rows[row.number] = row
        self.new: list[Step] = []
        self.changed: dict[int, Step] = {}
        self.due: dict[tuple[int, str], datetime] = {}
        self.off: set[tuple[int, str]] = set()
        self.given: list[Given] = []
        self.queue: deque[Input] = deque()
        self.ended: wanted.EndRun | None = None
        self.by: Any = None
        self.why = ""  # of the input at hand: what failed

    # ---- what the verbs use

    def give(self, what: Input, *, by: Any) -> None:
        """Let this happen, and everything that follows from it at once. Refused with the engine's sentence."""
        self.by = by
        if (refusal := self._advance(what)) is not None:
            raise Refused(refusal)
        followed = 0
        while self.queue:
            followed += 1
            following = self._cut(self.queue.popleft(), followed)
            if following is None:
                continue
            refusal = self._advance(following)
            if refusal is not None and isinstance(following, Finished):
                # What came back is not what the workflow knows: a failure of the step, in sight.
                self._advance(Failed(following.instance, "not_understood", refusal))
        self._keep()

    def finish(self, number: int, outcome: str, data: Mapping[str, Any]) -> None:
        """It came back with this; what the workflow does not know is a failure of the step, in sight."""
        try:
            with transaction.atomic():
                self.give(Finished(str(number), outcome, data), by=None)
        except Refused as refusal:
            self.give(Failed(str(number), "not_understood", str(refusal)), by=None)

    def go_by(self, version: Version, *, by: Any) -> None:
        """Go on by another version of the same workflow. Refused with the sentence that says what stands in the way."""
        self.by, now, before = by, clock.now(), self.run.version
        after = net_of(version)
        if self.state is None:
            raise Refused(_("The run has not begun."))
        state, effects = move(self.state, self.net, after, now)
        if len(effects) == 1 and isinstance(effects[0], wanted.Refuse):
            raise Refused(effects[0].sentence)
        self.net, self.definition, self.state = after, definition_of(after), state
        self.steps = {step.id: step for step in all_steps(self.definition.steps)}
        self.run.version = version
        self.run.inputs += 1
        self.given.append(
            Given(
                run=self.run,
                number=self.run.inputs,
                kind=Moved.__name__,
                said={"to": version.number, "was": before.number},
                at=now,
            )
        )
        record(
            self.ticket, RunMoved, by=by, run=self.run.pk, name=version.workflow.name, to=version.number,
            **{"from": before.number},
        )  # fmt: skip
        for effect in effects:
            self._carry_out(effect, now)
        self._keep()
        self.run.save(update_fields=["version"])

    def row(self, number: int) -> Step:
        found = self.rows.get(number)
        if found is None:
            raise Refused("This step was answered already, or is not needed any more.")
        return found

    def seen(self, row: Step) -> Mapping[str, Any]:
        """The data as this step sees it."""
        state = self.state or {"at": {}, "data": {}}
        return {**seen_from(state, str(row.number)), **row.local}

    def told(self, what: Input) -> None:
        """Something that follows at once: it is given next, in the same transaction."""
        self.queue.append(what)

    # ---- one input

    def _advance(self, what: Input) -> str | None:
        """Why it was refused, in a sentence; None when it was taken."""
        now = clock.now()
        state, effects = advance(self.net, self.state, what, now)
        if len(effects) == 1 and isinstance(effects[0], wanted.Refuse):
            return effects[0].sentence
        self.state = state
        self.why = what.reason if isinstance(what, Failed) else ""
        self.run.inputs += 1
        said = {name: value for name, value in asdict(what).items() if value not in (None, "", {}, ())}
        self.given.append(
            Given(run=self.run, number=self.run.inputs, kind=type(what).__name__, said=said, at=now)
        )  # fmt: skip
        for effect in effects:
            self._carry_out(effect, now)
        return None

    def _cut(self, following: Input, followed: int) -> Input | None:
        """Steps that do one thing after the other by themselves and never come to an end: they fail in sight. Where
        even that leads on, by an error edge, the run is left standing there."""
        if followed <= MOST_FOLLOWING:
            return following
        instance = getattr(following, "instance", None)
        row = self.rows.get(int(instance)) if instance is not None else None
        if instance is None or row is None:
            return following
        why = _("It goes round in a circle: %(count)s steps were done at once.") % {"count": MOST_FOLLOWING}
        if followed <= MOST_FOLLOWING + LAST_WORDS:
            return Failed(instance, "circle", why)
        self._halt(why, row.step, instance, clock.now())
        return None

    def _carry_out(self, effect: wanted.Effect, now: datetime) -> None:
        match effect:
            case wanted.Opened():
                self._open(effect, now)
            case wanted.Closed(instance=instance, how=how, outcome=outcome):
                row = self.rows.pop(int(instance), None)
                if row is not None:
                    row.is_open, row.how, row.outcome = False, Step.How(how), outcome[:60]
                    row.closed_at, row.closed_by, row.trouble = now, self.by, ""
                    if how == "failed":
                        row.remark = self.why  # it goes on another way: what went wrong stays readable
                    self._touch(row)
                    close(self, row)
            case wanted.SetTimer():
                self._set_timer(effect, now)
            case wanted.CancelTimer(instance=instance, timer=timer):
                self.due.pop((int(instance), timer), None)
                self.off.add((int(instance), timer))
            case wanted.Remind() | wanted.Escalate():
                remind(self, effect)
            case wanted.Halt(sentence=sentence, step=step, instance=instance):
                self._halt(sentence, step, instance, now)
            case wanted.EndRun():
                self.ended = effect
            case wanted.Send(name=name, step=step):
                # No step of ours sends; should one ever, the run stands still in sight instead of losing a message.
                self._halt(_("Nobody listens to the message “%(name)s”.") % {"name": name}, step, None, now)
            case _:
                raise TypeError(f"Nobody carries out {type(effect).__name__}.")

    def _open(self, effect: wanted.Opened, now: datetime) -> None:
        step = self.steps[effect.step]
        number = int(effect.instance)
        if number in self.rows:  # tried again
            row = self.rows[number]
            row.trouble, row.attempts = "", 0
            self._touch(row)
        else:
            row = self._row(number, step, now)
            row.local = dict(effect.local or {})
            if step.due and (span := duration(step.due)) is not None:
                row.due_at = moment_after(span, now)
        open_step(self, row, step, effect)

    def _row(self, number: int, step: Definition, now: datetime) -> Step:
        row = Step(run=self.run, number=number, step=step.id, kind=step.kind, opened_at=now)
        row.title = (step.name or step.id)[:200]
        self.rows[number] = row
        self.new.append(row)
        return row

    def _set_timer(self, effect: wanted.SetTimer, now: datetime) -> None:
        number = int(effect.instance)
        if effect.due is not None:
            due: datetime | None = datetime.fromisoformat(effect.due)
        elif effect.span is not None:
            due = moment_after(effect.span, now)
        else:
            due = moment_of_day(effect.date)
        if due is not None:
            self.due[number, effect.timer] = due
        elif (row := self.rows.get(number)) is not None:
            row.trouble = f"“{effect.date}” is no day to wait for." if effect.date else "There is no day to wait for."
            self._touch(row)

    def _halt(self, sentence: str, step: str, instance: str | None, now: datetime) -> None:
        title = ""
        if instance is not None:
            row = self.rows.get(int(instance)) or self._row(int(instance), self.steps[step], now)
            row.trouble = sentence
            self._touch(row)
            title = row.title
        else:
            self.run.reason = sentence
        number = int(instance) if instance is not None else None
        record(self.ticket, RunStuck, by=None, run=self.run.pk, number=number, title=title, why=sentence)

    def _touch(self, row: Step) -> None:
        if row.pk is not None:
            self.changed[row.number] = row

    # ---- keeping

    def _keep(self) -> None:
        run, now = self.run, clock.now()
        run.state, run.changed_at = self.state, now
        is_halted = (self.state or {}).get("status") == HALTED
        has_trouble = bool(stuck(self.state or {"at": {}})) or any(row.trouble for row in self.rows.values())
        run.status = Run.Status.STUCK if is_halted or has_trouble else Run.Status.RUNNING
        if not is_halted:
            run.reason = ""
        if self.ended is not None:
            self._end(self.ended, now)
        fields = ["state", "status", "is_open", "outcome", "reason", "inputs", "changed_at", "ended_at"]
        run.save(update_fields=fields)
        Given.objects.bulk_create(self.given)
        if self.new:
            Step.objects.bulk_create(self.new)
        for row in self.changed.values():
            row.save()
        self._keep_timers()
        self.new, self.changed, self.given = [], {}, []

    def _keep_timers(self) -> None:
        if self.ended is not None:
            Timer.objects.filter(run=self.run).delete()
            return
        gone = self.off | set(self.due)
        if gone and not all(number in {row.number for row in self.new} for number, _key in gone):
            which = Q()
            for number, key in gone:
                which |= Q(number=number, key=key)
            Timer.objects.filter(which, run=self.run).delete()
        rows = [Timer(run=self.run, number=number, key=key, due_at=due) for (number, key), due in self.due.items()]
        if rows:
            Timer.objects.bulk_create(rows)
        self.due, self.off = {}, set()

    def _end(self, ended: wanted.EndRun, now: datetime) -> None:
        run = self.run
        run.status = Run.Status.ENDED if ended.how == "done" else Run.Status.CANCELLED
        run.is_open, run.ended_at = False, now
        run.outcome, run.reason = ended.outcome[:60], ended.reason
        record(
            self.ticket, RunEnded, by=self.by, run=run.pk, name=run.version.workflow.name, how=ended.how,
            outcome=ended.outcome, reason=ended.reason,
        )  # fmt: skip
        if run.parent_id is not None:
            at_the_end(("workflows: sub-run ended", run.pk), partial(_tell_parent, run, ended))


def _tell_parent(run: Run, ended: wanted.EndRun) -> None:
    """The step of the other run that has waited for this one."""
    waiting = Step.objects.select_related("run__ticket").filter(pk=run.parent_id or 0, is_open=True).first()
    if waiting is None:
        return
    waiting.run.ticket = run.ticket
    move = Move(waiting.run)
    if waiting.number not in move.rows:
        return
    step = move.steps[waiting.step]
    if ended.how == "done":
        data = {key: (run.state["data"] or {}).get(path) for key, path in getattr(step, "response", {}).items()}
        move.finish(waiting.number, ended.outcome, data)
    else:
        move.give(Failed(str(waiting.number), "called_off", ended.reason or "It was called off."), by=None)
