"""What runs by steps in the demo organisation: a new laptop, asked for by three people, each at another step."""

from __future__ import annotations

from datetime import timedelta

from firstline.core import clock
from firstline.core.actions import together
from firstline.flow.approvals.actions.decide import decide
from firstline.flow.approvals.models import Seat
from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.install import install
from firstline.flow.workflows.actions.publish import publish
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.models import Run, Step, Version, Workflow
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.open import open_ticket

LAPTOP = """\
workflow: replace-laptop
name: Replace a laptop
goal: Nobody waits longer than a week for a laptop that works.
fields:
  - {key: model, label: Model, type: choice, choices: [{key: light, label: Light}, {key: strong, label: Strong}]}
  - {key: cost, label: Cost, type: number, required: true}
  - {key: asset, label: Number on the sticker}
steps:
  - {kind: start, id: asked, next: dear}
  - kind: decision
    id: dear
    name: Is it expensive?
    next:
      - {to: budget, when: "cost:>1200", name: expensive}
      - {to: both, otherwise: true}
  - kind: approval
    id: budget
    name: The budget holder agrees
    title: A laptop for {requester}
    stages: [{who: ["person:lin@firstline.example"], need: any}]
    next:
      - {to: both, outcome: approved}
      - {to: told_no, outcome: refused}
  - {kind: parallel, id: both, next: [{to: order}, {to: licences}]}
  - kind: task
    id: order
    name: Order the laptop
    title: Order a laptop for {requester}
    checklist: [Keyboard layout of the country, Docking station, Bag]
    who: ["team:Applications"]
    fields: [asset]
    due: 2 working days
    timers: [{id: nudge, after: 1 working day, then: remind, repeat: 3}]
    next: ready
  - kind: task
    id: licences
    name: Move the licences
    who: ["person:ada@firstline.example"]
    due: 3 working days
    next: ready
  - {kind: join, id: ready, next: hand_over}
  - {kind: task, id: hand_over, name: Hand it over, who: ["team:Network"], next: thanks}
  - {kind: notify, id: thanks, whom: [requester], subject: "Your laptop {asset} is ready", next: done}
  - {kind: notify, id: told_no, whom: [requester], subject: There is no new laptop this year, next: refused}
  - {kind: end, id: done}
  - {kind: end, id: refused, outcome: refused}
"""


def run_some(people: list[Person]) -> None:
    """One workflow in use; a run that waits for an approval, one for two tasks, one at its last step. Never twice."""
    if Workflow.objects.filter(key="replace-laptop").exists():
        return
    now = clock.now()
    ada, bea = (Person.objects.get(email=f"{name}@firstline.example") for name in ("ada", "bea"))
    with clock.set_to(now - timedelta(days=20)):
        draft, _problems = save_draft(None, LAPTOP, by=bea)
        version = publish(draft.workflow, by=bea)
    _run(
        version, people[2], ada, hours=3, cost=1690, words="The engineers’ model: mine cannot open the plant drawings."
    )
    _run(version, people[5], ada, hours=22, cost=840, words="The hinge is broken and the screen stays dark.")
    last = _run(
        version, people[8], ada, hours=50, cost=910, words="Mine is seven years old and takes a minute per mail."
    )
    with clock.set_to(now - timedelta(hours=26)):
        answer(_step(last, "order"), data={"asset": "LT-2207"}, remark="Came this morning.", by=bea)
        answer(_step(last, "licences"), remark="All but the label designer.", by=ada)


STANDING_IN = {
    "team:service_desk": "Service desk", "team:accounts": "Applications", "team:devices": "Service desk",
    "team:facilities": "Service desk", "team:people": "Applications", "role:security": "Network",
}  # fmt: skip


def install_onboarding() -> None:
    """What HR's form starts: taken from the shelf, with the teams of this house standing in. Never twice."""
    if Workflow.objects.filter(key="onboarding").exists():
        return
    bea = Person.objects.get(email="bea@firstline.example")
    install("onboarding", "large", {word: team_called(name) for word, name in STANDING_IN.items()}, by=bea)


def begin_with_the_first() -> None:
    """The first of the new colleagues is on their way: agreed to, named, and some of it is there."""
    run = Run.objects.filter(version__workflow__key="onboarding", is_open=True).order_by("id").first()
    if run is None:
        return
    bea = Person.objects.get(email="bea@firstline.example")
    waiting = Seat.objects.filter(stage__approval__ticket=run.ticket, stage__approval__is_open=True, is_open=True)
    for _stage in range(5):  # whoever is asked agrees, stage by stage
        seat = waiting.select_related("person", "stage__approval__ticket").order_by("pk").first()
        if seat is not None:
            decide(seat.stage.approval, True, comment="As agreed with Finance.", by=seat.person)
    if not Step.objects.filter(run=run, step="name_it", is_open=True).exists():
        return  # somebody who would have to agree is not here
    answer(_step(run, "name_it"), data={"account": "lan", "mail": "lan@meridian.example"}, by=bea)
    answer(_step(run, "give_device"), remark="LT-2290, with the keyboard she asked for.", by=bea)


def team_called(name: str) -> Team:
    return Team.objects.filter(name=name).first() or Team.objects.order_by("pk")[0]


def _run(version: Version, requester: Person, by: Person, *, hours: float, cost: int, words: str) -> Run:
    with clock.set_to(clock.now() - timedelta(hours=hours)):
        with together():
            ticket = open_ticket(
                requester, "My laptop has to be replaced", kind="request", source="portal", by=requester
            )
            reply(ticket, words, author=requester, by=None)
        return start(ticket, version, {"cost": cost, "model": "strong" if cost > 1200 else "light"}, by=by)


def _step(run: Run, step: str) -> Step:
    return Step.objects.select_related("run__ticket").filter(run=run, step=step, is_open=True).order_by("number")[0]
