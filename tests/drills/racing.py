"""Fifty approvers who decide at once, as processes of their own: `python -m … prepare | decide N | count`.

`FIRSTLINE_CARELESS=1` takes the locks and the transaction away and lets everybody read first and write then: the
control, which has to fail.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import OperationalError, connections  # noqa: E402 -- needs loaded apps
from django.db.models import Count  # noqa: E402 -- needs loaded apps

from firstline.core import clock  # noqa: E402 -- needs loaded apps
from firstline.core.actions import NotAllowed, Refused, acting  # noqa: E402 -- needs loaded apps
from firstline.core.events.models import Event  # noqa: E402 -- needs loaded apps
from firstline.flow.approvals.actions import decide as deciding  # noqa: E402 -- needs loaded apps
from firstline.flow.approvals.actions._course import Desk  # noqa: E402 -- needs loaded apps
from firstline.flow.approvals.actions.ask import ask  # noqa: E402 -- needs loaded apps
from firstline.flow.approvals.actions.decide import decide, delegate, withdraw  # noqa: E402 -- needs loaded apps
from firstline.flow.approvals.actions.expire import take_step  # noqa: E402 -- needs loaded apps
from firstline.flow.approvals.engine.plans import Asked, Expiry, Plan, Quorum, Who  # noqa: E402 -- needs loaded apps
from firstline.flow.approvals.models import Approval, Seat, Stage  # noqa: E402 -- needs loaded apps
from firstline.people.access.actions.grant import grant  # noqa: E402 -- needs loaded apps
from firstline.people.accounts.actions.open import open_person  # noqa: E402 -- needs loaded apps
from firstline.people.accounts.models import Person  # noqa: E402 -- needs loaded apps
from firstline.work.tickets.actions.open import open_ticket  # noqa: E402 -- needs loaded apps

PEOPLE, THREADS, NEEDED = 50, 10, 15
ROUNDS = int(os.environ["FIRSTLINE_RACE_ROUNDS"])


def prepare() -> None:
    """Fifty people, of whom fifteen have to agree; one round is withdrawn and one runs out of time meanwhile."""
    for number in range(PEOPLE):
        grant(open_person(f"p{number}@example.org", name=f"P{number:02}", by=None), "approver", by=None)
    open_person("spare@example.org", name="Spare", by=None)
    rosa = open_person("rosa@example.org", name="Rosa", by=None)
    plan = Plan(
        who=(Asked(Who.ROLE, "approver"),), quorum=Quorum.NUMBER, number=NEEDED, has_veto=False, hours=1,
        on_expiry=Expiry.REFUSE,
    )  # fmt: skip
    for number in range(ROUNDS):
        approval = ask(open_ticket(rosa, f"Round {number}", by=None), [plan], by=None)
        with acting():
            Stage.objects.filter(approval=approval).update(next_due_at=clock.now() - timedelta(minutes=1))


class Careless(Desk):
    """Reads without a lock: what stands between is lost."""

    def __init__(self, approval: Approval) -> None:
        self.approval = Approval.objects.select_related("ticket").get(pk=approval.pk)
        self.stages = {stage.pk: stage for stage in Stage.objects.filter(approval=approval).order_by("position")}
        self.seats = {pk: [] for pk in self.stages}
        for seat in Seat.objects.filter(stage__approval=approval).select_related("person").order_by("id"):
            self.seats[seat.stage_id].append(seat)
        self.found = {}
        self.course = self._course()


def say(approval: Approval, person: Person, grants: bool) -> None:
    if not os.environ["FIRSTLINE_CARELESS"]:
        decide(approval, grants, comment="Because.", by=person)
        return
    with acting():
        deciding.decide_as(approval, person, grants, comment="Because.")


def work(number: int, said: threading.Lock) -> None:
    person = Person.objects.get(email=f"p{number}@example.org")
    for approval in Approval.objects.select_related("ticket").order_by("id"):
        tell(said, "invoke", approval.pk, person.pk)
        while (word := attempt(approval, person, number)) == "busy":  # whoever is told so presses again
            time.sleep(random.uniform(0.05, 0.5))
        tell(said, word, approval.pk, person.pk)
    connections.close_all()


def attempt(approval: Approval, person: Person, number: int) -> str:
    """What this one does in this round, and what they are told."""
    turn = approval.pk % 3
    try:
        if turn == 1 and number == 7:
            take_step(approval.stages.get(), by=None)
        elif turn == 2 and number == 7:
            withdraw(approval, by=None)
        elif number == 9:
            delegate(approval, Person.objects.get(email="spare@example.org"), by=person)
        else:
            say(approval, person, number % 2 == 0)
            return "ok"
    except (Refused, NotAllowed):
        return "no"
    except OperationalError:
        return "busy"
    return "done"


def tell(said: threading.Lock, word: str, approval: int, person: int) -> None:
    with said:
        print(word, approval, person, flush=True)


def run(first: int) -> None:
    if os.environ["FIRSTLINE_CARELESS"]:
        vars(deciding)["Desk"] = Careless
    said = threading.Lock()
    threads = [threading.Thread(target=work, args=(first + each, said)) for each in range(THREADS)]
    print("ready", flush=True)
    gate = Path(os.environ["FIRSTLINE_RACE_GATE"])
    while not gate.exists():
        time.sleep(0.01)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def count() -> None:
    found: list[dict[str, Any]] = []
    decided = Event.objects.filter(kind="approval.decided").values("subject_id").annotate(many=Count("id"))
    ended = {row["subject_id"]: row["many"] for row in decided.order_by()}
    for approval in Approval.objects.order_by("id"):
        seats = Seat.objects.filter(stage__approval=approval)
        voted = Event.objects.filter(kind="ticket.approval_voted", subject_id=approval.ticket_id)
        found.append({
            "approval": approval.pk, "state": approval.state, "decided": ended.get(approval.pk, 0),
            "yes": list(seats.filter(says="granted").values_list("person_id", flat=True)),
            "no": list(seats.filter(says="refused").values_list("person_id", flat=True)),
            "open": seats.filter(is_open=True).count(), "voted": voted.count(),
        })  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare"]:
            prepare()
        case ["decide", first]:
            run(int(first))
        case ["count"]:
            count()
