"""What the verbs do: everything that must not count does not (D17), and what nobody does happens by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.core.calendars.actions.calendar import save_calendar
from firstline.core.calendars.models import Calendar
from firstline.core.events import on
from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.flow.approvals.actions.arrange import decide_again, let_decide
from firstline.flow.approvals.actions.ask import ask
from firstline.flow.approvals.actions.decide import answer, ask_for_more, decide, delegate, remind, withdraw
from firstline.flow.approvals.actions.settings import save_rule, save_stage, set_owner, sign_off
from firstline.flow.approvals.engine.plans import Asked, Expiry, Plan, Quorum, Who
from firstline.flow.approvals.events import ApprovalDecided
from firstline.flow.approvals.jobs import change_places, step_due
from firstline.flow.approvals.models import Approval, Rule, Seat, Stage
from firstline.people.accounts.actions.deactivate import deactivate
from firstline.people.accounts.models import Person
from firstline.people.notifications.models import Notice
from firstline.people.teams.actions.absence import save_absence
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.edit import categorise
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.settings import save_category, save_custom_field
from firstline.work.tickets.actions.status import close, resolve
from firstline.work.tickets.actions.status import withdraw as withdraw_ticket
from firstline.work.tickets.models import Category, CustomField, Ticket
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def of(*people: Person, **more: Any) -> Plan:
    return Plan(who=tuple(Asked(Who.PERSON, each.pk) for each in people), **more)


def asked(requester: Person, *plans: Plan, **more: Any) -> Approval:
    return ask(open_ticket(requester, "A licence", kind="request", by=requester), plans, by=None, **more)


def waits_for(approval: Approval) -> list[str]:
    return list(
        Seat.objects.filter(stage__approval=approval, is_open=True)
        .order_by("id")
        .values_list("person__name", flat=True)
    )


def state(approval: Approval) -> str:
    return Approval.objects.get(pk=approval.pk).state


# What must not count.


@pytest.mark.abuse("D17")
def test_nobody_decides_twice(rosa: Person, lin: Person, omar: Person) -> None:
    approval = asked(rosa, of(lin, omar, quorum=Quorum.ALL))
    decide(approval, True, by=lin)

    with pytest.raises(Refused):
        decide(approval, False, comment="On second thoughts.", by=lin)

    assert (state(approval), waits_for(approval)) == ("waiting", ["Omar"])


@pytest.mark.abuse("D17")
def test_nothing_counts_after_it_was_withdrawn_or_has_expired(rosa: Person, lin: Person) -> None:
    withdrawn, expired = asked(rosa, of(lin)), asked(rosa, of(lin, hours=1))
    withdraw(withdrawn, by=rosa)
    with clock.set_to(clock.now() + timedelta(days=9)):
        step_due()

        for approval, how in ((withdrawn, "withdrawn"), (expired, "expired")):
            with pytest.raises(Refused, match="decided already"):
                decide(approval, True, by=lin)
            assert state(approval) == how


@pytest.mark.abuse("D17")
def test_neither_the_deactivated_nor_strangers_nor_requesters_nor_former_approvers_decide(
    rosa: Person, lin: Person, omar: Person, ada: Person
) -> None:
    approval = asked(rosa, of(lin, omar, quorum=Quorum.ALL))
    delegate(approval, ada, by=lin)
    deactivate(omar, by=None)

    for somebody, refusal in (
        (omar, NotAllowed),
        (Person.objects.get(pk=omar.pk), NotAllowed),
        (rosa, (Refused, NotAllowed)),
        (person("Xenia"), NotAllowed),
        (person("Paul", "approver"), (Refused, NotAllowed)),
        (lin, Refused),
    ):
        with pytest.raises(refusal):
            decide(approval, True, by=somebody)
    assert (state(approval), Seat.objects.exclude(says="").count()) == ("waiting", 0)


@pytest.mark.abuse("D17")
def test_out_of_order_nothing_counts(rosa: Person, lin: Person, omar: Person) -> None:
    approval = asked(rosa, of(lin, step=1), of(omar, step=2))

    with pytest.raises((Refused, NotAllowed)):
        decide(approval, True, by=omar)
    decide(approval, True, by=lin)
    decide(approval, True, by=omar)

    assert state(approval) == "granted"


def test_a_refusal_ends_it_and_drops_what_comes_later(rosa: Person, lin: Person, omar: Person) -> None:
    approval = asked(rosa, of(lin, step=1), of(omar, step=2))

    decide(approval, False, comment="No money.", by=lin)

    assert state(approval) == "refused"
    assert [stage.standing for stage in approval.stages.all()] == ["refused", "dropped"]
    assert waits_for(approval) == []


# Who is asked.


def test_the_owner_of_the_category_or_of_one_above_is_asked(rosa: Person, lin: Person) -> None:
    above = save_category(Category(name="Hardware"), by=None)
    below = save_category(Category(name="Screens", parent=above), by=None)
    set_owner(above, lin, by=None)

    ticket = open_ticket(rosa, "A screen", kind="request", category=below, by=rosa)
    approval = ask(ticket, [Plan(who=(Asked(Who.OWNER),))], by=None)

    assert waits_for(approval) == ["Lin"]


def test_teams_leads_and_roles_are_asked(rosa: Person, network: Team, lin: Person, ada: Person) -> None:
    works_in(network, ada)
    works_in(network, lin, is_lead=True)
    paul = person("Paul", "approver")

    assert waits_for(asked(rosa, Plan(who=(Asked(Who.TEAM, network.pk),)))) == ["Ada", "Lin"]
    assert waits_for(asked(rosa, Plan(who=(Asked(Who.LEADS, network.pk),)))) == ["Lin"]
    assert waits_for(asked(rosa, Plan(who=(Asked(Who.ROLE, "approver"),)))) == [paul.name]


def test_the_fallback_is_asked_where_nobody_is_found(rosa: Person, lin: Person) -> None:
    approval = asked(rosa, Plan(who=(Asked(Who.MANAGER),), fallback=(Asked(Who.PERSON, lin.pk),)))

    assert waits_for(approval) == ["Lin"]


def test_a_deputy_is_asked_while_somebody_is_away(rosa: Person, lin: Person, ada: Person) -> None:
    today = clock.now().date()
    save_absence(lin, today, today + timedelta(days=3), deputy=ada, by=None)

    approval = asked(rosa, of(lin))

    seat = Seat.objects.get()
    assert (seat.person, seat.for_person) == (ada, lin)
    decide(approval, True, by=ada)
    assert Event.objects.get(kind="ticket.approval_voted").facts["for"] == lin.pk


def test_a_deputy_never_approves_their_own_request(rosa: Person, lin: Person) -> None:
    today = clock.now().date()
    save_absence(lin, today, today + timedelta(days=3), deputy=rosa, by=None)

    assert waits_for(asked(rosa, of(lin))) == ["Lin"]


@pytest.mark.abuse("D17")
def test_what_waits_goes_to_the_stand_in_and_comes_back_on_its_day(rosa: Person, lin: Person, ada: Person) -> None:
    approval = asked(rosa, of(lin))
    today = clock.now().date()
    let_decide(lin, ada, today, today + timedelta(days=2), by=lin)
    assert waits_for(approval) == ["Ada"]

    with clock.set_to(clock.now() + timedelta(days=3)):
        with pytest.raises(Refused, match="You stood in until"):  # even before the loop has come by
            decide(approval, True, by=ada)
        change_places()
        assert waits_for(approval) == ["Lin"]
        with pytest.raises(NotAllowed):
            decide(approval, True, by=ada)
        decide(approval, True, by=lin)
    assert state(approval) == "granted"


def test_a_stand_in_that_begins_later_is_asked_on_that_day_and_can_be_taken_back(
    rosa: Person, lin: Person, ada: Person
) -> None:
    approval = asked(rosa, of(lin))
    today = clock.now().date()
    arranged = let_decide(lin, ada, today + timedelta(days=2), today + timedelta(days=9), by=lin)
    change_places()
    assert waits_for(approval) == ["Lin"]

    with clock.set_to(clock.now() + timedelta(days=2)):
        change_places()
        assert waits_for(approval) == ["Ada"]
        decide_again(lin, arranged, by=lin)
    assert waits_for(approval) == ["Lin"]
    with pytest.raises((Refused, NotAllowed)):
        decide_again(lin, arranged, by=ada)


# Cost, conditions, what is approved beforehand.


@pytest.fixture
def cost_field(db: Any) -> CustomField:
    return save_custom_field(CustomField(key="cost", label="Cost", type="number"), by=None)


@pytest.fixture
def hardware(lin: Person, omar: Person) -> Rule:
    """First Lin; then Omar, if it costs more than 500."""
    rule = save_rule(Rule(name="Hardware", condition="kind:request"), by=None)
    save_stage(rule, None, of(lin), by=None)
    save_stage(rule, None, of(omar, cost_over=500), by=None)
    return rule


@pytest.mark.accepts("S4.14")
@pytest.mark.parametrize(("cost", "steps"), [(499, 1), (500, 1), (501, 2), (None, 2)])
def test_the_financial_stage_is_asked_only_above_its_limit(
    rosa: Person, lin: Person, hardware: Rule, cost_field: CustomField, cost: int | None, steps: int
) -> None:
    open_ticket(rosa, "A screen", kind="request", custom={"cost": cost} if cost else {}, by=rosa)
    approval = Approval.objects.get()

    decide(approval, True, by=lin)

    assert state(approval) == ("granted" if steps == 1 else "waiting")


@pytest.mark.accepts("S4.10", "S4.38")
def test_what_was_signed_off_beforehand_is_granted_and_written_down(
    rosa: Person, bea: Person, hardware: Rule, cost_field: CustomField
) -> None:
    sign_off(hardware, clock.now().date() + timedelta(days=30), up_to=200, by=bea)

    ticket = open_ticket(rosa, "A monitor", kind="request", custom={"cost": 180}, by=rosa)

    approval = Approval.objects.get()
    assert (approval.state, approval.how) == ("granted", "before")
    ended = Event.objects.get(kind="ticket.approval_ended", subject_id=ticket.pk)
    assert (ended.facts["rule"], ended.facts["signed_by"]) == ("Hardware", bea.pk)
    resolve(ticket, by=None)


def test_where_a_rule_has_no_stages_whoever_signed_is_asked_and_the_ticket_is_taken_in(
    rosa: Person, bea: Person, cost_field: CustomField
) -> None:
    rule = save_rule(Rule(name="A mouse", condition='subject:"new mouse"'), by=None)
    sign_off(rule, clock.now().date() + timedelta(days=30), up_to=50, by=bea)

    ticket = open_ticket(rosa, "A new mouse", kind="request", custom={"cost": 900}, by=rosa)

    approval = Approval.objects.get(ticket=ticket)
    assert approval.state == "waiting"
    assert [seat.person for seat in Seat.objects.filter(stage__approval=approval)] == [bea]


@pytest.mark.parametrize("why", ["dearer", "no cost", "over", "signer gone", "own", "other condition"])
def test_beyond_what_was_signed_off_people_are_asked(
    rosa: Person, bea: Person, hardware: Rule, cost_field: CustomField, why: str
) -> None:
    sign_off(hardware, clock.now().date() + timedelta(days=30), up_to=200, by=bea)
    requester, custom, later = rosa, {"cost": 100}, timedelta()
    match why:
        case "dearer":
            custom = {"cost": 201}
        case "no cost":
            custom = {}
        case "over":
            later = timedelta(days=31)
        case "signer gone":
            person("Another", "admin")
            deactivate(bea, by=None)
        case "own":
            requester = bea
        case "other condition":
            hardware.refresh_from_db()
            hardware.condition = "kind:request,incident"
            save_rule(hardware, by=None)

    with clock.set_to(clock.now() + later):
        open_ticket(requester, "A monitor", kind="request", custom=custom, by=requester)

    assert Approval.objects.get().state == "waiting"


def test_a_rule_asks_once_also_when_it_is_sorted_later(rosa: Person, lin: Person) -> None:
    category = save_category(Category(name="Money"), by=None)
    rule = save_rule(Rule(name="Money", condition="category:money"), by=None)
    save_stage(rule, None, of(lin), by=None)
    ticket = open_ticket(rosa, "A budget", kind="request", by=rosa)
    assert not Approval.objects.exists()

    categorise(ticket, category, by=None)
    categorise(ticket, None, by=None)
    categorise(ticket, category, by=None)

    assert Approval.objects.count() == 1


# Time.


@pytest.fixture
def office(db: Any) -> Calendar:
    week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    return save_calendar(Calendar(name="Office", zone="UTC", week=week), by=None)


def test_reminders_and_expiry_count_working_time(rosa: Person, lin: Person, office: Calendar) -> None:
    with clock.set_to(MONDAY.replace(day=6, hour=15)):  # Friday afternoon
        approval = asked(rosa, of(lin, remind_hours=2, hours=4), calendar=office)
    stage = Stage.objects.get()
    assert (stage.next_step, stage.next_due_at) == ("remind", MONDAY.replace(day=6, hour=17))
    assert stage.expires_at == MONDAY.replace(day=9, hour=11)

    with clock.set_to(MONDAY.replace(day=9, hour=9)):
        step_due()
        drain()
        assert Notice.objects.filter(kind="approval.reminded", person=lin).count() == 1
        step_due()
        assert state(approval) == "waiting"
    with clock.set_to(MONDAY.replace(day=9, hour=11)):
        step_due()
    assert state(approval) == "expired"


@pytest.mark.parametrize(
    ("outcome", "expected"), [(Expiry.REFUSE, "expired"), (Expiry.GRANT, "granted"), (Expiry.STAY, "waiting")]
)
def test_what_happens_when_nobody_answers_is_chosen(rosa: Person, lin: Person, outcome: Expiry, expected: str) -> None:
    approval = asked(rosa, of(lin, hours=1, on_expiry=outcome))

    with clock.set_to(clock.now() + timedelta(days=5)):
        step_due()

    assert state(approval) == expected
    assert (approval.ticket.approvals.get().how == "time") == (expected in {"expired", "granted"})


def test_when_the_time_is_over_somebody_else_decides_alone(
    rosa: Person, lin: Person, omar: Person, ada: Person
) -> None:
    approval = asked(
        rosa,
        of(lin, omar, quorum=Quorum.ALL, hours=1, on_expiry=Expiry.ESCALATE, escalate_to=(Asked(Who.PERSON, ada.pk),)),
    )

    with clock.set_to(clock.now() + timedelta(days=5)):
        step_due()
        drain()
        assert waits_for(approval) == ["Ada"]
        assert Notice.objects.filter(kind="approval.asked", person=ada).count() == 1
        with pytest.raises(Refused):
            decide(approval, True, by=lin)
        decide(approval, True, by=ada)
    assert state(approval) == "granted"


def test_a_question_returns_to_the_requester_and_goes_on_with_the_answer(
    rosa: Person, lin: Person, ada: Person
) -> None:
    approval = asked(rosa, of(lin, hours=4))
    ask_for_more(approval, "For how many people?", by=lin)
    drain()
    assert state(approval) == "more"
    assert Notice.objects.filter(kind="approval.more", person=rosa).count() == 1
    with pytest.raises(NotAllowed):
        answer(approval, "Seven.", by=ada)

    answer(approval, "Five.", by=rosa)
    drain()

    assert state(approval) == "waiting"
    assert [remark.words for remark in approval.remarks.all()] == ["For how many people?", "Five."]
    assert Notice.objects.filter(kind="approval.answered", person=lin).count() == 1
    decide(approval, True, by=lin)
    assert state(approval) == "granted"


def test_without_an_answer_it_goes_on_with_new_time(rosa: Person, lin: Person) -> None:
    approval = asked(rosa, of(lin, hours=4))
    ask_for_more(approval, "For how many people?", by=lin)

    with clock.set_to(clock.now() + timedelta(days=5)):
        step_due()
        assert state(approval) == "waiting"
        assert Stage.objects.filter(next_due_at__gt=clock.now()).count() == 1
        decide(approval, True, by=lin)


def test_by_hand_people_are_reminded_at_most_once_an_hour(rosa: Person, lin: Person) -> None:
    approval = asked(rosa, of(lin))

    remind(approval, by=rosa)
    with pytest.raises(Refused, match="less than an hour"):
        remind(approval, by=rosa)


# The ticket, and whoever asked.


def test_a_ticket_that_waits_cannot_be_solved_and_one_refused_cannot_be_called_fulfilled(
    rosa: Person, lin: Person, ada: Person
) -> None:
    approval = asked(rosa, of(lin))
    ticket = approval.ticket
    for verb in (resolve, close):
        with pytest.raises(Refused, match="waits for an approval"):
            verb(ticket, by=ada)
    decide(approval, False, comment="No money.", by=lin)

    with pytest.raises(Refused, match="not given"):
        resolve(ticket, by=ada)
    close(ticket, by=ada)
    assert ticket.state == "closed"


def test_what_the_requester_adds_does_not_end_the_waiting(rosa: Person, lin: Person) -> None:
    approval = asked(rosa, of(lin))

    reply(approval.ticket, "It is urgent now.", by=rosa)

    assert Ticket.objects.get(pk=approval.ticket_id).status.key == "waiting-approval-other"


def test_one_that_does_not_hold_lets_the_ticket_be_solved(rosa: Person, lin: Person, ada: Person) -> None:
    approval = asked(rosa, of(lin), holds=False)
    assert approval.ticket.status.key == "new"

    resolve(approval.ticket, by=ada)

    assert state(approval) == "withdrawn"


def test_whoever_asked_may_take_the_request_back_and_nobody_needs_to_decide(rosa: Person, lin: Person) -> None:
    approval = asked(rosa, of(lin))

    withdraw_ticket(approval.ticket, by=rosa)

    assert (state(approval), waits_for(approval)) == ("withdrawn", [])


def test_a_refusal_closes_the_ticket_where_the_rule_says_so(rosa: Person, lin: Person) -> None:
    approval = asked(rosa, of(lin), on_refusal="close")

    decide(approval, False, comment="No money.", by=lin)

    assert Ticket.objects.get(pk=approval.ticket_id).state == "closed"


def test_a_program_asks_once_and_hears_its_own_reference(rosa: Person, lin: Person) -> None:
    heard = []
    ticket = open_ticket(rosa, "A licence", kind="request", by=rosa)
    plan = {"who": [{"who": "person", "key": lin.pk}]}
    first = ask(ticket, [plan], caller="workflow", reference="17:approve", cost=Decimal(40), by=None)
    again = ask(ticket, [plan], caller="workflow", reference="17:approve", by=None)

    def listen(event: Event, _approval: Any) -> None:
        heard.append(event.facts)

    on(ApprovalDecided)(listen)
    try:
        decide(first, True, by=lin)
    finally:
        from firstline.core.events import listeners

        listeners._on[ApprovalDecided.key].remove(listen)

    assert again.pk == first.pk
    assert heard == [
        {"ticket": ticket.pk, "outcome": "granted", "how": "people", "caller": "workflow", "reference": "17:approve"}
    ]


@pytest.mark.parametrize("plans", [[], [{}], [{"who": [{"who": "person"}]}], [{"who": [{"who": "manager"}]}] * 13])
def test_what_cannot_be_asked_is_refused_in_a_sentence(rosa: Person, plans: list[Any]) -> None:
    with pytest.raises(Refused):
        ask(open_ticket(rosa, "A licence", by=rosa), plans, by=None)


def test_a_rule_that_cannot_be_read_is_refused(rosa: Person) -> None:
    with pytest.raises(Refused):
        save_rule(Rule(name="Odd", condition="nofield:3"), by=None)
    rule = save_rule(Rule(name="Good"), by=None)
    with pytest.raises(Refused, match="over"):
        sign_off(rule, date(2020, 1, 1), by=None)
    with pytest.raises(NotAllowed):
        sign_off(rule, clock.now().date(), by=rosa)
