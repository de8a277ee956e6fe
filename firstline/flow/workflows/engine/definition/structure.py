"""What the shape of the parts cannot say: ids are unique, edges lead somewhere, forks have a way for everything.

Only what keeps a definition from running at all. Whether it runs *well* is asked by the proof and the lint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from firstline.people.notifications.engine.words import PLACEHOLDER

from .durations import duration
from .language import Language
from .problems import Problem
from .steps import (
    Approval,
    Choice,
    Datum,
    Decision,
    Definition,
    Edge,
    End,
    EventTrigger,
    ForEach,
    Form,
    FormTrigger,
    Join,
    Notify,
    Parallel,
    Start,
    Step,
    SubWorkflow,
    Task,
    TickedOff,
    Wait,
)  # fmt: skip

KEPT = "secret"  # in a header of a call: the kept secret of the system it names
DEEPEST = 5  # for-each within for-each

# What every run knows besides its own fields.
OF_EVERY_RUN = (
    Datum(key="requester", label="Requester", type="person"),
    Datum(key="started", label="Started", type="moment"),
    Datum(key="workflow", label="Workflow"),
    Datum(key="ticket", label="Ticket"),
)


def all_steps(steps: Sequence[Step]) -> Iterator[Step]:
    """Those inside of a for-each too."""
    for step in steps:
        yield step
        if isinstance(step, ForEach):
            yield from all_steps(step.steps)


def fields_of(definition: Definition, inside: Sequence[ForEach] = ()) -> tuple[Datum, ...]:
    """What conditions and texts may name: the declared fields, those of every run, outcomes, and the loop's items."""
    known = {datum.key: datum for datum in (*OF_EVERY_RUN, *definition.fields)}
    for step in all_steps(definition.steps):
        if step.outcomes and step.rests:
            key = outcome_field(step.id)
            choices = tuple(Choice(key=outcome, label=outcome) for outcome in step.outcomes)
            label = f"{step.name or step.id}: outcome"[:200]
            known[key] = Datum.model_construct(key=key, label=label, type="choice", choices=choices, required=False)
    for loop in inside:
        known[loop.item] = Datum(key=loop.item, label=loop.item)
    return tuple(known.values())


def outcome_field(step: str) -> str:
    return f"{step}.outcome"


def problems_of(definition: Definition, language: Language | None = None) -> list[Problem]:
    return list(dict.fromkeys(_Checking(definition, language).all()))


