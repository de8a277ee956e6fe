"""A definition as BPMN 2.0: every other tool can draw it, and `importing` reads it back to an equal definition.

What BPMN has no word for (who is asked, checklists, stages) stands in extension elements; where it goes on, how long
it waits and what may go wrong are BPMN's own elements. Two places where the notations differ get a gateway more: an
answer leads on by one edge only (BPMN's tasks would take every one that holds), and branches do not meet in a fork.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from firstline.flow.workflows.engine.definition import (
    Decision,
    Definition,
    Edge,
    End,
    ForEach,
    Join,
    Parallel,
    Start,
    Step,
    SubWorkflow,
    Timer,
    Wait,
    all_steps,
    duration,
    leaving,
    outcome_field,
)  # fmt: skip

from .markup import MODEL

EXTENSION = "https://firstline.example/bpmn/1"
# What the drawing itself says; everything else of a step stands in its extension.
DRAWN = {"next", "timers", "on_error", "steps", "position", "id", "name"}
_TAGS = {
    "start": "startEvent", "form": "userTask", "task": "userTask", "approval": "userTask", "action": "serviceTask",
    "call_out": "serviceTask", "connect": "serviceTask", "notify": "sendTask", "sub_workflow": "callActivity",
    "wait": "intermediateCatchEvent", "for_each": "subProcess", "parallel": "parallelGateway", "end": "endEvent",
}  # fmt: skip
_SIZES = {"Event": (36, 36), "Gateway": (50, 50)}
_UNWRITEABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def exported(definition: Definition) -> str:
    """As a BPMN 2.0 file; with its layout when every step has a position."""
    return _Exporting(definition).text()


class _Exporting:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.entered = Counter(edge.to for step in all_steps(definition.steps) for edge in leaving(step))
        self.drawn: list[tuple[str, str, float, float]] = []  # id, tag, x, y
        self.edges: list[tuple[str, str, str]] = []
        self.codes: set[str] = set()

    def text(self) -> str:
        about = self.definition.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"steps"})
        process = [
            f'<bpmn:process id="{self.definition.workflow}" name={_quoted(self.definition.name)} isExecutable="true">',
            _extension("workflow", about),
            *self._steps(self.definition.steps),
            "</bpmn:process>",
        ]
        errors = [f'<bpmn:error id="error-{code}" errorCode="{code}"/>' for code in sorted(self.codes)]
        head = (
            f'<bpmn:definitions xmlns:bpmn="{MODEL}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
            '  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"\n'
            f'  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:firstline="{EXTENSION}"\n'
            f'  id="{self.definition.workflow}-file" targetNamespace="{EXTENSION}" exporter="Firstline">'
        )
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            head,
            *errors,
            *process,
            *self._diagram(),
            "</bpmn:definitions>",
        ]
        return "\n".join(lines) + "\n"

    def _steps(self, steps: Sequence[Step]) -> Iterator[str]:
        for step in steps:
            yield from self._step(step)

    def _step(self, step: Step) -> Iterator[str]:
        tag = self._tag(step)
        entry = self._merge(step)
        yield from entry
        default = ""
        forks = len(step.next) > 1 and not isinstance(step, Parallel | Decision)
        otherwise = next((number for number, edge in enumerate(step.next) if edge.otherwise), None)
        if otherwise is not None and isinstance(step, Decision):
            default = f' default="{step.id}-{otherwise}"'
        called = f' calledElement="{step.workflow}"' if isinstance(step, SubWorkflow) else ""
        self._place(step, step.id, tag)
        yield f'<bpmn:{tag} id="{step.id}" name={_quoted(step.name)}{default}{called}>'
        said = step.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=DRAWN) | {"kind": step.kind}
        yield _extension("step", said)
        yield from self._inside(step)
        yield f"</bpmn:{tag}>"
        source = step.id
        if forks:
            source = f"{step.id}.way"
            default = f' default="{step.id}-{otherwise}"' if otherwise is not None else ""
            self._place(step, source, "exclusiveGateway", 140)
            yield f'<bpmn:exclusiveGateway id="{source}"{default}>{_extension("way", {"of": step.id})}'
            yield "</bpmn:exclusiveGateway>"
            yield self._flow(f"{step.id}-way", step.id, source)
        for number, edge in enumerate(step.next):
            yield self._flow(f"{step.id}-{number}", source, self._entry(edge.to), edge, step)
        yield from self._boundaries(step)

    def _tag(self, step: Step) -> str:
        match step:
            case Decision():
                return "exclusiveGateway" if step.takes == "first" else "inclusiveGateway"
            case Join():
                return {"all": "parallelGateway", "coming": "inclusiveGateway"}.get(
                    str(step.wait_for), "complexGateway"
                )
            case _:
                return _TAGS[step.kind]

    def _needs_merge(self, step: Step) -> bool:
        is_fork = isinstance(step, Parallel) or (isinstance(step, Decision) and step.takes == "all")
        return is_fork and self.entered[step.id] > 1

    def _merge(self, step: Step) -> list[str]:
        if not self._needs_merge(step):
            return []
        self._place(step, f"{step.id}.merge", "exclusiveGateway", -80)
        return [
            f'<bpmn:exclusiveGateway id="{step.id}.merge"/>',
            self._flow(f"{step.id}-merge", f"{step.id}.merge", step.id),
        ]

    def _entry(self, to: str) -> str:
        target = next(step for step in all_steps(self.definition.steps) if step.id == to)
        return f"{to}.merge" if self._needs_merge(target) else to

    def _flow(self, name: str, source: str, target: str, edge: Edge | None = None, of: Step | None = None) -> str:
        self.edges.append((name, source, target))
        said = ""
        if edge is not None and of is not None and (edge.when or edge.outcome):
            outcome = f"{outcome_field(of.id)}:{edge.outcome}" if edge.outcome else ""
            text = " ".join(filter(None, [outcome, f"({edge.when})" if edge.when and outcome else edge.when]))
            said = (
                f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" language="{EXTENSION}">{_escaped(text)}'
            )
            said += "</bpmn:conditionExpression>"
            said = _extension("edge", edge.model_dump(exclude_defaults=True, exclude={"to", "name"})) + said
        title = f" name={_quoted(edge.name)}" if edge is not None and edge.name else ""
        ends = f'sourceRef="{source}" targetRef="{target}"'
        return f'<bpmn:sequenceFlow id="{name}" {ends}{title}>{said}</bpmn:sequenceFlow>'

    def _inside(self, step: Step) -> Iterator[str]:
        match step:
            case ForEach():
                yield f'<bpmn:multiInstanceLoopCharacteristics isSequential="{_yes(step.order == "one_by_one")}">'
                yield f"<bpmn:loopCardinality>{_escaped(step.over)}</bpmn:loopCardinality>"
                if step.enough:
                    done = f"numberOfCompletedInstances &gt;= {step.enough}"
                    yield f"<bpmn:completionCondition>{done}</bpmn:completionCondition>"
                yield "</bpmn:multiInstanceLoopCharacteristics>"
                yield from self._steps(step.steps)
            case Wait(until="time", span=str(span)):
                yield _timer(span)
            case Wait(until="date"):
                yield _timed("timeDate", step.date or "")
            case Wait(until="condition"):
                asked = f"<bpmn:condition>{_escaped(step.when or '')}</bpmn:condition>"
                yield f"<bpmn:conditionalEventDefinition>{asked}</bpmn:conditionalEventDefinition>"
            case Wait():
                yield "<bpmn:messageEventDefinition/>"
            case Join() if step.wait_for not in ("all", "coming"):
                number = 1 if step.wait_for == "first" else step.wait_for
                yield f"<bpmn:activationCondition>activationCount &gt;= {number}</bpmn:activationCondition>"
            case Start():
                pass
            case End(stops=True):
                yield "<bpmn:terminateEventDefinition/>"
            case _:
                pass

    def _boundaries(self, step: Step) -> Iterator[str]:
        for number, timer in enumerate(step.timers):
            name = f"{step.id}.{timer.id}"
            interrupts = timer.then == "go" and timer.interrupts
            self._place(step, name, "boundaryEvent", 20 + 40 * number, 62)
            yield f'<bpmn:boundaryEvent id="{name}" attachedToRef="{step.id}" cancelActivity="{_yes(interrupts)}">'
            yield _extension("timer", timer.model_dump(mode="json", exclude_defaults=True, exclude={"to"}))
            yield _timer(timer.after, timer)
            yield "</bpmn:boundaryEvent>"
            if timer.to is not None:
                yield self._flow(f"{name}-0", name, self._entry(timer.to))
            else:
                self._place(step, f"{name}.end", "endEvent", 20 + 40 * number, 130)
                yield f'<bpmn:endEvent id="{name}.end" name="{timer.then}">{_extension("ignored", {})}</bpmn:endEvent>'
                yield self._flow(f"{name}-0", name, f"{name}.end")
        for number, way in enumerate(step.on_error):
            for place, code in enumerate(way.codes or ("",)):
                self.codes |= {code} - {""}
                ref = f' errorRef="error-{code}"' if code else ""
                name = f"{step.id}.error{number}" + (f".{place}" if place else "")
                self._place(step, name, "boundaryEvent", 60 + 40 * number, -18)
                yield f'<bpmn:boundaryEvent id="{name}" attachedToRef="{step.id}">'
                yield _extension("error", {"way": number})
                yield f"<bpmn:errorEventDefinition{ref}/></bpmn:boundaryEvent>"
                yield self._flow(f"{name}-0", name, self._entry(way.to))

    # ---- the layout

    def _place(self, step: Step, name: str, tag: str, right: float = 0, down: float = 0) -> None:
        if step.position is not None:
            self.drawn.append((name, tag, step.position.x + right, step.position.y + down))

    def _diagram(self) -> Iterator[str]:
        if any(step.position is None for step in all_steps(self.definition.steps)):
            return
        centres = {}
        yield f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{self.definition.workflow}">'
        for name, tag, x, y in self.drawn:
            width, height = next((size for part, size in _SIZES.items() if tag.endswith(part)), (100, 80))
            centres[name] = (x + width / 2, y + height / 2)
            yield f'<bpmndi:BPMNShape id="shape-{name}" bpmnElement="{name}">'
            yield f'<dc:Bounds x="{x:g}" y="{y:g}" width="{width}" height="{height}"/></bpmndi:BPMNShape>'
        for name, source, target in self.edges:
            yield f'<bpmndi:BPMNEdge id="edge-{name}" bpmnElement="{name}">'
            for x, y in (centres[source], centres[target]):
                yield f'<di:waypoint x="{x:g}" y="{y:g}"/>'
            yield "</bpmndi:BPMNEdge>"
        yield "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"


def _timer(said: str, timer: Timer | None = None) -> str:
    """Elapsed time as ISO 8601; working time in our own words, because BPMN has none for it."""
    length = duration(said)
    span = said if length is None or length.working else f"PT{length.seconds:g}S"
    if timer is not None and timer.repeat > 1 and span.startswith("P"):
        return _timed("timeCycle", f"R{timer.repeat}/{span}")
    return _timed("timeDuration", span)


def _timed(how: str, said: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{how}>{_escaped(said)}</bpmn:{how}></bpmn:timerEventDefinition>"


def _extension(name: str, said: dict[str, object]) -> str:
    text = _escaped(json.dumps(said, ensure_ascii=True))
    return f"<bpmn:extensionElements><firstline:{name}>{text}</firstline:{name}></bpmn:extensionElements>"


def _escaped(text: str) -> str:
    return html.escape(_UNWRITEABLE.sub("\ufffd", text), quote=False)


def _quoted(text: str) -> str:
    return '"' + html.escape(_UNWRITEABLE.sub("\ufffd", text)).replace("\n", "&#10;").replace("\t", "&#9;") + '"'


def _yes(value: bool) -> str:
    return "true" if value else "false"
