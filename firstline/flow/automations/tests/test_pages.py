from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from firstline.core import clock
from firstline.core.preferences.actions.set import set_preference
from firstline.flow.automations.actions.canned import save_canned
from firstline.flow.automations.actions.macro import apply_macro, save_macro
from firstline.flow.automations.models import Automation, CannedReply, CannedUse, Firing, Macro, MacroUse, Version
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.conversations.models import Draft, Message
from firstline.work.tickets.actions.edit import prioritise
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.settings import save_category
from firstline.work.tickets.models import Category, Ticket
from tests.cast import works_in

from .making import automation

pytestmark = pytest.mark.django_db
EVERY_FIELD = {"due_unit": "days", "time_unit": "days", "time_side": "after", "time_of": "status"}


def client_of(somebody: Person) -> Client:
    client = Client()
    client.force_login(somebody)
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def ask(db: Any) -> Macro:
    deeds = [{"do": "reply", "value": "Which device, {person}?"}, {"do": "status", "value": "type:waiting"},
             {"do": "add_tags", "value": ["asked"]}]  # fmt: skip
    return save_macro(Macro(name="Ask", deeds=deeds, minutes=4), by=None)


def test_an_admin_makes_one_without_code_sees_what_it_would_do_and_publishes_it(bea: Person, rosa: Person) -> None:
    earlier = open_ticket(rosa, "VPN before", by=rosa)
    client = client_of(bea)
    filled = EVERY_FIELD | {
        "name": "VPN", "goal": "Faster", "whens": ["opened"], "condition": "subject:vpn", "priority": "1",
        "add_tags": "vpn, line", "minutes": "4", "keeper": "bea@example.org", "review_on": "2030-01-01",
    }  # fmt: skip

    answer = client.post(reverse("automations:new"), filled, follow=True)

    made = Automation.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("automations:trial", args=[made.pk])
    page = text_of(answer)
    assert f"#{earlier.pk} VPN before" in page
    assert "Priority: Medium → Critical" in page
    open_ticket(rosa, "VPN while it is a draft", by=rosa)
    assert not Firing.objects.exists()

    client.post(reverse("automations:publication", args=[made.pk]))

    ticket = open_ticket(rosa, "VPN again", by=rosa)
    ticket.refresh_from_db()
    assert (ticket.priority, made.owner or Automation.objects.get().owner) == (1, bea)
    page = text_of(client.get(made.get_absolute_url()))
    assert f"#{ticket.pk} VPN again" in page
    assert "It is opened" in page
    assert Version.objects.get().trial["tickets"] == 2


def test_what_was_filled_in_comes_back_into_the_form(bea: Person, network: Team, ada: Person) -> None:
    made = automation(
        "Full", "opened", "time", condition="priority:high", teams=[network.pk],
        time={"of": "status", "side": "after", "amount": 3, "unit": "working_days"}, add_tags=["a", "b"], owner=None,
        team=network.pk, due={"amount": 2, "unit": "days"}, watch=ada.pk, note="Hm",
        notify={"whom": "person", "person": ada.pk, "text": "Look"}, minutes=7,
    )  # fmt: skip
    client = client_of(bea)
    form = client.get(reverse("automations:edit", args=[made.pk]))
    shown = text_of(form)

    for words in ('value="a, b"', "priority:high", 'value="3"', "Hm", 'value="ada@example.org"', 'value="7"'):
        assert words in shown


@pytest.mark.accepts("S0.45")
def test_hours_and_their_worth_are_shown_per_automation_and_macro_and_month(
    bea: Person, ada: Person, rosa: Person, ask: Macro
) -> None:
    automation("Tag", "opened", minutes=30, add_tags=["x"])
    tickets = [open_ticket(rosa, "Hello", by=rosa) for _number in range(4)]
    for ticket in tickets[:3]:
        apply_macro(ticket, ask, by=ada)
    set_preference("automations.hour_cost", "50", by=bea)

    page = text_of(client_of(bea).get(reverse("automations:hours")))

    assert ">2 <small>(4)</small>" in page or ">2.0 <small>(4)</small>" in page
    assert ">0.2 <small>(3)</small>" in page
    assert ">100<" in page


