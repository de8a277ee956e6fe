from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstline.core import clock
from firstline.core.actions import acting, together
from firstline.core.conditions import Context, parse, to_json
from firstline.core.events.models import Event
from firstline.flow.triage.actions.pick import take_next
from firstline.flow.triage.actions.settings import map_category, map_skill, save_rule, save_scale, set_mode
from firstline.flow.triage.jobs import find_somebody_after_all, point_out_what_stands_still
from firstline.flow.triage.models import Book, Decision, Pick, PriorityScale, Rule
from firstline.flow.triage.notices import tell_those_who_wait
from firstline.flow.triage.queries.supervision import loads
from firstline.people.accounts.models import Person
from firstline.people.notifications.models import Notice
from firstline.people.organisations.actions.belong import belong
from firstline.people.organisations.actions.department import save_department
from firstline.people.teams.actions.absence import remove_absence, save_absence
from firstline.people.teams.actions.rota import save_shift
from firstline.people.teams.actions.skills import save_skill, set_skills
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.edit import assess, categorise, set_due
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.settings import save_category
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Category, Ticket, Value
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db


def rule(name: str, when: str, /, *, replaces: bool = False, stops: bool = False, **sets: Any) -> Rule:
    condition = to_json(parse(when, catalogue, Context(trusted=True)))
    return save_rule(Rule(name=name, condition=condition, sets=sets, replaces=replaces, stops=stops), by=None)


def category(name: str, parent: Category | None = None, value: int | None = None) -> Category:
    return save_category(Category(name=name, parent=parent, value=value), by=None)


def facts_of(ticket: Ticket) -> tuple[Any, ...]:
    ticket.refresh_from_db()
    return ticket.category_id, ticket.team_id, ticket.owner_id, ticket.priority


@pytest.mark.accepts("S0.26", "S1.37")
def test_rules_set_category_team_and_inputs_and_the_ticket_knows_which_rule_did_it(rosa: Person, network: Team) -> None:
    vpn = category("VPN")
    found = rule("VPN words", '"vpn" or "remote access"', category=vpn.pk, team=network.pk, urgency=1, tags=["vpn"])

    ticket = open_ticket(rosa, "Trouble", words="The remote access is away", by=rosa)

    assert (ticket.category, ticket.team, ticket.urgency, ticket.priority) == (vpn, network, 1, 2)
    assert list(ticket.tags.values_list("name", flat=True)) == ["vpn"]
    assert sorted(Decision.objects.filter(ticket=ticket).values_list("field", "how", "rule")) == [
        ("category", "rule", found.pk), ("tags", "rule", found.pk), ("team", "rule", found.pk),
        ("urgency", "rule", found.pk),
    ]  # fmt: skip


def test_what_rules_change_names_the_opening_as_its_cause(rosa: Person, network: Team) -> None:
    rule("All", "subject:vpn", team=network.pk)

    ticket = open_ticket(rosa, "VPN", by=rosa)

    opened, routed = Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk).order_by("id")
    assert (routed.kind, routed.cause_id, routed.via, routed.actor) == ("ticket.routed", opened.pk, "rule", None)


def test_a_rule_that_is_made_and_one_that_is_taken_back_count_at_once(rosa: Person, network: Team) -> None:
    """All in one change, where the marks that tell of new rules are read once and kept."""
    vpn = category("VPN")

    @together()
    def change_and_fail() -> None:
        assert open_ticket(rosa, "VPN", by=rosa).category is None
        rule("VPN", "subject:vpn", category=vpn.pk)
        assert open_ticket(rosa, "VPN", by=rosa).category == vpn
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()

    assert open_ticket(rosa, "VPN", by=rosa).category is None


def test_all_marks_are_read_together_once_in_a_change(rosa: Person) -> None:
    open_ticket(rosa, "What is read at first is read", by=rosa)

    with CaptureQueriesContext(connection) as seen, together():
        open_ticket(rosa, "VPN", by=rosa)
        open_ticket(rosa, "LAN", by=rosa)

    assert len([each for each in seen.captured_queries if "triage_book" in each["sql"]]) == 1


