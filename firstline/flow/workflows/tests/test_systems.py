"""Other systems, asked by a worker: a real directory, and what goes wrong with one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from firstline.core.actions import NotAllowed, Refused
from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.actions.systems import ask_for_check, read_once, save_system
from firstline.flow.workflows.jobs.asking import Failed, TryAgain, ask
from firstline.flow.workflows.models import OnceRead, Run, Step, System
from firstline.people.notifications.models import Notice
from firstline.work.tickets.actions.open import open_ticket

from .directory import ADMIN, BASE, PASSWORD, directory, may_sign_in, members_of
from .shelving import put_in_use

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with directory() as number:
        yield number


@pytest.fixture
def staff(port: int, bea: Any, settings: Any) -> System:
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}"]
    made = System(
        key="staff", kind="ldap", address=f"ldap://127.0.0.1:{port}", user=ADMIN, base=f"ou=people,{BASE}",
        groups=f"ou=groups,{BASE}",
    )  # fmt: skip
    return save_system(made, secret=PASSWORD, by=bea)


def test_a_password_is_reset_without_a_human_and_read_once_by_its_owner(
    staff: System, port: int, ada: Any, lin: Any, bea: Any, rosa: Any, omar: Any
) -> None:
    version = put_in_use("password-reset", "small", bea, ada, lin)
    run = start(open_ticket(rosa, "Password", kind="request", by=rosa), version, by=None)

    answer(Step.objects.get(run=run, step="who_are_you"), data={"staff_number": "4711"}, by=rosa)
    drain()

    run.refresh_from_db()
    assert (run.status, run.outcome) == ("ended", "done")
    assert not Step.objects.filter(run=run, step="by_hand").exists()
    once = OnceRead.objects.get()
    link = f"/once/{once.key}"
    told = Notice.objects.get(kind="workflow.told", person=rosa)
    assert link in told.facts["details"]
    assert not may_sign_in(port, "rosa", "old password")
    stranger, owner = Client(), Client()
    stranger.force_login(omar)
    owner.force_login(rosa)
    assert stranger.post(link).status_code == 404
    assert owner.get(link).status_code == 200  # looking shows nothing, and takes nothing away
    page = owner.post(link).content.decode()
    password = page.split("<code>")[1].split("</code>")[0]
    assert may_sign_in(port, "rosa", password)
    assert password not in owner.post(link).content.decode()
    with pytest.raises(Refused):
        read_once(once, by=rosa)
    # Neither the run, nor a notice, nor any event has held it.
    kept = [json.dumps(run.state), json.dumps(told.facts), *(json.dumps(row.facts) for row in Event.objects.all())]
    assert not [text for text in kept if password in text or PASSWORD in text]
    assert Event.objects.filter(kind="workflow_system.asked").count() == 2


@pytest.mark.abuse("G13")
@pytest.mark.parametrize("said", ["4712", "*", "4711)(uid=*", "", "(|(a=b", "\\2a"])
def test_whoever_is_not_who_they_say_comes_to_a_person(
    said: str, staff: System, ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    version = put_in_use("password-reset", "small", bea, ada, lin)
    run = start(open_ticket(rosa, "Password", kind="request", by=rosa), version, by=None)

    data = {"staff_number": said} if said else {}
    answer(Step.objects.get(run=run, step="who_are_you"), data=data, by=rosa)
    drain()

    assert Step.objects.filter(run=run, step="by_hand", is_open=True).exists()
    assert not OnceRead.objects.exists()


def test_access_is_given_in_seconds_and_twice_is_once(
    staff: System, port: int, ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    version = put_in_use("network-access", "small", bea, ada, lin)
    for _time in range(2):
        ticket = open_ticket(rosa, "Drawings", kind="request", by=rosa)
        run = start(ticket, version, {"kind": "folder", "folder": "drawings"}, by=None)
        answer(Step.objects.get(run=run, step="who_are_you"), data={"staff_number": "4711"}, by=rosa)
        drain()
        run.refresh_from_db()
        assert run.outcome == "done"

    assert sorted(members_of(port, "drawings")) == [f"uid={name},ou=people,{BASE}" for name in ("omar", "rosa")]


def test_an_entry_made_by_the_same_step_is_answered_again_and_another_one_is_not_touched(staff: System) -> None:
    said = {"uid": "new, ou=x", "cn": "New", "sn": "New", "mail": "new@example.org"}
    made = ask(staff, "create", said, "firstline-1-2")

    assert ask(staff, "create", said, "firstline-1-2") == made
    with pytest.raises(Failed) as failed:
        ask(staff, "create", said, "firstline-9-9")
    assert failed.value.code == "exists"
    with pytest.raises(Failed):
        ask(staff, "reset_password", {"dn": ADMIN}, "x")  # not of the people


def test_a_wrong_password_an_unknown_operation_and_a_dead_server_are_told_apart(
    staff: System, bea: Any, settings: Any
) -> None:
    ask_for_check(staff, by=bea)
    drain()
    staff.refresh_from_db()
    assert staff.check_state == "good"
    save_system(staff, secret="wrong", by=bea)
    ask_for_check(staff, by=bea)
    drain()
    staff.refresh_from_db()
    assert (staff.check_state, "did not accept" in staff.check_result) == ("bad", True)
    with pytest.raises(Failed, match="cannot do"):
        ask(staff, "explode", {}, "x")
    settings.OUTBOUND_ALLOWED = ["127.0.0.1:1"]
    staff.address = "ldap://127.0.0.1:1"
    with pytest.raises((TryAgain, Failed)):
        ask(staff, "check", {"mail": "a", "uid": "b"}, "x")
    settings.OUTBOUND_ALLOWED = []
    with pytest.raises(Failed) as failed:
        ask(staff, "check", {"mail": "a", "uid": "b"}, "x")
    assert failed.value.code == "forbidden"


class _Scim(BaseHTTPRequestHandler):
    """Not a SCIM server: one that fails in the ways servers do."""

    mode = "500"
    asked: list[str] = []  # noqa: RUF012 -- of the class, for the test to read

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append(self.path)
        status = int(self.mode)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def failing(settings: Any, bea: Any) -> Iterator[System]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Scim)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}"]
    made = System(key="staff", kind="scim", address=f"http://127.0.0.1:{port}/scim/v2")
    yield save_system(made, secret="a token", by=bea)
    server.shutdown()


def test_a_server_that_is_down_is_tried_again_and_one_that_refuses_is_not(failing: System) -> None:
    with pytest.raises(TryAgain):
        ask(failing, "create", {"userName": "lan"}, "x")
    _Scim.mode = "401"
    with pytest.raises(Failed) as failed:
        ask(failing, "create", {"userName": "lan"}, "x")
    assert failed.value.code == "http_401"


def test_a_secret_is_kept_for_one_address_and_only_admins_see_the_systems(ada: Any, bea: Any) -> None:
    system = save_system(System(key="staff", kind="scim", address="https://a.example/scim"), secret="deep", by=bea)
    assert "deep" not in system.secret
    assert system.opened_secret() == "deep"
    client, agent = Client(), Client()
    client.force_login(bea)
    agent.force_login(ada)

    assert "deep" not in client.get(f"/workflows/systems/{system.pk}").content.decode()
    moved = {"key": "staff", "kind": "scim", "address": "https://evil.example/scim", "is_active": "on"}
    sent = client.post(f"/workflows/systems/{system.pk}", moved)
    assert sent.status_code == 422
    system.refresh_from_db()
    assert system.address == "https://a.example/scim"
    assert agent.get("/workflows/systems").status_code == 403
    with pytest.raises(NotAllowed):
        save_system(system, by=ada)
    assert Run.objects.count() == 0