@pytest.mark.accepts("S0.44")
def test_the_list_says_what_ran_what_never_ran_and_what_was_never_refused(bea: Person, rosa: Person) -> None:
    with clock.set_to(clock.now() - timedelta(days=40)):
        automation("Sort", "opened", condition="subject:vpn", category=save_category(Category(name="VPN"), by=None).pk,
                   notify={"whom": "team", "text": "New: {subject}"}, minutes=90)  # fmt: skip
        automation("Everything", "opened", add_tags=["x"])
        automation("Never", "reopened", add_tags=["y"])
    tickets = [open_ticket(rosa, "VPN" if number < 2 else "Other", by=rosa) for number in range(6)]

    rows = text_of(client_of(bea).get(reverse("automations:automations"))).split("<tr")

    sort, everything, never = (
        next(row for row in rows if f">{name}</a>" in row) for name in ("Sort", "Everything", "Never")
    )
    assert "done 2 times" in sort
    assert re.search(r">3(\.0)?<", sort)
    assert "was never refused" not in sort
    assert ("done 6 times" in everything, "was never refused" in everything) == (True, True)
    assert "has never done anything" in never
    tickets[0].refresh_from_db()
    assert str(tickets[0].category) == "VPN"


def test_a_circle_is_shown_where_it_is_looked_for(bea: Person, ada: Person, rosa: Person) -> None:
    ping = automation("Ping", "prioritised", condition="priority:high", priority=3)
    automation("Pong", "prioritised", condition="priority:medium", priority=2)
    ticket = open_ticket(rosa, "Hello", by=rosa)
    prioritise(ticket, 2, by=ada)
    client = client_of(bea)

    assert "It goes in a circle" in text_of(client.get(ping.get_absolute_url()))
    cut = text_of(client.get(ping.get_absolute_url() + "?outcome=cut"))
    assert "Stopped: a loop" in cut
    assert "Stopped: a loop" in text_of(client.get(reverse("automations:why", args=[ticket.pk])))


def test_why_not_is_answered_on_the_ticket(ada: Person, rosa: Person) -> None:
    automation("High ones", "opened", condition="priority:high", add_tags=["x"])
    ticket = open_ticket(rosa, "Hello", by=rosa)

    page = text_of(client_of(ada).get(reverse("automations:why", args=[ticket.pk])))

    assert "Not fulfilled" in page
    assert "It is: Medium." in page


def test_who_leads_a_team_shapes_what_is_for_it_and_nothing_else(ada: Person, rosa: Person, network: Team) -> None:
    other = open_team("Other", by=None)
    works_in(network, ada, is_lead=True)
    client = client_of(ada)
    filled = EVERY_FIELD | {"name": "Ours", "whens": ["opened"], "add_tags": "x"}

    for teams, is_allowed in (([network.pk], True), ([other.pk], False), ([network.pk, other.pk], False), ([], False)):
        answer = client.post(reverse("automations:new"), filled | {"teams": teams, "name": f"For {teams}"})
        assert answer.status_code == (302 if is_allowed else 403), teams
    mine = Automation.objects.get()
    client.post(reverse("automations:publication", args=[mine.pk]))
    assert Automation.objects.get().live is not None
    all_teams = automation("All", "opened", add_tags=["y"])
    assert client.get(reverse("automations:edit", args=[all_teams.pk])).status_code == 403
    assert client_of(rosa).get(reverse("automations:automations")).status_code == 403


# Macros.


def test_a_macro_shows_what_it_would_change_and_does_it_in_the_name_of_the_agent(
    ada: Person, rosa: Person, ask: Macro
) -> None:
    ticket = open_ticket(rosa, "Broken", by=rosa)
    client = client_of(ada)
    address = reverse("automations:ticket_macros", args=[ticket.pk])

    shown = text_of(client.get(address))
    assert "Status: New → Waiting" in shown
    client.post(address, {"macro": ask.pk})

    ticket.refresh_from_db()
    assert (ticket.state, list(ticket.tags.values_list("name", flat=True))) == ("waiting", ["asked"])
    message = Message.objects.get(ticket=ticket)
    assert (message.author, message.text) == (ada, "Which device, Rosa?")
    assert MacroUse.objects.get().minutes == 4


