"""Runs by several versions of one workflow:  python -m tests.drills.versioning WORDS…, within a desk's settings.

`publish FIRST|OTHER` puts a definition in use; `begin COUNT` starts runs by it; `answer PART PARTS TIMES` says, so many
times over, that what a share of the runs asks for is done; `judge` prints as JSON what is wrong. With `unpinned` behind
it, a run goes by whatever is in use.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from typing import Any

import django

BEGIN = "workflow: pinned\nname: Pinned\nsteps:\n  - {kind: start, id: begin, next: first}\n"
WHO = 'who: ["person:lin@example.org"]'
FIRST = f"""{BEGIN}  - {{kind: task, id: first, {WHO}, next: second}}
  - {{kind: task, id: second, {WHO}, next: end}}
  - {{kind: end, id: end}}
"""
OTHER = f"""{BEGIN}  - {{kind: task, id: first, {WHO}, next: check}}
  - {{kind: task, id: check, {WHO}, next: last}}
  - {{kind: task, id: last, {WHO}, next: end}}
  - {{kind: end, id: end}}
"""
ROADS = {1: ["first", "second"], 2: ["first", "check", "last"], 3: ["first", "second"]}  # 3: back to the first


def main() -> None:
    django.setup()
    words = sys.argv[1:]
    if words[-1] == "unpinned":
        _unpin()
        words.pop()
    match words:
        case ["publish", which]:
            publish({"FIRST": FIRST, "OTHER": OTHER}[which])
        case ["begin", count]:
            begin(int(count))
        case ["answer", part, parts, times]:
            answer(int(part), int(parts), int(times))
        case ["judge"]:
            print(json.dumps(judge()))
        case _:
            raise SystemExit(f"Nobody knows what {words} means.")


def _unpin() -> None:
    from firstline.flow.workflows.models import Version

    moving: Any = importlib.import_module("firstline.flow.workflows.actions._moving")
    right = moving.net_of

    def in_use(version: Any) -> Any:
        return right(Version.objects.get(workflow=version.workflow_id, state=Version.State.PUBLISHED))

    moving.net_of = in_use


def publish(text: str) -> None:
    from firstline.flow.workflows.actions.draft import save_draft
    from firstline.flow.workflows.actions.publish import publish
    from firstline.flow.workflows.models import Workflow

    draft, problems = save_draft(Workflow.objects.filter(key="pinned").first(), text, by=None)
    assert not problems, problems
    publish(draft.workflow, by=None)


def begin(count: int) -> None:
    from firstline.flow.workflows.actions.start import start
    from firstline.flow.workflows.queries.workflows import in_use
    from firstline.people.accounts.models import Person
    from firstline.work.tickets.actions.open import open_ticket

    version, lin = in_use("pinned"), Person.objects.get(email="lin@example.org")
    assert version is not None
    for number in range(count):
        start(open_ticket(lin, f"Pinned {version.number}-{number}", kind="request", by=None), version, by=None)


def answer(part: int, parts: int, times: int) -> None:
    from firstline.core.actions import Refused
    from firstline.flow.workflows.actions.answer import answer as say
    from firstline.flow.workflows.models import Step
    from firstline.people.accounts.models import Person

    lin = Person.objects.get(email="lin@example.org")
    for _turn in range(times):
        asked = Step.objects.filter(is_open=True, waits_for_people=True).select_related("run__ticket__team")
        for step in asked.order_by("pk"):
            if step.run_id % parts != part:
                continue
            try:
                say(step, "done", by=lin)
            except Refused:
                pass  # answered already
            except Exception:  # what a careless desk runs into; the judge sees what became of it
                traceback.print_exc()


def judge() -> list[str]:
    from firstline.flow.workflows.actions._replaying import replayed
    from firstline.flow.workflows.models import Run, Step

    wrong = []
    for run in Run.objects.select_related("version__workflow").order_by("id"):
        steps = Step.objects.filter(run=run, kind="task").order_by("number")
        went, number = [(step.step, step.how) for step in steps], run.version.number
        if run.status != "ended":
            wrong.append(f"run {run.pk} of version {number} is {run.status}")
        if went != [(step, "done") for step in ROADS[number]]:
            wrong.append(f"run {run.pk} of version {number} went through {went}")
        try:
            if replayed(run) != run.state:
                wrong.append(f"run {run.pk}: what was recorded does not give what is stored")
        except Exception as error:
            wrong.append(f"run {run.pk} cannot be replayed: {error}")
    return wrong


if __name__ == "__main__":
    main()
