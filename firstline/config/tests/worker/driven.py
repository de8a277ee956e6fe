"""What the processes of the crash tests do. Loaded by drive.py after Django is ready."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management import call_command
from django.db import close_old_connections, transaction
from django.db.models import Count
from django_ox.models import OxScheduleTick, OxTask
from django_ox.worker import Worker

from firstline.core.actions import action
from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.core.events.seal import seal, verify_chain
from firstline.core.events.tests.happenings import Bell, Rang, ring
from firstline.core.jobs import job
from firstline.core.jobs.process import WorkerProcess
from firstline.core.leases.leadership import Leadership, LeaseLost

from .drive import note, notes, wait_for_go


@action("drive.ring", permission="drive.ring")
def ring_bell(bell: Bell, *, by: object) -> None:
    """Ring."""
    record(bell, Rang, by=by)


@job(max_attempts=5)
def slow(number: int) -> None:
    """The first attempt never ends by itself; the second rings at once."""
    attempt = notes().count("attempt") + 1
    note(f"attempt {attempt}")
    if attempt == 1:
        wait_for_go()
    try:
        ring_bell(Bell(number), by=None)
    except LeaseLost:
        note("fenced off")
        raise
    note("rang")


@job()
def tick() -> None:
    note("tick")


@job()
def quick(number: int) -> None:
    ring_bell(Bell(number), by=None)


@later(Rang)
def hear(event: Event) -> None:
    note(f"heard {event.pk}")


def ask(number: str) -> None:
    slow.enqueue(int(number))


def rings(count: str) -> None:
    for number in range(int(count)):
        ring(number)


def work(lease: str) -> None:
    process = WorkerProcess(threads=2, lease=float(lease))
    signal.signal(signal.SIGTERM, lambda *_: process.stop())
    note("working")
    process.run()


ticking = work


def work_without_fence(lease: str) -> None:
    """Negative control: django-ox as it is."""
    note("working")
    Worker(lock_timeout=float(lease), reap_interval=0.5, poll_interval=0.1).run()


def seal_late(lease: str) -> None:
    lead = Leadership("loops", seconds=float(lease))
    lead.take()
    note("leading")
    wait_for_go()
    try:
        with transaction.atomic():
            seal(lead)
        note("sealed")
    except LeaseLost:
        note("fenced off")


def stress(count: str) -> None:
    """Ask for many quick jobs, one transaction each; every third is rolled back."""
    for number in range(int(count)):
        with transaction.atomic():
            quick.enqueue(number)
            if number % 3 == 2:
                transaction.set_rollback(True)


def state() -> dict[str, Any]:
    """Statuses of jobs, events, chain; how many ticks of one moment became two jobs."""
    ticks = OxScheduleTick.objects.exclude(task=None).values("schedule_name", "scheduled_for")
    return {
        "jobs": sorted(OxTask.objects.exclude(task_path__endswith="react").values_list("status", "attempts")),
        "rang": Event.objects.filter(kind=Rang.key).count(),
        "unsealed": Event.objects.filter(position__isnull=True).count(),
        "whole": verify_chain().is_whole,
        "reactions": OxTask.objects.filter(task_path__endswith="react").count(),
        "double ticks": ticks.annotate(times=Count("pk")).filter(times__gt=1).count(),
    }


def empty() -> None:
    call_command("flush", interactive=False, verbosity=0)


def serve() -> None:
    """Do what the test says, one line each: to start a process for each would take most of the time."""
    for line in sys.stdin:
        command, *arguments = line.split()
        close_old_connections()
        print(repr(globals()[command](*arguments)), flush=True)
