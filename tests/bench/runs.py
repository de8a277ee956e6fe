"""What runs cost: pages with ten and with ten thousand runs under way, and how soon a decision is answered.

    bin/bench runs [--runs 10000] [--decisions 200]

In one process on a SQLite file as in production: what is measured is the server's own time, with the commit and its
flush to the disk, without the network.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import click

from tests.rig import machine
from tests.rig.desk import milliseconds

FEW, TURNS = 10, 40
SLOWEST_DECISION = 30  # ms
MOST_SLOWER = 1.5  # times, and
MOST_LATER = 5.0  # ms: a page that takes two may well take three
FLOW = """
workflow: bench
name: Somebody agrees, somebody works
steps:
  - {kind: start, id: begin, next: agree}
  - kind: approval
    id: agree
    stages: [{who: ["person:lin@example.org"], need: any}]
    next: [{to: work, outcome: approved}, {to: end, outcome: refused}]
  - {kind: task, id: work, title: "Work on {subject}", who: [team], due: 2 days, next: more}
  - {kind: task, id: more, who: ["person:lin@example.org"], next: end}
  - {kind: end, id: end}
fields: [{key: subject}]
"""


@click.command()
@click.option("--runs", default=10_000, show_default=True, help="How many runs are under way in the end.")
@click.option("--decisions", default=200, show_default=True, help="How many approvals are decided.")
def bench(runs: int, decisions: int) -> None:
    """Pages with few and with many runs, and the time of a decision, on this machine."""
    print(f"{machine.describe()}; load before the run {machine.load():.1f}")
    with tempfile.TemporaryDirectory(prefix="firstline-bench-") as folder:
        os.environ.setdefault("FIRSTLINE_DATA", folder)
        os.environ.setdefault("FIRSTLINE_LOG_LEVEL", "ERROR")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        world = World()
        is_good = world.decide(decisions)
        is_good &= world.pages(runs)
    sys.exit(0 if is_good else 1)


class World:
    """A desk with one workflow in use."""

    def __init__(self) -> None:
        from django.test import Client

        from firstline.flow.workflows.actions.draft import save_draft
        from firstline.flow.workflows.actions.publish import publish
        from firstline.people.access.models import Role
        from firstline.people.teams.actions.team import open_team
        from tests.cast import person, works_in

        self.rosa, self.lin, self.bea = person("Rosa"), person("Lin", Role.LEAD), person("Bea", Role.ADMIN)
        self.team = open_team("Network", by=None)
        works_in(self.team, self.lin)
        works_in(self.team, self.bea)
        draft, problems = save_draft(None, FLOW, by=self.bea)
        assert not problems, problems
        self.version = publish(draft.workflow, by=self.bea)
        self.client = Client(SERVER_NAME="127.0.0.1")

    def begin(self, number: int) -> Any:
        """A ticket with a run that waits for a decision."""
        from firstline.flow.workflows.actions.start import start
        from firstline.work.tickets.actions.open import open_ticket

        ticket = open_ticket(self.rosa, f"Request {number}", kind="request", team=self.team, by=self.rosa)
        return start(ticket, self.version, by=None)

    # Decisions.

    def decide(self, count: int) -> bool:
        """Half of them are asked for by runs, which go on at once; half stand alone."""
        from firstline.flow.approvals.actions.ask import ask
        from firstline.flow.approvals.engine.plans import Asked, Plan, Who
        from firstline.flow.approvals.models import Approval, Stage
        from firstline.work.tickets.actions.open import open_ticket

        for number in range(count // 2 + 5):
            self.begin(number)
            ticket = open_ticket(self.rosa, f"Alone {number}", kind="request", team=self.team, by=self.rosa)
            ask(ticket, [Plan(who=(Asked(Who.PERSON, self.lin.pk),))], by=None)
        self.client.force_login(self.lin)
        taken: dict[str, list[float]] = {"alone": [], "of a run": []}
        worked: dict[str, list[float]] = {"alone": [], "of a run": []}
        stages = dict(Stage.objects.values_list("approval", "pk"))
        for place, approval in enumerate(Approval.objects.filter(is_open=True).order_by("id")):
            said = {"says": "grant", "stage": stages[approval.pk]}
            begun, work = time.perf_counter(), time.thread_time()
            answer = self.client.post(f"/approvals/{approval.pk}/decision", said)
            took, work = time.perf_counter() - begun, time.thread_time() - work
            assert answer.status_code == 302, answer.content[:500]
            if place >= 10:  # whatever is read once per process
                kind = "of a run" if approval.caller == "workflow" else "alone"
                taken[kind].append(took)
                worked[kind].append(work)
        assert not Approval.objects.filter(is_open=True).exists()
        is_good = True
        for kind, times in taken.items():
            middle, most = milliseconds(times, 0.5, 0.95)
            is_good &= middle <= SLOWEST_DECISION
            work = statistics.median(worked[kind]) * 1000
            print(f"a decision on an approval {kind:<8} {len(times):4} times   "
                  f"median {middle:5.1f} ms, p95 {most:5.1f} ms, "
                  f"of the processor {work:.1f} ms; the bar is {SLOWEST_DECISION} ms")  # fmt: skip
        return is_good

    # Pages.

    def pages(self, most: int) -> bool:
        from firstline.flow.workflows.models import Run

        first = Run.objects.earliest("id")
        self._leave(FEW)
        self.client.force_login(self.bea)
        paths = {
            "queue": "/queue",
            "ticket": f"/tickets/{first.ticket_id}",
            "its panels": f"/tickets/{first.ticket_id}/panels",
            "my tasks": "/tasks",
            "done by me": "/tasks?show=done",
            "workflows": "/workflows",
            "workflow": "/workflows/bench",
            "its older runs": "/workflows/bench/moves",
            "run": f"/runs/{first.pk}",
            "stuck": "/workflows/stuck",
        }
        few = {name: self._measure(path) for name, path in paths.items()}
        begun = time.monotonic()
        self._fill(most)
        count = Run.objects.filter(is_open=True).count()
        print(f"\n{count:,} runs filled in {time.monotonic() - begun:.0f} s\n{'page':<16} "
              f"{'statements':>12} {'ms, median':>17} {'ms, fastest':>20}   "
              f"({FEW} and {count:,} runs under way)")  # fmt: skip
        is_good = True
        for name, path in paths.items():
            before, after = few[name], self._measure(path)
            is_well = after[0] == before[0] and after[2] <= max(before[2] * MOST_SLOWER, before[2] + MOST_LATER)
            is_good &= is_well
            print(f"{name:<16} {before[0]:5} {after[0]:6} {before[1]:9.1f} {after[1]:7.1f} "
                  f"{before[2]:12.1f} {after[2]:7.1f}{'' if is_well else '  SLOWER'}")  # fmt: skip
        return is_good

    def _measure(self, path: str) -> tuple[int, float, float]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def get() -> None:
            answer = self.client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        get()
        with CaptureQueriesContext(connection) as seen:
            get()
        count = sum('"preference"' not in query["sql"] for query in seen.captured_queries)  # the next get forgets them
        taken = [_timed(get) for _turn in range(TURNS)]
        return count, statistics.median(taken) * 1000, min(taken) * 1000

    def _leave(self, count: int) -> None:
        """All but a few runs are over."""
        from firstline.flow.workflows.actions.repair import cancel
        from firstline.flow.workflows.models import Run

        for run in Run.objects.filter(is_open=True).select_related("ticket").order_by("id")[count:]:
            cancel(run, "Enough.", by=None)

    def _fill(self, most: int) -> None:
        """Copies of the first run with all that hangs on it, as if each had been begun by somebody."""
        from django.db import connection, transaction

        from firstline.core.actions import acting
        from firstline.flow.workflows.models import Given, Run, Step, Timer
        from firstline.work.tasks.models import Assignee, Progress, Task
        from firstline.work.tickets.models import Ticket

        run = Run.objects.filter(is_open=True).select_related("ticket").earliest("id")
        ticket, task = run.ticket, Task.objects.get(ticket=run.ticket_id)
        wanted = most - Run.objects.filter(is_open=True).count()
        with transaction.atomic(), acting():
            tickets = _copies(Ticket, [ticket] * wanted)
            runs = _copies(Run, [run] * wanted, ticket_id=[each.pk for each in tickets])
            for model in (Step, Given, Timer):
                for row in model.objects.filter(run=run):
                    _copies(model, [row] * wanted, run_id=[each.pk for each in runs])
            number = task.reference.partition(":")[2]
            tasks = _copies(
                Task, [task] * wanted, ticket_id=[each.pk for each in tickets],
                reference=[f"{each.pk}:{number}" for each in runs],
            )  # fmt: skip
            for assignee in Assignee.objects.filter(task=task):
                _copies(Assignee, [assignee] * wanted, task_id=[each.pk for each in tasks])
            progress = Progress.objects.get(ticket=ticket)
            _copies(Progress, [progress] * wanted, ticket_id=[each.pk for each in tickets])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _copies(model: Any, rows: list[Any], **different: list[Any]) -> list[Any]:
    made = []
    for place, row in enumerate(rows):
        names = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
        if model._meta.pk.attname not in different:
            del names[model._meta.pk.attname]
        names |= {name: values[place] for name, values in different.items()}
        made.append(model(**names))
    model.objects.bulk_create(made, batch_size=500)
    return made


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    bench()
