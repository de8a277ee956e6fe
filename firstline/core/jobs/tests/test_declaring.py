from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django_ox.models import OxTask

from firstline.core import clock
from firstline.core.events.seal import head
from firstline.core.events.tests.happenings import ring
from firstline.core.jobs import Backoff, Hopeless, audit
from firstline.core.jobs.draining import drain
from firstline.core.jobs.housekeeping import prune
from firstline.core.jobs.queries import counts


def test_waiting_doubles_up_to_the_most_and_never_in_step() -> None:
    backoff = Backoff(first=2, most=60)

    assert [round(Backoff(first=2, most=60, jitter=0).seconds(attempt)) for attempt in range(1, 8)] == [
        2, 4, 8, 16, 32, 60, 60,
    ]  # fmt: skip
    waits = {backoff.seconds(3) for _time in range(20)}
    assert len(waits) > 10
    assert all(6 <= wait <= 10 for wait in waits)
    assert backoff.seconds(30_000) <= 75


def test_the_hopeless_is_not_tried_again() -> None:
    result: Any = type("Result", (), {"attempts": 1})

    assert Backoff()(Hopeless("no such address"), result) is None
    assert Backoff()(OSError("busy"), result) is not None


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_in_a_transaction_that_is_rolled_back_does_not_exist() -> None:
    with transaction.atomic():
        prune.enqueue()
        transaction.set_rollback(True)
    assert OxTask.objects.count() == 0

    with transaction.atomic():
        prune.enqueue()
    assert OxTask.objects.count() == 1


@pytest.mark.django_db
def test_a_job_for_later_waits() -> None:
    prune.using(run_after=clock.now() + timedelta(hours=1)).enqueue()

    assert drain() == 0
    assert counts()["waiting"] == 1


@pytest.mark.django_db
def test_pruning_keeps_what_failed_and_what_is_new() -> None:
    old = clock.now() - timedelta(days=8)
    for status, finished_at in (("SUCCESSFUL", old), ("SUCCESSFUL", clock.now()), ("FAILED", old), ("READY", None)):
        row = OxTask.objects.get(pk=prune.enqueue().id)
        OxTask.objects.filter(pk=row.pk).update(status=status, finished_at=finished_at)

    assert prune.call() == 1
    assert sorted(OxTask.objects.values_list("status", flat=True)) == ["FAILED", "READY", "SUCCESSFUL"]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_a_checkpoint_is_written_once_and_forged_lines_count_for_nothing(folder: Path) -> None:
    assert audit.checkpoint.call() is False
    ring()
    drain()

    assert audit.checkpoint.call() is True
    assert audit.checkpoint.call() is False
    with audit.file().open("a") as file:
        file.write("9 abcdef 2026-01-01T00:00:00Z forged\nnonsense\n")

    assert audit.checkpoints() == [head()]
    assert audit.verify.call() == 1


@pytest.mark.django_db
def test_a_chain_that_was_cut_off_is_a_dead_letter_for_the_admin(folder: Path, settings: Any) -> None:
    ring()
    drain()
    line = f"2 {'0' * 64} 2026-01-01T00:00:00Z"
    audit.file().parent.mkdir()
    audit.file().write_text(f"{line} {audit._signature(line)}\n")

    audit.verify.enqueue()
    drain(forgiving=True)

    dead = OxTask.objects.get(status="FAILED")
    assert "Events at the end of the chain are missing." in dead.errors[0]["traceback"]
