"""The workflows that ship: what each is good for, in which sizes it comes, and what a sample of it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .definition import Approval, Connect, Definition, all_steps
from .phrases import gettext_noop

type Size = Literal["small", "large"]
_QUOTED = re.compile(r'"((?:team|role):[a-z_]{1,200})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One flow of the shelf. Both sizes have one key and the same ids of steps: runs move from one to the other."""

    key: str
    name: str
    good_for: str
    icon: str
    files: Mapping[str, str]  # size → file in flows/
    kind: str = "request"  # of the ticket a sample runs on
    form: str = ""  # the ready-made form whose answers it takes
    sample: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def sizes(self) -> tuple[str, ...]:
        return tuple(self.files)


SHELF: tuple[Template, ...] = (
    Template(
        key="incident", name=gettext_noop("Incident"), icon="alert", kind="incident",
        good_for=gettext_noop("Something is broken: who mends it, who is asked next, who tells those who wait."),
        files={"small": "incident.small.yaml", "large": "incident.yaml"},
        form="incident", sample={"subject": "The printer on the second floor"},
    ),
    Template(
        key="service-request", name=gettext_noop("Service request"), icon="box",
        good_for=gettext_noop("Something is ordered: approvals by price and kind, tasks in the departments."),
        files={"small": "service-request.small.yaml", "large": "service-request.yaml"},
        sample={"subject": "A second monitor", "price": 700, "kind": "device", "why": "For drawings"},
    ),
    Template(
        key="change-control", name=gettext_noop("Change control"), icon="refresh", kind="change",
        good_for=gettext_noop("A change to a service: looked into, agreed to, done in its window, looked back on."),
        files={"small": "change-control.small.yaml", "large": "change-control.yaml"},
        sample={"title": "A new mail server", "reason": "The old one is full", "kind": "normal", "risk": "high"},
    ),
    Template(
        key="onboarding", name=gettext_noop("On-boarding"), icon="person-plus",
        good_for=gettext_noop("A new colleague: account, devices, desk and training, all there on the first day."),
        files={"small": "on-boarding.small.yaml", "large": "on-boarding.yaml"},
        form="onboarding",
        sample={"name": "Ngô Lan", "title": "Accountant", "access": ["mail", "finance"],
                "devices": ["laptop", "headset"], "trainings": ["Safety", "Data protection"]},
    ),
    Template(
        key="routing", name=gettext_noop("Routing and assignment"), icon="arrow-right", kind="incident",
        good_for=gettext_noop("What comes in is sorted by your rules and given to somebody; nothing is left lying."),
        files={"small": "routing.yaml"}, sample={"subject": "No sound in meetings"},
    ),
    Template(
        key="feedback", name=gettext_noop("Feedback"), icon="smile",
        good_for=gettext_noop("A closed ticket is looked back on; who was not content is rung up."),
        files={"small": "feedback.yaml"}, sample={"subject": "The screen stayed black", "score": "bad"},
    ),
    Template(
        key="password-reset", name=gettext_noop("Password reset"), icon="key",
        good_for=gettext_noop("Seconds instead of hours: the directory says who it is and takes a new password."),
        files={"small": "password-reset.yaml"}, form="password", sample={"account": "computer", "staff_number": "4711"},
    ),
    Template(
        key="network-access", name=gettext_noop("Network access"), icon="wifi",
        good_for=gettext_noop("A folder or a network is opened by putting somebody into a group of the directory."),
        files={"small": "network-access.yaml"}, form="network-access",
        sample={"kind": "folder", "folder": "drawings", "staff_number": "4711"},
    ),
)  # fmt: skip


def template(key: str) -> Template | None:
    return next((each for each in SHELF if each.key == key), None)


def stand_ins(definition: Definition, known_roles: Iterable[str]) -> list[str]:
    """Who a template asks by a name of its own, in the order of its steps: `team:devices`, `role:cab`. A team of the
    house stands in for each. Roles that the house has stand for themselves."""
    known = {f"role:{role}" for role in known_roles}
    words: list[str] = []
    for step in all_steps(definition.steps):
        words += [*getattr(step, "who", ()), *(getattr(step, "whom", ()) if step.kind == "notify" else ())]
        if isinstance(step, Approval):
            words += [who for stage in step.stages for who in (*stage.who, *stage.veto)]
        words += [who for timer in step.timers for who in timer.whom]
    return list(dict.fromkeys(word for word in words if word.startswith(("team:", "role:")) and word not in known))


def systems(definition: Definition) -> list[tuple[str, str]]:
    """The systems it works with: connector and name."""
    found = [step for step in all_steps(definition.steps) if isinstance(step, Connect)]
    return list(dict.fromkeys((step.connector, step.connection) for step in found))


def with_stand_ins(text: str, teams: Mapping[str, str]) -> str:
    """The document with a team of the house wherever a word of the template stands."""

    def instead(found: re.Match[str]) -> str:
        name = teams.get(found[1])
        return json.dumps(f"team:{name}", ensure_ascii=False) if name else found[0]

    return _QUOTED.sub(instead, text)