@pytest.mark.accepts("S0.27")
def test_a_server_that_is_down_gets_the_highest_priority_at_once(rosa: Person) -> None:
    rule("Server down", '"server down"', impact=1, urgency=1)

    assert open_ticket(rosa, "SERVER DOWN in Gdańsk!", by=rosa).priority == 1
    assert open_ticket(rosa, "The server is slow", by=rosa).priority == 3


def test_the_first_rule_wins_unless_a_later_one_replaces(rosa: Person) -> None:
    one, two, three = category("One"), category("Two"), category("Three")
    rule("First", "subject:vpn", category=one.pk)
    rule("Second", "subject:vpn", category=two.pk)
    ticket = open_ticket(rosa, "VPN", by=rosa)
    rule("Third", "subject:vpn", category=three.pk, replaces=True)

    assert ticket.category == one
    assert open_ticket(rosa, "VPN", by=rosa).category == three


def test_a_rule_may_look_at_what_an_earlier_one_has_set_and_stop_the_rest(rosa: Person) -> None:
    vpn = category("VPN")
    rule("Category", "subject:vpn", category=vpn.pk)
    rule("By category", "category:vpn", urgency=1, stops=True)
    rule("Never asked", "subject:vpn", impact=1)

    ticket = open_ticket(rosa, "VPN", by=rosa)

    assert (ticket.urgency, ticket.impact) == (1, None)


def test_what_a_person_says_is_not_replaced(ada: Person, rosa: Person) -> None:
    printer, vpn = category("Printer"), category("VPN")
    rule("VPN", "subject:vpn", category=vpn.pk)

    assert open_ticket(rosa, "VPN printer", category=printer, by=ada).category == printer


def test_a_rule_that_makes_no_sense_any_more_stops_no_other(rosa: Person) -> None:
    broken = rule("Broken", "subject:vpn", urgency=1)
    rule("Whole", "subject:vpn", impact=1)
    with acting():
        Rule.objects.filter(pk=broken.pk).update(condition={"field": "gone", "operator": "is", "values": ["x"]})
        Book.turn()

    ticket = open_ticket(rosa, "VPN", by=rosa)

    assert (ticket.impact, ticket.urgency) == (1, None)


@pytest.mark.accepts("S0.30", "S4.29")
def test_the_nearest_category_with_a_team_decides_and_the_rest_goes_to_one_team(rosa: Person, network: Team) -> None:
    infrastructure, applications = open_team("Infrastructure", by=None), open_team("Applications", by=None)
    lan = category("LAN", parent=category("Network"))
    erp = category("ERP", parent=category("Software"))
    map_category(lan.parent, infrastructure, by=None)
    map_category(erp.parent, applications, by=None)
    map_category(None, network, by=None)
    rule("LAN", '"lan" or "network socket"', category=lan.pk)
    rule("ERP", "erp", category=erp.pk)

    assert open_ticket(rosa, "LAN does not work on floor 2", by=rosa).team == infrastructure
    assert open_ticket(rosa, "ERP shows an error", by=rosa).team == applications
    assert open_ticket(rosa, "A question", by=rosa).team == network


@pytest.mark.accepts("S2.3", "S2.4", "S2.5", "S2.6", "S2.7", "S0.28")
def test_priority_comes_from_impact_urgency_risk_value_standing_and_history(rosa: Person, ada: Person) -> None:
    shop = category("Shop", value=Value.HIGH)
    ticket = open_ticket(rosa, "x", impact=3, urgency=3, by=rosa)
    seen = [ticket.priority]

    assess(ticket, impact=3, urgency=3, risk="security", by=ada)
    seen.append(ticket.priority)
    categorise(ticket, shop, by=ada)
    seen.append(ticket.priority)

    assert seen == [4, 3, 2]
    assert ticket.priority_reason == {
        "rule": "matrix", "impact": 3, "urgency": 3, "cell": 4, "steps": [["risk", "security", 1], ["value", 1, 1]],
    }  # fmt: skip


