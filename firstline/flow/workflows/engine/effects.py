"""What a run wants done. Carried out by others, in the transaction that keeps the new state.

Not frozen, because that triples the time it takes to make one; nobody changes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .definition.durations import Duration


@dataclass(slots=True)
class Opened:
    """A step instance began: keep a row. The subclass says what is to be done; `step` is found in the definition.

    `local`: what the data holds for this instance alone, such as the entry of a for-each around it.
    """

    instance: str
    step: str
    local: Mapping[str, Any] | None = None


class OpenTask(Opened):
    pass


class AskForm(Opened):
    pass


class AskApproval(Opened):
    pass


class RunAction(Opened):
    pass


class CallOut(Opened):
    pass


class Connect(Opened):
    pass


class Notify(Opened):
    """Nobody answers this one: the run has gone on."""


class StartRun(Opened):
    """Another workflow. Answer with Finished when it has ended, unless the step does not wait."""


class Await(Opened):
    """It rests for a time, a date, a condition, a reply or a message; timers come as effects of their own."""


class Repeat(Opened):
    """A for-each began; its insides are step instances of their own."""


class Perform(Opened):
    """A script or an abstract activity of a BPMN file."""


@dataclass(slots=True)
class Closed:
    """A step instance ended."""

    instance: str
    step: str
    how: Literal["done", "failed", "called_off", "timed_out", "skipped"]
    outcome: str = ""
    by: str | None = None


@dataclass(slots=True)
class SetTimer:
    """`due` is known of elapsed time. Otherwise the calendar knows: `span` of working time from now, or the `date`."""

    instance: str
    timer: str
    due: str | None
    span: Duration | None = None
    date: str = ""


@dataclass(slots=True)
class CancelTimer:
    instance: str
    timer: str


@dataclass(slots=True)
class Remind:
    instance: str
    step: str
    timer: str
    whom: tuple[str, ...] = ()


@dataclass(slots=True)
class Escalate:
    instance: str
    step: str
    timer: str
    whom: tuple[str, ...] = ()


@dataclass(slots=True)
class Send:
    """A message leaves for whoever listens outside of this run."""

    name: str
    step: str


@dataclass(slots=True)
class Halt:
    """It stands still until somebody repairs it: this instance, or the whole run."""

    sentence: str
    step: str = ""
    instance: str | None = None


@dataclass(slots=True)
class EndRun:
    how: Literal["done", "cancelled", "withdrawn", "failed"]
    outcome: str = ""
    reason: str = ""


@dataclass(slots=True)
class Refuse:
    """The input came too late, twice, or does not belong here. The state is the one before."""

    sentence: str


type Effect = Opened | Closed | SetTimer | CancelTimer | Remind | Escalate | Send | Halt | EndRun | Refuse
