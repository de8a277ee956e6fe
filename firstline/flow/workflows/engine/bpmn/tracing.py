"""A BPMN file run from the command line: scripts are placeholders, time is made up, the trace is what they said.

The placeholders are those of the betsy conformance set: `SCRIPT_task1` puts `Task1` in the trace.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from firstline.flow.workflows.engine import effects as wanted
from firstline.flow.workflows.engine import inputs as given
from firstline.flow.workflows.engine.advancing import advance
from firstline.flow.workflows.engine.effects import Effect
from firstline.flow.workflows.engine.inputs import Input
from firstline.flow.workflows.engine.net import Node
from firstline.flow.workflows.engine.state import State, standing

from .markup import NotRun, Wrong
from .reading import Read, Script, read_net

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
MOST_EVENTS = 10_000
_TAKES = {"WAIT_TEN_SECONDS": 10, "CREATE_TIMESTAMP_LOG_1": 5, "CREATE_TIMESTAMP_LOG_2": 5}
_QUIET = {
    "",
    "CREATE_LOG_FILE",
    "CREATE_MARKER_FILE",
    "SET_STRING_DATA",
    "WAIT_TEN_SECONDS",
    "INCREMENT_INTEGER_VARIABLE",
}
_SPOKEN = re.compile(r"SCRIPT_([A-Za-z]\w*)")
_COUNTS = ("INCREMENT_INTEGER_VARIABLE", "INCREMENT_INTEGER_VARIABLE_AND_LOG")
# What a run may end with besides the names of its scripts.
BROKEN, STUCK, THROWN = "GenericError", "RuntimeException", "ErrorThrownErrorEvent"


def trace(text: str | bytes, given_input: str = "", variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`{status, trace, reason}`. `completed`: the run came to rest; where it still waits, the reason says for what.

    `refused`: something in it is not run, and the reason names it with its line. `error`: the file, or the run, is
    broken. Never raises.
    """
    try:
        read = read_net(text)
        seen = _variables(read, given_input, variables or {})
        return _Tracing(read, seen).play()
    except Wrong as wrong:
        return {"status": "error", "trace": [BROKEN], "reason": str(wrong)}
    except NotRun as refused:
        return {"status": "refused", "trace": [], "reason": str(refused)}


def _variables(read: Read, given_input: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = {"test": given_input, **_told(given_input), **variables}
    used = read.names | ({"integerVariable"} if any(script.text in _COUNTS for script in read.scripts) else set())
    loops = {name for name in used if name.startswith("numberOf")}
    for name in sorted(used - loops - set(seen)):
        raise NotRun(f"The variable “{name}” is used, but nobody gave it a value (--set {name}=…).")
    for script in read.scripts:
        spoken = _SPOKEN.fullmatch(script.text) or re.fullmatch(r"CREATE_TIMESTAMP_LOG_\d", script.text)
        if not spoken and script.text not in {*_QUIET, *_COUNTS, "LOG_DATA"}:
            raise NotRun(f"Line {script.line}: the script “{script.text[:60]}” is not run.")
        if script.text in ("LOG_DATA", "SET_STRING_DATA") and not read.has_data:
            raise NotRun(f"Line {script.line}: there is no data it could read or write.")
    return seen


def _told(given_input: str) -> dict[str, Any]:
    """An input that is a number, or a JSON object, gives variables a value too."""
    if re.fullmatch(r"-?\d{1,9}", given_input.strip()):
        return {"integerVariable": int(given_input)}
    if given_input.strip().startswith("{"):
        try:
            told = json.loads(given_input)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}
    return {}


