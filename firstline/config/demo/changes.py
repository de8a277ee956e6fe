"""Changes of the demo organisation: one that is being carried out, and two that meet in one night and wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from firstline.config.demo.workflows import team_called
from firstline.core import clock
from firstline.core.actions import via
from firstline.flow.workflows.actions.answer import answer, fire_timer
from firstline.flow.workflows.actions.file import file
from firstline.flow.workflows.actions.install import install
from firstline.flow.workflows.actions.plan import tick
from firstline.flow.workflows.engine.shelf import template
from firstline.flow.workflows.models import Run, Step, Timer, Version, Workflow
from firstline.flow.workflows.queries.shelf import asked_by
from firstline.people.accounts.models import Person
from firstline.work.catalog.actions.offering import save_offering
from firstline.work.catalog.models import Offering

STANDING_IN = {"team:change": "Systems", "role:security": "Network", "role:emergency_cab": "Service desk"}
NEEDS = {"vpn": ["network-access"], "mailbox": ["network-access"]}


def change_some() -> None:
    """Never twice."""
    if Workflow.objects.filter(key="change-control").exists():
        return
    bea, ines = (Person.objects.get(email=f"{name}@firstline.example") for name in ("bea", "ines"))
    shelved = template("change-control")
    if shelved is None:
        return
    words = asked_by(shelved, "large")
    version = install(
        "change-control", "large", {word: team_called(STANDING_IN.get(word, "Systems")) for word in words}, by=bea
    )
    for key, needs in NEEDS.items():
        offering = Offering.objects.filter(key=key).first()
        if offering is not None:
            offering.depends_on = needs
            save_offering(offering, by=bea)
    _under_way(version, ines, bea)
    night = (clock.now() + timedelta(days=6)).replace(hour=20, minute=0, second=0, microsecond=0)
    firewall = _filed(
        version, ines, night, 3, title="Move remote access to the new firewall", kind="normal", can_go_back="written",
        reason="The old one gets no updates after the new year.", affected=["service:network-access", "Firewall FW-2"],
        back_out="Plug the old one in again: its settings stay as they are.",
    )  # fmt: skip
    _filed(
        version, bea, night + timedelta(hours=1), 1, title="New certificates for VPN", kind="normal",
        reason="They end this month.", affected=["service:vpn"], can_go_back="tested",
        back_out="The old ones are valid for two more weeks.",
    )  # fmt: skip
    _filed(
        version, ines, night + timedelta(days=3), 2, title="Larger disks for the mail server", kind="normal",
        reason="They are nine tenths full.", affected=["service:mailbox"], can_go_back="none",
    )  # fmt: skip
    step = _open(firewall, "impact")
    if step is not None:
        answer(step, data={"risk": "high"}, remark="Nobody works from home while it lasts.", by=bea)


def _under_way(version: Version, ines: Person, bea: Person) -> None:
    """A small one of low risk, half done: five minutes late so far."""
    now = clock.now()
    with clock.set_to(now - timedelta(hours=5)):
        run = _filed(
            version, ines, now - timedelta(minutes=50), 2, title="A new label printer at the ramp", kind="standard",
            reason="The old one jams twice a day.", affected=["Label printer LP-7"], can_go_back="tested",
            back_out="Put the old one back.",
        )  # fmt: skip
        impact = _open(run, "impact")
        if impact is not None:
            answer(impact, data={"risk": "low"}, by=bea)
        plan = ["Print what is waiting | Inês | 10", "Swap the printer | Inês | 20", "Print a pallet label | Ramp | 5"]
        planning = _open(run, "plan_it")
        if planning is None:
            return  # somebody has to agree first
        answer(planning, data={"plan": plan, "back_out": "Put the old one back."}, by=ines)
        trying = _open(run, "test_it")
        if trying is not None:
            answer(trying, remark="In the office, with three labels.", by=ines)
    for timer in Timer.objects.select_related("run__ticket").filter(run=run, due_at__lte=now):
        fire_timer(timer, by=None)
    _follow_the_plan(run, ines)


def _filed(version: Version, by: Person, begins: datetime, hours: float, **said: Any) -> Run:
    data = {
        **said, "implementer": by.email, "window": begins.isoformat(),
        "window_end": (begins + timedelta(hours=hours)).isoformat(),
    }  # fmt: skip
    with via("portal"):
        return file(version, data, once=f"demo:{said['title']}"[:90], by=by)


def _open(run: Run, step: str) -> Step | None:
    return Step.objects.select_related("run__ticket").filter(run=run, step=step, is_open=True).first()


def _follow_the_plan(run: Run, ines: Person) -> None:
    """The first step is done, the second has begun."""
    step = _open(run, "implement")
    if step is not None:
        now = clock.now()
        for minutes, place, how in ((48, 1, "began"), (35, 1, "ended"), (34, 2, "began")):
            with clock.set_to(now - timedelta(minutes=minutes)):
                tick(step, place, how, by=ines)
