"""Run by test_arrivals.py in processes of their own: `prepare`, `arrive 10`, `count`."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from firstline.flow.triage.actions.settings import set_mode  # noqa: E402 -- needs loaded apps
from firstline.flow.triage.models import Pick, TeamRouting  # noqa: E402 -- needs loaded apps
from firstline.people.accounts.models import Person  # noqa: E402 -- needs loaded apps
from firstline.people.teams.actions.team import open_team  # noqa: E402 -- needs loaded apps
from firstline.people.teams.models import Team  # noqa: E402 -- needs loaded apps
from firstline.work.tickets.actions.open import open_ticket  # noqa: E402 -- needs loaded apps
from firstline.work.tickets.models import Ticket  # noqa: E402 -- needs loaded apps
from tests.cast import person, works_in  # noqa: E402 -- needs loaded apps

PEOPLE = 5


def prepare() -> None:
    team = open_team("Network", by=None)
    for number in range(PEOPLE):
        works_in(team, person(f"Agent{number}", "agent"))
    person("Rosa")
    set_mode(team, "round_robin", capacity=1000, by=None)


def arrive(many: int) -> None:
    team, rosa = Team.objects.get(name="Network"), Person.objects.get(name="Rosa")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()  # until everybody is ready
    for number in range(many):
        open_ticket(rosa, f"Arrival {number}", team=team, by=None)


def count() -> None:
    owned: dict[str, int] = {}
    for owner in Ticket.objects.values_list("owner__name", flat=True):
        owned[str(owner)] = owned.get(str(owner), 0) + 1
    chosen = list(Pick.objects.order_by("pk").values_list("chosen_id", flat=True))
    found = {"owned": owned, "chosen": chosen, "picks": TeamRouting.objects.get().picks}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    {"prepare": prepare, "arrive": lambda: arrive(int(sys.argv[2])), "count": count}[sys.argv[1]]()