def test_an_important_requester_and_the_same_trouble_again_lift_it_one_step_each(rosa: Person, omar: Person) -> None:
    vpn = category("VPN")
    belong(rosa, is_vip=True, by=None)
    low: dict[str, Any] = {"impact": 3, "urgency": 3, "category": vpn}

    assert [open_ticket(rosa, "VPN", **low, by=None).priority for _each in range(3)] == [3, 3, 2]
    assert open_ticket(omar, "VPN", **low, by=None).priority == 4


def test_steps_alone_do_not_make_it_critical(rosa: Person, ada: Person) -> None:
    shop = category("Shop", value=Value.HIGH)
    belong(rosa, is_vip=True, by=None)

    ticket = open_ticket(rosa, "x", impact=2, urgency=2, risk="safety", category=shop, by=None)

    assert (ticket.priority, ticket.priority_reason["ceiling"]) == (2, 2)


@pytest.mark.accepts("S2.7")
def test_the_matrix_can_be_changed(rosa: Person) -> None:
    scale = PriorityScale.current()
    scale.cells["33"] = 1
    save_scale(scale, by=None)

    assert open_ticket(rosa, "x", impact=3, urgency=3, by=rosa).priority == 1


@pytest.mark.accepts("S1.43")
def test_in_turn_means_the_next_one_who_is_available(rosa: Person, network: Team) -> None:
    people = [works_in(network, person(name, "agent")) for name in ("Ann", "Ben", "Cem")]
    set_mode(network, "round_robin", by=None)
    today = clock.now().date()

    def owner() -> Any:
        return open_ticket(rosa, "x", team=network, by=None).owner

    first = [owner() for _each in range(4)]
    save_absence(people[1], today, today, by=None)

    assert first == [*people, people[0]]
    assert [owner(), owner()] == [people[2], people[0]]
    assert Pick.objects.order_by("-pk").first().verdicts[1]["why_not"] == "absent"  # type: ignore[union-attr]


@pytest.mark.accepts("S1.44")
def test_by_load_means_the_smallest_share_of_capacity_weighted_by_priority(rosa: Person, network: Team) -> None:
    ann, ben = (works_in(network, person(name, "agent")) for name in ("Ann", "Ben"))
    assign(open_ticket(rosa, "critical", impact=1, urgency=1, by=None), ann, by=None)
    for _each in range(3):
        assign(open_ticket(rosa, "low", impact=3, urgency=3, by=None), ben, by=None)
    set_mode(network, "least_loaded", by=None)

    assert open_ticket(rosa, "x", team=network, by=None).owner == ben
    assert [one["load"] for one in Pick.objects.get().verdicts] == [8, 3]


def test_nobody_eligible_is_an_alarm_until_somebody_has_it(rosa: Person, ada: Person, network: Team) -> None:
    works_in(network, ada)
    save_absence(ada, clock.now().date(), clock.now().date(), by=None)
    set_mode(network, "round_robin", by=None)

    ticket = open_ticket(rosa, "x", team=network, by=None)

    assert ticket.owner is None
    assert Pick.objects.filter(is_alarm=True, ticket=ticket).exists()
    assert Event.objects.filter(kind="ticket.nobody_eligible", subject_id=ticket.pk).exists()
    assign(ticket, ada, by=None)
    assert not Pick.objects.filter(is_alarm=True).exists()


@pytest.mark.accepts("S1.45")
def test_whoever_takes_the_next_one_gets_the_top_of_the_queue(rosa: Person, ada: Person, network: Team) -> None:
    low = open_ticket(rosa, "low", team=network, impact=3, urgency=3, by=None)
    high = open_ticket(rosa, "high", team=network, impact=1, urgency=1, by=None)

    assert [take_next(network.pk, by=ada) for _each in range(3)] == [high, low, None]
    assert list(Pick.objects.order_by("pk").values_list("ticket", "chosen", "mode")) == [
        (high.pk, ada.pk, "pull"), (low.pk, ada.pk, "pull"),
    ]  # fmt: skip


