from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstline.core import clock
from firstline.core.actions import via
from firstline.core.events.models import Event
from firstline.flow.automations.actions.automation import (
    move,
    publish,
    remind_of_reviews,
    restore,
    save_automation,
    switch,
)
from firstline.flow.automations.actions.fire import look_at_the_time
from firstline.flow.automations.models import Automation, Firing, Version
from firstline.flow.automations.notices import tell_its_owner, tell_of_the_review, tell_people
from firstline.flow.automations.queries.explaining import fired_on, why_not
from firstline.flow.automations.queries.trial import try_version
from firstline.flow.sla.queries import facts_of
from firstline.people.accounts.models import Person
from firstline.people.notifications.models import Notice
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import note, reply
from firstline.work.conversations.models import Message
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.edit import prioritise, set_custom, set_tags
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.settings import save_custom_field
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.models import CustomField, Status, Ticket
from tests.cast import works_in

from .making import automation, typed

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def tags_of(ticket: Ticket) -> list[str]:
    return sorted(ticket.tags.values_list("name", flat=True))


def outcomes(ticket: Ticket) -> list[tuple[str, str]]:
    rows = Firing.objects.filter(ticket=ticket).order_by("id")
    return list(rows.values_list("automation__name", "outcome"))


def test_what_happens_sets_an_automation_off_and_every_firing_says_why(
    rosa: Person, ada: Person, network: Team
) -> None:
    made = automation(
        "VPN", "opened", condition="subject:vpn", minutes=4, team=network.pk, add_tags=["vpn"], priority=2
    )

    ticket = open_ticket(rosa, "VPN is away", by=rosa)
    other = open_ticket(rosa, "Printer", by=rosa)

    ticket.refresh_from_db()
    assert (ticket.team, ticket.priority, tags_of(ticket)) == (network, 2, ["vpn"])
    assert (other.team, tags_of(other)) == (None, [])
    firing = Firing.objects.get()
    opened = Event.objects.get(kind="ticket.opened", subject_id=ticket.pk)
    assert (firing.automation, firing.version, firing.ticket, firing.when, firing.event, firing.minutes) == (
        made, made.live, ticket, "opened", opened.pk, 4,
    )  # fmt: skip
    assert firing.did == [["priority", 3, 2], ["add_tags", None, ["vpn"]], ["team", None, network.pk]]
    routed = Event.objects.get(kind="ticket.routed")
    assert (routed.cause_id, routed.via, routed.actor) == (opened.pk, "rule", None)
    assert [each.by for each in fired_on(ticket)] == ["Rosa"]


def test_conditions_are_judged_before_any_of_them_does_anything_and_order_decides(rosa: Person) -> None:
    # Both hold on the ticket as it was opened; the one asked later has the last word.
    first = automation("First", "opened", condition="priority:medium", priority=1)
    automation("Second", "opened", condition="priority:medium", priority=4)
    one = open_ticket(rosa, "One", by=rosa)

    move(first, 1, by=None)
    other = open_ticket(rosa, "Other", by=rosa)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.priority, other.priority) == (4, 1)
    assert outcomes(other) == [("Second", "done"), ("First", "done")]


def test_what_one_does_wakes_another(rosa: Person, network: Team) -> None:
    automation("Route", "opened", team=network.pk)
    automation("Welcome", "routed", condition="team:network", note="Now in {team}.")

    ticket = open_ticket(rosa, "Hello", by=rosa)

    assert outcomes(ticket) == [("Route", "done"), ("Welcome", "done")]
    assert [firing.depth for firing in Firing.objects.order_by("id")] == [0, 1]
    assert len(set(Firing.objects.values_list("chain", flat=True))) == 1
    assert Message.objects.get(ticket=ticket, visibility="internal").text == "Now in Network."


