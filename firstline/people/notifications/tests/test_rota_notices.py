from __future__ import annotations

from datetime import date, time

import pytest

from firstline.core.jobs.draining import drain
from firstline.people.accounts.models import Person
from firstline.people.notifications.queries import inbox_of, lines
from firstline.people.teams.actions.rota import save_shift
from firstline.people.teams.actions.swap import answer_swap, ask_swap
from firstline.people.teams.models import Team
from tests.cast import works_in

pytestmark = pytest.mark.django_db


def titles(who: Person) -> list[str]:
    return [line.title for line in lines(who, inbox_of(who).order_by("id"))]


def test_both_sides_hear_of_a_swap_and_nobody_else(network: Team, ada: Person, lin: Person, bea: Person) -> None:
    for each in (ada, bea):
        works_in(network, each)
    shift = save_shift(
        network, name="Early", weekdays="12345", begins=time(7), ends=time(15), first_day=date(2027, 1, 1),
        people=[ada], by=lin,
    )  # fmt: skip
    swap = ask_swap(ada, shift, date(2037, 3, 2), bea, by=ada)
    drain()
    answer_swap(swap, True, by=bea)
    drain()

    assert titles(bea) == ["Ada asks: Early on Monday, 2 March?"]
    assert titles(ada) == ["Lin changed your shifts with Network", "Bea takes Early on Monday, 2 March over"]
    assert titles(lin) == []