@dataclass
class _Tracing:
    read: Read
    data: dict[str, Any]
    state: State | None = None
    now: datetime = BEGINNING
    said: list[str] = field(default_factory=list)
    agenda: list[tuple[datetime, int, str, str, str]] = field(default_factory=list)
    count: int = 0
    stuck: str = ""
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    left_mark: bool = False

    def play(self) -> dict[str, Any]:
        self._give(given.Start(self.data, beside=self.read.beginning))
        while self.agenda and not self.stuck and self.state is not None and self.state["status"] == "running":
            at, _number, what, instance, timer = heapq.heappop(self.agenda)
            self.now = max(self.now, at)
            if self.count > MOST_EVENTS:
                return self._ended("error", "It does not come to an end.")
            if what == "timer":
                if timer in self.state["at"].get(instance, {}).get("t", {}):
                    self._give(given.TimerFired(instance, timer))
            elif instance in self.state["at"]:
                self._perform(instance, begins=what == "begin")
        return self._result()

    def _give(self, what: Input) -> None:
        self.state, effects = advance(self.read.net, self.state, what, self.now)
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case wanted.Perform(instance=instance):
                self._plan(self.now, "begin", instance)
            case wanted.SetTimer(instance=instance, timer=timer, due=str(due)):
                self._plan(datetime.fromisoformat(due), "timer", instance, timer)
            case wanted.Halt(sentence=sentence) | wanted.Refuse(sentence=sentence):
                self.stuck = sentence
            case _:
                pass

    def _plan(self, at: datetime, what: str, instance: str, timer: str = "") -> None:
        self.count += 1
        heapq.heappush(self.agenda, (at, self.count, what, instance, timer))

    def _perform(self, instance: str, *, begins: bool) -> None:
        if self.state is None:
            return
        script: Script = self.read.net.nodes[self.state["at"][instance]["n"]].work
        takes = _TAKES.get(script.text, 0)
        if begins and takes:
            if script.text.startswith("CREATE_TIMESTAMP"):
                self.spans.append((self.now, self.now + timedelta(seconds=takes)))
            self._plan(self.now + timedelta(seconds=takes), "end", instance)
            return
        self._give(given.Answer(instance, data=self._done(script)))

    def _done(self, script: Script) -> dict[str, Any]:
        data = self.state["data"] if self.state else {}
        if spoken := _SPOKEN.fullmatch(script.text):
            self.said.append(spoken[1][0].upper() + spoken[1][1:])
        match script.text:
            case "CREATE_MARKER_FILE":
                self.left_mark |= _ends_plainly(self.read, script.process)
            case "INCREMENT_INTEGER_VARIABLE":
                return {"integerVariable": int(data["integerVariable"]) + 1}
            case "INCREMENT_INTEGER_VARIABLE_AND_LOG":
                self.said.append("Increment")
                return {"integerVariable": int(data["integerVariable"]) + 1}
            case "SET_STRING_DATA":
                return {"data": "String"}
            case "LOG_DATA" if data.get("data") == "String":
                self.said.append("DataCorrect")
            case _:
                pass
        return {}

    def _result(self) -> dict[str, Any]:
        state = self.state or {"status": "failed", "why": "", "at": {}}
        if len(self.spans) > 1 and max(begun for begun, _end in self.spans) < min(end for _begun, end in self.spans):
            self.said.append("ExecutionParallel")
        if self.left_mark:
            self.said.append("MarkerExists")
        if state["status"] == "halted":
            return self._ended("error", state["why"])
        if self.stuck:
            self.said.append(STUCK)
            return self._ended("error", self.stuck)
        if state["status"] == "failed":
            self.said.append(THROWN)
            return self._ended("error", state["why"])
        waits = [self.read.net.nodes[name] for name in standing(state).values()]
        resting = [node.name or node.id for node in waits if node.kind in ("catch", "choice")]
        joins = [name for kept in state["at"].values() for name in kept.get("j", ())]
        if resting or joins:
            names = ", ".join(f"“{name}”" for name in dict.fromkeys([*resting, *joins]))
            return self._ended("completed", f"Nothing more happens: the run waits at {names}.")
        return self._ended("completed", "")

    def _ended(self, status: str, reason: str) -> dict[str, Any]:
        return {"status": status, "trace": self.said, "reason": reason}


def _ends_plainly(read: Read, process: str) -> bool:
    """A mark is what a process that came to a plain end leaves behind for others."""

    def inside(node: Node) -> bool:
        scope: Node | None = node.scope
        while scope is not None and scope.kind != "process":
            scope = scope.scope
        return scope is not None and scope.id == process

    return not any(
        trigger.kind in ("error", "escalation")
        for node in read.net.nodes.values()
        if node.kind == "end" and inside(node)
        for trigger in node.triggers
    )