def test_a_circle_is_cut_recorded_and_told_to_its_owner(rosa: Person, ada: Person, lin: Person) -> None:
    ping = automation("Ping", "prioritised", condition="priority:high", owner=lin, priority=3)
    automation("Pong", "prioritised", condition="priority:medium", owner=lin, priority=2)
    ticket = open_ticket(rosa, "Hello", by=rosa)

    prioritise(ticket, 2, by=ada)

    assert outcomes(ticket) == [("Ping", "done"), ("Pong", "done"), ("Ping", "cut")]
    cut = Event.objects.get(kind="ticket.automation_cut")
    tell_its_owner(cut)
    tell_its_owner(cut)
    assert [(notice.kind, notice.person) for notice in Notice.objects.filter(kind="automation.cut")] == [
        ("automation.cut", lin)
    ]
    # Another first cause begins anew.
    set_tags(ticket, ["x"], by=ada)
    prioritise(ticket, 1, by=ada)
    prioritise(ticket, 2, by=ada)
    assert Firing.objects.filter(automation=ping, outcome="done").count() == 2


def test_what_changes_nothing_more_is_no_circle(rosa: Person, ada: Person) -> None:
    automation("Own changes", "edited", add_tags=["seen"])
    ticket = open_ticket(rosa, "Hello", by=rosa)

    set_tags(ticket, ["one"], by=ada)

    assert outcomes(ticket) == [("Own changes", "done")]


def test_a_chain_that_is_too_long_is_cut(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "Hello", by=rosa)
    set_tags(ticket, [f"s{number}" for number in range(9)], by=ada)
    set_tags(ticket, [], by=ada)
    for number in range(8):
        condition = f"tag:s{number} -tag:s{number + 1}"
        automation(f"Step {number}", "edited", condition=condition, add_tags=[f"s{number + 1}"])

    set_tags(ticket, ["s0"], by=ada)

    assert tags_of(ticket) == ["s0", "s1", "s2", "s3", "s4", "s5"]
    assert outcomes(ticket)[-1] == ("Step 5", "cut")


def test_what_fails_is_taken_back_alone_and_the_change_stands(rosa: Person, ada: Person, lin: Person) -> None:
    automation("Tag", "desk_replied", add_tags=["answered"])
    automation("Broken", "desk_replied", owner=lin, add_tags=["half"], pick=True)
    automation("Last", "desk_replied", note="Still here.")
    ticket = open_ticket(rosa, "Hello", team=open_team("Pull", by=None), by=rosa)

    reply(ticket, "We look.", by=ada)

    assert outcomes(ticket) == [("Tag", "done"), ("Broken", "failed"), ("Last", "done")]
    assert tags_of(ticket) == ["answered"]
    failed = Event.objects.get(kind="ticket.automation_failed")
    tell_its_owner(failed)
    assert Notice.objects.get(kind="automation.failed").person == lin


def test_who_replied_makes_the_difference(rosa: Person, ada: Person) -> None:
    automation("Theirs", "requester_replied", add_tags=["theirs"])
    automation("Ours", "desk_replied", add_tags=["ours"])
    ticket = open_ticket(rosa, "Hello", by=rosa)

    reply(ticket, "We look.", by=ada)
    assert tags_of(ticket) == ["ours"]

    reply(ticket, "Thanks", by=rosa)
    assert tags_of(ticket) == ["ours", "theirs"]


def test_a_message_of_nobody_is_no_answer_and_speaks_the_language_of_the_requester(rosa: Person, ada: Person) -> None:
    automation("Receipt", "opened", reply="Hello {person}, #{number} “{subject}” is here. {status}")

    ticket = open_ticket(rosa, "Screen", by=rosa)

    message = Message.objects.get(ticket=ticket)
    assert (message.author, message.is_from_desk, message.visibility) == (None, True, "public")
    assert message.text.startswith(f"Hello Rosa, #{ticket.pk} “Screen” is here.")
    ticket.refresh_from_db()
    assert (ticket.first_response_at, ticket.turn, ticket.state) == (None, "desk", "new")
    assert [fact.what.name for fact in facts_of([ticket], {})[ticket.pk]] == ["OPENED"]


def test_it_is_for_the_tickets_of_its_teams_only(rosa: Person, ada: Person, network: Team) -> None:
    automation("For network", "noted", teams=[network.pk], add_tags=["net"])
    inside = open_ticket(rosa, "In", team=network, by=rosa)
    outside = open_ticket(rosa, "Out", by=rosa)

    note(inside, "x", by=ada)
    note(outside, "x", by=ada)

    assert (tags_of(inside), tags_of(outside)) == (["net"], [])


