"""One move: tokens go from node to node until everything rests.

A machine lives for one call of `advance`. It copies only what it changes. Nothing in it asks the clock, chooses by
chance or depends on the order of a set, so the same inputs always give the same states and effects.

Fair to listeners: what is thrown is thrown only after every other token has come to rest, so whoever can already
listen hears it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from . import effects as wanted
from . import events, joining, repeating, watching
from .effects import Effect
from .net import Edge, Net, Node
from .state import State

MOST_HOPS = 10_000  # per move; the longest list of a for-each needs some thousand

type Kept = dict[str, Any]
type How = Literal["done", "failed", "called_off", "timed_out", "skipped"]


class Looping(Exception):
    """More hops than any sane flow needs in one move."""


class Machine:
    __slots__ = (
        "at", "changed", "data", "effects", "hops", "net", "now", "own", "owns_data", "queue", "said", "state",
        "throwing",
    )  # fmt: skip

    def __init__(self, net: Net, state: State, now: datetime) -> None:
        self.net, self.now = net, now
        self.state = dict(state)
        self.at: dict[str, Kept] = dict(state["at"])
        self.state["at"] = self.at
        self.data: dict[str, Any] = state["data"]
        self.owns_data = False
        self.own: set[str] = set()
        self.effects: list[Effect] = []
        self.queue: deque[tuple[Node, str, str]] = deque()  # tokens on their way: node, scope instance, edge
        self.said: deque[tuple[Node, str]] = deque()  # tokens that are about to throw
        self.hops = 0
        self.changed = False
        self.throwing: str | None = None  # the scope instance of the token that throws; None once it was called off

    # ---- what the inputs use

    def run(self) -> None:
        """Until everything rests."""
        queue, said, net = self.queue, self.said, self.net
        while True:
            while queue:
                self.enter(*queue.popleft())
            if said:
                self.hop()
                events.throw(self, *said.popleft())
            elif self.changed and net.has_conditions:
                self.changed = False
                watching.ask_again(self)
            elif not (net.has_meeting and joining.meet(self)):
                return

    def begin_process(self, process: Node, start: Node | None = None) -> str:
        """A process instance with a token at one start, or at all of its plain ones."""
        process_id = self.new({"n": process.id, "p": None, "k": 0})
        if start is None:
            self.open_scope(process_id, process)
        else:
            watching.watch(self, process_id, process)
            if "x" not in self.at.get(process_id, {"x": 1}):
                self.mine(process_id)["k"] += 1
                if start.kind == "choice" or start.into:
                    self.queue.append((start, process_id, ""))
                else:
                    self.leave(start, process_id)
        return process_id

    # ---- instances

    def new(self, kept: Kept) -> str:
        number = self.state["next"]
        self.state["next"] = number + 1
        instance = str(number)
        self.at[instance] = kept
        self.own.add(instance)
        return instance

    def mine(self, instance: str) -> Kept:
        """The instance, to be changed: a copy the first time, because the state before must stay what it was."""
        kept = self.at[instance]
        if instance not in self.own:
            kept = self.at[instance] = dict(kept)
            self.own.add(instance)
        return kept

    def node_of(self, instance: str) -> Node:
        return self.net.nodes[self.at[instance]["n"]]

    def inside(self, instance: str) -> Node:
        """The node whose nodes a scope instance runs: for a call, the process called."""
        node = self.node_of(instance)
        return node.body or node

    # ---- data

    def view(self, scope: str | None, more: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The data as seen from a scope: the entries of the repetitions around it lie over the data of the run."""
        if not self.net.has_locals:
            return {**self.data, **more} if more else self.data
        layers = []
        while scope is not None:
            kept = self.at[scope]
            if "v" in kept:
                layers.append(kept["v"])
            scope = kept["p"]
        seen = dict(self.data)
        for layer in reversed(layers):
            seen.update(layer)
        seen.update(more or {})
        return seen

    def write(self, values: Mapping[str, Any], scope: str | None) -> None:
        if not values:
            return
        if not self.owns_data:
            self.data = self.state["data"] = dict(self.data)
            self.owns_data = True
        self.data.update(values)
        self.changed = True
        if self.net.has_locals:
            while scope is not None and "v" not in self.at[scope]:
                scope = self.at[scope]["p"]
            if scope is not None:
                kept = self.mine(scope)
                kept["v"] = {**kept["v"], **values}

    # ---- tokens

    def hop(self) -> None:
        self.hops += 1
        if self.hops > MOST_HOPS:
            raise Looping

    def enter(self, node: Node, scope: str, edge: str) -> None:
        """A token comes to a node. Where its scope is gone, it is gone too."""
        self.hops += 1
        if self.hops > MOST_HOPS:
            raise Looping
        if scope not in self.at:
            return
        if not node.gathers:
            self.begin(node, scope)
        elif node.needs > 1:
            joining.gather(self, node, scope)
        else:
            joining.arrive(self, node, scope, edge)

    def begin(self, node: Node, scope: str) -> None:
        kind = node.kind
        if kind == "pass":
            self.leave(node, scope)
        elif kind == "end" or kind == "throw":
            if node.triggers:
                self.said.append((node, scope))
            elif kind == "end":
                self.end(node, scope)
            else:
                self.leave(node, scope)
        elif node.loop is not None:
            repeating.begin(self, node, scope)
        else:
            self.activate(node, scope)

    def activate(self, node: Node, scope: str, owner: str | None = None, local: Kept | None = None) -> None:
        """A step instance: it rests here, or opens its insides."""
        kept: Kept = {"n": node.id, "p": scope}
        if owner is not None:
            kept["o"] = owner
        if local is not None:
            kept["v"] = local
        if node.kind == "scope":
            kept["k"] = 0
        instance = self.new(kept)
        if node.effect is not None and (owner is None or node.kind != "scope"):
            self.effects.append(node.effect(instance, node.id, self.locals(instance)))
        if not node.rests:
            self.finish(instance)
            return
        if node.kind == "scope":
            self.open_scope(instance, node)
        elif node.timed or node.watches:
            watching.watch(self, instance, node)

    def locals(self, instance: str) -> Mapping[str, Any] | None:
        if not self.net.has_locals:
            return None
        seen: Kept = {}
        scope: str | None = instance
        while scope is not None:
            kept = self.at[scope]
            seen = {**kept.get("v", {}), **seen}
            scope = kept["p"]
        return seen or None

    def open_scope(self, instance: str, node: Node) -> None:
        watching.watch(self, instance, node)
        kept = self.at.get(instance)
        if kept is None or "x" in kept:
            return  # something that was waited for had happened already
        kept = self.mine(instance)
        body = node.body or node
        starts = body.starts
        if body.ad_hoc == "one_by_one":
            kept["a"] = [start.id for start in starts[1:]]
            starts = starts[:1]
        kept["k"] += len(starts)
        for start in starts:
            self.queue.append((start, instance, ""))
        if not starts and not kept["k"]:
            self.emptied(instance)

    def finish(
        self, instance: str, outcome: str = "", how: How = "done", by: str | None = None, to: Edge | None = None
    ) -> None:
        """A step instance ends the regular way; its token goes on."""
        node = self.node_of(instance)
        kept = self.close(instance, how, outcome, by)
        parent = kept["p"]
        undone = kept.get("d", ())
        if node.compensated_by is not None or undone:
            scope = self.mine(parent)
            entries = (
                [[node.id, node.compensated_by.id]]
                if node.compensated_by is not None
                else [[node.id, *entry] for entry in undone]
            )
            scope["d"] = [*scope.get("d", ()), *entries]
        if "o" in kept:
            repeating.one_done(self, kept["o"])
        elif node.is_handler:
            self.consume(parent)
        elif to is not None:
            self.queue.append((to.target, parent, to.id))
        else:
            self.leave(node, parent, outcome)

    def close(self, instance: str, how: How, outcome: str = "", by: str | None = None) -> Kept:
        kept = self.at.pop(instance)
        for timer in kept.get("t", ()):
            self.effects.append(wanted.CancelTimer(instance, timer))
        node = self.net.nodes[kept["n"]]
        is_opened = node.effect is not None and (("o" not in kept) if node.kind == "scope" else ("l" not in kept))
        if is_opened or "s" in kept:  # what stands still is in sight, even if it could not begin
            self.effects.append(wanted.Closed(instance, node.id, how, outcome, by))
        if self.throwing == instance:
            self.throwing = None
        return kept

    def call_off(self, instance: str, how: How = "called_off") -> Kept:
        """The instance with everything in it. Its token is not counted off: the caller knows what becomes of it."""
        inside = [other for other, kept in self.at.items() if kept["p"] == instance or kept.get("o") == instance]
        kept = self.close(instance, how)
        for other in inside:
            if other in self.at:
                self.call_off(other)
        return kept

    def clear(self, scope: str) -> None:
        """Everything in the scope is called off; the scope itself stays."""
        for other in [other for other, kept in self.at.items() if kept["p"] == scope]:
            if other in self.at:
                self.call_off(other)
        for tokens in (self.queue, self.said):
            left = [token for token in tokens if token[1] != scope]
            tokens.clear()
            tokens.extend(left)  # type: ignore[arg-type]
        kept = self.mine(scope)
        kept["k"] = 0
        kept.pop("j", None)
        kept.pop("a", None)
        if self.throwing == scope:
            self.throwing = None

    def leave(self, node: Node, scope: str, outcome: str = "") -> None:
        way = node.straight
        if way is not None:
            self.queue.append((way.target, scope, way.id))
        elif not node.out:
            self.consume(scope)
        else:
            taken = self._fitting(node, scope, outcome)
            if not taken:
                self.stick(node, scope, outcome)
                return
            more = len(taken) * node.gives - 1
            if more:
                self.mine(scope)["k"] += more
            for edge in taken:
                for _token in range(node.gives):
                    self.queue.append((edge.target, scope, edge.id))

    def _fitting(self, node: Node, scope: str, outcome: str) -> list[Edge]:
        """[13.3.1: of a task, plain edges are always taken, the default only when no condition holds]"""
        seen = self.view(scope)
        taken, default, asked = [], None, False
        for edge in node.out:
            if edge.otherwise:
                default = edge
                continue
            plain = edge.holds is None and edge.outcome is None
            if (edge.outcome is None or edge.outcome == outcome) and (
                edge.holds is None or _holds(edge, seen, self.now)
            ):
                taken.append(edge)
                asked |= not plain
                if node.split == "first":
                    return taken
        if default is not None and not asked:
            taken.append(default)
        return taken

    def stick(self, node: Node, scope: str, outcome: str) -> None:
        """No edge fits: the token stands still, in sight, until somebody repairs it."""
        sentence = f"At “{node.name or node.id}” nothing says how it goes on."
        instance = self.new({"n": node.id, "p": scope, "s": sentence, "w": outcome})
        self.effects.append(wanted.Halt(sentence, node.id, instance))

    def end(self, node: Node, scope: str) -> None:
        if self.at[scope]["p"] is None:
            self.state["outcome"] = node.outcome
        self.consume(scope)

    def consume(self, scope: str) -> None:
        kept = self.mine(scope)
        kept["k"] -= 1
        if kept.get("a") or (kept["k"] and self.inside(scope).ad_hoc):
            self._next_ad_hoc(scope, kept)
        elif not kept["k"]:
            self.emptied(scope)

    def _next_ad_hoc(self, scope: str, kept: Kept) -> None:
        """[13.3.5: the completion condition is asked whenever an activity inside has ended]"""
        body = self.inside(scope)
        if body.finished_when is not None and body.finished_when(self.view(scope), self.now):
            if body.calls_off_rest:
                self.clear(scope)
            kept = self.mine(scope)
            kept.pop("a", None)
            if not kept["k"]:
                self.emptied(scope)
        elif kept.get("a") and not kept["k"]:
            first, *rest = kept["a"]
            kept["a"] = rest
            kept["k"] = 1
            self.queue.append((self.net.nodes[first], scope, ""))

    def emptied(self, scope: str) -> None:
        """The last token of a scope is gone."""
        if self.at[scope]["p"] is not None:
            self.finish(scope)
            return
        self.close(scope, "done")
        if not any(kept["p"] is None for kept in self.at.values()) and self.state["status"] == "running":
            self.state["status"] = "done"
            self.effects.append(wanted.EndRun("done", self.state["outcome"]))

    def stop(self, how: Literal["cancelled", "withdrawn", "failed"], reason: str) -> None:
        """The whole run, at once."""
        for root in [instance for instance, kept in self.at.items() if kept["p"] is None]:
            self.call_off(root)
        self.queue.clear()
        self.said.clear()
        self.state["status"], self.state["why"] = how, reason
        self.effects.append(wanted.EndRun(how, self.state["outcome"], reason))


def _holds(edge: Edge, seen: Mapping[str, Any], now: datetime) -> bool:
    """What cannot be compared does not hold: the way for everything else is taken."""
    try:
        return edge.holds is None or edge.holds(seen, now)
    except (ValueError, TypeError, KeyError):
        return False
