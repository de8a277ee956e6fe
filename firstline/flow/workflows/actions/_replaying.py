"""A run from what was recorded of it: the proof that nothing touched it in between."""

from __future__ import annotations

from typing import Any

from firstline.flow.workflows.engine import inputs as inputs_of_engine
from firstline.flow.workflows.engine.inputs import Input
from firstline.flow.workflows.engine.replaying import replay
from firstline.flow.workflows.engine.versions import Moved
from firstline.flow.workflows.models import Given, Run, Version
from firstline.flow.workflows.rules import net_of


def read_input(given: Given) -> Input | Moved:
    """What was recorded, as the engine knows it."""
    if given.kind == Moved.__name__:
        return Moved(**given.said)
    kind = getattr(inputs_of_engine, given.kind)
    said = dict(given.said)
    if "beside" in said:
        said["beside"] = tuple(said["beside"])
    found: Input = kind(**said)
    return found


def replayed(run: Run) -> Any:
    """The state that the recorded inputs give: what the run has stored, if nobody touched either."""
    rows = list(Given.objects.filter(run=run).order_by("number"))
    moves = [read for row in rows if isinstance(read := read_input(row), Moved)]
    wanted = {run.version.number, *(number for each in moves for number in (each.to, each.was))}
    versions = Version.objects.filter(workflow=run.version.workflow_id, number__in=wanted)
    nets = {each.number: net_of(each) for each in versions}
    first = nets[moves[0].was if moves else run.version.number]
    state, _effects = replay(first, [(read_input(row), row.at) for row in rows], nets)
    return state
