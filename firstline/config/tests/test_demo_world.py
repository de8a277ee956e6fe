"""The world of the demo is made by the same actions as everybody's: whatever refuses one of them stops `bin/demo`."""

from __future__ import annotations

import pytest

from firstline.config.demo import build
from firstline.flow.approvals.models import Approval
from firstline.flow.automations.models import Firing, MacroUse
from firstline.flow.escalation.models import Escalation, HandOver
from firstline.flow.sla.models import Agreement
from firstline.flow.triage.models import Rule
from firstline.flow.workflows.models import Run
from firstline.work.catalog.models import Offering
from firstline.work.tasks.models import Checklist, Task
from firstline.work.tickets.models import Ticket


@pytest.mark.django_db
def test_it_is_built_whole_and_building_it_again_changes_nothing() -> None:
    build(lambda *_step: None)
    rooms = (
        Ticket, Agreement, Rule, Escalation, HandOver, Offering, Approval, Run, Firing, MacroUse, Checklist, Task,
    )  # fmt: skip
    found = {room.__name__: room.objects.count() for room in rooms}

    build(lambda *_step: None)

    assert all(found.values()), found
    assert {room.__name__: room.objects.count() for room in rooms} == found
