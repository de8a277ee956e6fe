"""What could run, but should not be published so. What keeps a run from ending is found by the proof."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from firstline.people.notifications.engine.words import PLACEHOLDER

from .definition import (
    OF_EVERY_RUN,
    Action,
    Approval,
    CallOut,
    Connect,
    Decision,
    Definition,
    End,
    ForEach,
    Form,
    Join,
    Notify,
    Parallel,
    Start,
    Step,
    SubWorkflow,
    Task,
    Wait,
    all_steps,
)  # fmt: skip
from .definition.steps import EventTrigger, FormTrigger
from .findings import Finding, Severity, worst_first
from .phrases import gettext_noop, listed, phrase
from .reckoning import Measured, circles, expected, hoped, longest, minutes, ways

MOST_STEPS, MOST_WAYS, MOST_APPROVALS = 40, 30, 5  # a workflow that people can read on a screen or two
_HEADS = {
    "requester": (False,), "owner": (False,), "manager": (False,), "department_head": (False,),
    "service_owner": (False,), "person": (True,), "team": (True, False), "role": (True,), "group": (True,),
    "field": (True,),
}  # fmt: skip
_BRACES = re.compile(r"\{[^{}\n]{1,60}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is outside of the definition. What is None is not asked about."""

    actions: Collection[str] | None = None
    events: Collection[str] | None = None
    forms: Mapping[str, Collection[str]] | None = None
    """Each with the fields it fills in."""
    given: Collection[str] = ()
    """Fields that the ticket itself brings."""
    workflows: Collection[str] | None = None
    systems: Collection[str] | None = None
    people: Callable[[str], int | None] | None = None
    """How many stand behind “team:network” or “role:cab”; None: only a run can tell."""
    agreed: float | None = None
    """Working minutes; otherwise what the definition says."""
    measured: Measured | None = None


@dataclass(frozen=True, slots=True)
class Complexity:
    """How much there is to read and to wait for."""

    steps: int
    ways: int
    """Independent ways through it (McCabe, A Complexity Measure, 1976)."""
    approvals: int
    people: int
    """Steps at which somebody is waited for."""
    minutes: float
    """Working minutes a run is expected to take."""
    longest: tuple[str, ...]
    """The chain that may take longest."""

    @property
    def is_too_much(self) -> bool:
        return self.steps > MOST_STEPS or self.ways > MOST_WAYS or self.approvals > MOST_APPROVALS


def complexity(definition: Definition, measured: Measured | None = None) -> Complexity:
    steps = list(all_steps(definition.steps))
    edges = sum(len(list(ways(step))) for step in steps)
    ends = sum(isinstance(step, End) for step in steps)
    return Complexity(
        steps=len(steps),
        ways=max(1, edges - len(steps) + 1 + ends),
        approvals=sum(isinstance(step, Approval) for step in steps),
        people=sum(isinstance(step, Form | Task | Approval) for step in steps),
        minutes=expected(definition, measured),
        longest=longest(definition.steps)[1],
    )


def lint(definition: Definition, known: Known | None = None) -> list[Finding]:
    """The worst first. Works on drafts that cannot be published, too."""
    found = {
        (finding.code, finding.step, finding.said()): finding
        for finding in _Linting(definition, known or Known()).all()
    }
    return worst_first(list(found.values()))


