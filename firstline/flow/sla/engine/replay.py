"""Play scenarios through the clocks: steps with their times, and checkpoints that ask how the clocks stand.

A scenario: {"id", "calendar" (as for `firstline calendar answer`), "sla_minutes": {"first_response", "response",
"update", "solution"}, "steps": [{"at", "event", …}, {"expect": {…}}]}. What is expected is not looked at: each such
step is answered with how the clocks stand after the steps before it.

Events: ticket_created, state (with `state`), customer_message, agent_message, customer_contact, agent_contact,
first_response, closed. A message may have a `channel`; notes are read by the desk only and answer nobody. A step with
`sla_minutes` or `calendar` changes the agreement from there on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from firstline.core.calendars.engine.answering import read_hours
from firstline.core.calendars.engine.hours import CalendarWrong
from firstline.core.calendars.engine.working import WorkingTime, working_time

from .clocks import Measure, Promise, Round, State, rounds
from .history import Fact, What

MEASURES = {
    "first_response": Measure.FIRST_RESPONSE,
    "response": Measure.NEXT_RESPONSE,
    "update": Measure.UPDATE,
    "solution": Measure.RESOLUTION,
}
MINUTE = timedelta(minutes=1)
MOST_MINUTES = 10 * 366 * 24 * 60
EVENTS = {
    "customer_message": What.ASKED,
    "customer_contact": What.ASKED,
    "agent_message": What.ANSWERED,
    "agent_contact": What.ANSWERED,
    "first_response": What.ANSWERED_FIRST,
    "closed": What.SOLVED,
    "solved": What.SOLVED,
}
OPENINGS = {"ticket_created", "created", "opened"}
# Noted apart: a contact that is no first answer, for systems that keep the two in different columns.
NO_FIRST_ANSWER = {"agent_contact"}


def replay_all(scenarios: Any) -> list[dict[str, Any]]:
    """One {id, checkpoints} for each scenario; what cannot be played has an `error` in words."""
    if not isinstance(scenarios, list):
        raise CalendarWrong("Give a JSON list of scenarios.")
    return [_played(scenario) for scenario in scenarios]


def _played(scenario: Any) -> dict[str, Any]:
    identity = scenario.get("id") if isinstance(scenario, Mapping) else None
    try:
        return {"id": identity, "checkpoints": replay(scenario)}
    except CalendarWrong as error:
        return {"id": identity, "checkpoints": [], "error": str(error)}


def replay(scenario: Any) -> list[dict[str, Any]]:
    """How the clocks stand at each checkpoint."""
    if not isinstance(scenario, Mapping) or not isinstance(scenario.get("steps"), list):
        raise CalendarWrong("A scenario is an object with calendar, sla_minutes and steps.")
    working, minutes = _working(scenario.get("calendar")), _minutes(scenario.get("sla_minutes"))
    steps: list[Mapping[str, Any]] = []
    found = []
    for step in scenario["steps"]:
        if not isinstance(step, Mapping):
            raise CalendarWrong("A step is an object.")
        if "sla_minutes" in step:
            minutes = _minutes(step["sla_minutes"])
        if "calendar" in step:
            working = _working(step["calendar"])
        if "expect" in step:
            found.append(_checkpoint(steps, working, minutes))
        elif "event" in step:
            steps.append(step)
    return found


def _facts(steps: list[Mapping[str, Any]], measure: Measure) -> list[Fact]:
    return [
        fact
        for step in steps
        if measure is not Measure.FIRST_RESPONSE or step["event"] not in NO_FIRST_ANSWER
        for fact in _facts_of(step)
    ]


def _facts_of(step: Mapping[str, Any]) -> list[Fact]:
    event, at = str(step["event"]), _moment(step.get("at"))
    state = state_type(str(step["state"])) if step.get("state") else ""
    if event in OPENINGS:
        return [Fact(at, What.OPENED, state or "new")]
    found = [Fact(at, What.STATE, state)] if state else []
    what = EVENTS.get(event)
    if what is None and not state:
        raise CalendarWrong(f"“{event}” is not an event. There are: ticket_created, state, {', '.join(EVENTS)}.")
    is_for_the_desk = step.get("internal") or step.get("channel") == "note"
    if what is not None and not is_for_the_desk and not (state and what is What.SOLVED):
        found.append(Fact(at, what))
    return found


def state_type(name: str) -> str:
    """The type of a state by the names that other systems give it."""
    word = name.strip().lower()
    if word in {"new", "open", "waiting", "resolved", "closed"}:
        return word
    if word.startswith(("pending", "waiting", "on hold", "hold", "suspended")):
        return "waiting"
    if word in {"merged", "removed", "solved", "done", "cancelled"} or word.startswith("closed"):
        return "closed"
    return "open"


def _checkpoint(steps: list[Mapping[str, Any]], working: WorkingTime, minutes: Mapping[str, int]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    dues = []
    for name, measure in MEASURES.items():
        amount = minutes.get(name)
        found: list[Round] = []
        if amount:
            promise = Promise(measure, MINUTE * amount, working, from_the_beginning=True)
            found = rounds(_facts(steps, measure), promise)
        due = found[-1].due if found and found[-1].state is State.RUNNING else None
        worst = max((one.counted // MINUTE for one in found if one.state is State.MET), default=None)
        answer[f"{name}_due"] = _shown(due)
        answer[f"{name}_minutes"] = worst
        answer[f"{name}_left"] = None if worst is None or amount is None else amount - worst
        if due:
            dues.append(due)
    return {"next_due": _shown(min(dues, default=None)), **answer}


def _working(said: Any) -> WorkingTime:
    return working_time(read_hours(said))


def _minutes(said: Any) -> dict[str, int]:
    if not isinstance(said, Mapping):
        raise CalendarWrong('“sla_minutes” is an object such as {"first_response": 60, "solution": 480}.')
    found = {}
    for name, amount in said.items():
        if name not in MEASURES:
            raise CalendarWrong(f"“{name}” is not promised here. There are: {', '.join(MEASURES)}.")
        if amount is None:
            continue
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 < amount <= MOST_MINUTES:
            raise CalendarWrong(f"{name}: give minutes from 1 to {MOST_MINUTES} (ten years), not “{amount}”.")
        found[str(name)] = amount
    return found  # type: ignore[return-value]


def _moment(text: Any) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise CalendarWrong(f"“{text}” is not a moment. Write it like 2024-03-29T12:00:00Z.") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _shown(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
