"""People who do what a run asks of them: through the same actions as the pages, each as themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firstline.core import clock
from firstline.core.jobs.draining import drain
from firstline.flow.approvals.actions.decide import decide
from firstline.flow.approvals.models import Approval, Seat
from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.actions.plan import tick
from firstline.flow.workflows.jobs import fire_due
from firstline.flow.workflows.models import PlanStep, Run, Step, Timer
from firstline.flow.workflows.rules import net_of

MOST = 60


def do_all(run: Run, said: Mapping[str, Any] | None = None, says: Mapping[str, str] | None = None) -> list[str]:
    """Go on until the run is over. `said`: what is filled in, by field; `says`: how a step is answered, by its id.
    Answers who did what, in order."""
    done: list[str] = []
    for _turn in range(MOST):
        drain()
        run.refresh_from_db()
        if not run.is_open:
            return done
        done.append(_one(run, said or {}, says or {}))
    raise AssertionError(f"It does not end: {done}")


def _one(run: Run, said: Mapping[str, Any], says: Mapping[str, str]) -> str:
    asked = Step.objects.filter(run=run, is_open=True, waits_for_people=True).order_by("number").first()
    if asked is not None:
        row = Step.objects.select_related("run__ticket", "person", "team").get(pk=asked.pk)
        assert not row.trouble, row.trouble
        person = row.person or row.team.memberships.order_by("pk").first().person  # type: ignore[union-attr]
        step = net_of(run.version).nodes[row.step].work
        data = {key: said[key] for key in getattr(step, "fields", ()) if key in said}
        outcome = says.get(row.step, step.outcomes[0])
        for planned in PlanStep.objects.filter(run=run, number=row.number, ended_at=None, left_out=""):
            tick(row, planned.place, "ended", by=person)
        answer(row, outcome, data, by=person)
        return f"{person.name}: {row.step}={outcome}"
    approval = Approval.objects.select_related("ticket").filter(ticket=run.ticket, is_open=True).first()
    if approval is not None:
        seat = (
            Seat.objects.select_related("person").filter(stage__approval=approval, is_open=True).order_by("pk").first()
        )
        assert seat is not None, list(approval.stages.values())
        is_ours = approval.caller == "workflow"
        step_id = Step.objects.get(run=run, number=approval.reference.partition(":")[2]).step if is_ours else "offering"
        agrees = says.get(step_id, "approved") == "approved"
        decide(approval, agrees, comment="" if agrees else "No.", by=seat.person)
        return f"{seat.person.name}: {step_id}={'yes' if agrees else 'no'}"
    timer = Timer.objects.filter(run=run).order_by("due_at").first()
    assert timer is not None, list(Step.objects.filter(run=run, is_open=True).values_list("step", "kind", "trouble"))
    with clock.set_to(timer.due_at):
        fire_due()
    return f"time: {timer.key}"