class _Checking:
    def __init__(self, definition: Definition, language: Language | None) -> None:
        self.definition, self.language = definition, language
        self.declared = {datum.key for datum in definition.fields} | {datum.key for datum in OF_EVERY_RUN}
        self.fields: dict[tuple[str, ...], tuple[Datum, ...]] = {}  # by the repetitions around
        self.outcomes = {outcome_field(step.id) for step in all_steps(definition.steps)}

    def all(self) -> Iterator[Problem]:
        yield from self._doubles()
        if self.definition.agreed and duration(self.definition.agreed) is None:
            yield Problem("", "agreed", _no_duration(self.definition.agreed))
        yield from self._scope(self.definition.steps, ())

    def _doubles(self) -> Iterator[Problem]:
        ids = Counter(step.id for step in all_steps(self.definition.steps))
        for step, count in ids.items():
            if count > 1:
                yield Problem(step, "id", f"{count} steps have this id.")
        for key, count in Counter(datum.key for datum in self.definition.fields).items():
            if count > 1:
                yield Problem("", "fields", f"The field “{key}” is declared {count} times.")
        for datum in self.definition.fields:
            if datum.type == "choice" and not datum.choices:
                yield Problem("", "fields", f"The field “{datum.key}” has no choices.")
            if datum.after and datum.after not in self.declared:
                yield Problem("", "fields", f"“{datum.key}” comes after “{datum.after}”: there is no such field.")

    def _scope(self, steps: Sequence[Step], inside: tuple[ForEach, ...]) -> Iterator[Problem]:
        """Edges stay within their list of steps: the inside of a for-each is left only through its ends."""
        here = {step.id: step for step in steps}
        starts = [step for step in steps if isinstance(step, Start)]
        owner = inside[-1].id if inside else ""
        if not inside and not starts:
            yield Problem("", "steps", "There is no start.")
        if inside and len(starts) > 1:
            yield Problem(owner, "steps", "The steps inside can have only one start.")
        if len(inside) > DEEPEST:
            yield Problem(owner, "steps", "These steps are nested too deeply.")
            return
        entered = {edge.to for step in steps for edge in leaving(step)}
        if inside and not starts and not any(step.id not in entered for step in steps):
            yield Problem(owner, "steps", "It is not clear which step is the first inside.")
        for step in steps:
            yield from self._step(step, here, inside)
            if isinstance(step, ForEach):
                yield from self._scope(step.steps, (*inside, step))

    def _step(self, step: Step, here: dict[str, Step], inside: tuple[ForEach, ...]) -> Iterator[Problem]:
        for part, to in _targets(step):
            if to not in here:
                elsewhere = any(to == other.id for other in all_steps(self.definition.steps))
                why = (
                    "is inside or outside of a repetition: no edge may cross its border" if elsewhere else "is missing"
                )
                yield Problem(step.id, part, f"The step “{to}” {why}.")
            elif isinstance(here[to], Start):
                yield Problem(step.id, part, f"“{to}” is a start: nothing can lead back to it.")
        yield from self._leaving(step)
        yield from self._times(step)
        yield from self._of_kind(step)
        for part, asked in _conditions(step):
            if self.language and (sentence := self.language.problem(asked, self._fields(inside))):
                yield Problem(step.id, part, sentence)
        known = self.declared | {loop.item for loop in inside}
        for part, text in _texts(step):
            for name in dict.fromkeys(PLACEHOLDER.findall(text)):
                is_kept = name == KEPT and part.startswith("headers") and bool(getattr(step, "secret", ""))
                if name not in known and not is_kept:
                    yield Problem(step.id, part, f"Nobody fills in “{{{name}}}”: there is no such field.")

    def _fields(self, inside: tuple[ForEach, ...]) -> tuple[Datum, ...]:
        around = tuple(loop.id for loop in inside)
        if around not in self.fields:
            self.fields[around] = fields_of(self.definition, inside)
        return self.fields[around]

    def _leaving(self, step: Step) -> Iterator[Problem]:
        if isinstance(step, End):
            if step.next:
                yield Problem(step.id, "next", "It is an end: nothing comes after it.")
            return
        if not step.next:
            yield Problem(step.id, "next", "Nothing says how it goes on.")
        for number, edge in enumerate(step.next):
            part = f"next[{number}]"
            if edge.otherwise and (edge.when or edge.outcome):
                yield Problem(step.id, part, "“otherwise” has no condition beside it.")
            if edge.outcome and edge.outcome not in step.outcomes:
                known = ", ".join(step.outcomes) or "none"
                yield Problem(step.id, part, f"It has no outcome “{edge.outcome}”; there are: {known}.")
            if isinstance(step, Parallel) and (edge.when or edge.otherwise or edge.outcome):
                yield Problem(step.id, part, "Side by side, every edge is taken: it can have no condition.")
        if sum(edge.otherwise for edge in step.next) > 1:
            yield Problem(step.id, "next", "Only one edge can be “otherwise”.")
        if isinstance(step, Parallel):
            return
        plain = [number for number, edge in enumerate(step.next) if _is_plain(edge)]
        if isinstance(step, Decision) and plain and len(step.next) > 1:
            yield Problem(step.id, f"next[{plain[0]}]", "An edge of a decision needs a condition, or “otherwise”.")
        elif plain and plain[0] < len(step.next) - 1 and not isinstance(step, Decision):
            yield Problem(step.id, f"next[{plain[0] + 1}]", "It is never taken: the edge before it has no condition.")
        if step.next and not plain and not any(edge.otherwise for edge in step.next):
            told = {edge.outcome for edge in step.next if edge.outcome and not edge.when}
            missing = [outcome for outcome in step.outcomes if outcome not in told]
            if not step.outcomes or missing:
                of = f" (when it is {', '.join(missing)})" if missing and told else ""
                yield Problem(step.id, "next", f"Nothing says how it goes on otherwise{of}: one edge must.")

    def _times(self, step: Step) -> Iterator[Problem]:
        spans = [("due", step.due)]
        if isinstance(step, Wait):
            spans.append(("span", step.span))
        if isinstance(step, Approval):
            spans.append(("expires", step.expires))
        spans += [(f"timers[{number}].after", timer.after) for number, timer in enumerate(step.timers)]
        for part, said in spans:
            if said is not None and duration(said) is None:
                yield Problem(step.id, part, _no_duration(said))
        rests = step.rests or isinstance(step, ForEach)
        if not rests and (step.due or step.timers):
            yield Problem(
                step.id, "timers" if step.timers else "due", "No run ever rests here: there is no time to be late."
            )
        if len({timer.id for timer in step.timers}) < len(step.timers):
            yield Problem(step.id, "timers", "Two timers have the same id.")
        for number, timer in enumerate(step.timers):
            part = f"timers[{number}]"
            if timer.then == "go" and timer.to is None:
                yield Problem(step.id, part, "It goes on, but “to” does not say where.")
            if timer.then != "go" and timer.to is not None:
                yield Problem(step.id, part, "Only “then: go” leads to another step.")
            if timer.then == "escalate" and not timer.whom:
                yield Problem(step.id, part, "It escalates, but “whom” does not say to whom.")
            if timer.then == "go" and timer.interrupts and timer.repeat > 1:
                yield Problem(step.id, part, "It gives the step up, so it can fire only once.")
        if isinstance(step, Start | End | Decision | Parallel | Join) and step.on_error:
            yield Problem(step.id, "on_error", "Nothing can fail here.")

    def _of_kind(self, step: Step) -> Iterator[Problem]:
        match step:
            case Wait():
                needs = {"time": "span", "date": "date", "condition": "when", "message": "message"}.get(step.until)
                if needs and getattr(step, needs) is None:
                    yield Problem(step.id, needs, f"It waits for a {step.until}, so “{needs}” must be said.")
                if step.date and not self._knows(step.date):
                    yield Problem(step.id, "date", f"There is no field “{step.date}”.")
            case ForEach() if not self._knows(step.over):
                yield Problem(step.id, "over", f"There is no field “{step.over}”.")
            case Form() | Task():
                for key in step.fields:
                    if key not in self.declared:
                        yield Problem(step.id, "fields", f"There is no field “{key}”.")
                if isinstance(step, Form) and not step.form and not step.fields:
                    yield Problem(step.id, "form", "Neither a form nor fields are asked.")
                if isinstance(step, Task) and not step.answers:
                    yield Problem(step.id, "answers", "There must be at least one.")
                if isinstance(step, Task) and (strange := [key for key in step.demands if key not in step.fields]):
                    yield Problem(step.id, "demands", f"It does not ask for “{strange[0]}”, so it cannot demand it.")
                if isinstance(step, Task) and step.ticks_off is not None:
                    yield from self._plan(step.id, step.ticks_off)
            case Start(trigger=FormTrigger() as trigger):
                for key in (*trigger.fields, *([trigger.subject] if trigger.subject else [])):
                    if key not in self.declared:
                        yield Problem(step.id, "trigger", f"There is no field “{key}”.")
            case Notify():
                yield from self._notice(step)
            case SubWorkflow() if step.workflow == self.definition.workflow:
                yield Problem(step.id, "workflow", "A workflow cannot run itself.")
            case _:
                pass

    def _plan(self, step: str, ticks_off: TickedOff) -> Iterator[Problem]:
        plans = {datum.key for datum in self.definition.fields if datum.type == "plan"}
        if ticks_off.plan not in plans:
            yield Problem(step, "ticks_off.plan", f"There is no field “{ticks_off.plan}” that holds a plan.")
        for part, key in (("begins", ticks_off.begins), ("into", ticks_off.into)):
            if key is not None and not self._knows(key):
                yield Problem(step, f"ticks_off.{part}", f"There is no field “{key}”.")

    def _notice(self, step: Notify) -> Iterator[Problem]:
        tasks = {each.id for each in all_steps(self.definition.steps) if isinstance(each, Task)}
        for name in step.files_of:
            if name not in tasks:
                yield Problem(step.id, "files_of", f"There is no task “{name}” whose files could go along.")
        if step.meeting is None:
            return
        for part in ("begins", "zone"):
            path = getattr(step.meeting, part)
            if path is not None and not self._knows(path):
                yield Problem(step.id, f"meeting.{part}", f"There is no field “{path}”.")
        lasts = duration(step.meeting.lasts)
        if lasts is None or lasts.elapsed is None:
            yield Problem(step.id, "meeting.lasts", _no_duration(step.meeting.lasts))

    def _knows(self, path: str) -> bool:
        return (
            path in self.outcomes
            or path.split(".")[0] in self.declared
            or any(
                isinstance(step, ForEach) and step.item == path.split(".")[0]
                for step in all_steps(self.definition.steps)
            )
        )


