"""A BPMN 2.0 file as a net. What is not run is refused by name and line; nothing is run half."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from firstline.flow.workflows.engine import effects as wanted
from firstline.flow.workflows.engine.definition.durations import duration
from firstline.flow.workflows.engine.net import Edge, Loop, Net, Node, Trigger, When

from .expressions import Expression, NotUnderstood
from .markup import Element, NotRun, Wrong, parsed

TASKS = ("task", "manualTask", "scriptTask")
_ACTIVITIES = (*TASKS, "receiveTask", "sendTask", "callActivity", "subProcess", "transaction", "adHocSubProcess")
_EVENTS = ("startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent")
_GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway")
_NODES = (*_ACTIVITIES, *_EVENTS, *_GATEWAYS)
# Says who, where, with which data, or how it looks; nothing about where a token goes.
_SILENT = {
    "documentation", "extensionElements", "incoming", "outgoing", "laneSet", "dataObject", "dataObjectReference",
    "dataStoreReference", "property", "ioSpecification", "association", "textAnnotation", "group", "auditing",
    "monitoring", "performer", "potentialOwner", "humanPerformer", "resourceRole", "dataInputAssociation",
    "dataOutputAssociation", "supportedInterfaceRef", "supports", "categoryValueRef", "dataOutput", "dataInput",
    "inputSet", "outputSet",
}  # fmt: skip
_AROUND = {
    "documentation", "extensionElements", "collaboration", "message", "signal", "error", "escalation",
    "itemDefinition", "interface", "dataStore", "resource", "category", "relationship", "import", "extension",
    "globalTask", "globalScriptTask", "globalManualTask", "globalUserTask", "globalBusinessRuleTask", "process",
    "partnerRole", "partnerEntity", "endPoint",
}  # fmt: skip
_DEFINITIONS = {
    "messageEventDefinition": "message", "signalEventDefinition": "signal", "timerEventDefinition": "timer",
    "conditionalEventDefinition": "condition", "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation", "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "cancel", "terminateEventDefinition": "terminate", "linkEventDefinition": "link",
}  # fmt: skip
# Where each kind of event may stand [table 10.93]; an error, a cancel and a compensation always interrupt.
_MAY = {
    "startEvent": {"message", "signal", "timer", "condition"},
    "handler": {"message", "signal", "timer", "condition", "error", "escalation", "compensation"},
    "intermediateCatchEvent": {"message", "signal", "timer", "condition", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "compensation", "link"},
    "boundaryEvent": {"message", "signal", "timer", "condition", "error", "escalation", "cancel", "compensation"},
    "endEvent": {"message", "signal", "error", "escalation", "compensation", "cancel", "terminate"},
}

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Script:
    """What a script task, or a task nobody has to do, asks of whoever runs the net."""

    text: str
    process: str
    line: int


@dataclass(slots=True)
class Read:
    """`beginning`: the processes that begin by themselves. `names`: variables that scripts or conditions read."""

    net: Net
    beginning: tuple[str, ...]
    names: set[str]
    scripts: list[Script]
    has_data: bool


def read_net(text: str | bytes) -> Read:
    """Raises NotRun for what we do not run, and Wrong for what no engine may run."""
    root = parsed(text)
    if root.tag != "definitions":
        raise NotRun("This is not a BPMN 2.0 file: its root is not “definitions”.", root)
    return _Reading(root).read()


class _Reading:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.by_id: dict[str, Element] = {}
        for element in root.walk():
            if element.id and not element.tag.startswith("{"):
                if element.id in self.by_id:
                    raise NotRun("Another element has the same id.", element)
                self.by_id[element.id] = element
        self.nodes: dict[str, Node] = {}
        self.elements: dict[str, Element] = {}
        self.names: set[str] = set()
        self.scripts: list[Script] = []
        self.called: set[str] = set()
        self.flows = [
            (flow.get("sourceRef"), flow.get("targetRef"))
            for pool in root.all("collaboration")
            for flow in pool.all("messageFlow")
        ]

    def read(self) -> Read:
        for element in self.root.children:
            if element.tag not in _AROUND and element.tag not in _DEFINITIONS and not element.tag.startswith("{"):
                raise NotRun(f"“{element.tag}” is not run.", element)
        processes = list(self.root.all("process"))
        if any(process.is_set("isExecutable") for process in processes):
            processes = [process for process in processes if process.is_set("isExecutable")]
        if not processes:
            raise NotRun("There is no process in it.")
        for process in processes:
            self._add(process, Node(process.id, "process", process.name))
        for process in processes:
            self._fill(process, process.id)
        for element in self.elements.values():
            self._bind(element)
        for node in self.nodes.values():
            self._check(node, self.elements[node.id])
        for process in processes:
            self._starts(process, self.nodes[process.id])
        roots = [self.nodes[process.id] for process in processes if process.id not in self.called]
        beginning = tuple(node.id for node in roots if any(not s.triggers and s.kind != "choice" for s in node.starts))
        timed = [n for n in roots for s in n.starts if any(t.kind in ("timer", "condition") for t in s.triggers)]
        if timed:
            element = self.elements[timed[0].id]
            raise NotRun("A process that begins by a timer or a condition of its own is not run.", element)
        if not beginning:
            raise NotRun("No process in it begins by itself.")
        net = Net(self.root.id or "bpmn", 0, self.nodes, roots, self.root)
        has_data = any(element.tag in ("property", "dataObject") for element in self.root.walk())
        return Read(net, beginning, self.names, self.scripts, has_data)

    # ---- nodes

    def _add(self, element: Element, node: Node) -> Node:
        if not element.id:
            raise NotRun("It has no id.", element)
        self.nodes[node.id], self.elements[node.id] = node, element
        return node

    def _fill(self, scope_element: Element, process: str) -> None:
        scope = self.nodes[scope_element.id]
        for element in scope_element.children:
            if element.tag in _NODES:
                node = self._add(element, self._node(element, process))
                node.scope = scope
                if element.tag in ("subProcess", "transaction", "adHocSubProcess"):
                    self._fill(element, process)
            elif not (
                element.tag in _SILENT
                or element.tag.startswith("{")
                or element.tag in ("sequenceFlow", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
                or (scope_element.tag == "adHocSubProcess" and element.tag == "completionCondition")
            ):
                raise NotRun(f"“{element.tag}” is not run.", element)
        by_id = {}
        for flow in scope_element.all("sequenceFlow"):
            for end in ("sourceRef", "targetRef"):
                node_element = self.by_id.get(flow.get(end))
                if node_element is None or node_element.parent is not scope_element or flow.get(end) not in self.nodes:
                    raise NotRun(
                        f"It leads from or to “{flow.get(end)}”, which is not in the same (sub-)process.", flow
                    )
            by_id[flow.id] = flow
            source, target = self.nodes[flow.get("sourceRef")], self.nodes[flow.get("targetRef")]
            edge = Edge(flow.id, source, target)
            condition = flow.one("conditionExpression")
            if condition is not None and condition.text.strip() and source.kind != "choice":
                edge.holds = self._expression(condition, condition.text)
            edge.otherwise = self.elements[source.id].get("default") == flow.id
            if edge.otherwise:
                edge.holds = None
            source.out.append(edge)
            target.into.append(edge)
        for element in scope_element.all(*_GATEWAYS):
            order = [out.text.strip() for out in element.all("outgoing")]
            self.nodes[element.id].out.sort(key=lambda edge: order.index(edge.id) if edge.id in order else len(order))

    def _node(self, element: Element, process: str) -> Node:
        tag = element.tag
        node = Node(element.id, "pass", element.name)
        if tag in _GATEWAYS:
            return self._gateway(element, node)
        if tag in _EVENTS:
            return self._event(element, node)
        node.kind = "activity"
        node.needs, node.gives = self._quantity(element, "startQuantity"), self._quantity(element, "completionQuantity")
        node.for_compensation = element.is_set("isForCompensation")
        node.effect = wanted.Perform
        for child in element.children:
            if child.tag in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
                node.loop = self._loop(child)
        if tag in TASKS:
            node.work = self._script(element, element.said("script"), process)
            self._only(element, {"script"})
        elif tag == "receiveTask":
            node.kind, node.effect = "catch", None
            node.triggers = (Trigger("message", self._message(element, element)),)
            self._only(element, set())
        elif tag == "sendTask":
            if node.loop is not None or node.needs != 1 or node.gives != 1:
                raise NotRun("A send task that repeats or counts tokens is not run.", element)
            node.kind, node.effect = "throw", None
            node.triggers = (Trigger("message", self._message(element, element)),)
            self._only(element, set())
        elif tag == "callActivity":
            self._call(element, node, process)
        else:
            node.kind, node.effect = "scope", None
            node.is_transaction = tag == "transaction"
            node.is_handler = element.is_set("triggeredByEvent")
            if tag == "adHocSubProcess":
                node.ad_hoc = "one_by_one" if element.get("ordering", "Parallel") == "Sequential" else "together"
                if (done := element.one("completionCondition")) is not None:
                    node.finished_when = self._expression(done, done.text)
                node.calls_off_rest = element.is_set("cancelRemainingInstances", True)
        return node

    def _only(self, element: Element, known: set[str]) -> None:
        loops = {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"}
        for child in element.children:
            if child.tag not in _SILENT | known | loops and not child.tag.startswith("{"):
                raise NotRun(f"“{child.tag}” is not run.", child)

    def _quantity(self, element: Element, attribute: str) -> int:
        said = element.get(attribute, "1").strip()
        if not re.fullmatch(r"[+-]?\d{1,6}", said) or int(said) < 1:
            raise Wrong(f"{attribute} must be 1 or more, not “{said}”.", element)
        if int(said) > 1_000:
            raise NotRun(f"{attribute} is too large.", element)
        return int(said)

    def _script(self, element: Element, text: str, process: str) -> Script:
        script = Script(text, process, element.line)
        self.scripts.append(script)
        return script

    def _call(self, element: Element, node: Node, process: str) -> None:
        self._only(element, set())
        called = element.get("calledElement").rpartition(":")[2]
        target = self.by_id.get(called)
        if target is None:
            raise NotRun(f"It calls “{called}”, which is not in this file.", element)
        if target.tag in ("globalTask", "globalManualTask", "globalScriptTask"):
            node.work = self._script(target, target.said("script"), process)
        elif target.tag == "process" and called in self.nodes:
            node.kind, node.effect, node.body = "scope", None, self.nodes[called]
            self.called.add(called)
        else:
            raise NotRun(f"It calls “{called}”: a {target.tag} is not run.", element)

    # ---- gateways

    def _gateway(self, element: Element, node: Node) -> Node:
        self._only(element, {"activationCondition"})
        match element.tag:
            case "exclusiveGateway":
                node.split = "first"
            case "parallelGateway":
                node.join = "all"
            case "inclusiveGateway":
                node.join = "coming"
            case "eventBasedGateway":
                node.kind = "choice"
                node.takes_all = element.get("eventGatewayType", "Exclusive") == "Parallel"
                if node.takes_all and not element.is_set("instantiate"):
                    raise Wrong("Only a gateway that begins a process may wait for all of its events.", element)
            case _:
                if (condition := element.one("activationCondition")) is not None:
                    node.join = self._activation(condition)
        return node

    def _activation(self, condition: Element) -> int:
        said = condition.text.strip().removeprefix("${").removesuffix("}").strip()
        found = re.fullmatch(r"activationCount\s*(>=|==|>)\s*(\d{1,4})", said)
        if found is None or not int(found[2]) + (found[1] == ">"):
            raise NotRun(f"The activation condition “{said[:60]}” is not understood.", condition)
        return int(found[2]) + (found[1] == ">")

    # ---- events

    def _event(self, element: Element, node: Node) -> Node:
        tag = element.tag
        definitions = self._definitions(element)
        self._only(element, {*_DEFINITIONS, "eventDefinitionRef"})
        node.all_triggers = element.is_set("parallelMultiple")
        is_handler = tag == "startEvent" and element.parent is not None and element.parent.is_set("triggeredByEvent")
        for definition in definitions:
            kind = _DEFINITIONS[definition.tag]
            if kind not in _MAY["handler" if is_handler else tag]:
                raise NotRun(f"A {kind} event is not run here.", element)
        kinds = {_DEFINITIONS[definition.tag] for definition in definitions}
        match tag:
            case "startEvent":
                node.kind = "pass"
                node.interrupts = element.is_set("isInterrupting", True) or bool(kinds & {"error", "compensation"})
                if is_handler and not definitions:
                    raise NotRun("Nothing begins this event sub-process.", element)
            case "intermediateCatchEvent":
                node.kind = "catch"
                if not definitions:
                    raise NotRun("It does not say what it waits for.", element)
            case "intermediateThrowEvent":
                node.kind = "throw"
            case "boundaryEvent":
                node.kind = "boundary"
                node.interrupts = element.is_set("cancelActivity", True) or bool(kinds & {"error", "cancel"})
                if not definitions:
                    raise NotRun("It does not say what it waits for.", element)
            case _:
                node.kind = "end"
        if "link" in kinds:
            if len(definitions) > 1:
                raise NotRun("A link beside other events is not run.", element)
            node.kind = "pass"
            return node
        node.triggers = tuple(self._trigger(definition, element) for definition in definitions)
        if (
            len(node.triggers) > 1
            and kinds & {"compensation", "cancel", "terminate", "error"}
            and node.kind != "boundary"
        ):
            raise NotRun("This event beside others is not run.", element)
        return node

    def _definitions(self, element: Element) -> list[Element]:
        found = []
        for child in element.children:
            if child.tag in _DEFINITIONS:
                found.append(child)
            elif child.tag == "eventDefinitionRef":
                meant = self.by_id.get(child.text.strip().rpartition(":")[2])
                if meant is None or meant.tag not in _DEFINITIONS:
                    raise NotRun(f"“{child.text.strip()}” is no event definition of this file.", child)
                found.append(meant)
        return found

    def _trigger(self, definition: Element, element: Element) -> Trigger:
        kind = _DEFINITIONS[definition.tag]
        match kind:
            case "message":
                return Trigger("message", self._message(definition, element))
            case "signal":
                name = definition.get("signalRef").rpartition(":")[2]
                if not name:
                    raise NotRun("It does not say which signal.", element)
                return Trigger("signal", name)
            case "timer":
                return Trigger("timer", when=self._when(definition, element))
            case "condition":
                condition = definition.one("condition")
                if condition is None:
                    raise NotRun("It has no condition.", element)
                return Trigger("condition", holds=self._expression(condition, condition.text))
            case "error" | "escalation":
                ref = definition.get(f"{kind}Ref").rpartition(":")[2]
                meant = self.by_id.get(ref)
                code = (meant.get(f"{kind}Code") if meant is not None else "") or ref
                return Trigger("error" if kind == "error" else "escalation", code)
            case "compensation":
                return Trigger("compensation", activity=definition.get("activityRef").rpartition(":")[2])
            case "cancel":
                return Trigger("cancel")
            case _:
                return Trigger("terminate")

    def _message(self, definition: Element, element: Element) -> str:
        """By its reference; without one, by the line drawn between the two."""
        if name := definition.get("messageRef").rpartition(":")[2]:
            return name
        for number, flow in enumerate(self.flows):
            if element.id in flow:
                return f"(flow {number})"
        return f"(only {element.id})"

    def _when(self, definition: Element, element: Element) -> When:
        span, date, cycle = (definition.said(part) for part in ("timeDuration", "timeDate", "timeCycle"))
        if span and (length := duration(span)) is not None and span.startswith("P"):
            return When(span=length)
        if date:
            try:
                moment = datetime.fromisoformat(date)
            except ValueError:
                raise NotRun(f"“{date}” is no moment.", element) from None
            if moment.tzinfo is None:
                date += "+00:00" if "T" in date else "T00:00:00+00:00"
            return When(date=date)
        if found := re.fullmatch(r"R(\d{0,4})/(P[^/]+)", cycle):
            length = duration(found[2])
            if length is not None and found[1] != "0":
                times = int(found[1] or 0)
                catches = element.tag == "intermediateCatchEvent"
                interrupts = element.is_set(
                    "cancelActivity" if element.tag == "boundaryEvent" else "isInterrupting", True
                )
                if catches and not times:
                    raise NotRun("An event in the flow that fires without end is not run.", element)
                return When(span=length, times=times if catches or not interrupts else 1)
        said = next(filter(None, (span, date, cycle)), "")
        raise NotRun(f"The time “{said}” is not understood.", element)

    # ---- loops

    def _loop(self, element: Element) -> Loop:
        if element.tag == "standardLoopCharacteristics":
            most = self._whole(element, element.get("loopMaximum")) if element.get("loopMaximum") else None
            if most is not None and most < 0:
                raise Wrong(f"loopMaximum must not be negative, and is {most}.", element)
            condition = element.one("loopCondition")
            if most == 0 or (condition is None and most is None):
                raise NotRun("It does not say how often.", element)
            holds = self._expression(condition, condition.text) if condition is not None else _always
            return Loop(holds=holds, before=element.is_set("testBefore"), most=most)
        count = element.one("loopCardinality")
        for child in element.children:
            if child.tag not in (
                "documentation", "extensionElements", "loopCardinality", "completionCondition",
                "complexBehaviorDefinition",
            ):  # fmt: skip
                raise NotRun(f"Instances by “{child.tag}” are not run.", child)
        if count is None:
            raise NotRun("It does not say how many instances.", element)
        number = self._expression(count, count.text)
        if not number.names:
            try:
                least = number.number({}, _ANY_TIME)
            except (ValueError, TypeError):
                raise Wrong(f"The number of instances is no whole number: “{count.text.strip()}”.", count) from None
            if least < 0:
                raise Wrong(f"There cannot be {least} instances.", count)
        behavior = element.get("behavior", "All").lower()
        if behavior not in ("all", "one", "none", "complex"):
            raise NotRun(f"The behaviour “{behavior}” is not known.", element)
        enough = element.one("completionCondition")
        return Loop(
            count=number.number,
            one_by_one=element.is_set("isSequential"),
            enough=self._expression(enough, enough.text) if enough is not None else None,
            behavior=behavior,  # type: ignore[arg-type]
            tells=self._told(element, behavior),
            complex=tuple(self._complex(element)),
        )

    def _told(self, element: Element, behavior: str) -> tuple[Trigger, ...]:
        if behavior not in ("one", "none"):
            return ()
        attribute = "oneBehaviorEventRef" if behavior == "one" else "noneBehaviorEventRef"
        meant = self.by_id.get(element.get(attribute).rpartition(":")[2])
        if meant is None or meant.tag not in _DEFINITIONS:
            raise NotRun("It does not say which event it throws.", element)
        return (self._thrown(meant),)

    def _complex(self, element: Element) -> Iterator[tuple[Expression, tuple[Trigger, ...]]]:
        for behavior in element.all("complexBehaviorDefinition"):
            condition, event = behavior.one("condition"), behavior.one("event")
            if condition is None:
                raise NotRun("A complex behaviour has no condition.", behavior)
            thrown = [child for child in event.children if child.tag in _DEFINITIONS] if event is not None else []
            yield self._expression(condition, condition.text), tuple(self._thrown(one) for one in thrown)

    def _thrown(self, definition: Element) -> Trigger:
        trigger = self._trigger(definition, definition)
        if trigger.kind != "signal":
            raise NotRun(f"Instances that throw a {trigger.kind} are not run.", definition)
        return trigger

    def _whole(self, element: Element, said: str) -> int:
        if not re.fullmatch(r"\s*[+-]?\d{1,6}\s*", said):
            raise Wrong(f"“{said}” is no whole number.", element)
        return int(said)

    def _expression(self, element: Element, text: str) -> Expression:
        """Whatever language it says it is in: what it says is understood, or refused."""
        try:
            expression = Expression(text)
        except NotUnderstood as error:
            raise NotRun(
                f"The expression “{' '.join(text.split())[:80]}” is not understood: {error}", element
            ) from None
        if "loopCounter" in expression.names:
            raise NotRun("What “loopCounter” is, engines do not agree on.", element)
        self.names |= expression.names
        return expression

    # ---- what needs all nodes to be known

    def _bind(self, element: Element) -> None:
        node = self.nodes[element.id]
        match element.tag:
            case "boundaryEvent":
                self._attach(element, node)
            case "intermediateThrowEvent" if element.one("linkEventDefinition") is not None:
                self._link(element, node)
            case "subProcess" if node.is_handler:
                if node.loop is not None or node.into or node.out:
                    raise NotRun("An event sub-process has no edges and does not repeat.", element)
            case _:
                pass
        if node.kind in ("scope", "process") and node.body is None:
            self._starts(element, node)

    def _attach(self, element: Element, node: Node) -> None:
        host = self.nodes.get(element.get("attachedToRef"))
        if host is None or host.scope is not node.scope or host.kind not in ("activity", "scope", "catch", "throw"):
            raise NotRun("It sits on nothing that can be interrupted.", element)
        if host.kind == "throw" or self.elements[host.id].tag not in _ACTIVITIES:
            raise NotRun("Events on this element are not run.", element)
        kinds = {trigger.kind for trigger in node.triggers}
        if node.into:
            raise NotRun("Nothing can lead to an event on a border.", element)
        if "compensation" in kinds:
            handler = self._undone_by(element)
            if len(node.triggers) > 1 or node.out or handler is None:
                raise NotRun("It does not say how the activity is undone.", element)
            host.compensated_by = handler
            return
        if "cancel" in kinds and not host.is_transaction:
            raise NotRun("Only a transaction can be cancelled.", element)
        if not node.out:
            raise NotRun("Nothing says how it goes on.", element)
        node.host = host
        host.boundaries.append(node)

    def _undone_by(self, element: Element) -> Node | None:
        for other in self.root.walk():
            if other.tag == "association" and other.get("sourceRef") == element.id:
                handler = self.nodes.get(other.get("targetRef"))
                if handler is not None and handler.for_compensation:
                    return handler
        return None

    def _link(self, element: Element, node: Node) -> None:
        said = element.one("linkEventDefinition")
        if said is None or node.out:
            raise NotRun("A link leads on only to its other end.", element)
        fits = []
        for other in element.parent.all("intermediateCatchEvent") if element.parent else ():
            there = other.one("linkEventDefinition")
            if there is not None and (
                (said.said("target") and said.said("target") == there.id)
                or (there.said("source") and there.said("source") == said.id)
                or (said.name and said.name == there.name)
            ):
                fits.append(other)
        if len(fits) != 1:
            raise NotRun(f"{len(fits)} other ends of this link were found, not one.", element)
        edge = Edge(f"{node.id}-link", node, self.nodes[fits[0].id])
        node.out.append(edge)
        edge.target.into.append(edge)

    def _starts(self, element: Element, node: Node) -> None:
        inside = [self.nodes[child.id] for child in element.children if child.tag in _NODES]
        node.handlers = []
        for handler in inside:
            if not handler.is_handler:
                continue
            self._starts(self.elements[handler.id], handler)
            if any(trigger.kind == "compensation" for start in handler.starts for trigger in start.triggers):
                node.compensated_by = handler
            else:
                node.handlers.append(handler)
        starts = [one for one in inside if self.elements[one.id].tag == "startEvent"]
        begins = [one for one in inside if self._instantiates(self.elements[one.id])]
        if not starts and not begins:
            starts = [
                one
                for one in inside
                if not one.into
                and one.kind != "boundary"
                and not one.is_handler
                and not one.for_compensation
                and self.elements[one.id].one("linkEventDefinition") is None
            ]
        node.starts = [*starts, *begins]

    def _instantiates(self, element: Element) -> bool:
        return element.tag in ("receiveTask", "eventBasedGateway") and element.is_set("instantiate")

    # ---- what may not be run half

    def _check(self, node: Node, element: Element) -> None:
        if element.tag in _GATEWAYS:
            self._check_gateway(node, element)
        if node.kind in ("scope", "process") and node.body is None:
            self._check_scope(node, element)
        if element.tag == "startEvent":
            if node.into:
                raise NotRun("Nothing can lead to a start.", element)
            if len(node.triggers) > 1 and node.all_triggers:
                raise NotRun("A start by several events together is not run.", element)
        if node.kind == "end" and node.out:
            raise NotRun("Nothing can come after an end.", element)
        if any(trigger.kind == "cancel" for trigger in node.triggers) and node.kind == "end":
            scope = node.scope
            while scope is not None and not scope.is_transaction:
                scope = scope.scope
            if scope is None:
                raise NotRun("Only a transaction can be cancelled.", element)
        if node.for_compensation and (node.into or node.out):
            raise NotRun("An activity that undoes stands outside of the flow.", element)
        if node.is_handler and not node.starts:
            raise NotRun("Nothing begins this event sub-process.", element)
        self._check_instantiating(node, element)

    def _check_gateway(self, node: Node, element: Element) -> None:
        direction = element.get("gatewayDirection", "Unspecified")
        many_in, many_out = len(node.into) > 1, len(node.out) > 1
        if (direction == "Diverging" and many_in) or (direction == "Converging" and many_out):
            raise NotRun(f"Its direction is {direction}, its edges say otherwise.", element)
        if node.kind == "choice":
            fits = ("intermediateCatchEvent", "receiveTask")
            for edge in node.out:
                target = edge.target
                if self.elements[target.id].tag not in fits or len(target.into) > 1 or target.boundaries or target.loop:
                    raise NotRun("After it must come plain events that are waited for.", element)
                if target.all_triggers and len(target.triggers) > 1:
                    raise NotRun("Several events together are not run here.", element)
                if any(trigger.when is not None and trigger.when.times != 1 for trigger in target.triggers):
                    raise NotRun("A timer that repeats is not run here.", element)
            if len(node.out) < 2:
                raise NotRun("It has nothing to choose from.", element)
        if element.tag == "complexGateway" and many_in and node.join == "each":
            raise NotRun("It does not say when it fires.", element)
        if element.tag == "complexGateway" and isinstance(node.join, int) and not many_in:
            node.join = "each"
        if element.tag == "parallelGateway":
            for edge in node.out:
                edge.holds, edge.otherwise = None, False  # [13.4.1: every edge, whatever stands on it]

    def _check_scope(self, node: Node, element: Element) -> None:
        plain = [start for start in node.starts if not start.triggers]
        tagged = [start for start in plain if self.elements[start.id].tag == "startEvent"]
        if len(tagged) > 1:
            raise NotRun("It has several plain starts; it is not clear which begins.", element)
        if node.kind == "scope" and not node.is_handler:
            if any(start.triggers and self.elements[start.id].tag == "startEvent" for start in node.starts):
                raise NotRun("A sub-process inside the flow begins with its token, by no event.", element)
            if any(self._instantiates(self.elements[start.id]) for start in node.starts):
                raise NotRun("Only a process can be begun by an event.", element)
        if node.is_handler and len(node.starts) != 1:
            raise NotRun("An event sub-process has one start.", element)
        if node.ad_hoc and node.finished_when is None:
            raise NotRun("It does not say when it is complete: there is no completion condition.", element)
        if node.ad_hoc and any(self.elements[start.id].tag in _EVENTS for start in node.starts):
            raise NotRun("An ad hoc sub-process has no start or end.", element)
        if not node.starts and node.kind == "process":
            raise NotRun("Nothing begins it.", element)

    def _check_instantiating(self, node: Node, element: Element) -> None:
        if self._instantiates(element) and node.into:
            raise NotRun("What begins a process cannot be led to.", element)
        if element.tag == "receiveTask" and self._instantiates(element) and (node.loop or node.boundaries):
            raise NotRun("A task that begins a process and repeats, or carries events, is not run.", element)


def _always(_seen: object, _now: object) -> bool:
    return True
