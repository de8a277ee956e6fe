"""Random workflows for the property tests: blocks within blocks, with every kind of step, timers and errors."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as some

from firstline.flow.workflows.engine.definition import Definition, understand

type Doc = dict[str, Any]


class _Drawing:
    def __init__(self, draw: Any) -> None:
        self.draw, self.count = draw, 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def block(self, depth: int, then: str) -> tuple[str, list[Doc]]:
        """Its first step, and all of them; it goes on with `then`."""
        kinds = ["task", "approval", "wait", "action", "notify", "two"]
        if depth:
            kinds += ["fork", "choice", "each", "again"]
        kind = self.draw(some.sampled_from(kinds))
        return getattr(self, f"_{kind}")(depth, then)

    def _extras(self, then: str) -> Doc:
        more: Doc = {}
        timer = self.draw(some.sampled_from(["", "", "remind", "go", "beside"]))
        if timer == "remind":
            more["timers"] = [{"id": "nudge", "after": "1 hour", "repeat": self.draw(some.integers(1, 3))}]
        elif timer:
            more["timers"] = [{"id": "late", "after": "2 hours", "then": "go", "to": then, "interrupts": timer == "go"}]
        if self.draw(some.booleans()):
            more["on_error"] = then
        return more

    def _task(self, _depth: int, then: str) -> tuple[str, list[Doc]]:
        name = self.name("task")
        return name, [{"kind": "task", "id": name, "next": then, "fields": ["n"]} | self._extras(then)]

    def _approval(self, depth: int, then: str) -> tuple[str, list[Doc]]:
        name = self.name("ask")
        other, steps = self.block(depth - 1, then) if depth > 0 else (then, [])
        step = {
            "kind": "approval", "id": name, "stages": [{"who": ["manager"]}],
            "next": [{"to": then, "outcome": "approved"}, {"to": other, "otherwise": True}],
        }  # fmt: skip
        return name, [step | self._extras(then), *steps]

    def _wait(self, _depth: int, then: str) -> tuple[str, list[Doc]]:
        name = self.name("wait")
        how = self.draw(some.sampled_from([
            {"until": "time", "span": "1 hour"}, {"until": "reply"}, {"until": "message", "message": "parcel"},
            {"until": "condition", "when": "n:>5"}, {"until": "time", "span": "2 working days"},
        ]))  # fmt: skip
        return name, [{"kind": "wait", "id": name, "next": then} | how | self._extras(then)]

    def _action(self, _depth: int, then: str) -> tuple[str, list[Doc]]:
        name = self.name("act")
        return name, [{"kind": "action", "id": name, "action": "ticket.close", "next": then} | self._extras(then)]

    def _notify(self, _depth: int, then: str) -> tuple[str, list[Doc]]:
        name = self.name("tell")
        return name, [{"kind": "notify", "id": name, "whom": ["requester"], "subject": "Hi", "next": then}]

    def _two(self, depth: int, then: str) -> tuple[str, list[Doc]]:
        if depth <= 0:
            return self._task(depth, then)
        second, after = self.block(depth - 1, then)
        first, before = self.block(depth - 1, second)
        return first, [*before, *after]

    def _fork(self, depth: int, then: str) -> tuple[str, list[Doc]]:
        name, join = self.name("fork"), self.name("join")
        branches = [self.block(depth - 1, join) for _each in range(self.draw(some.integers(2, 3)))]
        how = self.draw(some.sampled_from(["coming", "first", 2]))
        steps = [step for _first, inner in branches for step in inner]
        return name, [
            {"kind": "parallel", "id": name, "next": [{"to": first} for first, _inner in branches]},
            *steps,
            {"kind": "join", "id": join, "wait_for": how, "next": then},
        ]

    def _choice(self, depth: int, then: str) -> tuple[str, list[Doc]]:
        name = self.name("is")
        yes, steps = self.block(depth - 1, then)
        takes = self.draw(some.sampled_from(["first", "all"]))
        next_ = [{"to": yes, "when": "n:>2"}, {"to": then, "when": "n:<8"}, {"to": then, "otherwise": True}]
        return name, [{"kind": "decision", "id": name, "takes": takes, "next": next_}, *steps]

    def _again(self, depth: int, then: str) -> tuple[str, list[Doc]]:
        name = self.name("again")
        first, steps = self.block(depth - 1, name)
        # Something in the loop must rest, or it would be halted; that is tested elsewhere.
        rest = self.name("task")
        return first, [
            *steps,
            {"kind": "decision", "id": name, "next": [{"to": rest, "when": "n:>6"}, {"to": then, "otherwise": True}]},
            {"kind": "task", "id": rest, "next": first},
        ]

    def _each(self, depth: int, then: str) -> tuple[str, list[Doc]]:
        name, end = self.name("each"), self.name("end")
        first, steps = self.block(depth - 1, end)
        begin = self.name("begin")
        inner = [{"kind": "start", "id": begin, "next": first}, *steps, {"kind": "end", "id": end}]
        step = {
            "kind": "for_each", "id": name, "over": "items", "next": then, "steps": inner,
            "order": self.draw(some.sampled_from(["together", "one_by_one"])),
        }  # fmt: skip
        if self.draw(some.booleans()):
            step["enough"] = 1
        return name, [step | self._extras(then)]


@some.composite
def definitions(draw: Any) -> Definition:
    first, steps = _Drawing(draw).block(3, "end")
    found, problems = understand({
        "workflow": "drawn", "name": "Drawn",
        "fields": [{"key": "n", "type": "number"}, {"key": "items", "type": "list"}],
        "steps": [{"kind": "start", "id": "begin", "next": first}, *steps, {"kind": "end", "id": "end"}],
    })  # fmt: skip
    assert found is not None, problems
    assert problems == []
    return found