def _is_plain(edge: Edge) -> bool:
    return not (edge.when or edge.outcome or edge.otherwise)


def leaving(step: Step) -> list[Edge]:
    """Every way out: its edges, those of its timers, and those of its errors."""
    return [*step.next, *(Edge(to=to) for part, to in _targets(step) if not part.startswith("next"))]


def _targets(step: Step) -> Iterator[tuple[str, str]]:
    for number, edge in enumerate(step.next):
        yield f"next[{number}].to", edge.to
    for number, timer in enumerate(step.timers):
        if timer.to is not None:
            yield f"timers[{number}].to", timer.to
    for number, way in enumerate(step.on_error):
        yield f"on_error[{number}].to", way.to


def _conditions(step: Step) -> Iterator[tuple[str, str]]:
    for number, edge in enumerate(step.next):
        if edge.when is not None:
            yield f"next[{number}].when", edge.when
    match step:
        case Wait(when=str(asked)):
            yield "when", asked
        case Start(trigger=EventTrigger()):
            pass  # asked of the event's subject, before there is a run; checked by whoever listens
        case Approval():
            for number, stage in enumerate(step.stages):
                if stage.when is not None:
                    yield f"stages[{number}].when", stage.when
        case _:
            pass


def _texts(step: Step) -> Iterator[tuple[str, str]]:
    """Everything that may hold placeholders, however deep in a mapping."""
    for name in ("title", "text", "subject", "url", "headers", "body", "with_"):
        yield from _within(getattr(step, name, None), name.rstrip("_"))
    if isinstance(step, Notify) and step.meeting is not None:
        yield "meeting.place", step.meeting.place


def _within(value: object, part: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield part, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _within(inner, f"{part}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _within(inner, f"{part}[{number}]")


def _no_duration(said: str) -> str:
    return f"“{said}” is no length of time; write it as “30 minutes”, “2 working hours” or “3 days”."
