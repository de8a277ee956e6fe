"""What an operator does with a run that stands still, or goes where nobody wants it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.workflows.engine.inputs import Cancel, Retry, Skip, Withdraw
from firstline.flow.workflows.events import StepRepaired
from firstline.flow.workflows.models import Run
from firstline.flow.workflows.rules import address_of

from ._moving import Move


@action("workflow.cancel", permission="workflow.repair")
def cancel(run: Run, reason: str, *, by: Any) -> Run:
    """Call a run off, with everything that is still open in it."""
    if not reason.strip():
        raise Refused(_("Say why it is called off."))
    Move(run).give(Cancel(reason.strip(), address_of(by) if by is not None else None), by=by)
    return run


def withdraw_with_the_ticket(run: Run, reason: str) -> None:
    """The ticket is closed: nobody waits for the rest. Within the action that closes it."""
    Move(run).give(Withdraw(reason), by=None)


@action("workflow.retry", permission="workflow.repair")
def retry(run: Run, number: int | None = None, *, by: Any) -> Run:
    """Try a step that stands still again; without its number, let a halted run go on."""
    move = Move(run)
    row = move.row(number) if number is not None else None
    if row is not None and row.waits_for_people and row.trouble:
        raise Refused(_("Nobody is asked here. Answer it yourself, or skip it."))
    move.give(Retry(str(number) if number is not None else None, address_of(by) if by is not None else None), by=by)
    _note(move, row.title if row else "", number, "retried", "", by=by)
    return run


@action("workflow.skip", permission="workflow.repair")
def skip(run: Run, number: int, reason: str, outcome: str = "", *, to: str = "", by: Any) -> Run:
    """Go on without a step, with a reason. It counts as answered so, or the run goes on at a step of one's choice."""
    if not reason.strip():
        raise Refused(_("Say why it is skipped."))
    move = Move(run)
    row = move.row(number)
    if move.steps[row.step].required:
        raise Refused(
            _("“%(step)s” cannot be skipped: the workflow “%(name)s” requires it. Answer it, or call the run off.")
            % {"step": row.title, "name": run.version.workflow.name}
        )
    row.remark = reason.strip()
    what = Skip(str(number), reason.strip(), outcome, to or None, address_of(by) if by is not None else None)
    move.give(what, by=by)
    _note(move, row.title, number, "skipped", reason.strip(), by=by)
    return run


def _note(move: Move, title: str, number: int | None, how: str, reason: str, *, by: Any) -> None:
    record(
        move.ticket, StepRepaired, by=by, run=move.run.pk, number=number, title=title, how=how, reason=reason
    )  # fmt: skip
