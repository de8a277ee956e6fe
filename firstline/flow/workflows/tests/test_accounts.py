"""Accounts through SCIM 2.0: a real server keeps them, and a real directory beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.actions.systems import ask_for_check, save_system
from firstline.flow.workflows.jobs.asking import Failed, ask
from firstline.flow.workflows.models import Step, System
from firstline.work.tickets.actions.open import open_ticket

from .accounts import TOKEN, Accounts, accounts
from .directory import ADMIN, BASE, PASSWORD, directory, names_in
from .doing import do_all
from .shelving import put_in_use

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept() -> Iterator[Accounts]:
    with accounts() as found:
        yield found


@pytest.fixture
def staff(kept: Accounts, bea: Any, settings: Any) -> System:
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{kept.port}"]
    return save_system(System(key="staff", kind="scim", address=kept.address), secret=TOKEN, by=bea)


def test_an_account_is_made_changed_closed_and_opened_again(staff: System, kept: Accounts) -> None:
    said = {"userName": "lan", "mail": "lan@example.org", "displayName": "Ngô Lan", "title": "Accountant"}
    made = ask(staff, "create", said, "firstline-1-1")

    (account,) = kept.named("lan")
    assert (account["id"], account["displayName"], account["active"]) == (made["id"], "Ngô Lan", True)
    assert account["emails"] == [{"value": "lan@example.org", "primary": True}]
    ask(staff, "change", {"userName": "lan", "title": "Head of accounts", "mail": "lan.ngo@example.org"}, "x")
    (account,) = kept.named("lan")
    assert (account["title"], account["displayName"]) == ("Head of accounts", "Ngô Lan")
    assert account["emails"] == [{"value": "lan.ngo@example.org", "primary": True}]
    for _time in range(2):  # a second try changes nothing more
        ask(staff, "disable", {"userName": "lan"}, "x")
        assert kept.named("lan")[0]["active"] is False
    ask(staff, "enable", {"userName": "lan"}, "x")
    assert kept.named("lan")[0]["active"] is True


def test_the_same_step_twice_is_one_account_and_another_one_of_that_name_is_a_conflict(
    staff: System, kept: Accounts
) -> None:
    said = {"userName": "piotr", "displayName": "Piotr"}
    made = ask(staff, "create", said, "firstline-2-1")

    assert ask(staff, "create", said, "firstline-2-1")["id"] == made["id"]
    with pytest.raises(Failed) as failed:
        ask(staff, "create", {"userName": "piotr", "displayName": "Another"}, "firstline-9-9")
    assert failed.value.code == "exists"
    assert [account["displayName"] for account in kept.named("piotr")] == ["Piotr"]


def test_somebody_comes_into_a_group_once_and_out_of_it_again(staff: System, kept: Accounts) -> None:
    kept.group("Finance")
    made = ask(staff, "create", {"userName": "mai"}, "firstline-3-1")
    other = ask(staff, "create", {"userName": "tam"}, "firstline-3-2")
    for name in ("mai", "mai", "tam"):
        ask(staff, "add_to_group", {"userName": name, "group": "Finance"}, "x")
    assert kept.members_of("Finance") == sorted([made["id"], other["id"]])

    for _time in range(2):
        ask(staff, "remove_from_group", {"userName": "mai", "group": "Finance"}, "x")

    assert kept.members_of("Finance") == [other["id"]]
    with pytest.raises(Failed) as failed:
        ask(staff, "add_to_group", {"userName": "mai", "group": "Nobody"}, "x")
    assert failed.value.code == "not_found"


@pytest.mark.abuse("G13")
@pytest.mark.parametrize("name", ['x" or userName pr or userName eq "', "no such", "(", "a\\"])
def test_a_name_never_ends_the_filter_it_is_looked_up_by(name: str, staff: System, kept: Accounts) -> None:
    ask(staff, "create", {"userName": f"there-{abs(hash(name))}"}, "firstline-4")

    with pytest.raises(Failed) as failed:
        ask(staff, "find", {"userName": name}, "x")

    assert failed.value.code == "not_found"


def test_a_wrong_token_is_said_and_a_right_one_is_found_to_work(staff: System, bea: Any) -> None:
    ask_for_check(staff, by=bea)
    drain()
    staff.refresh_from_db()
    assert staff.check_state == "good"
    save_system(staff, secret="another", by=bea)
    with pytest.raises(Failed) as failed:
        ask(staff, "find", {"userName": "lan"}, "x")
    assert failed.value.code == "http_401"
    assert "another" not in str(failed.value)


@pytest.mark.accepts("S1.29")
def test_on_boarding_makes_the_account_and_the_mailbox_and_the_ticket_says_of_each_whether_it_is_there(
    staff: System, kept: Accounts, ada: Any, lin: Any, bea: Any, rosa: Any, settings: Any
) -> None:
    with directory() as port:
        settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{kept.port}", f"127.0.0.1:{port}"]
        mail = System(key="mail", kind="ldap", address=f"ldap://127.0.0.1:{port}", user=ADMIN, base=f"ou=people,{BASE}")
        save_system(mail, secret=PASSWORD, by=bea)
        version = put_in_use("onboarding", "large", bea, ada, lin)
        said = {"name": "Bình Trần", "begins": "2026-01-12", "department": "Sales"}
        client = Client()
        client.force_login(ada)

        first = open_ticket(rosa, "Bình Trần begins", kind="request", by=rosa)
        run = start(first, version, said, by=lin)
        do_all(run, {"account": "binh", "mail": "binh@example.org"})

        (account,) = kept.named("binh")
        assert (account["displayName"], account["externalId"][:10]) == ("Bình Trần", "firstline-")
        assert "binh" in names_in(port)
        made = Step.objects.filter(run=run, step__in=["directory", "mailbox"])
        assert dict(made.values_list("step", "how")) == {"directory": "done", "mailbox": "done"}
        page = client.get(f"/tickets/{first.pk}/panels").content.decode()
        assert page.count('data-how="done"') == 2

        # The same account for somebody else is refused by the other system; the ticket says which one, and why.
        second = open_ticket(rosa, "Another Bình begins", kind="request", by=rosa)
        other = start(second, version, {**said, "name": "Bình Lê"}, by=lin)
        done = do_all(other, {"account": "binh", "mail": "binh.le@example.org"})
        assert {line.partition(": ")[2] for line in done} >= {"by_hand=done", "mailbox_by_hand=done"}
        page = client.get(f"/tickets/{second.pk}/panels").content.decode()
        assert page.count('data-how="failed"') == 2
        assert "There is such an account already." in page
        assert [row["displayName"] for row in kept.named("binh")] == ["Bình Trần"]
        assert Event.objects.filter(kind="workflow_system.asked").count() == 4
