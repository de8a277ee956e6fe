"""Automations for tests, made by the actions that the pages call."""

from __future__ import annotations

from typing import Any

from firstline.core.conditions import Context, parse, to_json
from firstline.flow.automations.actions.automation import publish, save_automation
from firstline.flow.automations.models import Automation
from firstline.work.tickets.fields import catalogue


def typed(text: str) -> dict[str, Any]:
    return to_json(parse(text, catalogue, Context(trusted=True)))


def automation(
    name: str, *whens: str, condition: str = "", time: dict[str, Any] | None = None, minutes: int = 0,
    teams: list[int] | None = None, owner: Any = None, **deeds: Any,
) -> Automation:  # fmt: skip
    """Published at once."""
    made = Automation(name=name, teams=teams or [], owner=owner)
    document = {
        "whens": list(whens), "condition": typed(condition), "time": time, "minutes": minutes,
        "deeds": [{"do": what, "value": value} for what, value in deeds.items()],
    }  # fmt: skip
    save_automation(made, document, by=None)
    publish(made, by=None)
    made.refresh_from_db()
    return made
