"""A BPMN 2.0 file taken in as a definition: what people, clocks and other systems do. The rest is refused, by element
and line; nothing is taken in half."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from firstline.flow.workflows.engine.definition import Definition, Language, Problem, duration, understand

from .exporting import EXTENSION
from .markup import Element, NotRun, parsed

_PLAIN = ("userTask", "manualTask", "task")
_EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent")
_GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway")
_TAKEN = (
    *_PLAIN,
    *_EVENTS,
    *_GATEWAYS,
    "receiveTask",
    "sendTask",
    "serviceTask",
    "callActivity",
    "subProcess",
    "boundaryEvent",
)
# Says nothing about what is done when: kept by whoever drew it.
_SILENT = {
    "documentation", "extensionElements", "laneSet", "dataObject", "dataObjectReference", "dataStoreReference",
    "property", "ioSpecification", "association", "textAnnotation", "group", "sequenceFlow", "incoming", "outgoing",
    "multiInstanceLoopCharacteristics",
}  # fmt: skip

type Doc = dict[str, Any]


def imported(text: str | bytes, language: Language | None = None) -> tuple[Definition | None, list[Problem]]:
    """The definition, or None and why not. Never raises."""
    try:
        reading = _Importing(parsed(text))
        document = reading.document()
    except NotRun as refused:
        return None, [Problem(refused.element, "", str(refused).partition("): ")[2] or str(refused), refused.line)]
    except RecursionError:
        return None, [Problem("", "", "The file is nested too deeply.")]
    definition, problems = understand(document, language)
    found = [Problem(one.step, one.part, one.sentence, reading.lines.get(one.step)) for one in problems]
    return (None if problems else definition), found


class _Importing:
    def __init__(self, root: Element) -> None:
        if root.tag != "definitions":
            raise NotRun("This is not a BPMN 2.0 file: its root is not “definitions”.", root)
        self.root = root
        self.lines: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.codes = {error.id: error.get("errorCode") for error in root.all("error")}
        self.bounds = dict(_bounds(root))

    def document(self) -> Doc:
        processes = [one for one in self.root.all("process") if any(one.all(*_TAKEN))]
        if len(processes) != 1:
            count = len(processes) or "no"
            raise NotRun(f"There are {count} processes in it; a workflow is one.", (processes or [self.root])[-1])
        process = processes[0]
        about = _said(process, "workflow") or {
            "workflow": _as_id(process.id or "imported"),
            "name": process.name or process.id or "Imported",
        }
        about["name"] = str(about.get("name", ""))[:200]
        return {**about, "steps": self._scope(process)}

    # ---- one list of steps

    def _scope(self, scope: Element) -> list[Doc]:
        nodes = {}
        for element in scope.children:
            if element.tag in _TAKEN:
                if not element.id or element.id in self.names:
                    raise NotRun("It has no id of its own.", element)
                nodes[element.id] = element
                self.names[element.id] = self._name(element)
                self.lines[self.names[element.id]] = element.line
            elif element.tag not in _SILENT and not element.tag.startswith("{"):
                raise NotRun(f"“{element.tag}” cannot be taken in.", element)
        flows: dict[str, list[Element]] = {name: [] for name in nodes}
        into: dict[str, list[Element]] = {name: [] for name in nodes}
        for flow in scope.all("sequenceFlow"):
            if flow.get("sourceRef") not in nodes or flow.get("targetRef") not in nodes:
                raise NotRun("It leads from or to something that is not in the same (sub-)process.", flow)
            flows[flow.get("sourceRef")].append(flow)
            into[flow.get("targetRef")].append(flow)
        return list(_Scope(self, nodes, flows, into).steps())

    def _name(self, element: Element) -> str:
        """Ids of ours stay; others are made fit, and told apart."""
        base = name = element.id if re.fullmatch(r"[a-z][a-z0-9_-]{0,59}", element.id) else _as_id(element.id)
        number = 1
        while name in self.lines:
            number += 1
            name = f"{base[:55]}-{number}"
        return name


class _Scope:
    def __init__(
        self,
        all_: _Importing,
        nodes: dict[str, Element],
        flows: dict[str, list[Element]],
        into: dict[str, list[Element]],
    ) -> None:
        self.all, self.nodes, self.flows, self.into = all_, nodes, flows, into
        self.ignored = {name for name, node in nodes.items() if _said(node, "ignored") is not None}

    def steps(self) -> Iterator[Doc]:
        for name, element in self.nodes.items():
            if element.tag == "boundaryEvent":
                if element.get("attachedToRef") not in self.nodes:
                    raise NotRun("It sits on nothing.", element)
            elif name not in self.ignored and not self._is_clear(element):
                yield from self._step(element)

    def _is_clear(self, element: Element) -> bool:
        """Tokens only pass here: a merge, an answer's fork, an event that does nothing, a link."""
        if element.tag == "exclusiveGateway":
            if _said(element, "step") is not None:
                return False
            return len(self.flows[element.id]) < 2 or _said(element, "way") is not None
        if element.tag in ("intermediateThrowEvent", "intermediateCatchEvent"):
            kinds = [child.tag for child in element.children if child.tag.endswith("EventDefinition")]
            return kinds == ["linkEventDefinition"] or (element.tag == "intermediateThrowEvent" and not kinds)
        return False

    def _step(self, element: Element) -> Iterator[Doc]:
        name = self.all.names[element.id]
        step = _said(element, "step") or self._by_its_tag(element)
        step = (
            {"kind": step["kind"], "id": name, **step}
            if isinstance(step.get("kind"), str)
            else {"kind": "?", "id": name}
        )
        step["id"] = name
        if element.name:
            step["name"] = element.name[:200]
        if (position := self.all.bounds.get(element.id)) is not None:
            step["position"] = position
        if step["kind"] == "for_each":
            step["steps"] = self.all._scope(element)
        if element.one("standardLoopCharacteristics") is not None or (
            element.one("multiInstanceLoopCharacteristics") is not None and step["kind"] != "for_each"
        ):
            raise NotRun("A step that repeats cannot be taken in; draw the loop.", element)
        self._boundaries(element, step)
        after: list[Doc] = []
        if step["kind"] != "end":
            step["next"], after = self._next(element, name, step)
        yield step
        yield from after

    def _by_its_tag(self, element: Element) -> Doc:
        tag, into, out = element.tag, len(self.into[element.id]), len(self.flows[element.id])
        kinds = [child for child in element.children if child.tag.endswith("EventDefinition")]
        if tag == "subProcess":
            raise NotRun("A sub-process cannot be taken in; draw its steps in the process.", element)
        if len(kinds) > 1 or element.one("eventDefinitionRef") is not None:
            raise NotRun("Several events together cannot be taken in.", element)
        kind = kinds[0].tag if kinds else ""
        if tag in _PLAIN:
            return {"kind": "task"}
        if tag == "startEvent" and not kind:
            return {"kind": "start"}
        if tag == "endEvent" and kind in ("", "terminateEventDefinition"):
            return {"kind": "end", "stops": bool(kind)}
        if tag == "callActivity" and element.get("calledElement"):
            return {"kind": "sub_workflow", "workflow": _as_id(element.get("calledElement").rpartition(":")[2])}
        if tag == "receiveTask":
            return {"kind": "wait", "until": "message", "message": _as_key(element.get("messageRef") or element.id)}
        if tag == "intermediateCatchEvent":
            return self._wait(element, kinds)
        if tag in _GATEWAYS:
            if into > 1 and out > 1 and tag != "exclusiveGateway":
                raise NotRun("It joins and forks at once; draw two gateways.", element)
            if tag == "exclusiveGateway":
                return {"kind": "decision"}
            if out > 1:
                if tag == "complexGateway":
                    raise NotRun("A complex fork cannot be taken in.", element)
                return {"kind": "parallel"} if tag == "parallelGateway" else {"kind": "decision", "takes": "all"}
            if tag == "complexGateway":
                return {"kind": "join", "wait_for": self._number(element)}
            return {"kind": "join", "wait_for": "all" if tag == "parallelGateway" else "coming"}
        what = f"A {tag} with {kind}" if kind else f"A {tag}"
        raise NotRun(f"{what} cannot be taken in: it does not say what Firstline should do.", element)

    def _number(self, element: Element) -> int:
        found = re.fullmatch(r"activationCount\s*>=\s*(\d{1,2})", element.said("activationCondition"))
        if found is None or not int(found[1]):
            raise NotRun("It does not say how many branches it waits for.", element)
        return int(found[1])

    def _wait(self, element: Element, kinds: list[Element]) -> Doc:
        kind = kinds[0].tag if kinds else ""
        if kind == "timerEventDefinition" and duration(kinds[0].said("timeDuration")) is not None:
            return {"kind": "wait", "until": "time", "span": kinds[0].said("timeDuration")}
        if kind == "messageEventDefinition":
            return {"kind": "wait", "until": "message", "message": _as_key(kinds[0].get("messageRef") or element.id)}
        if kind == "conditionalEventDefinition" and kinds[0].said("condition"):
            return {"kind": "wait", "until": "condition", "when": kinds[0].said("condition")}
        raise NotRun("What it waits for cannot be taken in.", element)

    # ---- where it goes on

    def _next(self, element: Element, name: str, step: Doc) -> tuple[list[Doc], list[Doc]]:
        """The edges, and steps that have to be added to say the same."""
        source = element
        flows = self.flows[element.id]
        if len(flows) == 1 and _said(target := self.nodes[flows[0].get("targetRef")], "way") is not None:
            source, flows = target, self.flows[target.id]
        edges = [self._edge(flow, source, name) for flow in flows]
        if not edges:
            end = self._added(f"{name}-end")
            return [{"to": end}], [{"kind": "end", "id": end}]
        is_ours = source is not element or element.tag in _GATEWAYS
        if len(edges) > 1 and not is_ours:
            if any(set(edge) - {"to", "name"} for edge in edges):
                raise NotRun("Conditions on the edges of a step cannot be taken in; draw a gateway.", element)
            fork = self._added(f"{name}-fork")
            return [{"to": fork}], [{"kind": "parallel", "id": fork, "next": edges}]
        if step["kind"] == "parallel":
            edges = [{key: edge[key] for key in ("to", "name") if key in edge} for edge in edges]
        return edges, []

    def _added(self, name: str) -> str:
        base = name = name[:60]
        number = 1
        while name in self.all.lines:
            number += 1
            name = f"{base[:55]}-{number}"
        self.all.lines[name] = 0
        return name

    def _edge(self, flow: Element, source: Element, of: str) -> Doc:
        edge: Doc = {"to": self._target(flow)}
        if flow.get("name"):
            edge["name"] = flow.get("name")[:200]
        if source.get("default") == flow.id:
            return edge | {"otherwise": True}
        if (said := _said(flow, "edge")) is not None:
            return {**said, **edge}
        condition = flow.said("conditionExpression")
        if condition and (outcome := re.fullmatch(re.escape(of) + r"\.outcome:([a-z]\w*)", condition)):
            return edge | {"outcome": outcome[1]}
        return edge | {"when": condition} if condition else edge

    def _target(self, flow: Element, seen: tuple[str, ...] = ()) -> str:
        """Behind everything that tokens only pass."""
        target = self.nodes[flow.get("targetRef")]
        if not self._is_clear(target):
            if target.tag == "boundaryEvent":
                raise NotRun("Nothing can lead to an event on a border.", target)
            return self.all.names[target.id]
        if target.id in seen:
            raise NotRun("It leads round in a circle in which nothing happens.", target)
        out = self.flows[target.id] or self._other_end(target)
        if len(out) != 1:
            raise NotRun("It does not say how it goes on.", target)
        return self._target(out[0], (*seen, target.id))

    def _other_end(self, element: Element) -> list[Element]:
        link = element.one("linkEventDefinition")
        if link is None:
            return []
        return [
            flow
            for name, other in self.nodes.items()
            if other.tag == "intermediateCatchEvent"
            and (there := other.one("linkEventDefinition")) is not None
            and (link.name == there.name if link.name else link.said("target") == there.id)
            for flow in self.flows[name]
        ]

    def _boundaries(self, element: Element, step: Doc) -> None:
        timers: list[Doc] = []
        errors: dict[Any, Doc] = {}
        for name, boundary in self.nodes.items():
            if boundary.tag != "boundaryEvent" or boundary.get("attachedToRef") != element.id:
                continue
            kinds = [child for child in boundary.children if child.tag.endswith("EventDefinition")]
            flows = self.flows[name]
            if len(kinds) != 1 or len(flows) != 1:
                raise NotRun("It has not one event and one edge.", boundary)
            to = self._target(flows[0]) if flows[0].get("targetRef") not in self.ignored else None
            if kinds[0].tag == "timerEventDefinition":
                timers.append(self._timer(boundary, kinds[0], to))
            elif kinds[0].tag == "errorEventDefinition":
                code = self.all.codes.get(kinds[0].get("errorRef"), "")
                way = (_said(boundary, "error") or {}).get("way", name)
                found = errors.setdefault(way, {"to": to, "codes": []})
                found["codes"] += [_as_key(code)] if code else []
            else:
                raise NotRun(f"A {kinds[0].tag} on a border cannot be taken in.", boundary)
        if timers:
            step["timers"] = timers
        if errors:
            step["on_error"] = list(errors.values())

    def _timer(self, boundary: Element, definition: Element, to: str | None) -> Doc:
        timer = _said(boundary, "timer")
        if timer is None:
            timer = {
                "id": _as_id(boundary.id),
                "after": definition.said("timeDuration"),
                "then": "go",
                "interrupts": boundary.is_set("cancelActivity", True),
            }
            if duration(timer["after"]) is None:
                raise NotRun("The time of its timer cannot be taken in.", boundary)
        return timer | ({"to": to} if to is not None else {})


def _said(element: Element, name: str) -> Doc | None:
    """What we wrote into an extension element of ours; None for what is not there, or nobody of us wrote."""
    around = element.one("extensionElements")
    inside = next(around.all(f"{{{EXTENSION}}}{name}"), None) if around is not None else None
    if inside is None:
        return None
    try:
        said = json.loads(inside.text)
    except ValueError:
        raise NotRun("What Firstline noted here has been damaged.", element) from None
    if not isinstance(said, dict):
        raise NotRun("What Firstline noted here has been damaged.", element)
    return said


def _bounds(root: Element) -> Iterator[tuple[str, Doc]]:
    for element in root.walk():
        if element.tag.endswith("}BPMNShape"):
            for child in element.children:
                if child.tag.endswith("}Bounds"):
                    try:
                        place = {"x": float(child.get("x")), "y": float(child.get("y"))}
                    except ValueError:
                        continue
                    if all(abs(part) < 1e7 for part in place.values()):
                        yield element.get("bpmnElement").rpartition(":")[2], place


def _as_id(text: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return (name if name[:1].isalpha() else f"s-{name}")[:60].rstrip("-") or "step"


def _as_key(text: str) -> str:
    return _as_id(text.rpartition(":")[2]).replace("-", "_")
