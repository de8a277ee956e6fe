"""Defects planted into good workflows, one at a time: each operator says what it breaks and where it fits."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

type Doc = dict[str, Any]
type Operator = Callable[[Doc], Iterator[tuple[str, Doc]]]

OPERATORS: dict[str, Operator] = {}


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__.replace("_", " ")] = function
    return function


def planted(good: Doc) -> Iterator[tuple[str, str, Doc]]:
    for name, plant in OPERATORS.items():
        for where, bad in plant(good):
            yield name, where, bad


def each(good: Doc, *kinds: str) -> Iterator[tuple[Doc, Doc, list[Doc]]]:
    """A fresh copy for every step of these kinds: the document, the step in it, and the steps beside it."""
    for place in range(_count(good["steps"])):
        bad = copy.deepcopy(good)
        step, beside = _all(bad["steps"])[place]
        if not kinds or step["kind"] in kinds:
            yield bad, step, beside


def _all(steps: list[Doc]) -> list[tuple[Doc, list[Doc]]]:
    found = []
    for step in steps:
        found.append((step, steps))
        found += _all(step.get("steps", []))
    return found


def _count(steps: list[Doc]) -> int:
    return len(_all(steps))


def into(steps: list[Doc], to: str) -> list[tuple[Doc, Doc]]:
    return [(step, edge) for step in steps for edge in step.get("next", []) if edge["to"] == to]


def step_of(steps: list[Doc], name: str) -> Doc:
    return next(step for step in steps if step["id"] == name)


# ---- ways


@operator
def an_edge_is_gone(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good):
        for number in range(len(step.get("next", []))):
            other = copy.deepcopy(bad)
            found = next(one for one, _ in _all(other["steps"]) if one["id"] == step["id"])
            gone = found["next"].pop(number)
            yield f"{step['id']} → {gone['to']}", other


@operator
def the_else_is_gone(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "decision"):
        step["next"] = [edge for edge in step["next"] if not edge.get("otherwise")]
        yield step["id"], bad


@operator
def a_join_became_a_parallel(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "join"):
        step["kind"] = "parallel"
        step.pop("wait_for", None)
        yield step["id"], bad


@operator
def a_join_waits_only_for_the_first(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "join"):
        step["wait_for"] = "first"
        yield step["id"], bad


@operator
def a_join_waits_for_one_too_many(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, beside in each(good, "join"):
        step["wait_for"] = len(into(beside, step["id"])) + 1 + sum(len(one.get("timers", [])) for one in beside)
        yield step["id"], bad


@operator
def a_fork_became_a_decision(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "parallel"):
        step["kind"] = "decision"
        yield step["id"], bad


@operator
def a_branch_goes_past_the_join(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, join, beside in each(good, "join"):
        for number in range(len(into(beside, join["id"]))):
            other = copy.deepcopy(bad)
            step, edge = into(other["steps"], join["id"])[number]
            edge["to"] = join["next"][0]["to"]
            yield f"{step['id']} → {edge['to']}", other


@operator
def a_branch_goes_to_the_end(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, join, beside in each(good, "join"):
        for number in range(len(into(beside, join["id"]))):
            for end in [one["id"] for one in beside if one["kind"] == "end"]:
                other = copy.deepcopy(bad)
                step, edge = into(other["steps"], join["id"])[number]
                edge["to"] = end
                yield f"{step['id']} → {end}", other


@operator
def a_branch_leads_back_to_the_fork(good: Doc) -> Iterator[tuple[str, Doc]]:
    forks = [step["id"] for step in good["steps"] if step["kind"] == "parallel"]
    for bad, join, beside in each(good, "join"):
        for number in range(len(into(beside, join["id"]))):
            for fork in forks:
                other = copy.deepcopy(bad)
                step, edge = into(other["steps"], join["id"])[number]
                edge["to"] = fork
                yield f"{step['id']} → {fork}", other


@operator
def a_step_leads_to_itself(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good):
        if step["kind"] != "start" and len(step.get("next", [])) == 1 and "timers" not in step:
            step["next"] = [{"to": step["id"]}]
            yield step["id"], bad


@operator
def a_step_leads_to_nowhere(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "task", "approval"):
        step["next"][0]["to"] = "nowhere"
        yield step["id"], bad


@operator
def a_notice_is_sent_round_and_round(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, beside in each(good, "notify"):
        beside.append({"kind": "wait", "id": "pause", "until": "time", "span": "1 day", "next": [{"to": step["id"]}]})
        step["next"] = [{"to": "pause"}]
        yield step["id"], bad


@operator
def nobody_leads_to_a_step(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, beside in each(good, "end"):
        beside.append({"kind": "task", "id": "orphan", "who": ["manager"], "next": [{"to": step["id"]}]})
        yield step["id"], bad


@operator
def an_outcome_nobody_gives(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "approval", "task"):
        if step["next"][0].get("outcome"):
            step["next"][0]["outcome"] = "perhaps"
            yield step["id"], bad


# ---- conditions


@operator
def a_condition_cannot_hold(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "decision"):
        for number, edge in enumerate(step["next"]):
            if "when" in edge:
                other = copy.deepcopy(bad)
                found = next(one for one, _ in _all(other["steps"]) if one["id"] == step["id"])
                found["next"][number]["when"] = f"({edge['when']}) -({edge['when']})"
                yield f"{step['id']}[{number}]", other


@operator
def a_condition_asks_an_unknown_field(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "decision"):
        step["next"][0]["when"] = "colour:red"
        yield step["id"], bad


@operator
def the_first_condition_takes_everything(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "decision"):
        if len(step["next"]) > 1 and step.get("takes") != "all":
            asked = step["next"][0]["when"]
            step["next"][0]["when"] = f"({asked}) or -({asked})"
            yield step["id"], bad


# ---- people


@operator
def nobody_is_asked(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "task"):
        step["who"] = []
        yield step["id"], bad


@operator
def the_approvers_are_gone(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "approval"):
        for number in range(len(step["stages"])):
            other = copy.deepcopy(bad)
            found = next(one for one, _ in _all(other["steps"]) if one["id"] == step["id"])
            found["stages"][number]["who"] = []
            yield f"{step['id']}[{number}]", other


@operator
def the_group_is_empty(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "approval", "task"):
        if step["kind"] == "approval":
            step["stages"][-1]["who"] = ["team:nobody"]
        else:
            step["who"] = ["team:nobody"]
        yield step["id"], bad


@operator
def the_requester_approves(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "approval"):
        for number in range(len(step["stages"])):
            other = copy.deepcopy(bad)
            found = next(one for one, _ in _all(other["steps"]) if one["id"] == step["id"])
            found["stages"][number]["who"] = ["requester"]
            yield f"{step['id']}[{number}]", other


@operator
def more_must_agree_than_there_are(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "approval"):
        step["stages"][0]["need"] = "99"
        yield step["id"], bad


@operator
def a_no_goes_on_like_a_yes(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "approval"):
        to = next(edge["to"] for edge in step["next"] if edge.get("outcome") == "approved")
        for edge in step["next"]:
            if edge.get("outcome") == "refused":
                edge["to"] = to
        yield step["id"], bad


@operator
def yes_and_no_are_changed_round(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "approval"):
        words = {"approved": "refused", "refused": "approved"}
        for edge in step["next"]:
            edge["outcome"] = words.get(edge["outcome"], edge["outcome"])
        yield step["id"], bad


# ---- times


@operator
def a_timer_is_longer_than_the_agreement(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good):
        for timer in step.get("timers", [])[:1]:
            timer["after"] = "90 working days"
            yield step["id"], bad


@operator
def a_step_may_take_longer_than_the_whole(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "task", "approval", "form"):
        step["due"] = "90 days"
        yield step["id"], bad


@operator
def the_steps_together_take_too_long(good: Doc) -> Iterator[tuple[str, Doc]]:
    """One of them as long as nine tenths of the agreement: what is around it does not fit any more."""
    days = int(good["agreed"].split()[0]) * 9 // 10
    for bad, step, _beside in each(good, "approval"):
        step["due"] = f"{days} working days"
        yield step["id"], bad


@operator
def a_reminder_comes_after_the_end_of_the_step(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good):
        if any(timer.get("then") == "go" for timer in step.get("timers", [])):
            step["timers"].append({"id": "too_late", "after": "30 working days"})
            yield step["id"], bad


# ---- data and the world


@operator
def there_is_no_such_action(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "action"):
        step["action"] = "ticket.vanish"
        yield step["id"], bad


@operator
def there_is_no_such_form(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "form", "start"):
        if step["kind"] == "form":
            step["form"] = "nothing"
            step["fields"] = []
        elif step["trigger"]["by"] == "form":
            step["trigger"]["form"] = "nothing"
        else:
            continue
        yield step["id"], bad


@operator
def there_is_no_such_placeholder(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "task", "approval", "notify"):
        part = "subject" if step["kind"] == "notify" else "title"
        step[part] = step.get(part, "") + (" {colour}" if len(step["id"]) % 2 else " {Colour}")
        yield step["id"], bad


@operator
def a_field_nobody_needs(good: Doc) -> Iterator[tuple[str, Doc]]:
    bad = copy.deepcopy(good)
    bad["fields"].append({"key": "colour", "label": "Colour"})
    yield "colour", bad


@operator
def a_field_nobody_fills_in(good: Doc) -> Iterator[tuple[str, Doc]]:
    bad = copy.deepcopy(good)
    bad["fields"].append({"key": "colour", "label": "Colour"})
    step = next(step for step in bad["steps"] if step["kind"] == "task")
    step["text"] = "{colour}"
    yield "colour", bad


@operator
def two_steps_have_the_same_name(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "end"):
        bad["steps"].append(copy.deepcopy(step))
        yield step["id"], bad


@operator
def a_repetition_over_what_is_no_list(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "for_each"):
        step["over"] = bad["fields"][0]["key"]
        yield step["id"], bad


@operator
def a_failure_nobody_catches(good: Doc) -> Iterator[tuple[str, Doc]]:
    for bad, step, _beside in each(good, "connect", "call_out"):
        step.pop("on_error")
        yield step["id"], bad
