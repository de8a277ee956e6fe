"""What can happen to a run. Everything recorded of a run is a list of these with their moments; replayed, they give
the same states and effects. `instance` is the number of a step instance, as the effects name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Start:
    """`at`: the start step; otherwise the first. `beside`: further processes that begin with it (BPMN pools)."""

    data: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None
    at: str | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody filled in a form, did a task, decided an approval."""

    instance: str
    outcome: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """What was to be done was done: an action, a call, an operation, another run."""

    instance: str
    outcome: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """It failed for good; retries are over."""

    instance: str
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TimerFired:
    instance: str
    timer: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message, a reply, a signal. With `instance`, for that step only."""

    kind: Literal["message", "reply", "signal"]
    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    instance: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class DataChanged:
    """Fields changed from outside; conditions that are waited for are asked anew."""

    data: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """The desk calls the run off."""

    reason: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The requester takes the request back."""

    reason: str = ""
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """The step that stands still is tried again; without an instance, a halted run goes on."""

    instance: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """The step counts as answered so, or goes on to a step of its choice. Needs a reason."""

    instance: str
    reason: str
    outcome: str = ""
    to: str | None = None
    by: str | None = None


type Input = Start | Answer | Finished | Failed | TimerFired | Arrived | DataChanged | Cancel | Withdraw | Retry | Skip