def test_what_nobody_could_take_is_offered_again_when_somebody_is_back(
    rosa: Person, ada: Person, network: Team
) -> None:
    works_in(network, ada)
    today = clock.now().date()
    away = save_absence(ada, today, today, by=None)
    set_mode(network, "round_robin", by=None)
    ticket = open_ticket(rosa, "x", team=network, by=None)

    find_somebody_after_all()
    still_alone = Pick.objects.count()
    remove_absence(ada, away, by=None)
    find_somebody_after_all()

    ticket.refresh_from_db()
    assert (still_alone, ticket.owner) == (1, ada)


@pytest.mark.accepts("S0.5")
def test_what_stands_still_is_pointed_out_once_to_requester_and_owner(rosa: Person, ada: Person) -> None:
    with clock.set_to(clock.now() - timedelta(days=4)):
        ticket = open_ticket(rosa, "Slow", by=rosa)
        assign(ticket, ada, by=None)
    with clock.set_to(clock.now() - timedelta(days=40)):
        open_ticket(rosa, "Forgotten since before anybody asked", by=rosa)
    fresh = open_ticket(rosa, "Fresh", by=rosa)

    point_out_what_stands_still()
    point_out_what_stands_still()

    told = Event.objects.filter(kind="ticket.stood_still")
    assert list(told.values_list("subject_id", flat=True)) == [ticket.pk]
    tell_those_who_wait(told.get())
    assert set(Notice.objects.filter(kind="triage.stood_still").values_list("person", flat=True)) == {rosa.pk, ada.pk}
    assert fresh.pk != ticket.pk


@pytest.mark.accepts("S0.4", "S0.31")
def test_a_lead_sees_what_needs_a_hand_and_repairs_it_in_bulk(
    client: Any, lin: Person, rosa: Person, network: Team
) -> None:
    ann, ben = (works_in(network, person(name, "agent")) for name in ("Ann", "Ben"))
    lonely = open_ticket(rosa, "Nobody has it", team=network, by=None)
    left = open_ticket(rosa, "Its owner is away", team=network, by=None)
    fine = open_ticket(rosa, "All is well", team=network, by=None)
    assign(left, ann, by=None)
    assign(fine, ben, by=None)
    save_absence(ann, clock.now().date(), clock.now().date(), by=None)
    set_mode(network, "round_robin", by=None)
    client.force_login(lin)

    def shown(which: str) -> list[bool]:
        body = client.get("/supervision", {"list": which}).content.decode()
        return [ticket.subject in body for ticket in (lonely, left, fine)]

    assert (shown("unowned"), shown("absent")) == ([True, False, False], [False, True, False])
    client.post("/queue/bulk", {"do": "pick", "selected": [lonely.pk, left.pk], "from": "supervision", "back": "?"})
    assert (shown("unowned"), shown("absent")) == ([False] * 3, [False] * 3)
    assert set(Ticket.objects.values_list("owner", flat=True)) == {ben.pk}


@pytest.mark.accepts("S0.8")
def test_the_load_of_everybody_says_open_due_late_and_share(rosa: Person, lin: Person, network: Team) -> None:
    ann, ben = (works_in(network, person(name, "agent")) for name in ("Ann", "Ben"))
    set_mode(network, "pull", capacity=8, by=None)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with clock.set_to(noon):
        for hours in (-1, 1, None):
            ticket = open_ticket(rosa, "x", impact=1, urgency=2, team=network, by=None)
            set_due(ticket, noon + timedelta(hours=hours) if hours else None, by=None)
            assign(ticket, ann, by=None)

        found = [(load.person, load.open, load.due_today, load.late, load.percent, load.word) for load in loads(lin)]

    assert found == [(ann, 3, 1, 1, 150, "overloaded"), (ben, 0, 0, 0, 0, "free")]


