"""Workflows that are filed by a form of their own: which, by whom, and what they ask for at the beginning."""

from __future__ import annotations

from typing import Any

from firstline.core.actions import may
from firstline.flow.workflows.engine.definition import Action, Datum, Definition, Start, Task, all_steps
from firstline.flow.workflows.engine.definition.steps import FormTrigger
from firstline.flow.workflows.models import Version
from firstline.flow.workflows.rules import definition_of, net_of

from .workflows import startable


def trigger_of(version: Version) -> tuple[str, FormTrigger] | None:
    """Its start by a form of its own: the step and what it says."""
    for step in definition_of(net_of(version)).steps:
        if isinstance(step, Start) and isinstance(step.trigger, FormTrigger) and not step.trigger.form:
            return step.id, step.trigger
    return None


def may_file(person: Any, version: Version) -> bool:
    """Everybody what is open to everybody; the rest whoever starts workflows."""
    found = trigger_of(version)
    if found is None or not may(person, "ticket.ask"):
        return False
    return found[1].open_to == "everybody" or may(person, "workflow.start")


def filed_by(person: Any) -> list[Version]:
    """What this person may file, by name."""
    return [each for each in startable() if may_file(person, each)]


def asked_at_start(definition: Definition, trigger: FormTrigger | None = None) -> list[Datum]:
    """What whoever starts it is asked: what its start says; else what is required, and what nothing later fills in."""
    if trigger is not None and trigger.fields:
        known = {datum.key: datum for datum in definition.fields}
        return [known[key] for key in trigger.fields]
    later = {key for step in all_steps(definition.steps) for key in _filled_in(step)}
    return [datum for datum in definition.fields if datum.required or datum.key not in later]


def _filled_in(step: Any) -> set[str]:
    found = {*getattr(step, "fields", ()), *getattr(step, "response", {})}
    if isinstance(step, Action) and step.into:
        found.add(step.into)
    if isinstance(step, Task) and step.ticks_off is not None and step.ticks_off.into:
        found.add(step.ticks_off.into)
    return found
