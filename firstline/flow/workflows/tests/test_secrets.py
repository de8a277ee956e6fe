"""Kept secrets in calls: where they go, and where they never stand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core import serializers
from django.test import Client

from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.publish import publish
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.actions.systems import ask_for_check, save_system
from firstline.flow.workflows.models import Given, Run, Step, System
from firstline.people.notifications.models import Notice
from firstline.work.conversations.models import Message
from firstline.work.tickets.actions.open import open_ticket

pytestmark = pytest.mark.django_db
DEEP = "s3cret-of-billing"
CALL = """\
workflow: call
name: Call
fields: [{key: subject}, {key: number}, {key: host}]
steps:
  - {kind: start, id: begin, next: call}
  - kind: call_out
    id: call
    url: "URL"
    secret: billing
    headers: HEADERS
    body: {subject: "{subject}"}
    response: {number: echo}
    retries: 0
    next: end
    on_error: failed
  - {kind: end, id: end}
  - {kind: end, id: failed, outcome: failed}
"""


class _Billing(BaseHTTPRequestHandler):
    """Answers with what it was sent: a system that repeats secrets."""

    asked: list[dict[str, str]] = []  # noqa: RUF012 -- of the class, for the test to read

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append({name.lower(): value for name, value in self.headers.items()})
        said = json.dumps({"echo": f"{self.headers.get('X-Api-Key')} {self.headers.get('Authorization')}"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def address(settings: Any) -> Iterator[str]:
    _Billing.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Billing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}", f"localhost:{port}"]
    yield f"http://127.0.0.1:{port}"
    server.shutdown()


def called(address: str, url: str, bea: Any, rosa: Any, headers: str = "{}", data: Any = None) -> Run:
    save_system(System(key="billing", kind="http", address=f"{address}/api"), secret=DEEP, by=bea)
    text = CALL.replace("URL", url).replace("HEADERS", headers)
    draft, problems = save_draft(None, text, by=bea)
    assert not problems
    run = start(open_ticket(rosa, "Invoice", kind="request", by=rosa), publish(draft.workflow, by=bea), data, by=bea)
    drain()
    run.refresh_from_db()
    return run


def nowhere(run: Run, *pages: str) -> None:
    """Neither rows, nor exports, nor pages hold it."""
    rows = [*Event.objects.all(), *Given.objects.all(), *Step.objects.all(), *Run.objects.all(), *Notice.objects.all(),
            *Message.objects.all(), *System.objects.all()]  # fmt: skip
    assert DEEP not in serializers.serialize("json", rows)
    for page in pages:
        assert DEEP not in page


def test_a_header_that_names_it_carries_it_and_nothing_else_ever_does(
    address: str, bea: Any, rosa: Any, caplog: Any
) -> None:
    run = called(address, f"{address}/api/invoices", bea, rosa, '{X-Api-Key: "Key {secret}", X-About: "{subject}"}')

    (sent,) = _Billing.asked
    assert (sent["x-api-key"], sent["x-about"], "authorization" in sent) == (f"Key {DEEP}", "Invoice", False)
    assert run.outcome == "done"
    assert run.state["data"]["number"] == "Key ••• None"  # it was sent back, and is not kept
    client = Client()
    client.force_login(bea)
    system = System.objects.get()
    pages = [f"/runs/{run.pk}", f"/workflows/systems/{system.pk}", "/workflows/systems", "/workflows/call"]
    nowhere(run, *(client.get(page).content.decode() for page in pages), caplog.text)
    asked = Event.objects.get(kind="workflow_system.asked")
    assert (asked.subject_id, asked.facts["run"], asked.facts["operation"]) == (system.pk, run.pk, "POST")


def test_without_a_header_that_names_it_it_is_a_bearer_token(address: str, bea: Any, rosa: Any) -> None:
    run = called(address, f"{address}/api", bea, rosa)

    assert _Billing.asked[0]["authorization"] == f"Bearer {DEEP}"
    nowhere(run)


@pytest.mark.parametrize("where", ["{other}/api", "{address}@{bare}/api", "http://{{host}}:{port}/api"])
def test_it_goes_to_its_own_address_only(where: str, address: str, bea: Any, rosa: Any) -> None:
    port = address.rpartition(":")[2]
    other = f"http://localhost:{port}"
    url = where.format(other=other, address=address, bare=f"localhost:{port}", port=port)

    run = called(address, url, bea, rosa, data={"host": "localhost"})

    assert (run.outcome, _Billing.asked) == ("failed", [])
    nowhere(run)


def test_a_secret_that_is_not_there_sends_nothing(address: str, bea: Any, rosa: Any) -> None:
    text = CALL.replace("URL", f"{address}/api").replace("HEADERS", "{}")
    draft, _problems = save_draft(None, text, by=bea)
    run = start(open_ticket(rosa, "Invoice", kind="request", by=rosa), publish(draft.workflow, by=bea), by=bea)
    drain()

    run.refresh_from_db()
    assert (run.outcome, _Billing.asked) == ("failed", [])
    assert "no system" in Step.objects.get(run=run, step="call").remark


def test_trying_the_connection_does_not_send_it(address: str, bea: Any) -> None:
    system = save_system(System(key="billing", kind="http", address=f"{address}/api"), secret=DEEP, by=bea)
    ask_for_check(system, by=bea)
    drain()

    system.refresh_from_db()
    assert system.check_state == "good"
    assert DEEP not in json.dumps(_Billing.asked)