class _Linting:
    def __init__(self, definition: Definition, known: Known) -> None:
        self.definition, self.known = definition, known
        self.steps = {step.id: step for step in all_steps(definition.steps)}
        self.fields = {datum.key: datum for datum in definition.fields}
        self.agreed = known.agreed if known.agreed is not None else minutes(definition.agreed) or None

    def all(self) -> Iterator[Finding]:
        for step in self.steps.values():
            yield from self._ways_on(step)
            yield from self._who(step)
            yield from self._approval(step)
            yield from self._times(step)
            yield from self._outside(step)
            yield from self._texts(step)
        for steps in self._scopes(self.definition.steps):
            yield from self._loops(steps)
        yield from self._chain()
        yield from self._data()
        yield from self._budget()

    def _scopes(self, steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
        yield steps
        for step in steps:
            if isinstance(step, ForEach):
                yield from self._scopes(step.steps)

    def _name(self, step: str) -> str:
        found = self.steps.get(step)
        return found.name or found.id if found else step

    def _at(self, step: Step, code: str, severity: Severity, text: str, advice: str = "", **words: object) -> Finding:
        return Finding(
            code,
            severity,
            step.id,
            phrase(text, step=step.name or step.id, **words),
            phrase(advice) if advice else None,
        )

    # ---- ways on

    def _ways_on(self, step: Step) -> Iterator[Finding]:
        if not isinstance(step, End) and not step.next:
            yield self._at(
                step, "dead-end", "error", gettext_noop("After “%(step)s” nothing says how it goes on."),
                gettext_noop("Lead it to a step, or to an end."),
            )  # fmt: skip
        if isinstance(step, Decision) and len(step.next) > 1 and not any(edge.otherwise for edge in step.next):
            yield self._at(
                step, "missing-else", "error",
                gettext_noop("“%(step)s” has no way for everything else."),
                gettext_noop("Mark one way “otherwise”."),
            )  # fmt: skip
        if isinstance(step, Decision | Parallel) and len({edge.to for edge in step.next}) == 1:
            yield self._at(
                step, "one-way", "warning", gettext_noop("“%(step)s” has only one way on: it decides nothing."),
                gettext_noop("Take it out, or add the other way."),
            )  # fmt: skip
        if isinstance(step, Join):
            before = sum(way.to == step.id for other in self.steps.values() for way in ways(other))
            if before < 2:
                yield self._at(
                    step, "one-branch", "warning", gettext_noop("Only one branch comes to “%(step)s”: nothing meets."),
                    gettext_noop("Bring the other branches to it, or take it out."),
                )  # fmt: skip
            elif isinstance(step.wait_for, int) and step.wait_for > before:
                yield self._at(
                    step, "too-few-branches", "error",
                    gettext_noop("“%(step)s” waits for %(number)s branches, but only %(before)s come."),
                    number=step.wait_for, before=before,
                )  # fmt: skip
        if isinstance(step, CallOut | Connect) and not step.on_error:
            yield self._at(
                step, "uncaught-failure", "warning",
                gettext_noop("When “%(step)s” fails, the run stands still until somebody repairs it."),
                gettext_noop("Lead its failure to a task."),
            )  # fmt: skip

    # ---- people

    def _who(self, step: Step) -> Iterator[Finding]:
        asked: list[str] = []
        match step:
            case Task() | Form():
                asked += step.who
                if not step.who:
                    yield self._at(
                        step, "nobody-asked", "error", gettext_noop("Nobody is asked to do “%(step)s”."),
                        gettext_noop("Say who: a person, a team, a role."),
                    )  # fmt: skip
                yield from self._enough(step)
            case Approval():
                asked += [who for stage in step.stages for who in (*stage.who, *stage.veto)]
            case Notify():
                asked += step.whom
            case _:
                pass
        asked += [who for timer in step.timers for who in timer.whom]
        for who in dict.fromkeys(asked):
            yield from self._one(step, who)

    def _one(self, step: Step, who: str) -> Iterator[Finding]:
        head, _, rest = who.partition(":")
        if head not in _HEADS or bool(rest) not in _HEADS[head]:
            yield self._at(
                step, "unknown-who", "error", gettext_noop("“%(step)s” asks “%(who)s”: nobody knows who that is."),
                who=who,
            )  # fmt: skip
        elif head == "field" and rest not in self.fields:
            yield self._at(
                step, "unknown-field", "error", gettext_noop("“%(step)s” asks whom “%(field)s” names: no such field."),
                field=rest,
            )  # fmt: skip
        elif self.known.people is not None and self.known.people(who) == 0:
            yield self._at(
                step, "empty-group", "error", gettext_noop("“%(step)s” asks “%(who)s”, and nobody is in it."),
                gettext_noop("Put somebody in, or ask others."), who=who,
            )  # fmt: skip

    def _enough(self, step: Task | Form) -> Iterator[Finding]:
        """Each team answers once, whoever of it does; a role asks everybody who has it."""
        if step.needs is None or not step.needs.isdigit():
            return
        counts = [1 if who.partition(":")[0] == "team" else self._count([who]) for who in step.who]
        if any(who.partition(":")[0] in ("role", "field") for who in step.who) and None in counts:
            return
        count = sum(1 if each is None else each for each in counts)
        if int(step.needs) > count:
            yield self._at(
                step, "quorum", "error", gettext_noop("“%(step)s” needs %(need)s who answer, but asks only %(count)s."),
                need=step.needs, count=count,
            )  # fmt: skip

    def _approval(self, step: Step) -> Iterator[Finding]:
        if not isinstance(step, Approval):
            return
        for stage in step.stages:
            if "requester" in (*stage.who, *stage.veto):
                yield self._at(
                    step, "self-approval", "error",
                    gettext_noop("At “%(step)s” the requester decides about their own request."),
                    gettext_noop("Ask somebody else: the manager, a role, a group."),
                )  # fmt: skip
            chosen = [who[6:] for who in stage.who if who.startswith("field:")]
            if any(key in self.fields for key in chosen) and len(chosen) == len(stage.who):
                yield self._at(
                    step, "chosen-approver", "warning",
                    gettext_noop("Whoever fills in the form chooses who decides at “%(step)s”."),
                    gettext_noop("Add a second stage, or ask a role."),
                )  # fmt: skip
            count = self._count(stage.who)
            if stage.need.isdigit() and count is not None and int(stage.need) > count:
                yield self._at(
                    step, "quorum", "error",
                    gettext_noop("“%(step)s” needs %(need)s who agree, but asks only %(count)s."),
                    need=stage.need, count=count,
                )  # fmt: skip
        if all(stage.when for stage in step.stages):
            yield self._at(
                step, "no-stage", "warning",
                gettext_noop("Every stage of “%(step)s” has a condition: it may be that nobody is asked."),
                gettext_noop("Leave one stage without a condition."),
            )  # fmt: skip
        to = {edge.outcome: edge.to for edge in step.next if not edge.when}
        no = to.get("refused") or next((edge.to for edge in step.next if edge.otherwise), None)
        if "approved" in to and to["approved"] == no:
            yield self._at(
                step, "refusal-ignored", "error",
                gettext_noop("At “%(step)s” a yes and a no lead the same way."),
                gettext_noop("Lead the refusal elsewhere."),
            )  # fmt: skip
        elif "approved" in to and self._ends_from(to["approved"]) == {"refused"}:
            yield self._at(
                step, "upside-down", "error",
                gettext_noop("At “%(step)s” a yes leads only to ends that say no."),
                gettext_noop("Change the two ways round."),
            )  # fmt: skip

    def _count(self, who: Sequence[str]) -> int | None:
        if self.known.people is None:
            return None
        counts = [self.known.people(one) for one in who]
        return None if None in counts else sum(count or 0 for count in counts)

    def _ends_from(self, name: str) -> set[str]:
        seen: set[str] = set()
        todo = [name]
        while todo:
            at = todo.pop()
            if at in self.steps and at not in seen:
                seen.add(at)
                todo += [way.to for way in ways(self.steps[at])]
        return {step.outcome for at in seen if isinstance(step := self.steps[at], End)}

    # ---- times

    def _times(self, step: Step) -> Iterator[Finding]:
        if self.agreed and minutes(step.due) > self.agreed:
            yield self._at(
                step, "due-too-long", "error",
                gettext_noop("“%(step)s” may take %(due)s, which is longer than the whole run should."),
                gettext_noop("Shorten it, or agree on more time."), due=step.due,
            )  # fmt: skip
        until = self._given_up(step)
        for timer in step.timers:
            after = minutes(timer.after)
            if self.agreed and after > self.agreed:
                yield self._at(
                    step, "timer-too-long", "error",
                    gettext_noop("The timer “%(timer)s” at “%(step)s” fires after %(after)s, after the agreed time."),
                    gettext_noop("Let it fire earlier."), timer=timer.id, after=timer.after,
                )  # fmt: skip
            elif until is not None and after >= until and not (timer.then == "go" and timer.interrupts):
                yield self._at(
                    step, "timer-never", "error",
                    gettext_noop("The timer “%(timer)s” at “%(step)s” never fires: the step is over by then."),
                    gettext_noop("Let it fire earlier."), timer=timer.id,
                )  # fmt: skip
            elif timer.then == "remind" and step.due and after >= minutes(step.due):
                yield self._at(
                    step, "reminder-late", "warning",
                    gettext_noop("The reminder “%(timer)s” at “%(step)s” comes only when it is late already."),
                    gettext_noop("Let it fire earlier."), timer=timer.id,
                )  # fmt: skip
            if timer.repeat > 10:
                yield self._at(
                    step, "many-reminders", "warning",
                    gettext_noop("The timer “%(timer)s” at “%(step)s” fires %(number)s times."),
                    gettext_noop("Three are enough; then escalate."), timer=timer.id, number=timer.repeat,
                )  # fmt: skip

    def _given_up(self, step: Step) -> float | None:
        """After so many minutes the step is over, whoever answers or not."""
        spans = [minutes(timer.after) for timer in step.timers if timer.then == "go" and timer.interrupts]
        if isinstance(step, Approval) and step.expires:
            spans.append(minutes(step.expires))
        if isinstance(step, Wait) and step.until == "time":
            spans.append(minutes(step.span))
        return min(spans, default=None)

    def _chain(self) -> Iterator[Finding]:
        needed, chain = longest(self.definition.steps)
        if self.agreed and needed > self.agreed:
            worst = max(chain, key=lambda name: minutes(self.steps[name].due))
            yield Finding(
                "chain-too-long", "error", worst,
                phrase(
                    gettext_noop(
                        "Just in time, it takes %(hours)s working hours; agreed are %(agreed)s: %(steps)s."
                    ),
                    hours=round(needed / 60), agreed=round(self.agreed / 60),
                    steps=listed((f"“{self._name(name)}”" for name in chain if self.steps[name].name), " → "),
                ),
                phrase(gettext_noop("Shorten a step, put some side by side, or agree on more time.")),
                chain,
            )  # fmt: skip

    # ---- loops

    def _loops(self, steps: Sequence[Step]) -> Iterator[Finding]:
        by_id = {step.id: step for step in steps}
        for circle in circles(steps, hoped):
            if all(way.to in circle for name in circle for way in hoped(by_id[name])):
                yield self._at(
                    by_id[circle[0]], "endless-loop", "error",
                    gettext_noop("Nothing leads out of the loop with “%(step)s”."),
                    gettext_noop("Give it a way that leads to an end."),
                )  # fmt: skip
        alone = [step for step in steps if not _waits_for_people(step)]
        for circle in circles(alone):
            told = next((by_id[name] for name in circle if isinstance(by_id[name], Notify)), None)
            if told is not None:
                yield self._at(
                    told, "notice-loop", "error",
                    gettext_noop("“%(step)s” is in a loop that waits for nobody: it is sent again and again."),
                    gettext_noop("Put it before the loop, or wait for an answer in it."),
                )  # fmt: skip

    # ---- what is outside

    def _outside(self, step: Step) -> Iterator[Finding]:
        known = self.known
        asked: list[tuple[str, str, Collection[str] | None, str]] = []
        match step:
            case Action():
                asked.append(
                    (
                        "unknown-action",
                        step.action,
                        known.actions,
                        gettext_noop("“%(step)s” does “%(what)s”: there is no such action."),
                    )
                )
                if step.into and step.into not in self.fields:
                    asked.append(
                        (
                            "unknown-field",
                            step.into,
                            (),
                            gettext_noop("“%(step)s” writes “%(what)s”: there is no such field."),
                        )
                    )
            case Form(form=str(form)) if form:
                asked.append(
                    (
                        "unknown-form",
                        form,
                        known.forms,
                        gettext_noop("“%(step)s” asks with “%(what)s”: there is no such form."),
                    )
                )
            case SubWorkflow():
                asked.append(
                    (
                        "unknown-workflow",
                        step.workflow,
                        known.workflows,
                        gettext_noop("“%(step)s” runs “%(what)s”: there is no such workflow."),
                    )
                )
            case Start(trigger=EventTrigger() as trigger):
                asked.append(
                    (
                        "unknown-event",
                        trigger.event,
                        known.events,
                        gettext_noop("“%(step)s” begins with “%(what)s”: there is no such event."),
                    )
                )
            case Start(trigger=FormTrigger() as trigger) if trigger.form:
                asked.append(
                    (
                        "unknown-form",
                        trigger.form,
                        known.forms,
                        gettext_noop("“%(step)s” asks with “%(what)s”: there is no such form."),
                    )
                )
            case _:
                pass
        if isinstance(step, Action | CallOut | Connect | SubWorkflow):
            asked += [
                ("unknown-field", key, (), gettext_noop("“%(step)s” writes “%(what)s”: there is no such field."))
                for key in step.response if key not in self.fields
            ]  # fmt: skip
        if isinstance(step, ForEach):
            datum = self.fields.get(step.over)
            if datum is not None and datum.type not in ("list", "items", "plan"):
                asked.append(
                    ("no-list", step.over, (), gettext_noop("“%(step)s” goes through “%(what)s”, which is no list."))
                )
        if isinstance(step, Notify) and step.meeting is not None:
            datum = self.fields.get(step.meeting.begins)
            if datum is not None and datum.type != "moment":
                asked.append(
                    (
                        "no-moment",
                        step.meeting.begins,
                        (),
                        gettext_noop("“%(step)s” invites for “%(what)s”, which is no moment."),
                    )
                )
        if isinstance(step, CallOut) and step.secret:
            asked.append(
                (
                    "unknown-system",
                    step.secret,
                    known.systems,
                    gettext_noop("“%(step)s” needs the secret of “%(what)s”: there is no such system."),
                )
            )
        if isinstance(step, Wait) and step.date:
            datum = self.fields.get(step.date)
            if datum is not None and datum.type not in ("date", "moment"):
                asked.append(
                    ("no-date", step.date, (), gettext_noop("“%(step)s” waits for “%(what)s”, which is no date."))
                )
        for code, name, there, text in asked:
            if there is not None and name not in there:
                yield self._at(step, code, "error", text, what=name)

    def _texts(self, step: Step) -> Iterator[Finding]:
        for text in _strings(step.model_dump(mode="json", exclude={"next", "timers", "on_error", "steps", "name"})):
            for braces in _BRACES.findall(text):
                if not PLACEHOLDER.fullmatch(braces):
                    yield self._at(
                        step, "odd-placeholder", "warning",
                        gettext_noop("“%(step)s” says “%(what)s”, which nobody fills in."),
                        gettext_noop("A placeholder is the name of a field in braces, in small letters."), what=braces,
                    )  # fmt: skip

    # ---- data

    def _data(self) -> Iterator[Finding]:
        reads, writes, is_open = self._read(), self._written() | set(self.known.given), False
        for step in self.steps.values():
            form = step.trigger.form if isinstance(step, Start) and isinstance(step.trigger, FormTrigger) else ""
            form = step.form if isinstance(step, Form) and not step.fields else form
            if form and self.known.forms is not None:
                writes |= set(self.known.forms.get(form, ()))
            elif form or (isinstance(step, Start) and isinstance(step.trigger, FormTrigger)):
                is_open = True  # whoever starts it is asked for what no later step asks
        for key, datum in self.fields.items():
            label = datum.label or key
            if key not in reads and key not in writes:
                yield Finding(
                    "unused-data", "warning", "",
                    phrase(gettext_noop("Nobody asks for “%(field)s”, and nobody fills it in."), field=label),
                    phrase(gettext_noop("Take the field out.")),
                )  # fmt: skip
            elif key not in writes and not is_open and not datum.required and self.known.forms is not None:
                yield Finding(
                    "never-filled", "warning", next(iter(reads[key])),
                    phrase(
                        gettext_noop("“%(step)s” needs “%(field)s”, but nobody fills it in."),
                        step=self._name(next(iter(reads[key]))), field=label,
                    ),
                    phrase(gettext_noop("Let a form or a task before it ask for it.")),
                )  # fmt: skip

    def _read(self) -> dict[str, list[str]]:
        """Field → the steps that need it."""
        found: dict[str, list[str]] = {}
        for step in self.steps.values():
            own = step.model_dump(mode="json", exclude={"steps", "fields", "into", "response", "id", "name"})
            for text in _strings(own):
                for key in self.fields:
                    if re.search(rf"(\{{|(?<![\w.-])|-){re.escape(key)}(\}}|:)|^(field:)?{re.escape(key)}$", text):
                        found.setdefault(key, []).append(step.id)
            if isinstance(step, ForEach):
                found.setdefault(step.over.split(".")[0], []).append(step.id)
        return found

    def _written(self) -> set[str]:
        found: set[str] = set()
        for step in self.steps.values():
            match step:
                case Form() | Task():
                    found |= set(step.fields)
                    plan = step.ticks_off if isinstance(step, Task) else None
                    found |= {plan.into} if plan is not None and plan.into else set()
                case Action():
                    found |= {*step.response, *([step.into] if step.into else [])}
                case CallOut() | Connect() | SubWorkflow():
                    found |= set(step.response)
                case _:
                    pass
        return found | {datum.key for datum in OF_EVERY_RUN}

    # ---- the whole

    def _budget(self) -> Iterator[Finding]:
        found = complexity(self.definition, self.known.measured)
        if not found.is_too_much:
            return
        slowest = max(self.steps.values(), key=lambda step: minutes(step.due))
        yield Finding(
            "complexity", "warning", slowest.id,
            phrase(
                gettext_noop(
                    "It has %(steps)s steps, %(ways)s ways and %(approvals)s approvals; "
                    "a run is expected to take %(hours)s working hours."
                ),
                steps=found.steps, ways=found.ways, approvals=found.approvals, hours=round(found.minutes / 60),
            ),
            phrase(gettext_noop("Most time goes into “%(step)s”: begin there."), step=slowest.name or slowest.id),
        )  # fmt: skip


def _waits_for_people(step: Step) -> bool:
    return isinstance(step, Form | Task | Approval) or (isinstance(step, Wait) and step.until in ("reply", "message"))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