def test_what_is_brought_in_from_elsewhere_sets_nothing_off(rosa: Person) -> None:
    automation("All", "opened", add_tags=["x"])

    with via("import"):
        ticket = open_ticket(rosa, "Old", source="import", by=None)

    assert tags_of(ticket) == []


def test_people_are_told(rosa: Person, ada: Person, lin: Person, network: Team) -> None:
    works_in(network, ada)
    works_in(network, lin, is_lead=True)
    automation("Alarm", "routed", notify={"whom": "leads", "text": "Look at {subject}"})

    ticket = open_ticket(rosa, "Fire", by=rosa)
    route(ticket, network, by=ada)

    told = Event.objects.get(kind="ticket.automation_told")
    assert told.facts["people"] == [lin.pk]
    tell_people(told)
    assert [notice.person for notice in Notice.objects.filter(kind="automation.told")] == [lin]


# Time.


@pytest.mark.accepts("S4.26")
def test_time_sets_it_off_once_for_each_time_the_status_is_entered(rosa: Person, ada: Person) -> None:
    with clock.set_to(MONDAY):
        ticket = open_ticket(rosa, "Which printer?", by=rosa)
        waiting = Status.objects.filter(kind=ticket.kind, type="waiting").first()
        assert waiting is not None
        change_status(ticket, waiting, by=ada)
    time = {"of": "status", "side": "after", "amount": 3, "unit": "days"}
    with clock.set_to(MONDAY + timedelta(days=1)):
        automation("Remind", "time", condition="state:waiting", time=time, reply="Do you still need us, {person}?")

    for day, expected in ((2, 0), (3.1, 1), (4, 1), (9, 1)):
        with clock.set_to(MONDAY + timedelta(days=day)):
            look_at_the_time()
        assert Firing.objects.filter(outcome="done").count() == expected, day

    with clock.set_to(MONDAY + timedelta(days=10)):
        reply(ticket, "Yes", by=rosa)
        change_status(ticket, waiting, by=ada)
    with clock.set_to(MONDAY + timedelta(days=12)):
        look_at_the_time()
    assert Firing.objects.count() == 1
    with clock.set_to(MONDAY + timedelta(days=13, hours=1)):
        look_at_the_time()
    assert Firing.objects.count() == 2


def test_what_had_passed_before_it_was_published_is_not_made_up_for(rosa: Person) -> None:
    with clock.set_to(MONDAY):
        open_ticket(rosa, "Old", by=rosa)
    with clock.set_to(MONDAY + timedelta(days=30)):
        time = {"of": "created", "side": "after", "amount": 7, "unit": "days"}
        automation("Week", "time", time=time, add_tags=["old"])
        look_at_the_time()

    assert not Firing.objects.exists()


def test_before_a_day_of_the_organisations_own(rosa: Person, ada: Person) -> None:
    leaving = save_custom_field(CustomField(key="last_day", label="Last day", type="date"), by=None)
    with clock.set_to(MONDAY):
        ticket = open_ticket(rosa, "Leaver", by=rosa)
        set_custom(ticket, leaving, "2026-03-20", by=ada)
        time = {"of": "custom.last_day", "side": "before", "amount": 5, "unit": "days"}
        automation("Collect", "time", time=time, add_tags=["collect"])

    for day, expected in ((14, []), (15, ["collect"])):
        with clock.set_to(datetime(2026, 3, day, 12, tzinfo=UTC)):
            look_at_the_time()
            look_at_the_time()
        assert tags_of(ticket) == expected
    assert Firing.objects.count() == 1


def test_the_desks_silence_is_counted_from_its_last_word(rosa: Person, ada: Person) -> None:
    with clock.set_to(MONDAY):
        ticket = open_ticket(rosa, "Hm", by=rosa)
        time = {"of": "desk_replied", "side": "after", "amount": 4, "unit": "hours"}
        automation("Silence", "time", time=time, add_tags=["silent"])
        reply(ticket, "One", by=ada)
    with clock.set_to(MONDAY + timedelta(hours=3)):
        reply(ticket, "Two", by=ada)
    with clock.set_to(MONDAY + timedelta(hours=5)):
        look_at_the_time()
    assert tags_of(ticket) == []
    with clock.set_to(MONDAY + timedelta(hours=8)):
        look_at_the_time()
    assert tags_of(ticket) == ["silent"]


# Versions, trial, why not.


