"""What the README tells: a mail becomes a ticket, is answered, comes back, is solved and confirmed. The real stack."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Axe, Enter
from tests.journeys.stack import Stack

OUTSIDE = "Rosa Marín <rosa@firstline.example>"


@pytest.mark.accepts("S0.24", "S0.33", "S0.43")
def test_a_mail_becomes_a_ticket_is_answered_comes_back_and_is_confirmed(stack: Stack, enter: Enter, axe: Axe) -> None:
    agent = enter("ada")
    agent.goto("/queue?order=newest")
    expect(agent.locator(".row").first).to_be_visible()

    stack.mail(OUTSIDE, "The scanner in room 7 is jammed", "It beeps, and nothing comes out.")

    row = agent.locator(".row", has_text="The scanner in room 7 is jammed")
    expect(row).to_be_visible()  # without reloading
    expect(agent.locator("#live")).to_have_text("The list has changed")
    number = (row.locator(".row__number").text_content() or "").strip().removeprefix("#")
    row.locator(".row__link").click()
    expect(agent.locator(".message").first).to_contain_text("It beeps, and nothing comes out.")

    agent.keyboard.press("a")
    expect(agent.locator(".toast")).to_contain_text("is yours")
    requester = enter("rosa", viewport={"width": 390, "height": 844})
    requester.goto(f"/requests/{number}")
    expect(requester.get_by_text("Ada Nowak looks after it.")).to_be_visible()

    agent.keyboard.press("r")
    agent.locator(".composer textarea").fill("Please open the left flap. Is there paper?")
    agent.keyboard.press("Control+Enter")
    expect(agent.locator(".message[data-side=ours]")).to_contain_text("Please open the left flap")
    expect(requester.get_by_text("Please open the left flap. Is there paper?")).to_be_visible()  # live, on the phone
    expect(requester.locator("#live")).to_have_text("Something new on your request")

    message_id = _answer_in_the_outbox(agent, "The scanner in room 7 is jammed")
    reply_to = _fact(agent, "Reply-To")
    agent.goto(f"/tickets/{number}")
    stack.mail(
        OUTSIDE, "Re: The scanner in room 7 is jammed", "There was! It works now.", to=reply_to, reply_to_id=message_id
    )
    expect(agent.locator(".message", has_text="There was! It works now.")).to_be_visible()
    expect(agent.locator("#live")).to_have_text("Something new on this ticket")

    agent.keyboard.press("e")
    agent.wait_for_url(lambda url: not url.endswith(f"/tickets/{number}"))  # goes on with the next
    expect(agent.locator(".toast")).to_contain_text(f"#{number} is now")
    expect(agent.get_by_role("button", name="Undo")).to_be_visible()
    confirm = requester.get_by_role("button", name="Yes, it is solved")
    expect(confirm).to_be_visible()
    axe(requester)
    confirm.click()
    expect(requester.locator(".toast")).to_contain_text("Thank you! The request is closed.")

    agent.goto(f"/tickets/{number}")
    expect(agent.locator("#facts").get_by_text("Closed").first).to_be_visible()
    axe(agent)


def _answer_in_the_outbox(page: Page, subject: str) -> str:
    """Open the outbox and wait for our mail with the answer; its Message-ID."""
    page.goto("/outbox")
    answer = page.locator("tr", has_text="rosa@firstline.example").get_by_role("link", name=re.compile(subject)).first
    answer.click()
    expect(page.get_by_text("Please open the left flap").first).to_be_visible()
    return _fact(page, "Message-ID")


def _fact(page: Page, label: str) -> str:
    return page.locator(".property", has=page.get_by_text(label, exact=True)).locator("dd").inner_text()


@pytest.mark.accepts("S0.7")
def test_two_agents_on_one_ticket_see_each_other_and_do_not_talk_past_each_other(stack: Stack, enter: Enter) -> None:
    ada, lin = enter("ada"), enter("lin")
    ada.goto(f"/tickets/{stack.world['kept']}")
    lin.goto(f"/tickets/{stack.world['kept']}")

    expect(ada.locator("#presence")).to_contain_text("Lin Tran has this open")
    lin.locator(".composer textarea").press_sequentially("I am on it")
    expect(ada.locator("#presence")).to_contain_text("Lin Tran is writing")
    ada.locator(".composer textarea").fill("I, too")
    lin.keyboard.press("Control+Enter")

    expect(ada.locator(".reply-box__arrived")).to_contain_text("Lin Tran wrote while you did")
    assert ada.locator(".composer textarea").input_value() == "I, too"


@pytest.mark.accepts("S0.35")
def test_one_key_tells_the_requester_what_happens_in_one_line(stack: Stack, enter: Enter) -> None:
    requester, agent = enter("rosa"), enter("ada")
    requester.goto(f"/requests/{stack.world['long']}")
    agent.goto(f"/tickets/{stack.world['long']}")
    expect(agent.locator(".composer")).to_be_visible()

    agent.keyboard.press("u")
    agent.keyboard.type("We are checking the cause.")
    agent.keyboard.press("Enter")

    expect(requester.get_by_text("We are checking the cause.")).to_be_visible()


def test_each_kind_of_writing_keeps_its_own_draft(stack: Stack, enter: Enter) -> None:
    page = enter("lin")
    page.goto(f"/tickets/{stack.world['long']}")
    area = page.locator(".composer textarea")

    page.keyboard.press("n")
    area.fill("Only for us")
    expect(page.locator(".composer__saved")).to_have_text("Draft saved")
    page.locator("h1").click()
    page.keyboard.press("r")
    assert area.input_value() == ""
    area.fill("For everybody")
    expect(page.locator(".composer__saved")).to_have_text("Draft saved")
    page.reload()
    page.locator(".composer__kind--internal").click()

    expect(area).to_have_value("Only for us")
    page.locator(".composer__kind").first.click()
    expect(area).to_have_value("For everybody")
