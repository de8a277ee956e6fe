"""The net a run moves through: nodes and edges with everything looked up. Compiled once per version, never changed.

Rich enough for BPMN 2.0; the house's steps are a friendly way of drawing the same nets (`compiling.py`). A node knows
its enclosing `scope`: a process, a sub-process, the inside of a for-each. Names in brackets are the section of
OMG BPMN 2.0.2 (formal/13-12-09) a rule comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .definition.durations import Duration
from .definition.language import Predicate

type Number = Callable[[Mapping[str, Any], datetime], int]
type Kind = Literal[
    "process",  # the root of a run; also what is called
    "pass",  # gateways and events that hold nothing up: tokens meet here and part again
    "activity",  # rests until somebody or something answers
    "scope",  # holds nodes of its own; also a call of another process
    "catch",  # rests until one of its triggers happens (all of them, when `all_triggers`)
    "choice",  # rests until one of the triggers of its targets happens: the event-based gateway
    "throw",
    "end",
    "boundary",  # sits on a `host`, and leads on when its trigger happens
]
type TriggerKind = Literal[
    "message", "reply", "signal", "timer", "condition", "error", "escalation", "compensation", "cancel", "terminate"
]


@dataclass(frozen=True, slots=True)
class When:
    """A timer: a span after the beginning (elapsed or working), or a date: fixed, or in a field of the data."""

    span: Duration | None = None
    date: str = ""
    field: str = ""
    times: int = 1  # how often it fires; 0: without end


@dataclass(frozen=True, slots=True)
class Trigger:
    """`name`: of the message or signal, the code of the error or escalation (empty: every one)."""

    kind: TriggerKind
    name: str = ""
    when: When | None = None  # of a timer
    holds: Predicate | None = None  # of a condition
    activity: str = ""  # of a compensation: only what this one did


@dataclass(frozen=True, slots=True)
class Loop:
    """Again and again while `holds`, or once per instance when there is a `count` or a list to go `over`."""

    holds: Predicate | None = None
    before: bool = False  # asked before the first time too
    most: int | None = None
    count: Number | None = None
    over: str = ""  # the field with the list
    item: str = ""  # the name of the entry for what is inside
    one_by_one: bool = False
    enough: Predicate | None = None  # asked after each instance; the others are called off
    behavior: Literal["all", "one", "none", "complex"] = "all"
    tells: tuple[Trigger, ...] = ()  # thrown when the first (one), or each (none) instance is done
    complex: tuple[tuple[Predicate, tuple[Trigger, ...]], ...] = ()


@dataclass(slots=True, eq=False)
class Edge:
    id: str
    source: Node
    target: Node
    holds: Predicate | None = None
    outcome: str | None = None
    otherwise: bool = False


@dataclass(slots=True, eq=False)
class Node:
    id: str
    kind: Kind
    name: str = ""
    scope: Node | None = None
    out: list[Edge] = field(default_factory=list)
    into: list[Edge] = field(default_factory=list)
    #: How tokens meet: each on its own, one per edge, as many as can still come, or a number of them.
    join: Literal["each", "all", "coming"] | int = "each"
    #: How they part: to every edge that holds, or to the first.
    split: Literal["every", "first"] = "every"
    triggers: tuple[Trigger, ...] = ()
    all_triggers: bool = False
    takes_all: bool = False  # of a choice: every target's event is waited for
    host: Node | None = None
    interrupts: bool = True
    boundaries: list[Node] = field(default_factory=list)
    loop: Loop | None = None
    needs: int = 1  # tokens that start it [10.3.2, startQuantity]
    gives: int = 1  # tokens it gives to each edge [completionQuantity]
    outcomes: tuple[str, ...] = ()
    outcome: str = ""  # of an end
    work: Any = None  # what to do: a step of a definition, or what another reader put here
    effect: Any = None  # makes the effect of opening it
    rests: bool = True  # of an activity: False goes on at once, its effect is not waited for
    # Of scopes and processes:
    starts: list[Node] = field(default_factory=list)
    handlers: list[Node] = field(default_factory=list)  # event sub-processes
    is_handler: bool = False
    body: Node | None = None  # what a call runs; otherwise the scope itself
    is_transaction: bool = False
    ad_hoc: Literal["", "together", "one_by_one"] = ""
    finished_when: Predicate | None = None  # of ad hoc scopes
    calls_off_rest: bool = True
    compensated_by: Node | None = None
    for_compensation: bool = False
    #: Looked up once by `Net`: conditions and timers on it; the only way on; whether tokens wait here for others.
    watches: bool = False
    timed: bool = False
    straight: Edge | None = None
    gathers: bool = False

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id}>"


class Net:
    """A compiled definition. `key` and `version` go into the state, so that no run moves through the wrong one."""

    def __init__(
        self, key: str, version: int, nodes: Mapping[str, Node], processes: list[Node], source: Any = None
    ) -> None:
        self.key, self.version, self.nodes, self.processes, self.source = key, version, nodes, processes, source
        self.required: tuple[str, ...] = ()  # fields without which no run begins
        self.declared: frozenset[str] | None = None  # the fields data may come in; None: any
        self.given: frozenset[str] = frozenset()  # those of every run, which only its start says
        self.has_conditions = False
        self.has_meeting = False  # joins that have to look who can still come
        self.has_locals = False
        self._reach: dict[tuple[str, str], frozenset[str]] = {}
        for node in nodes.values():
            around = [*node.boundaries, *(start for handler in node.handlers for start in handler.starts)]
            watched = [*node.triggers, *(trigger for other in around for trigger in other.triggers)]
            if node.kind == "choice":
                watched += [trigger for edge in node.out for trigger in edge.target.triggers]
            node.watches = any(trigger.kind == "condition" for trigger in watched)
            node.timed = any(trigger.kind == "timer" for trigger in watched)
            if len(node.out) == 1 and node.gives == 1 and node.out[0].holds is None and node.out[0].outcome is None:
                node.straight = node.out[0]
            node.gathers = (node.join != "each" and len(node.into) > 1) or node.needs > 1
            self.has_conditions |= node.watches
            self.has_meeting |= node.join == "coming" or isinstance(node.join, int)
            self.has_locals |= node.loop is not None and bool(node.loop.item)

    def reaching(self, gate: Node, edge: Edge) -> frozenset[str]:
        """The nodes from which a token can come to this edge of the gate without passing the gate."""
        known = self._reach.get((gate.id, edge.id))
        if known is None:
            seen, todo = set[str](), [edge.source]
            while todo:
                node = todo.pop()
                if node is gate or node.id in seen:
                    continue
                seen.add(node.id)
                todo += [before.source for before in node.into]
                if node.host is not None:
                    todo.append(node.host)
            known = self._reach[gate.id, edge.id] = frozenset(seen)
        return known
