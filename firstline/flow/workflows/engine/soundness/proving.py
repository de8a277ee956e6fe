"""The state space of a definition, explored with the engine that will run it.

Every decision goes every way that the data allows, everybody answers everything, every timer may fire, every failure
that is caught happens. People who skip, repair or call off are left out: a sound flow needs none of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from firstline.flow.workflows.engine import inputs as given
from firstline.flow.workflows.engine.compiling import compiled
from firstline.flow.workflows.engine.definition import Definition, Edge, Language, Step, all_steps, problems_of
from firstline.flow.workflows.engine.findings import Finding, worst_first
from firstline.flow.workflows.engine.inputs import Input
from firstline.flow.workflows.engine.net import Node, TriggerKind
from firstline.flow.workflows.engine.phrases import Listed, Phrase, gettext_noop, listed, phrase
from firstline.flow.workflows.engine.state import OVER, State

from .guessing import GIVEN, Guessing, Oracle, lists
from .regions import Regions, nudges, written
from .watched import advanced

MOST_STATES = 20_000
MOST_TOKENS = 40  # at the same time, in one scope; more than any flow has that is drawn by hand
_MORE = 200  # situations that are still looked at once something is wrong: a draft is refused for one error already
_PILE = 2  # tokens at one place before anybody wonders whether there is an end to it


@dataclass(frozen=True, slots=True)
class Proof:
    """`is_complete`: everything was seen. Otherwise what was found is true, but more may be wrong."""

    findings: tuple[Finding, ...]
    states: int
    is_complete: bool

    @property
    def is_sound(self) -> bool:
        return self.is_complete and not any(finding.severity == "error" for finding in self.findings)


def prove(
    definition: Definition, language: Language | None = None, *, most: int = MOST_STATES, in_every_order: bool = False
) -> Proof:
    """Never raises. What cannot be read as a flow at all comes back with its problems as findings.

    `in_every_order`: branches that leave each other in peace too; slower, and finds the same.
    """
    if problems := problems_of(definition, language):
        return Proof(
            tuple(
                Finding("malformed", "error", problem.step, phrase("%(said)s", said=str(problem)))
                for problem in problems
            ),
            0,
            True,
        )
    return _Proving(definition, language, most, in_every_order).proof()


@dataclass(slots=True)
class _Place:
    """A state, how it was come to, and where it leads. The trail is a chain: most places are never told of."""

    state: State
    before: _Place | None
    passed: tuple[tuple[str, str], ...]  # steps, each with the word said there
    after: list[str] = field(default_factory=list)
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class _Move:
    node: str
    word: str
    what: Input
    writes: frozenset[str] = frozenset()


class _Proving:
    def __init__(self, definition: Definition, language: Language | None, most: int, in_every_order: bool) -> None:
        self.definition, self.limit, self.in_every_order = definition, most, in_every_order
        self.steps: dict[str, Step] = {step.id: step for step in all_steps(definition.steps)}
        self.oracle = Oracle()
        self.guessing = Guessing(definition, language, self.oracle)
        self.net = compiled(definition, self.guessing)
        self.regions = Regions(self.net, definition, self.guessing)
        self.lists = lists(definition)
        self.read = frozenset({*self.lists}).union(*self.guessing.reads.values())
        self.places: dict[str, _Place] = {}
        self.entered: set[str] = set()
        self.taken: set[str] = set()
        self.found: dict[tuple[str, str], Finding] = {}
        self.todo: deque[str] = deque()
        self.was_cut = False
        self.on_the_side = self._only_on_the_side()

    # ---- the exploration

    def proof(self) -> Proof:
        for start in self.net.processes[0].starts:
            data = dict.fromkeys(self.net.required, GIVEN)
            self.entered.add(start.id)
            self._after(None, _Move(start.id, "", given.Start(data, at=start.id)))
        while self.todo and len(self.places) <= self.limit:
            self._expand(self.todo.popleft())
        is_complete = not self.todo and not self.was_cut
        if is_complete:
            self._never_ending()
            self._never_reached()
        elif not self.found:
            self._report(
                "too-large", "warning", "",
                phrase(
                    gettext_noop("It is too large to be proven: %(count)s situations were seen, and there are more."),
                    count=len(self.places),
                ),
                phrase(gettext_noop("Move parts of it into workflows of their own.")),
            )  # fmt: skip
        return Proof(tuple(worst_first(list(self.found.values()))), len(self.places), is_complete)

    def _expand(self, key: str) -> None:
        place = self.places[key]
        state = place.state
        if state["status"] in OVER:
            place.is_over = True
            return
        stuck = [kept for kept in state["at"].values() if "s" in kept]
        moves = list(self._moves(state))
        for kept in stuck:
            self._stuck(place, kept)
        if not moves:
            if not stuck:
                self._dead(place)
            return
        alone = None if self.in_every_order else self._one_alone(state, moves)
        if alone is not None:
            known = set(self.places)
            after = [found for move in alone for found in self._after(place, move)]
            place.after += after
            if not (self.regions.is_in_circle(alone[0].node) and any(found in known for found in after)):
                return
            moves = [move for move in moves if move not in alone]
        for move in moves:
            place.after += self._after(place, move)

    def _one_alone(self, state: State, moves: list[_Move]) -> list[_Move] | None:
        """The moves of one token that all others leave in peace, if there is one."""
        of: dict[str, list[_Move]] = {}
        for move in moves:
            of.setdefault(getattr(move.what, "instance", None) or "", []).append(move)
        if len(of) < 2:
            return None
        for instance, mine in of.items():
            if not instance:
                continue
            node = mine[0].node
            if self.regions.is_held_together(node) or self.net.nodes[node].kind == "scope":
                continue
            if self.regions.read_from(node) and any(move.what.__class__ is given.DataChanged for move in moves):
                continue
            others = [
                kept["n"] for name, kept in state["at"].items()
                if name != instance and kept["p"] is not None and not self._holds(state, name, instance)
            ]  # fmt: skip
            if all(self.regions.apart(node, other) for other in others):
                return mine
        return None

    def _holds(self, state: State, outer: str, inner: str) -> bool:
        """Whether one instance is around the other."""
        at = state["at"]
        todo = [inner]
        while todo:
            kept = at.get(todo.pop())
            if kept is None:
                continue
            around = [kept["p"], kept.get("o")]
            if outer in around:
                return True
            todo += [name for name in around if name is not None]
        return False

    def _moves(self, state: State) -> Iterator[_Move]:
        for instance, kept in state["at"].items():
            node = self.net.nodes[kept["n"]]
            if kept["p"] is None or "w" in kept or "s" in kept:
                continue
            is_repetition = "l" in kept
            if node.kind == "activity" and not is_repetition:
                step = node.work
                writes = written(step, self.definition)
                for outcome in node.outcomes or ("",):
                    yield _Move(node.id, outcome, given.Answer(instance, outcome), writes)
                for code in self._codes(node):
                    yield _Move(node.id, code or "failed", given.Failed(instance, code))
            elif node.kind == "catch":
                for trigger in node.triggers:
                    match trigger.kind:
                        case "message" | "reply" as kind:
                            yield _Move(node.id, kind, given.Arrived(kind, trigger.name, instance=instance))
                        case "condition":
                            keys = frozenset(
                                key
                                for key in self.regions.touched(node.id).reads
                                if key in self.guessing.declared or key.startswith("?")
                            )
                            yield _Move(node.id, "condition", given.DataChanged({"(now)": 1}), keys)
                        case _:
                            pass
            for timer in kept.get("t", {}):
                place = self.net.nodes[timer]
                if not nudges(place):
                    name = timer.removeprefix(f"{node.id}.") if place.kind == "boundary" else ""
                    yield _Move(node.id, name or "time", given.TimerFired(instance, timer))

    def _codes(self, node: Node) -> Iterable[str]:
        """The failures that somebody catches: the node itself, or a repetition around it."""
        caught: dict[str, None] = {}
        at: Node | None = node
        while at is not None:
            for boundary in at.boundaries:
                caught.update((trigger.name, None) for trigger in boundary.triggers if trigger.kind == _ERROR)
            at = at.scope
        return caught

    def _after(self, place: _Place | None, move: _Move) -> list[str]:
        """The keys of what may follow, new places among them."""
        found = []
        before = place.state if place is not None else None
        if before is not None and move.writes:
            before = {**before, "data": self.guessing.forgotten(before["data"], move.writes)}

        def attempt() -> Any:
            state, what = before, move.what
            held = dict(before["data"]) if before is not None else {}
            fixed = {key: self.oracle.pick(key, sizes) for key, sizes in self.lists.items() if key not in held}
            if isinstance(what, given.Start):
                what = given.Start({**what.data, **fixed}, at=what.at)
            elif state is not None and fixed:
                state = {**state, "data": {**held, **fixed}}
            return advanced(self.net, state, what)

        for (machine, rests), chosen in self.oracle.every(attempt):
            word = move.word if move.word not in ("done", "") else ""
            passed = ((move.node, word), *((name, "") for name in machine.entered if name in self.steps))
            if place is None:
                passed = tuple((name, "") for name in machine.entered if name in self.steps)
            self.entered.update(machine.entered)
            self.taken.update(machine.taken)
            state: State = machine.state
            state["data"] = {
                key: value
                for key, value in {**state["data"], **chosen}.items()
                if key in self.read and value is not GIVEN
            }
            new = _Place(_at_rest(state, self.read), place, passed)
            if not rests:
                self._circle(new, machine.entered)
                continue
            for name in machine.ended_early:
                self._ends_early(new, name)
            self._forget(new.state)
            key = _key(new.state)
            found.append(key)
            if key not in self.places:
                if self._grows(new):
                    continue
                self.places[key] = new
                self.todo.append(key)
        return found

    def _forget(self, state: State) -> None:
        """What nobody can ask for any more makes no difference."""
        names = {kept["n"] for kept in state["at"].values() if kept["p"] is not None}
        names.update(join for kept in state["at"].values() for join in kept.get("j", ()))
        asked = frozenset[str]().union(*(self.regions.read_from(name) for name in names))
        state["data"] = {key: value for key, value in state["data"].items() if key in asked}

    # ---- what is wrong

    def _report(
        self, code: str, severity: Any, step: str, sentence: Phrase, suggestion: Phrase | None = None,
        path: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        if severity == "error" and not self.found:
            # A circle is seen only after thousands of hops; two of them are enough.
            self.limit = min(self.limit, len(self.places) + (2 if code == "circle" else _MORE))
        self.found.setdefault((code, step), Finding(code, severity, step, sentence, suggestion, path))

    def _stuck(self, place: _Place, kept: dict[str, Any]) -> None:
        if "w" in kept:
            sentence = phrase(
                gettext_noop("%(way)s, and then nothing fits: at “%(step)s” no way goes on."),
                way=self._way(place), step=self._name(kept["n"]),
            )  # fmt: skip
        else:
            sentence = phrase(
                gettext_noop("%(way)s, and then it cannot go on: what “%(step)s” goes through is no list."),
                way=self._way(place), step=self._name(kept["n"]),
            )  # fmt: skip
        advice = phrase(gettext_noop("Add a way that is taken otherwise."))
        self._report("stuck", "error", kept["n"], sentence, advice, self._path(place))

    def _dead(self, place: _Place) -> None:
        waiting = [join for kept in place.state["at"].values() for join in kept.get("j", ())]
        step = waiting[0] if waiting else next((n["n"] for n in place.state["at"].values() if n["p"] is not None), "")
        self._report(
            "deadlock", "error", step,
            phrase(
                gettext_noop("%(way)s, and then nothing can move any more: “%(step)s” waits for what never comes."),
                way=self._way(place), step=self._name(step),
            ),
            phrase(gettext_noop("Let it wait only for branches that are still coming, or bring every branch to it.")),
            self._path(place),
        )  # fmt: skip

    def _circle(self, place: _Place, entered: list[str]) -> None:
        step = entered[-1]
        self._report(
            "circle", "error", step,
            phrase(
                gettext_noop("%(way)s, and from there it runs in a circle that nobody and nothing stops."),
                way=self._way(place, 12),
            ),
            phrase(gettext_noop("Put a step into the circle that somebody answers, or a way out.")),
            tuple(dict.fromkeys(self._path(place))),
        )  # fmt: skip

    def _ends_early(self, place: _Place, end: str) -> None:
        if end in self.on_the_side:
            return
        others = [
            self._name(kept["n"]) for kept in place.state["at"].values()
            if kept["p"] is not None and kept["n"] in self.steps
        ]  # fmt: skip
        self._report(
            "ends-early", "error", end,
            phrase(
                gettext_noop("%(way)s, and the end “%(step)s” is reached while other work goes on: %(others)s."),
                way=self._way(place), step=self._name(end), others=listed(dict.fromkeys(others)) if others else "…",
            ),
            phrase(gettext_noop("Let the branches meet in a join before the end, or let the end stop the rest.")),
            self._path(place),
        )  # fmt: skip

    def _grows(self, new: _Place) -> bool:
        """Whether tokens pile up without end: it was here before with fewer of them, and nothing else differs."""
        mine = _counts(new.state)
        if not mine or (max(mine.values()) < _PILE and sum(mine.values()) < MOST_TOKENS):
            return False
        before = new.before
        while before is not None:
            other = _counts(before.state)
            more = mine != other and all(mine.get(name, 0) >= count for name, count in other.items())
            if other and more and mine.keys() == other.keys() and new.state["data"] == before.state["data"]:
                most = max(mine, key=lambda name: mine[name] - other[name])
                step = most[1]
                self._report(
                    "piles-up", "error", step,
                    phrase(
                        gettext_noop("%(way)s: every time round, one more piles up at “%(step)s”, without end."),
                        way=self._way(new), step=self._name(step),
                    ),
                    phrase(gettext_noop("Let the branches meet before the way leads back.")),
                    self._path(new),
                )  # fmt: skip
                return True
            before = before.before
        self.was_cut |= sum(mine.values()) > MOST_TOKENS
        return sum(mine.values()) > MOST_TOKENS

    def _never_ending(self) -> None:
        before: dict[str, list[str]] = {}
        for key, place in self.places.items():
            for after in place.after:
                before.setdefault(after, []).append(key)
        ending = {key for key, place in self.places.items() if place.is_over}
        todo = list(ending)
        while todo:
            for key in before.get(todo.pop(), ()):
                if key not in ending:
                    ending.add(key)
                    todo.append(key)
        for key, place in self.places.items():
            if key in ending or any(finding.severity == "error" for finding in self.found.values()):
                continue
            step = next((kept["n"] for kept in place.state["at"].values() if kept["p"] is not None), "")
            self._report(
                "never-ends", "error", step,
                phrase(
                    gettext_noop("%(way)s, and from there it can never end: it always comes back to “%(step)s”."),
                    way=self._way(place), step=self._name(step),
                ),
                phrase(gettext_noop("Give it a way that leads to an end.")),
                self._path(place),
            )  # fmt: skip

    def _never_reached(self) -> None:
        if any(finding.code in ("circle", "piles-up") for finding in self.found.values()):
            return  # behind these nobody looked
        unreached = [name for name in self.steps if name not in self.entered]
        for name in unreached:
            before = [edge.source.id for edge in self.net.nodes[name].into if edge.source.id in self.entered]
            advice = (
                phrase(
                    gettext_noop("The condition of the way from “%(step)s” can never hold there."),
                    step=self._name(before[0]),
                )
                if before
                else phrase(gettext_noop("Lead a way to it, or take it out."))
            )
            self._report(
                "unreachable", "error", name,
                phrase(gettext_noop("No run ever comes to “%(step)s”."), step=self._name(name)), advice,
            )  # fmt: skip
        for name, step in self.steps.items():
            if name in unreached:
                continue
            for edge in self.net.nodes[name].out:
                if edge.id not in self.taken and edge.target.id not in unreached:
                    said = step.next[int(edge.id.rpartition("-")[2])]
                    self._never_taken(step, said)

    def _never_taken(self, step: Step, edge: Edge) -> None:
        if edge.otherwise:
            sentence = phrase(
                gettext_noop("The way from “%(step)s” to “%(to)s” for everything else is never taken."),
                step=self._name(step.id), to=self._name(edge.to),
            )  # fmt: skip
            self._report("always", "warning", step.id, sentence)
            return
        self._report(
            "never-taken", "error", step.id,
            phrase(
                gettext_noop("The way from “%(step)s” to “%(to)s” is never taken: its condition can never hold there."),
                step=self._name(step.id), to=self._name(edge.to),
            ),
            phrase(gettext_noop("Correct the condition, or take the way out.")),
        )  # fmt: skip

    # ---- telling

    def _path(self, place: _Place) -> tuple[str, ...]:
        return tuple(name for name, _word in self._passed(place))

    def _passed(self, place: _Place) -> list[tuple[str, str]]:
        parts: list[tuple[tuple[str, str], ...]] = []
        at: _Place | None = place
        while at is not None:
            parts.append(at.passed)
            at = at.before
        trail: list[tuple[str, str]] = []
        for name, word in (one for part in reversed(parts) for one in part):
            if trail and word and any(entry == (name, "") for entry in trail):
                trail.remove((name, ""))
                trail.append((name, word))
            elif word or not trail or trail[-1][0] != name:
                trail.append((name, word))
        return trail

    def _way(self, place: _Place, most: int = 40) -> Phrase:
        said = [
            phrase("“%(step)s” (%(word)s)", step=self._name(name), word=word)
            if word
            else phrase("“%(step)s”", step=self._name(name))
            for name, word in self._passed(place)
        ]
        shown: Listed = listed(said[:most] if len(said) <= most else [*said[: most - 1], "…"], " → ")
        return phrase(gettext_noop("It goes %(steps)s"), steps=shown)

    def _name(self, step: str) -> str:
        found = self.steps.get(step)
        return found.name or found.id if found else self.definition.name

    def _only_on_the_side(self) -> frozenset[str]:
        """Ends that only branches beside come to: those a timer begins without giving its step up."""
        reached: set[str] = set()
        todo = list(self.net.processes[0].starts)
        todo += [start for node in self.net.nodes.values() if node.kind == "scope" for start in node.starts]
        while todo:
            node = todo.pop()
            if node.id in reached:
                continue
            reached.add(node.id)
            todo += [edge.target for edge in node.out]
            todo += [edge.target for boundary in node.boundaries if boundary.interrupts for edge in boundary.out]
        return frozenset(self.steps) - reached


_ERROR: TriggerKind = "error"


def _at_rest(state: State, read: frozenset[str]) -> State:
    """Without the moments: timers may fire whenever they like. Those that fire often are let fire twice."""
    at = {}
    for instance, kept in state["at"].items():
        if "t" in kept:
            kept = {**kept, "t": {timer: [None, min(more, 1)] for timer, (_due, more) in kept["t"].items()}}
        if "v" in kept:
            kept = {**kept, "v": {key: value for key, value in kept["v"].items() if key in read}}
        at[instance] = kept
    return {**state, "at": at}


def _key(state: State) -> str:
    """Equal for states that differ only in the numbers of their instances."""
    inside: dict[str | None, list[str]] = {}
    for instance, kept in state["at"].items():
        inside.setdefault(kept.get("o", kept["p"]), []).append(instance)

    def told(instance: str) -> str:
        kept = state["at"][instance]
        more = {name: value for name, value in kept.items() if name not in ("p", "o", "n")}
        return (
            f"{kept['n']}{sorted(more.items())}[{','.join(sorted(told(other) for other in inside.get(instance, ())))}]"
        )

    roots = sorted(told(instance) for instance in inside.get(None, ()))
    return f"{state['status']}{roots}{sorted(state['data'].items(), key=str)}"


def _counts(state: State) -> dict[tuple[str, str, str], int]:
    """Tokens by scope and place, and what else is kept of them; repetitions have as many as their list."""
    found: dict[tuple[str, str, str], int] = {}
    for instance, kept in state["at"].items():
        if kept["p"] is not None and "o" not in kept:
            more = {name: value for name, value in kept.items() if name not in ("p", "n", "k", "j")}
            key = (kept["p"], kept["n"], str(more))
            found[key] = found.get(key, 0) + 1
        for join, waiting in kept.get("j", {}).items():
            for edge, count in waiting.items():
                if edge != "!":
                    found[instance, join, edge] = found.get((instance, join, edge), 0) + count
    return found