def test_a_draft_does_nothing_until_it_is_published_and_an_earlier_version_comes_back(
    rosa: Person, bea: Person
) -> None:
    made = automation("Tags", "opened", add_tags=["one"])
    document = {"whens": ["opened"], "condition": typed(""), "deeds": [{"do": "add_tags", "value": ["two"]}]}

    save_automation(made, document, by=bea)
    assert tags_of(open_ticket(rosa, "A", by=rosa)) == ["one"]
    publish(made, by=bea)
    assert tags_of(open_ticket(rosa, "B", by=rosa)) == ["two"]
    restore(made, 1, by=bea)
    assert tags_of(open_ticket(rosa, "C", by=rosa)) == ["one"]

    rows = Version.objects.filter(automation=made).order_by("number").values_list("number", "state")
    assert list(rows) == [(1, "retired"), (2, "retired"), (3, "published")]
    assert Version.objects.get(number=2).trial["days"] == 30


def test_what_is_switched_off_does_nothing(rosa: Person) -> None:
    made = automation("Tags", "opened", add_tags=["one"])

    switch(made, False, by=None)

    assert tags_of(open_ticket(rosa, "A", by=rosa)) == []


def test_the_trial_counts_and_lists_and_changes_nothing(rosa: Person, ada: Person, bea: Person) -> None:
    with clock.set_to(MONDAY):
        first = open_ticket(rosa, "VPN one", by=rosa)
        open_ticket(rosa, "Printer", by=rosa)
        for words in ("a", "b"):
            reply(first, words, by=ada)
    made = Automation(name="Try me")
    document = {"whens": ["opened", "desk_replied"], "condition": typed("subject:vpn"),
                "deeds": [{"do": "priority", "value": 1}, {"do": "reply", "value": "Hello"}]}  # fmt: skip
    draft = save_automation(made, document, by=None)
    before = Event.objects.count()

    with clock.set_to(MONDAY + timedelta(days=3)):
        trial = try_version(made, draft, bea)

    assert (trial.woken, trial.fired, trial.tickets, trial.told) == (4, 3, 1, 3)
    assert [(would.ticket, would.times, would.changes[0]) for would in trial.listed] == [
        (first, 3, ("Priority", "Medium", "Critical"))
    ]
    assert Event.objects.count() == before


def test_why_not_names_the_part_that_does_not_hold_and_what_stands_there(rosa: Person, network: Team) -> None:
    automation("High ones", "opened", condition="subject:vpn priority:high", add_tags=["x"])
    automation("For network", "opened", teams=[network.pk], add_tags=["y"])
    ticket = open_ticket(rosa, "VPN", by=rosa)

    high, team = why_not(ticket)

    assert (high.holds, high.fired, high.saw) == (False, 0, "Medium")
    assert "High" in high.failed
    assert (team.holds, team.saw) == (False, "nothing")


def test_its_owner_is_reminded_once_that_it_should_be_looked_at_again(rosa: Person, lin: Person) -> None:
    made = automation("Old", "opened", owner=lin, add_tags=["x"])
    made.review_on = MONDAY.date()
    save_automation(made, dict(made.live.document), by=None)  # type: ignore[union-attr]

    for day in (-1, 0, 1):
        with clock.set_to(MONDAY + timedelta(days=day)):
            remind_of_reviews()

    (due,) = Event.objects.filter(kind="automation.review_due")
    tell_of_the_review(due)
    assert Notice.objects.get(kind="automation.review").person == lin


def test_automations_cost_one_query_where_none_fits(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "Hello", by=rosa)
    counts = []
    for number in (0, 1, 20):
        while Automation.objects.count() < number:
            automation(f"A{Automation.objects.count()}", "noted", condition="subject:nothing", add_tags=["x"])
        note(ticket, "warm", by=ada)
        with CaptureQueriesContext(
            connection,
        ) as found:
            note(ticket, "x", by=ada)
        counts.append(len(found))

    assert counts[0] == counts[1] == counts[2]


def test_assigning_wakes_what_waits_for_it(rosa: Person, ada: Person) -> None:
    automation("Mine", "assigned", condition="owner:any", add_tags=["owned"])
    ticket = open_ticket(rosa, "Hello", by=rosa)

    assign(ticket, ada, by=ada)

    assert tags_of(ticket) == ["owned"]
