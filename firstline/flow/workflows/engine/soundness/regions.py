"""What can still happen from a place of the net: which data is read and written there, and whether two tokens can
disturb each other. Tokens that cannot are moved one after the other, not in every order (persistent sets: Godefroid,
Partial-Order Methods for the Verification of Concurrent Systems, 1996)."""

from __future__ import annotations

from dataclasses import dataclass

from firstline.flow.workflows.engine import effects as wanted
from firstline.flow.workflows.engine.definition import (
    Action,
    CallOut,
    Connect,
    Definition,
    Form,
    Step,
    SubWorkflow,
    Task,
    outcome_field,
)  # fmt: skip
from firstline.flow.workflows.engine.net import Net, Node

from .guessing import Guessing, conditions

STOPS = "(stops)"  # read by everything: it calls everything off


@dataclass(frozen=True, slots=True)
class Touched:
    reads: frozenset[str]
    writes: frozenset[str]

    def disturbs(self, other: Touched) -> bool:
        return bool(
            STOPS in self.writes or STOPS in other.writes or self.writes & other.reads or self.reads & other.writes
        )


def written(step: Step, definition: Definition) -> frozenset[str]:
    """The fields that get a new value when the step is answered."""
    match step:
        case Form():
            return frozenset(step.fields or (datum.key for datum in definition.fields))
        case Task():
            kept = step.ticks_off.into if step.ticks_off is not None else None
            return frozenset(step.fields) | frozenset({kept} if kept else ())
        case Action():
            return frozenset(step.response) | frozenset({step.into} if step.into else ())
        case CallOut() | Connect() | SubWorkflow():
            return frozenset(step.response)
        case _:
            return frozenset()


def nudges(boundary: Node) -> bool:
    """It reminds or escalates, and moves nothing."""
    return boundary.effect is wanted.Remind or boundary.effect is wanted.Escalate


class Regions:
    def __init__(self, net: Net, definition: Definition, guessing: Guessing) -> None:
        self.net, self.definition, self.guessing = net, definition, guessing
        # A timer that does not give its step up makes tokens of its own: nobody knows who waits for whom.
        self.multiplies = any(
            node.kind == "boundary" and not node.interrupts and not nudges(node) for node in net.nodes.values()
        )
        self._alone: dict[str, Touched] = {}
        self._ahead: dict[tuple[str, str | None], frozenset[str]] = {}
        self._apart: dict[tuple[str, str], bool] = {}

    def read_from(self, node: str) -> frozenset[str]:
        """Everything a run that stands here may still ask for."""
        return self._of(self.ahead(node)).reads

    def is_in_circle(self, node: str) -> bool:
        return any(node in self.ahead(after.id) for after in _after(self.net.nodes[node]))

    def apart(self, one: str, other: str) -> bool:
        """Whether the next move of a token at `one` and all that may come before it at `other` can change places."""
        key = (one, other)
        if key not in self._apart:
            before, passed = self.ahead(other, but_for=one), self.passed(one, other)
            self._apart[key] = not (
                self._of(passed).disturbs(self._of(before)) or self._ends(passed, other) or self._ends(before, one)
            )
        return self._apart[key]

    def _ends(self, nodes: frozenset[str], beside: str) -> bool:
        """Whether an end is come to while a token beside it is still there: it matters who is first."""
        scopes = set()
        scope = self.net.nodes[beside].scope
        while scope is not None:
            scopes.add(scope.id)
            scope = scope.scope
        ends = (self.net.nodes[name] for name in nodes)
        return any(end.kind == "end" and end.scope is not None and end.scope.id in scopes for end in ends)

    def _waits(self, join: Node, one: str, other: str) -> bool:
        """Whether a token from one place waits at this join for the other: they come by different edges (13.4.3)."""
        if join.join not in ("all", "coming") or len(join.into) < 2 or self.multiplies:
            return False
        mine, others = self._edges(join, one), self._edges(join, other)
        return bool(mine and others) and not mine & others

    def _edges(self, join: Node, name: str) -> frozenset[str]:
        place: Node | None = self.net.nodes[name]
        while place is not None and place.scope is not join.scope:
            place = place.scope
        if place is None:
            return frozenset()
        return frozenset(edge.id for edge in join.into if place.id in self.net.reaching(join, edge))

    def is_held_together(self, node: str) -> bool:
        """Inside of a repetition that may be left before everything in it is done."""
        scope = self.net.nodes[node].scope
        while scope is not None and scope.kind == "scope":
            leaves = any(not nudges(boundary) for boundary in scope.boundaries)
            if leaves or (scope.loop is not None and scope.loop.enough is not None):
                return True
            scope = scope.scope
        return False

    def ahead(self, node: str, but_for: str | None = None) -> frozenset[str]:
        """The nodes reached from here; `but_for`: not beyond joins that wait for a token there."""
        key = (node, but_for)
        if key not in self._ahead:
            seen: set[str] = set()
            todo = [self.net.nodes[node]]
            while todo:
                at = todo.pop()
                if at.id in seen or (but_for is not None and self._waits(at, node, but_for)):
                    continue
                seen.add(at.id)
                todo += _after(at)
            self._ahead[key] = frozenset(seen)
        return self._ahead[key]

    def passed(self, node: str, beside: str) -> frozenset[str]:
        """One move of a token that rests here, until it rests again: at the latest where it waits for the other."""
        seen = {node}
        todo = _after(self.net.nodes[node])
        while todo:
            at = todo.pop()
            if at.id in seen or self._waits(at, node, beside):
                continue
            seen.add(at.id)
            if at.kind in ("pass", "end", "boundary", "scope") or not at.rests:
                todo += _after(at)
        return frozenset(seen)

    def _of(self, nodes: frozenset[str]) -> Touched:
        alone = [self.touched(node) for node in nodes]
        return Touched(
            frozenset[str]().union(*(touched.reads for touched in alone)),
            frozenset[str]().union(*(touched.writes for touched in alone)),
        )

    def touched(self, name: str) -> Touched:
        if name not in self._alone:
            node = self.net.nodes[name]
            step = node.work
            reads: set[str] = set()
            writes: set[str] = set()
            if isinstance(step, Step):
                for text in conditions(step):
                    reads |= self.guessing.reads.get(text, frozenset())
                if node.loop is not None:
                    reads.add(node.loop.over.split(".")[0])
                writes |= written(step, self.definition)
                if step.outcomes:
                    writes.add(outcome_field(step.id))
                if any(trigger.kind == "terminate" for trigger in node.triggers):
                    writes.add(STOPS)
                if any(trigger.kind == "condition" for trigger in node.triggers):
                    writes |= reads  # the world changes them until it holds
            self._alone[name] = Touched(frozenset(reads), frozenset(writes))
        return self._alone[name]


def _after(node: Node) -> list[Node]:
    found = [edge.target for edge in node.out]
    found += node.boundaries
    found += node.starts if node.kind == "scope" else []
    if node.kind == "end" and node.scope is not None and node.scope.kind == "scope":
        found.append(node.scope)  # its next entry, or the way on
    return found
