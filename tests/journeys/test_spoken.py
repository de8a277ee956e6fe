"""What changes while one works is said, politely; it never takes the focus, the cursor or the place one reads at."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from firstline.config.demo.people import PASSWORD
from tests.journeys.conftest import Enter
from tests.journeys.stack import Stack

# Every word that a polite region of the page has said, in order.
LISTEN = """() => {
    window.said = [];
    const hear = (element) => { const words = element.textContent.trim(); if (words) window.said.push(words); };
    new MutationObserver((changes) => changes.forEach(({ target }) => {
        const element = target.nodeType === 3 ? target.parentElement : target;
        const region = element?.closest("[role=status], [aria-live=polite]");
        if (region) hear(region);
    })).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
PLACE = """() => {
    const area = document.activeElement;
    return [area.name ?? area.className, area.selectionStart ?? null, document.querySelector(".sheet__main")?.scrollTop,
            scrollY];
}"""


def heard(page: Page, words: str) -> None:
    page.wait_for_function("words => said.some((each) => each.includes(words))", arg=words)


def stand(page: Page) -> Any:
    return page.evaluate(PLACE)


def test_a_reply_from_elsewhere_is_said_and_takes_nothing_away(stack: Stack, enter: Enter) -> None:
    agent, requester = enter("ada"), enter("rosa")
    agent.goto(f"/tickets/{stack.world['long']}")
    requester.goto(f"/requests/{stack.world['long']}")
    agent.evaluate(LISTEN)
    agent.locator(".composer textarea").focus()
    agent.keyboard.type("I am writing")
    heard(agent, "Draft saved")
    agent.evaluate("document.querySelector('.sheet__main').scrollTop = 40")
    before = stand(agent)

    requester.get_by_label("Your message").fill("One more thing.")
    requester.get_by_role("button", name="Send reply").click()

    heard(agent, "Something new on this ticket")
    heard(agent, "wrote while you did")
    assert stand(agent)[:2] == before[:2]
    assert agent.locator(".composer textarea").input_value() == "I am writing"
    assert abs(stand(agent)[2] - before[2]) < 60  # the warning above the field may move it by its own height


def test_a_reader_further_up_stays_there(stack: Stack, enter: Enter) -> None:
    agent, colleague = enter("lin"), enter("ada")
    agent.goto(f"/tickets/{stack.world['long']}")
    colleague.goto(f"/tickets/{stack.world['long']}")
    agent.evaluate(LISTEN)
    agent.locator(".composer textarea").fill("")
    agent.evaluate("document.querySelector('.sheet__main').scrollTop = 40")
    before = stand(agent)

    colleague.locator(".composer__kind--internal").click()
    colleague.locator(".composer textarea").fill("Only for us: the lamp is on its way.")
    colleague.keyboard.press("Control+Enter")

    heard(agent, "Something new on this ticket")
    expect(agent.locator(".message--internal").last).to_contain_text("the lamp is on its way")
    assert stand(agent) == before


def test_the_requester_hears_of_an_answer_while_writing(stack: Stack, enter: Enter) -> None:
    requester, agent = enter("rosa"), enter("lin")
    requester.goto(f"/requests/{stack.world['answered']}")
    agent.goto(f"/tickets/{stack.world['answered']}")
    requester.evaluate(LISTEN)
    requester.get_by_label("Your message").fill("And also")
    before = stand(requester)

    agent.locator(".composer textarea").fill("We replace it today.")
    agent.keyboard.press("Control+Enter")

    heard(requester, "Something new on your request")
    expect(requester.get_by_text("We replace it today.")).to_be_visible()
    assert stand(requester)[:2] == before[:2]
    assert requester.get_by_label("Your message").input_value() == "And also"


def test_what_was_saved_is_said_and_the_reader_stands_where_it_was(stack: Stack, enter: Enter) -> None:
    page = enter("ada")
    page.goto(f"/tickets/{stack.world['kept']}")
    page.evaluate(LISTEN)
    tags = page.locator("#facts .property", has=page.locator("dt", has_text="Tags"))

    tags.locator(".property__edit").press("Enter")
    expect(tags.locator("input[name=value]")).to_be_focused()
    page.keyboard.type("lamp")
    page.keyboard.press("Enter")

    heard(page, "Saved")
    expect(tags.locator(".property__edit")).to_be_focused()


def test_a_mistake_is_said_beside_the_field_that_has_the_focus(stack: Stack, enter: Enter) -> None:
    page = enter("ada")
    enter.trap.allow("status of 422")  # type: ignore[attr-defined]
    page.goto(f"/tickets/{stack.world['kept']}")
    requester = page.locator("#facts .property", has=page.locator("dt", has_text="For whom"))

    requester.locator(".property__edit").press("Enter")
    field = requester.locator("input[name=value]")
    expect(field).to_be_focused()
    field.fill("nobody like that")
    page.keyboard.press("Enter")

    expect(requester.locator(".field__error")).to_contain_text("is not one person we know")
    expect(field).to_be_focused()
    described = field.get_attribute("aria-describedby") or ""
    assert "is not one person we know" in "".join(page.locator(f"#{each}").inner_text() for each in described.split())
    assert field.get_attribute("aria-invalid") == "true"


def test_a_form_with_mistakes_takes_one_to_the_list_of_them(enter: Enter) -> None:
    page = enter("bea")
    enter.trap.allow("status of 422")  # type: ignore[attr-defined]
    page.goto("/settings/statuses/new/incident")

    page.locator("main form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")

    expect(page.locator("[data-focus-first]")).to_be_focused()
    expect(page.locator("[data-focus-first]")).to_have_attribute("role", "alert")


def test_a_wrong_password_is_said(enter: Enter) -> None:
    page = enter("")
    page.goto("/account/login/")

    page.locator("[name=login]").fill("ada@firstline.example")
    page.locator("[name=password]").fill(f"not {PASSWORD}")
    page.keyboard.press("Enter")

    expect(page.locator("[data-focus-first]")).to_be_focused()