def test_a_macro_is_applied_to_many_after_a_preview_and_taken_back(ada: Person, rosa: Person, network: Team) -> None:
    macro = save_macro(
        Macro(name="Low", teams=[network.pk], deeds=[{"do": "priority", "value": 4}]), by=None
    )  # fmt: skip
    inside = [open_ticket(rosa, f"In {number}", team=network, by=rosa) for number in range(2)]
    outside = open_ticket(rosa, "Out", by=rosa)
    client = client_of(ada)
    everything = [ticket.pk for ticket in (*inside, outside)]

    chosen = client.post(reverse("desk:bulk"), {"do": "macros", "selected": everything})
    preview = text_of(client.get(chosen["Location"] + f"&macro={macro.pk}"))
    assert "Priority: Medium → Low" in preview
    assert "it is not for this ticket’s team" in preview
    assert "Apply to 2 tickets" in preview
    done = client.post(reverse("desk:bulk"), {"do": f"macro:{macro.pk}", "selected": everything}, follow=True)

    assert [Ticket.objects.get(pk=number).priority for number in everything] == [4, 4, 3]
    assert "This macro is not for this ticket’s team." in text_of(done)


def test_the_preview_of_many_costs_the_same_for_two_and_for_ten(ada: Person, rosa: Person) -> None:
    macro = save_macro(Macro(name="Low", deeds=[{"do": "priority", "value": 4}]), by=None)
    tickets = [open_ticket(rosa, f"T {number}", by=rosa).pk for number in range(10)]
    client, counts = client_of(ada), []

    for number in (2, 2, 10):
        asked = "&".join(f"selected={pk}" for pk in tickets[:number])
        with CaptureQueriesContext(connection) as found:
            client.get(f"{reverse('automations:many')}?macro={macro.pk}&{asked}")
        counts.append(len(found))

    assert counts[1] == counts[2]


def test_the_list_costs_the_same_for_one_and_for_ten(bea: Person, rosa: Person) -> None:
    client, counts = client_of(bea), []
    automation("A0", "opened", add_tags=["x"])
    for number in (1, 10):
        while Automation.objects.count() < number:
            automation(f"A{Automation.objects.count()}", "opened", add_tags=["x"])
        client.get(reverse("automations:automations"))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("automations:automations"))
        counts.append(len(found))

    assert counts[0] == counts[1]


# Canned replies.


@pytest.fixture
def device(db: Any) -> CannedReply:
    texts = {"en": {"text": "Hello {person}, about “{subject}”: which device? {agent}", "tone": "Short."},
             "vi": {"text": "Chào {person}, thiết bị nào? {agent}", "tone": "Lịch sự."}}  # fmt: skip
    return save_canned(CannedReply(name="Device", shortcut="device", texts=texts), by=None)


@pytest.mark.accepts("S4.28", "S2.37")
def test_a_predefined_answer_is_offered_in_the_language_of_the_requester_with_a_note_on_its_tone(
    ada: Person, rosa: Person, device: CannedReply
) -> None:
    ticket = open_ticket(rosa, "Broken", by=rosa)
    rosa.language = "vi"
    rosa.save(update_fields=["language"])
    client = client_of(ada)

    offered = text_of(client.get(reverse("automations:ticket_canned", args=[ticket.pk]) + "?q=/device"))
    assert "Chào Rosa, thiết bị nào? Ada" in offered
    assert "Lịch sự." in offered
    assert "Chào" not in text_of(client.get(reverse("automations:ticket_canned", args=[ticket.pk]) + "?q=nothing"))

    address = reverse("automations:insertion", args=[ticket.pk, device.pk])
    plain = client.post(address, headers={"Accept": "text/plain"})
    assert plain.content.decode() == "Chào Rosa, thiết bị nào? Ada"
    client.post(address)
    assert Draft.objects.get(ticket=ticket, person=ada).text == "Chào Rosa, thiết bị nào? Ada"
    assert CannedUse.objects.count() == 2


def test_a_canned_reply_of_another_team_is_not_offered(ada: Person, rosa: Person, network: Team) -> None:
    other = save_canned(
        CannedReply(name="Ours", teams=[network.pk], texts={"en": {"text": "Network only"}}), by=None
    )  # fmt: skip
    ticket = open_ticket(rosa, "Broken", by=rosa)
    client = client_of(ada)

    assert "Network only" not in text_of(client.get(reverse("automations:ticket_canned", args=[ticket.pk])))
    client.post(reverse("automations:insertion", args=[ticket.pk, other.pk]))
    assert not Draft.objects.exists()


def test_an_unknown_placeholder_is_pointed_at(bea: Person) -> None:
    answer = client_of(bea).post(
        reverse("automations:new_canned_reply"), {"name": "Wrong", "text_en": "Dear {persn}", "is_active": "on"}
    )

    assert "Did you mean {person}?" in text_of(answer)
    assert not CannedReply.objects.exists()