@pytest.mark.accepts("S0.3")
def test_the_queue_counts_by_department_people_affected_and_kind(client: Any, ada: Person, rosa: Person) -> None:
    sales = save_department(None, name="Sales", organisation=None, by=None)
    belong(rosa, department=sales, by=None)
    open_ticket(rosa, "x", people_affected=30, by=None)
    open_ticket(rosa, "y", kind="request", by=None)
    client.force_login(ada)

    body = " ".join(client.get("/queue/facets", {"view": "open"}).content.decode().split())

    for name, term, count in (
        ("Sales", f"department%3A{sales.pk}", 2), ("11 to 100", "affected%3A11..100", 1),
        ("not said", "affected%3Anone", 1), ("Incident", "kind%3Aincident", 1),
    ):  # fmt: skip
        assert f'q={term}">{name}</a><span class="number">{count}</span>' in body


def test_why_names_the_rule_and_why_not_the_first_part_that_failed(
    client: Any, ada: Person, rosa: Person, network: Team
) -> None:
    rule("Network words", '"lan"', team=network.pk)
    rule("Only requests", "kind:request source:mail", urgency=1)
    ticket = open_ticket(rosa, "The LAN is away", by=None)
    client.force_login(ada)

    body = client.get(f"/tickets/{ticket.pk}/why").content.decode()

    assert "The rule “Network words” set it." in body
    assert "Not fulfilled: Kind is Service request. It is: Incident." in body
    assert "The matrix makes that P3 (Medium)." in body


def test_a_rule_is_tried_on_last_months_tickets_without_changing_any(client: Any, bea: Person, rosa: Person) -> None:
    vpn = category("VPN")
    hit = open_ticket(rosa, "VPN away", by=None)
    open_ticket(rosa, "VPN again", category=vpn, by=None)
    open_ticket(rosa, "Printer", by=None)
    client.force_login(bea)

    body = client.post(
        "/settings/triage/rules/new", {"name": "VPN", "condition": "subject:vpn", "category": vpn.pk, "try": "1"}
    ).content.decode()

    assert "2 of 3 tickets fulfil the condition. Of the 2 looked at, 1 are otherwise" in body
    assert f"#{hit.pk} VPN away" in body
    hit.refresh_from_db()
    assert (hit.category, Rule.objects.count()) == (None, 0)


@pytest.mark.accepts("S0.6", "S0.29")
def test_a_team_may_give_work_only_to_those_who_know_the_category(rosa: Person, network: Team) -> None:
    ann, ben, cem = (works_in(network, person(name, "agent")) for name in ("Ann", "Ben", "Cem"))
    skill = save_skill("Networks", by=None)
    set_skills(ben, {skill.pk: 1}, by=None)
    set_skills(cem, {skill.pk: 3}, tickets=1, by=None)
    lan = category("LAN", parent=category("Network"))
    assert lan.parent is not None
    map_skill(lan.parent, skill, by=None)
    set_mode(network, "round_robin", by_skill=True, by=None)

    owners = [open_ticket(rosa, "x", team=network, category=lan, by=None).owner for _each in range(3)]

    assert owners == [cem, ben, ben]  # the expert first, who can carry one
    assert [one.get("why_not") for one in Pick.objects.order_by("pk")[0].verdicts] == [
        "lacks the skill", "others know more", None,
    ]  # fmt: skip
    assert open_ticket(rosa, "No skill asked for", team=network, by=None).owner == ann


def test_a_team_with_a_rota_gives_work_to_those_on_shift(rosa: Person, network: Team) -> None:
    ann, ben = (works_in(network, person(name, "agent")) for name in ("Ann", "Ben"))
    save_shift(
        network, name="Early", weekdays="12345", begins=time(6), ends=time(14), first_day=date(2026, 1, 5),
        people=[ben], by=None,
    )  # fmt: skip
    set_mode(network, "round_robin", by=None)

    with clock.set_to(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        early = open_ticket(rosa, "x", team=network, by=None)
    with clock.set_to(datetime(2026, 3, 2, 20, tzinfo=UTC)):
        late = open_ticket(rosa, "x", team=network, by=None)

    assert (early.owner, late.owner) == (ben, None)
    assert Pick.objects.get(ticket=early).verdicts[0]["why_not"] == "off shift"
    assert ann.pk != ben.pk
