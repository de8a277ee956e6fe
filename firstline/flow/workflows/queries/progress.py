"""How far a run is, and what it waits for: for the desk, and for whoever asked when the workflow says so.

What has been done is counted. What is still to come is the way as the data stand now: at a fork the edge that fits
today, else the first one; so the number can move back when somebody answers otherwise than most do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

from firstline.core import clock
from firstline.flow.workflows.engine.definition import Decision, Definition, Edge, ForEach, Parallel, fields_of
from firstline.flow.workflows.engine.definition import Step as Definition_
from firstline.flow.workflows.models import Party, Run, Step
from firstline.flow.workflows.rules import LANGUAGE, definition_of, net_of
from firstline.work.tickets.models import Ticket

ASKS_ELSEWHERE = ("connect", "call_out")  # accounts and the like: each is shown with how it went
AT_ONCE = {"for_each", "notify", "action"}  # nobody waits for these themselves
MOST_RUNS, MOST_STEPS = 20, 500


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one run."""

    run: Run
    done: int
    all: int
    open: list[Step]  # what it waits for, the oldest first
    elsewhere: list[Step]  # what other systems were asked, with how it went
    shows_requester: bool

    @property
    def percent(self) -> int:
        """Never a hundred before it has ended, and never none of something."""
        if not self.run.is_open:
            return 100
        return min(99, floor(100 * self.done / self.all)) if self.all else 0


def progress_of(runs: Iterable[Run]) -> list[Progress]:
    """One query for all of them."""
    known = list(runs)
    by_run: dict[int, list[Step]] = {run.pk: [] for run in known}
    if known:
        rows = Step.objects.filter(run__in=by_run).select_related("person", "team").defer("text", "local")
        for row in rows.order_by("run_id", "number")[:MOST_STEPS]:
            by_run[row.run_id].append(row)
        attach_parties(row for rows_ in by_run.values() for row in rows_)
    return [_progress(run, by_run[run.pk]) for run in known]


def attach_parties(steps: Iterable[Step]) -> None:
    """Who is asked, where several are: one query, and none where nobody asks several. They stand in `step.asked`."""
    several = {(step.run_id, step.number): step for step in steps if step.needs}
    for step in several.values():
        step.asked = []  # type: ignore[attr-defined]
    if several:
        runs, numbers = {run for run, _number in several}, {number for _run, number in several}
        parties = Party.objects.filter(run__in=runs, number__in=numbers)
        for party in parties.select_related("person", "team", "answered_by").order_by("place"):
            if (party.run_id, party.number) in several:
                several[party.run_id, party.number].asked.append(party)  # type: ignore[attr-defined]


def shown_to_requester(ticket: Ticket) -> list[Progress]:
    """Of the runs under way whose workflow lets its requester see how far it is."""
    runs = Run.objects.filter(ticket=ticket, is_open=True, is_sample=False, parent__isnull=True)
    known = list(runs.select_related("version__workflow").order_by("id")[:MOST_RUNS])
    return [each for each in progress_of(known) if each.shows_requester]


def _progress(run: Run, rows: list[Step]) -> Progress:
    definition = definition_of(net_of(run.version))
    counted = [row for row in rows if row.kind not in AT_ONCE]
    ended = [row for row in counted if not row.is_open and row.how != Step.How.CALLED_OFF]
    standing = [row for row in counted if row.is_open]
    ahead = _ahead(definition, rows, run.state.get("data", {})) if run.is_open else 0
    return Progress(
        run=run, done=len(ended), all=len(ended) + len(standing) + ahead, open=standing,
        elsewhere=[row for row in rows if row.kind in ASKS_ELSEWHERE and row.how in {"", "done", "failed"}],
        shows_requester=definition.shows_progress,
    )  # fmt: skip


def _ahead(definition: Definition, rows: list[Step], data: Mapping[str, Any]) -> int:
    """How many steps somebody or something still has to do, on the way as it looks now."""
    fields = fields_of(definition)

    def usual(step: Definition_) -> list[Edge]:
        if isinstance(step, Parallel) or len(step.next) < 2:
            return list(step.next)
        fitting = [edge for edge in step.next if edge.when and _holds(edge.when, fields, data)]
        if isinstance(step, Decision) and step.takes == "all" and fitting:
            return fitting
        good = [edge for edge in step.next if edge.outcome == step.outcomes[0]] if step.outcomes else []
        return (fitting or good or [edge for edge in step.next if edge.otherwise] or list(step.next))[:1]

    started = {row.step for row in rows}
    opened = {row.step for row in rows if row.is_open}
    found, at_hand = 0, []
    here = {step.id: step for step in definition.steps}
    for step in definition.steps:
        if step.id in opened:
            at_hand += [edge.to for edge in usual(step)]
    seen: set[str] = set()
    while at_hand:
        step_id = at_hand.pop()
        if step_id in seen or step_id not in here:
            continue
        seen.add(step_id)
        step = here[step_id]
        if step_id in started and step.rests:
            continue  # it has been there already: what comes after it was counted from where the run stands
        found += _weight(step, data)
        at_hand += [edge.to for edge in usual(step)]
    return found


def _weight(step: Definition_, data: Mapping[str, Any]) -> int:
    if not isinstance(step, ForEach):
        return int(step.rests and step.kind not in AT_ONCE)
    items = data.get(step.over)
    return len(items if isinstance(items, list) else ()) * sum(_weight(inner, data) for inner in step.steps)


def _holds(when: str, fields: Any, data: Mapping[str, Any]) -> bool:
    try:
        return bool(LANGUAGE.predicate(when, fields)(data, clock.now()))
    except (KeyError, ValueError, TypeError):
        return False
