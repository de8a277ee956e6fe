"""How a change is assessed without anybody asking: whom it touches, what it overlaps with, how its score is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.actions import acting
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.engine.impact import Facts, lines_of, weighed
from firstline.flow.workflows.engine.planned import PlannedStep, scheduled, understood
from firstline.flow.workflows.models import Change, Run
from firstline.flow.workflows.queries.impact import look
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Department, Membership
from firstline.work.catalog.models import Offering
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket
from tests.cast import person

from .doing import do_all
from .shelving import put_in_use

pytestmark = pytest.mark.django_db
NIGHT = datetime(2031, 3, 11, 22, tzinfo=UTC)  # a Tuesday
CALM = Facts(users=0, criticality=3, back_out="tested", ended=20)


def test_a_change_of_which_all_is_known_and_nothing_is_bad_has_no_points() -> None:
    calm = weighed(CALM)

    assert (calm.score, calm.risk) == (0, "low")
    assert len(calm.lines) == 9  # each factor is said, also one of no points


def test_every_factor_adds_its_line_and_the_score_is_their_sum() -> None:
    worst = weighed(
        Facts(
            users=4000, criticality=1, dependents=["a", "b", "c", "d"], back_out="none", kind="emergency", ended=10,
            backed_out=10, working_share=1.0, closed_days=["Christmas"], shared=[7, 8, 9], beside=[1, 2, 3],
        )
    )  # fmt: skip
    some = weighed(Facts(users=12, criticality=2, back_out="written", ended=10, backed_out=2, shared=[7]))

    assert [line.points for line in worst.lines] == [line.most for line in worst.lines]
    assert (worst.score, worst.risk) == (100, "high")
    assert [line.points for line in some.lines] == [12, 10, 0, 8, 0, 3, 0, 0, 10]
    assert (some.score, some.risk) == (43, "medium")
    assert "#7" in some.lines[-1].said()
    assert lines_of(some.document()) == list(some.lines)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (CALM, Facts(users=None, criticality=3, back_out="tested", ended=20)),
        (CALM, Facts(users=0, criticality=None, back_out="tested", ended=20)),
        (CALM, Facts(users=0, criticality=3, back_out="no idea", ended=20)),
        (CALM, Facts(users=0, criticality=3, back_out="tested", ended=4)),
        (CALM, Facts(users=0, criticality=3, back_out="tested", ended=20, working_share=0.01)),
        (CALM, Facts(users=0, criticality=3, back_out="tested", ended=20, working_share=None)),
    ],
)
def test_what_nobody_knows_is_no_reason_to_be_calm(better: Facts, worse: Facts) -> None:
    assert weighed(worse).score > weighed(better).score


def test_a_plan_is_read_line_by_line_and_what_is_wrong_is_said_with_its_line() -> None:
    steps, wrong = understood(["Stop the service | Ada | 15", "", "Copy;;40", "Start\tLin"])
    assert wrong == []
    assert steps == [
        PlannedStep("Stop the service", "Ada", 15),
        PlannedStep("Copy", "", 40),
        PlannedStep("Start", "Lin"),
    ]
    assert [str(step) for step in steps] == ["Stop the service | Ada | 15", "Copy |  | 40", "Start | Lin"]
    assert understood(map(str, steps))[0] == steps
    times = scheduled(steps, NIGHT)
    assert [(end - begin).seconds // 60 for begin, end in times] == [15, 40, 0]
    assert times[1][0] == NIGHT + timedelta(minutes=15)

    _steps, wrong = understood(["| Ada | 5", "Go | Ada | soon", "a | b | 1 | d", "x" * 400, "Go | Ada | 99999"])
    assert [problem.words["line"] for problem in wrong] == [1, 2, 3, 4, 5]


def offering(key: str, **more: Any) -> Offering:
    with acting():
        found = Offering(key=key, names={"en": key.upper()}, state="published", **more)
        found.save(force_insert=True)
    return found


@pytest.fixture
def house(rosa: Any) -> Department:
    """Twelve people in Finance; mail, and what works only with it."""
    with acting():
        finance = Department(name="Finance")
        finance.save(force_insert=True)
        for number in range(12):
            Membership(person=person(f"Clerk{number}"), department=finance).save(force_insert=True)
    only_finance = {"test": {"field": "department", "operator": "is", "values": [finance.pk]}}
    offering("mail", impact=1)
    offering("invoices", impact=3, depends_on=["mail"], audience=only_finance)
    offering("reminders", depends_on=["invoices"])
    offering("parking", impact=3)
    return finance


def ticket_of(rosa: Any, subject: str = "A change") -> Ticket:
    return open_ticket(rosa, subject, kind="change", by=rosa)


def test_services_that_depend_on_it_and_those_who_use_them_are_found(house: Department, rosa: Any) -> None:
    found = look(ticket_of(rosa), ["service:mail", "The old server"], NIGHT, NIGHT + timedelta(hours=2))

    assert found.facts.dependents == ["INVOICES", "REMINDERS"]
    assert found.facts.criticality == 1
    assert found.facts.users == sum(1 for each in found.services if each["name"] == "MAIL") * _everybody()
    assert found.touches == ["service:mail", "The old server", "service:invoices", "service:reminders"]

    department = look(ticket_of(rosa), [f"department:{house.pk}"], NIGHT, NIGHT + timedelta(hours=2))
    assert (department.facts.users, department.facts.criticality) == (12, None)
    nothing = look(ticket_of(rosa), ["The old server"], NIGHT, NIGHT + timedelta(hours=2))
    assert nothing.facts.users is None


def _everybody() -> int:
    return Person.objects.filter(is_active=True).count()


def said(title: str, begins: datetime, hours: float = 2, **more: Any) -> dict[str, Any]:
    common = {
        "title": title, "reason": "Old", "kind": "normal", "implementer": "ada@example.org", "can_go_back": "tested",
        "window": begins.isoformat(), "window_end": (begins + timedelta(hours=hours)).isoformat(),
    }  # fmt: skip
    return common | more


@pytest.mark.accepts("S1.20")
def test_a_change_is_assessed_when_it_is_filed_and_the_peers_see_what_it_touches_and_overlaps(
    house: Department, ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    with acting():
        Membership(person=rosa, manager=lin).save(force_insert=True)
    version = put_in_use("change-control", "large", bea, ada, lin)
    with clock.set_to(NIGHT - timedelta(days=5)):
        first, second, third = (ticket_of(rosa, name) for name in ("New disks", "New firewall", "Paint the lines"))
        start(first, version, said("New disks", NIGHT, affected=["service:invoices"]), by=ada)
        start(third, version, said("Paint", NIGHT, affected=["service:parking"]), by=ada)
        begins = NIGHT + timedelta(hours=1, minutes=59)
        run = start(
            second, version, said("New firewall", begins, affected=["service:mail"], can_go_back="none"), by=ada
        )

        change = Change.objects.get(ticket=second)
        assert [(each["ticket"], each["shared"]) for each in change.report["overlaps"]] == [
            (first.pk, ["INVOICES", "REMINDERS"]), (third.pk, [])
        ]  # fmt: skip
        data = Run.objects.get(pk=run.pk).state["data"]
        assert (data["score"], data["risk"]) == (change.score, "high")
        assert data["overlaps"] == [f"#{first.pk} (INVOICES, REMINDERS)", f"#{third.pk}"]
        assert change.score == sum(line["points"] for line in change.report["lines"])
        # Nothing that only touches: a window that begins when another ends does not overlap.
        later = ticket_of(rosa, "Later")
        start(later, version, said("Later", NIGHT + timedelta(hours=4), affected=["service:mail"]), by=ada)
        assert Change.objects.get(ticket=later).report["overlaps"] == []

        # Whoever looks into it cannot talk the score down: it is worked out again from what they say.
        done = do_all(
            run,
            {"risk": "low", "plan": ["Do it"], "back_out": "Put the old ones in", "reached": True},
            {"cab": "refused"},
        )
        assert [line for line in done if line.endswith("cab=no")]
