"""A definition made into a net. The steps of the house are drawn with the same few nodes that BPMN is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from . import effects as wanted
from .definition import (
    OF_EVERY_RUN,
    Action,
    Approval,
    CallOut,
    Connect,
    Datum,
    Decision,
    Definition,
    End,
    ForEach,
    Form,
    Join,
    Language,
    Notify,
    Parallel,
    Predicate,
    Start,
    Step,
    SubWorkflow,
    Task,
    Wait,
    duration,
    fields_of,
    problems_of,
)  # fmt: skip
from .definition.problems import Malformed
from .net import Edge, Loop, Net, Node, Trigger, When

ROOT = "(run)"

_EFFECTS: Mapping[type[Step], type[wanted.Opened]] = {
    Form: wanted.AskForm,
    Task: wanted.OpenTask,
    Approval: wanted.AskApproval,
    Action: wanted.RunAction,
    CallOut: wanted.CallOut,
    Connect: wanted.Connect,
    Notify: wanted.Notify,
    SubWorkflow: wanted.StartRun,
    Wait: wanted.Await,
    ForEach: wanted.Repeat,
}


def compiled(definition: Definition, language: Language | None = None, version: int = 0) -> Net:
    """Worth keeping: one net serves all runs of a version. Raises Malformed for what could not be published.

    Without a language, definitions with conditions are refused.
    """
    if problems := problems_of(definition, language):
        raise Malformed(problems)
    return _Compiling(definition, language).net(version)


class _Compiling:
    def __init__(self, definition: Definition, language: Language | None) -> None:
        self.definition, self.language = definition, language
        self.nodes: dict[str, Node] = {}
        self.fields: dict[tuple[str, ...], tuple[Datum, ...]] = {}  # by the repetitions around

    def net(self, version: int) -> Net:
        root = self._add(Node(ROOT, "process", self.definition.name))
        self._fill(root, self.definition.steps, ())
        net = Net(self.definition.workflow, version, self.nodes, [root], self.definition)
        net.declared = frozenset(datum.key for datum in self.definition.fields)
        net.given = frozenset(datum.key for datum in OF_EVERY_RUN)
        net.required = tuple(datum.key for datum in self.definition.fields if datum.required)
        return net

    def _add(self, node: Node) -> Node:
        self.nodes[node.id] = node
        return node

    def _fill(self, scope: Node, steps: Sequence[Step], inside: tuple[ForEach, ...]) -> None:
        for step in steps:
            node = self._add(self._node(step))
            node.scope = scope
            if isinstance(step, ForEach):
                self._fill(node, step.steps, (*inside, step))
        for step in steps:
            self._connect(step, inside)
        entered = {edge.target.id for step in steps for edge in self._ways(step)}
        starts = [step for step in steps if isinstance(step, Start)]
        first = [step for step in steps if step.id not in entered][:1]
        scope.starts = [self.nodes[step.id] for step in starts or first]

    def _ways(self, step: Step) -> list[Edge]:
        node = self.nodes[step.id]
        return [*node.out, *(edge for boundary in node.boundaries for edge in boundary.out)]

    def _node(self, step: Step) -> Node:
        node = Node(step.id, "activity", step.name, work=step, outcomes=step.outcomes, split="first")
        node.effect = _EFFECTS.get(type(step))
        match step:
            case Start():
                node.kind = "pass"
            case Decision():
                node.kind, node.split = "pass", "first" if step.takes == "first" else "every"
            case Parallel():
                node.kind, node.split = "pass", "every"
            case Join():
                node.kind = "pass"
                node.join = 1 if step.wait_for == "first" else step.wait_for
            case End():
                node.kind, node.outcome = "end", step.outcome
                node.triggers = (Trigger("terminate"),) if step.stops else ()
            case ForEach():
                node.kind = "scope"
                node.loop = Loop(
                    over=step.over,
                    item=step.item,
                    one_by_one=step.order == "one_by_one",
                    enough=_enough(step.enough) if step.enough else None,
                )
            case Wait():
                node.kind = "catch"
                node.triggers = (self._trigger(step),)
            case Notify():
                node.rests = False
            case SubWorkflow():
                node.rests = step.waits
            case _:
                pass
        return node

    def _trigger(self, step: Wait) -> Trigger:
        match step.until:
            case "time":
                return Trigger("timer", when=When(span=duration(step.span or "")))
            case "date":
                return Trigger("timer", when=When(field=step.date or ""))
            case "condition":
                return Trigger("condition")  # its predicate comes with the edges, when all fields are known
            case "reply":
                return Trigger("reply", step.whom)
            case "message":
                return Trigger("message", step.message or "")

    def _connect(self, step: Step, inside: tuple[ForEach, ...]) -> None:
        node = self.nodes[step.id]
        if isinstance(step, Wait) and step.until == "condition":
            node.triggers = (Trigger("condition", holds=self._predicate(step.when, inside)),)
        for number, edge in enumerate(step.next):
            _edge(
                f"{step.id}-{number}",
                node,
                self.nodes[edge.to],
                holds=self._predicate(edge.when, inside),
                outcome=edge.outcome,
                otherwise=edge.otherwise,
            )
        for timer in step.timers:
            boundary = self._boundary(step, timer.id, timer.then == "go" and timer.interrupts)
            boundary.triggers = (Trigger("timer", when=When(span=duration(timer.after), times=timer.repeat)),)
            boundary.work = timer.whom
            if timer.then == "go" and timer.to is not None:
                _edge(f"{boundary.id}-0", boundary, self.nodes[timer.to])
            else:
                boundary.effect = wanted.Remind if timer.then == "remind" else wanted.Escalate
        for number, way in enumerate(step.on_error):
            boundary = self._boundary(step, f"error{number}", True)
            boundary.triggers = tuple(Trigger("error", code) for code in way.codes or ("",))
            _edge(f"{boundary.id}-0", boundary, self.nodes[way.to])

    def _boundary(self, step: Step, name: str, interrupts: bool) -> Node:
        node = self.nodes[step.id]
        boundary = self._add(Node(f"{step.id}.{name}", "boundary", host=node, scope=node.scope, interrupts=interrupts))
        node.boundaries.append(boundary)
        return boundary

    def _predicate(self, text: str | None, inside: tuple[ForEach, ...]) -> Predicate | None:
        if text is None:
            return None
        if self.language is None:
            raise ValueError(f"Nobody is here who understands the condition “{text}”.")
        around = tuple(loop.id for loop in inside)
        if around not in self.fields:
            self.fields[around] = fields_of(self.definition, inside)
        return self.language.predicate(text, self.fields[around])


def _edge(name: str, source: Node, target: Node, **more: Any) -> None:
    edge = Edge(name, source, target, **more)
    source.out.append(edge)
    target.into.append(edge)


def _enough(count: int) -> Callable[[Mapping[str, Any], datetime], bool]:
    return lambda seen, _now: bool(seen["numberOfCompletedInstances"] >= count)
