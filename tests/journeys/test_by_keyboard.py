"""Twenty journeys by keyboard alone. `Keyboard` looks at the focus before every key."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.keyboard import Keyboard
from tests.journeys.stack import Stack

Sit = Callable[..., Keyboard]
pytestmark = pytest.mark.accepts("S0.38")


def fact(page: Page, name: str) -> str:
    """The value of a fact beside the ticket, as one reads it."""
    row = page.locator("#facts .property", has=page.locator("dt", has_text=name)).first
    return row.locator("dd").inner_text().partition("\n")[0]


def change(keys: Keyboard, name: str, label: str) -> None:
    """Open a fact where it stands, choose, save by Enter; one stands at the fact again."""
    row = keys.page.locator("#facts .property", has=keys.page.locator("dt", has_text=name)).first
    keys.use(row.locator(".property__edit"))
    keys.choose(row.locator("select").first, label)
    keys.press("Enter")
    stands_at(row, label)


def override(keys: Keyboard, label: str, reason: str) -> None:
    """Choose another priority than the matrix says, and say why."""
    row = keys.page.locator("#facts .property", has=keys.page.locator("dt", has_text="Priority")).first
    keys.use(row.locator(".property__edit"))
    keys.pick(row.get_by_role("radio", name=f"({label})"))
    keys.write(row.get_by_label("Reason"), reason)
    keys.press("Enter")
    stands_at(row, label)


def stands_at(row: Locator, label: str) -> None:
    expect(row.locator(".property__edit")).to_contain_text(label)
    expect(row.locator(".property__edit")).to_be_focused()


def test_a_ticket_is_opened_for_somebody_on_the_phone(keyboard: Sit) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto("/desk")

    keys.press("c")
    expect(page.get_by_role("heading", name="New ticket")).to_be_visible()
    keys.suggest(page.get_by_role("combobox", name="Who"), "rosa", "Rosa")
    keys.write(page.get_by_label("Subject"), "The stapler is empty")
    keys.write(page.locator("#id_text"), "She called about it.")
    keys.press("Control+Enter")

    expect(page.get_by_role("heading", name="The stapler is empty")).to_be_visible()
    assert "Rosa" in page.locator("#panel-requester").inner_text()


def test_a_queue_is_triaged(keyboard: Sit, stack: Stack) -> None:
    keys = keyboard("lin")
    page = keys.page
    page.goto("/queue?view=all&q=subject:triaged")
    expect(page.locator(".row")).to_have_count(1)

    keys.press("j", "Enter")
    expect(page.get_by_role("heading", name="A request that is triaged")).to_be_visible()
    change(keys, "Status", "In progress")
    change(keys, "Owner", "Lin Tran")
    change(keys, "Team", "Systems")
    override(keys, "High", "Their whole floor waits for it")

    keys.press("Shift+?")
    assert (fact(page, "Status"), fact(page, "Team")) == ("In progress", "Systems")


def test_a_reply_with_a_file_is_sent(keyboard: Sit, stack: Stack, tmp_path: Path) -> None:
    keys = keyboard("ada")
    page = keys.page
    paper = tmp_path / "how to.txt"
    paper.write_text("Turn it off and on.")
    page.goto(f"/tickets/{stack.world['answered']}")

    keys.press("r")
    expect(page.locator(".composer textarea")).to_be_focused()
    keys.type("This explains it.")
    keys.attach(page.get_by_label("Attach files"), paper)
    expect(page.locator("[data-files]")).to_contain_text("how to.txt")
    keys.use(page.get_by_role("button", name="Send reply"))

    expect(page.locator(".message[data-side=ours]").last).to_contain_text("This explains it.")
    expect(page.get_by_role("link", name="how to.txt")).to_be_visible()


def test_a_note_stays_inside(keyboard: Sit, stack: Stack) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto(f"/tickets/{stack.world['answered']}")

    keys.press("n")
    keys.type("She has asked three times.")
    keys.press("Control+Enter")

    expect(page.locator(".message--internal").last).to_contain_text("She has asked three times.")


def test_a_ticket_goes_on_in_another_and_comes_back(keyboard: Sit, stack: Stack) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto(f"/tickets/{stack.world['doubled']}")

    keys.press("m")
    other = page.get_by_role("combobox", name="Another ticket")
    keys.suggest(other, str(stack.world["kept"]), "A request that is kept")
    keys.use(page.locator("form", has=other).get_by_role("button", name="Merge"))
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    keys.press("z")

    expect(page.get_by_role("heading", name="A request that is doubled")).to_be_visible()
    expect(page.get_by_text("This ticket goes on in")).to_have_count(0)


def test_a_message_becomes_a_ticket_of_its_own(keyboard: Sit, stack: Stack) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto(f"/tickets/{stack.world['mixed']}")

    keys.use(page.locator("summary[aria-label=More]"))
    keys.press("End")
    expect(page.get_by_role("link", name="Split off messages…")).to_be_focused()
    keys.press("Enter")
    keys.use(page.get_by_role("checkbox").last, "Space")
    keys.write(page.get_by_label("Subject of the new ticket"), "And the mouse, too")
    keys.use(page.get_by_role("button", name="Split"))

    expect(page.get_by_role("heading", name="And the mouse, too")).to_be_visible()


def test_everything_is_searched(keyboard: Sit) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto("/search")

    keys.press("/")
    keys.type("projector")
    keys.press("Enter")
    expect(page.locator(".row").first).to_contain_text("projector")
    keys.press("j", "Enter")

    expect(page.get_by_role("heading", name="The projector in the large meeting room")).to_be_visible()


def test_a_view_is_narrowed_and_ordered(keyboard: Sit) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto("/queue")

    keys.use(page.get_by_role("navigation", name="Views").get_by_role("link", name="All"))
    page.wait_for_url("**/queue?view=all")
    keys.press("/")
    keys.type("vpn")
    keys.choose(page.get_by_label("Order"), "Newest first")
    keys.use(page.get_by_role("button", name="Show"))

    expect(page).to_have_url(re.compile("view=all&q=vpn&order=newest"))
    expect(page.locator(".row", has_text="VPN drops").first).to_be_visible()


def test_many_are_changed_at_once_and_changed_back(keyboard: Sit) -> None:
    keys = keyboard("lin")
    page = keys.page
    page.goto("/queue?view=all&q=subject:many")
    expect(page.locator(".row")).to_have_count(3)

    keys.press("j", "x", "j", "x")
    expect(page.locator(".bulk-bar__count")).to_have_text("2 selected")
    keys.use(page.locator(".bulk-bar").get_by_role("button", name="Take"))
    expect(page.locator(".toast")).to_contain_text("2 tickets changed.")
    expect(page.locator(".row").get_by_role("img", name="Lin Tran")).to_have_count(2)
    keys.press("z")

    expect(page.locator(".toast")).to_contain_text("Taken back")
    expect(page.locator(".row").get_by_role("img", name="Lin Tran")).to_have_count(0)


def test_ones_own_settings_are_changed(keyboard: Sit) -> None:
    keys = keyboard("hana")
    page = keys.page
    page.goto("/desk")

    keys.use(page.locator("summary.user-menu__face"))
    keys.press("ArrowDown", "Enter")
    page.wait_for_url("**/account/profile")
    keys.choose(page.locator("main [name=theme]"), "Dark")
    keys.use(page.locator("main").get_by_role("button", name="Save"))

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#live")).not_to_be_empty()


def test_somebody_asks_for_help(keyboard: Sit, tmp_path: Path) -> None:
    keys = keyboard("rosa")
    page = keys.page
    picture = tmp_path / "screen.txt"
    picture.write_text("a picture")
    page.goto("/")

    keys.write(page.get_by_role("searchbox", name="What do you need?"), "The door does not open")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Ask for help")).to_be_visible()
    keys.write(page.locator("main textarea"), "It beeps, nothing else.")
    keys.attach(page.locator("main input[type=file]"), picture)
    keys.use(page.get_by_role("button", name="Send"))

    expect(page.get_by_text("We have it. Your number is")).to_be_visible()
    expect(page.get_by_role("link", name="screen.txt")).to_be_visible()


def test_somebody_writes_again(keyboard: Sit, stack: Stack) -> None:
    keys = keyboard("rosa")
    page = keys.page
    page.goto(f"/requests/{stack.world['answered']}")

    keys.write(page.get_by_label("Your message"), "It has stopped again.")
    keys.use(page.get_by_role("button", name="Send reply"))

    expect(page.locator(".message").last).to_contain_text("It has stopped again.")


def test_a_solution_is_refused_and_then_confirmed(keyboard: Sit, stack: Stack) -> None:
    keys, agent = keyboard("rosa"), keyboard("ada")
    page = keys.page
    page.goto(f"/requests/{stack.world['solved']}")

    keys.write(page.get_by_label("Anything to add?"), "It came back at noon.")
    keys.use(page.get_by_role("button", name="No, not yet"))
    expect(page.locator(".message").last).to_contain_text("It came back at noon.")
    agent.page.goto(f"/tickets/{stack.world['solved']}")
    agent.press("e")
    expect(page.get_by_role("button", name="Yes, it is solved")).to_be_visible()
    keys.use(page.get_by_role("button", name="Yes, it is solved"))

    expect(page.locator(".toast")).to_contain_text("Thank you! The request is closed.")


def test_a_mailbox_is_set_up(keyboard: Sit) -> None:
    keys = keyboard("bea")
    page = keys.page
    page.goto("/settings")

    keys.use(page.get_by_role("link", name="Mail").first)
    keys.use(page.get_by_role("link", name="Mailboxes"))
    expect(page.get_by_role("heading", name="Mailboxes")).to_be_visible()
    keys.press("c")
    expect(page.get_by_role("heading", name="New mailbox")).to_be_visible()
    for name, text in (
        ("name", "Facilities"), ("address", "rooms@tide.example"), ("host", "mail.tide.example"), ("user", "rooms"),
        ("password", "secret"),
    ):  # fmt: skip
        keys.write(page.locator(f"main [name={name}]"), text)
    keys.use(page.get_by_role("button", name="Save"))

    expect(page.get_by_role("heading", name="Facilities")).to_be_visible()


def test_a_status_and_a_role_are_given(keyboard: Sit) -> None:
    keys = keyboard("bea")
    page = keys.page
    page.goto("/settings/statuses")

    keys.use(page.get_by_role("link", name="Add a status").first)
    keys.write(page.locator("main [name=name]"), "With the supplier")
    keys.choose(page.locator("main [name=type]"), "Waiting")
    keys.write(page.locator("main [name=requester_label]"), "Our supplier works on it")
    keys.use(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("link", name="With the supplier")).to_be_visible()
    page.goto("/settings/access")
    keys.write(page.locator("main [name=person]"), "omar@elsewhere.example")
    keys.choose(page.locator("main [name=role]"), "Approver")
    keys.use(page.get_by_role("button", name="Give the role"))

    expect(page.locator("tr", has_text="Omar Rossi")).to_contain_text("Approver")


def test_an_approval_is_decided(keyboard: Sit) -> None:
    keys = keyboard("lin")
    page = keys.page
    page.goto("/approvals")

    keys.use(page.get_by_role("link", name="A keyboard with large letters"))
    expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    keys.write(page.get_by_label("Comment"), "She should have had it long ago.")
    keys.use(page.get_by_role("button", name="Approve"))

    expect(page.locator(".toast")).to_be_visible()
    page.goto("/approvals?show=decided")
    expect(page.locator("tr", has_text="A keyboard with large letters")).to_contain_text("Approved")


def test_a_task_is_ticked_off(keyboard: Sit, stack: Stack) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto("/tasks")

    keys.use(page.get_by_role("checkbox", name="Choose Find the lamp with the hook"), "Space")
    keys.use(page.get_by_role("button", name="Done"))

    expect(page.locator("tr", has_text="Find the lamp with the hook")).to_have_count(0)
    page.goto(f"/tasks/{stack.world['keyed_task']}")
    expect(page.locator(".property", has_text="Status")).to_contain_text("Done")


def test_my_tasks_are_walked_like_the_queue_and_what_was_ticked_is_taken_back(keyboard: Sit) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto("/tasks")
    wanted = page.locator("tr", has_text="Hang the lamp up")
    at = page.locator("tr.row--active")

    keys.press("j", "j", "k")
    expect(at).to_have_count(1)
    for _step in range(20):
        if "Hang the lamp up" in at.inner_text():
            break
        keys.press("j")
    keys.press("x")
    expect(wanted.get_by_role("checkbox")).to_be_checked()
    keys.press("d")

    expect(wanted).to_have_count(0)
    keys.use(page.locator(".toast").get_by_role("button", name="Undo"))
    expect(wanted).to_have_count(1)
    for _step in range(20):
        keys.press("j")
        if "Hang the lamp up" in at.inner_text():
            break
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Hang the lamp up")).to_be_visible()


def test_a_step_of_a_workflow_is_answered(keyboard: Sit, stack: Stack) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto(f"/runs/steps/{stack.world['keyed_step']}")

    keys.write(page.get_by_label("Number of the badge"), "Q 17")
    keys.write(page.get_by_label("Remark"), "It lies at the reception.")
    keys.use(page.locator("main").get_by_role("button", name="Done"))

    expect(page.locator(".toast")).to_be_visible()
    page.goto(f"/runs/steps/{stack.world['keyed_step']}")
    expect(page.get_by_text("It lies at the reception.")).to_be_visible()
    expect(page.locator("main").get_by_role("button", name="Done")).to_have_count(0)


def test_an_automation_is_moved_up(keyboard: Sit) -> None:
    keys = keyboard("bea")
    page = keys.page
    page.goto("/automations")
    second = page.locator("tbody tr").nth(1).get_by_role("link").first.inner_text()

    keys.use(page.get_by_role("button", name=f"{second}: earlier"))

    expect(page.locator("tbody tr").first).to_contain_text(second)


def test_the_palette_leads_everywhere_and_single_keys_can_be_turned_off(keyboard: Sit, stack: Stack) -> None:
    keys = keyboard("ada")
    page = keys.page
    page.goto("/desk")

    keys.press("Control+k")
    keys.type("projector")
    expect(page.locator("dialog.palette [aria-selected=true]")).to_contain_text("projector")
    keys.press("Enter")
    page.wait_for_url(f"**/tickets/{stack.world['long']}")
    keys.press("?")
    keys.use(page.get_by_role("switch"), "Space")
    keys.press("Escape", "n", "c")

    expect(page.locator("#hotkeys")).to_be_hidden()
    expect(page.get_by_role("radio", name="Internal note")).not_to_be_checked()
    keys.press("Control+k")
    expect(page.locator("dialog.palette")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("dialog.palette")).to_be_hidden()
