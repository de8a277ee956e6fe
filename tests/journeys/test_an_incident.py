"""An incident from end to end: mail, critical, routed, escalated, news by the hour, solved, confirmed, rated."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Axe, Enter
from tests.journeys.stack import Stack

SUBJECT = "The line is down in hall 9"


@pytest.mark.accepts("S0.26", "S0.27", "S0.29", "S0.30", "S2.1", "S2.24", "S0.36", "S0.40")
def test_an_outage_is_sorted_routed_escalated_reported_on_solved_confirmed_and_rated(
    stack: Stack, enter: Enter, axe: Axe
) -> None:
    agent = enter("ada")
    agent.goto("/queue")
    stack.mail("Rosa Marín <rosa@firstline.example>", SUBJECT, "Nothing moves. Four hundred parcels wait.")
    row = agent.locator(".row", has_text=SUBJECT)
    expect(row).to_be_visible()
    number = (row.locator(".row__number").text_content() or "").strip().removeprefix("#")

    # Sorted by a rule, critical, on the clock, with somebody who is there; and it says why.
    agent.goto(f"/tickets/{number}")
    expect(agent.locator("#facts").get_by_text("Critical").first).to_be_visible()
    expect(agent.locator("#facts").get_by_text("Lines").first).to_be_visible()
    expect(agent.locator("#facts").get_by_text("Service desk").first).to_be_visible()
    expect(agent.locator("#facts").get_by_text(re.compile("Ada Nowak|Lin Tran")).first).to_be_visible()
    agent.goto(f"/tickets/{number}/why")
    expect(agent.get_by_text("A line is down").first).to_be_visible()
    axe(agent)

    # Beyond the first line: somebody is asked, the owner stays.
    agent.goto(f"/tickets/{number}/escalation")
    agent.locator("input[name=whom][value=team]").check()
    agent.locator("select[name=team]").select_option(label="Systems")
    agent.get_by_label("Why?").fill("The switch in hall 9 does not answer")
    agent.get_by_role("button", name="Escalate").click()
    expect(agent.locator(".toast")).to_contain_text("Systems is asked.")
    expect(agent.locator("#panel-escalation")).to_contain_text("The switch in hall 9 does not answer")
    expect(agent.locator("#panel-escalation")).to_contain_text("News due")

    # News by the hour: first somebody is told, then the next is due.
    _tell(agent, number, "The switch is broken", "A colleague is on the way with another one")
    requester = enter("rosa", viewport={"width": 390, "height": 844})
    requester.goto(f"/requests/{number}")
    expect(requester.get_by_text("The switch is broken")).to_be_visible()
    _tell(agent, number, "The new switch runs", "We watch it for a quarter of an hour")
    expect(requester.get_by_text("The new switch runs")).to_be_visible()

    # Solved, confirmed, rated.
    agent.goto(f"/tickets/{number}")
    expect(agent.locator("x-beside [data-next]")).to_be_attached()  # knows with which to go on
    agent.keyboard.press("e")
    agent.wait_for_url(lambda url: not url.endswith(f"/tickets/{number}"))
    requester.get_by_role("button", name="Yes, it is solved").click()
    expect(requester.locator(".toast")).to_contain_text("Thank you!")
    axe(requester)
    requester.get_by_role("button", name="I am satisfied").click()
    expect(requester.get_by_text("You were satisfied.")).to_be_visible()

    lead = enter("lin")
    lead.goto("/satisfaction/answers")
    expect(lead.get_by_text(SUBJECT).first).to_be_visible()
    lead.goto(f"/tickets/{number}/clocks")
    expect(lead.get_by_text("Solution").first).to_be_visible()
    axe(lead)


def _tell(agent: Page, number: str, state: str, coming: str) -> None:
    agent.goto(f"/tickets/{number}/news")
    agent.locator("[name=state]").fill(state)
    agent.locator("[name=coming]").fill(coming)
    expected = agent.locator("[name=expected_at]")
    if expected.input_value() == "":
        expected.fill("2031-05-01T12:00")
    agent.get_by_role("button", name="Tell", exact=True).click()
    expect(agent.locator(".toast")).to_be_visible()
