"""What sorting, promising and routing cost when a ticket comes in: `python -m tests.bench.intake`.

The same tickets are opened with nothing set up, and with 200 rules, 20 agreements, a path and a team that hands out its
work; in turn, so that whatever else the machine does, both suffer alike. Processor time and time on the wall.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from typing import Any

import django

from tests.plugins import surroundings  # noqa: F401 -- it prepares a database of its own

RULES, AGREEMENTS, AGENTS, ROUND = 200, 20, 12, 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    people = _set_up()
    plain: list[tuple[float, float]] = []
    full: list[tuple[float, float]] = []
    for number in range(asked.rounds):
        for is_full, kept in ((False, plain), (True, full)):
            _switch(is_full)
            found = [_open(people, number) for _each in range(ROUND)]
            kept += found[2:]  # the first ones read what was switched
    print(f"{connection.vendor}: one ticket opened, {RULES} rules, {AGREEMENTS} agreements, routed to one of {AGENTS}")
    for name, place in (("on the wall", 0), ("of the processor", 1)):
        bare, loaded = (1000 * statistics.median(row[place] for row in kept) for kept in (plain, full))
        print(f"  ms {name:<17} without {bare:6.1f}   with {loaded:6.1f}   more {loaded - bare:6.1f}   (bar: 15)")


def _set_up() -> list[Any]:
    from firstline.core.conditions import Context, parse, to_json
    from firstline.flow.escalation.actions.settings import save_level, save_path
    from firstline.flow.sla.actions.agreement import condition_from, save_agreement
    from firstline.flow.sla.actions.start import usual
    from firstline.flow.sla.models import Agreement
    from firstline.flow.triage.actions.settings import map_category, save_rule, set_mode
    from firstline.flow.triage.models import Rule
    from firstline.people.teams.actions.team import open_team
    from firstline.work.tickets.actions.settings import save_category
    from firstline.work.tickets.fields import catalogue
    from firstline.work.tickets.models import Category
    from tests.cast import person, works_in

    chance = random.Random(1)
    team = open_team("Network", by=None)
    for number in range(AGENTS):
        works_in(team, person(f"Agent{number}", "agent"))
    set_mode(team, "least_loaded", capacity=10_000, by=None)
    category = save_category(Category(name="Lines"), by=None)
    map_category(category, team, by=None)
    words = ["".join(chance.choices("abcdefghijklmnop", k=7)) for _each in range(RULES)]
    for number, word in enumerate(words):
        text = f'{word} or "{word} {words[number - 1]}" priority:high,medium source:mail'
        sets: dict[str, Any] = {"tags": [word]}
        if number == RULES - 1:  # the last one fits what comes in
            text, sets = '"line is down"', {"impact": 1, "urgency": 1, "category": category.pk}
        condition = to_json(parse(text, catalogue, Context(trusted=True)))
        save_rule(Rule(name=f"Rule {number}", condition=condition, sets=sets), by=None)
    for number in range(AGREEMENTS):
        text = "" if number == AGREEMENTS - 1 else f"priority:critical {words[number]}"
        made = Agreement(name=f"Agreement {number}", position=number, condition=condition_from(text), warn_at=[50, 75])
        save_agreement(made, usual(), by=None)
    path = save_path(None, "All", by=None)
    save_level(
        path, None, "Lead", who="lead", when=[{"when": "clock", "share": 50, "target": "resolution"}], by=None
    )  # fmt: skip
    return [person(f"Requester{number}") for number in range(20)]


def _switch(is_on: bool) -> None:
    from firstline.core.actions import acting
    from firstline.flow.escalation.models import Path
    from firstline.flow.sla import queries
    from firstline.flow.sla.models import Agreement
    from firstline.flow.triage.models import Rule
    from firstline.flow.triage.queries import book

    with acting():
        for model in (Rule, Agreement, Path):
            model.objects.update(is_active=is_on)
    queries.forget()
    book._kept.clear()


def _open(people: list[Any], number: int) -> tuple[float, float]:
    from firstline.work.tickets.actions.open import open_ticket

    who = people[number % len(people)]
    wall, spent = time.perf_counter(), time.process_time()
    open_ticket(who, f"The line is down in hall {number}", words="Nothing moves here.", source="mail", by=who)
    return time.perf_counter() - wall, time.process_time() - spent


if __name__ == "__main__":
    main()
