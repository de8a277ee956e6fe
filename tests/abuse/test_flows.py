"""What runs, automations and canned texts may be made to do: circles, bad receivers, words that look like templates."""

from __future__ import annotations

import csv
import gzip
import html
import importlib
import io
import json
import socket
from typing import Any

import pytest
from django.test import Client
from markupsafe import escape

from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.core.outbound.tests.traps import answer as answering
from firstline.core.outbound.tests.traps import trap
from firstline.core.text import tables
from firstline.flow.automations.actions.canned import save_canned, use_canned
from firstline.flow.automations.models import CannedReply, Firing
from firstline.flow.automations.tests.making import automation
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.publish import publish
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.models import Run, Step, Version
from firstline.people.notifications.models import Notice
from firstline.people.teams.models import Team
from firstline.work.conversations.models import Message
from firstline.work.tickets.actions.edit import prioritise
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.models import Status, Ticket
from tests.cast import works_in

pytestmark = pytest.mark.django_db


def in_use(*steps: str, key: str = "flow", fields: str = "") -> Version:
    text = "\n".join([f"workflow: {key}", f"name: {key}", fields, "steps:", *steps])
    draft, problems = save_draft(None, text, by=None)
    assert problems == []
    return publish(draft.workflow, by=None)


def asked_for(rosa: Any, network: Team, subject: str = "A request") -> Ticket:
    return open_ticket(rosa, subject, kind="request", team=network, by=rosa)


# H12: what sets itself off.

TELLING = {"whom": "leads", "text": "Look at {subject}"}

CIRCLE = (
    "- {kind: start, id: begin, next: mark}",
    "- {kind: action, id: mark, action: ticket.tag, with: {tags: [seen]}, into: n, next: enough, ON_ERROR}",
    "- {kind: decision, id: enough, next: [{to: end, when: 'n:>5000000'}, {to: mark, otherwise: true}]}",
    "- {kind: end, id: end}",
)


@pytest.mark.abuse("H12")
@pytest.mark.parametrize("on_error", ["", "on_error: [{to: mark}], "], ids=["plain", "errors lead back into it"])
def test_steps_that_go_round_by_themselves_stand_still_in_sight(
    rosa: Any, network: Team, on_error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving = importlib.import_module("firstline.flow.workflows.actions._moving")
    monkeypatch.setattr(moving, "MOST_FOLLOWING", 12)
    monkeypatch.setattr(moving, "LAST_WORDS", 3)
    steps = [line.replace("next: enough, ON_ERROR", f"{on_error}next: enough") for line in CIRCLE]
    ticket = asked_for(rosa, network)

    run = start(ticket, in_use(*steps, fields="fields: [{key: n, type: number}]"), {"n": 1}, by=None)

    run.refresh_from_db()
    stuck = Step.objects.get(run=run, is_open=True)
    assert (run.status, stuck.step) == ("stuck", "mark")
    assert "circle" in stuck.trouble
    assert Step.objects.filter(run=run).count() <= 30
    assert Event.objects.filter(kind="ticket.tagged", subject_id=ticket.pk).count() <= 1  # the same again is nothing
    assert Event.objects.filter(kind="ticket.workflow_stuck", subject_id=ticket.pk).exists()


@pytest.mark.abuse("H12")
def test_a_workflow_and_an_automation_that_undo_each_other_come_to_an_end(rosa: Any, lin: Any, network: Team) -> None:
    automation("Always high", "prioritised", condition="priority:medium", owner=lin, priority=2)
    in_use(
        "- {kind: start, id: begin, next: lower}",
        "- {kind: action, id: lower, action: ticket.prioritise, with: {priority: 3}, next: again}",
        "- {kind: action, id: again, action: ticket.prioritise, with: {priority: 3}, next: end}",
        "- {kind: end, id: end}",
    )
    ticket = asked_for(rosa, network)

    run = start(ticket, Version.objects.get(), by=lin)
    drain()

    run.refresh_from_db()
    assert run.status == "ended"
    assert Firing.objects.filter(ticket=ticket, outcome="done").count() <= 2
    assert Run.objects.count() == 1


@pytest.mark.abuse("H12")
def test_what_a_run_does_starts_no_run(rosa: Any, lin: Any, network: Team) -> None:
    trigger = "trigger: {by: event, event: ticket.status_changed}"
    in_use(
        f"- {{kind: start, id: begin, {trigger}, next: note}}",
        "- {kind: action, id: note, action: ticket.tag, with: {tags: [again]}, next: close}",
        "- {kind: action, id: close, action: ticket.resolve, next: end}",
        "- {kind: end, id: end}",
    )
    ticket = asked_for(rosa, network)

    change_status(ticket, Status.objects.filter(kind="request", type="waiting")[0], by=lin)
    drain()

    assert Run.objects.count() == 1


@pytest.mark.abuse("H12")
def test_two_automations_that_undo_each_other_write_a_bounded_number_of_mails(
    rosa: Any, ada: Any, lin: Any, network: Team
) -> None:
    works_in(network, lin, is_lead=True)
    automation("Ping", "prioritised", condition="priority:high", owner=lin, priority=3, notify=TELLING)
    automation("Pong", "prioritised", condition="priority:medium", owner=lin, priority=2, notify=TELLING)
    ticket = asked_for(rosa, network)

    prioritise(ticket, 2, by=ada)
    drain()

    assert list(Firing.objects.filter(ticket=ticket).order_by("id").values_list("outcome", flat=True))[-1] == "cut"
    assert 1 <= Notice.objects.filter(kind="automation.told", person=lin).count() <= 5
    assert Notice.objects.filter(kind="automation.cut", person=lin).count() == 1


# F4: the other side of a call-out.


def _endless(connection: socket.socket, _asked: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


BAD = {
    "gone": (answering(b"", status="410 Gone"), "answered 410"),
    "broken": (answering(b"", status="500 Oops"), "answered 500"),
    "endless": (_endless, "no JSON"),
    "zipped": (answering(gzip.compress(b"\0" * 100_000_000, 1), "Content-Encoding: gzip"), "no JSON"),
    "hangs up": (lambda connection, _asked: connection.close(), ""),
}


@pytest.mark.abuse("F4")
@pytest.mark.parametrize("manner", BAD)
def test_a_bad_receiver_leaves_its_own_run_standing_in_sight_and_no_other(
    manner: str, rosa: Any, network: Team, settings: Any
) -> None:
    settings.OUTBOUND_ALLOWED = ["localhost"]
    behave, words = BAD[manner]

    def calling(port: int, key: str) -> Version:
        return in_use(
            "- {kind: start, id: begin, next: call}",
            f"- {{kind: call_out, id: call, url: 'http://localhost:{port}/', retries: 0, response: {{said: said}}, "
            "next: end}",
            "- {kind: end, id: end}", key=key, fields="fields: [{key: said}]",
        )  # fmt: skip

    with trap(behave) as bad, trap(answering(b'{"said": "yes"}')) as good:
        first = start(asked_for(rosa, network), calling(bad.port, "bad"), by=None)
        second = start(asked_for(rosa, network), calling(good.port, "good"), by=None)
        drain()

    first.refresh_from_db()
    second.refresh_from_db()
    stuck = Step.objects.get(run=first, is_open=True)
    assert (first.status, second.status) == ("stuck", "ended")
    assert stuck.trouble
    assert words in stuck.trouble
    assert (bad.connections, stuck.attempts) == (1, 1)


@pytest.mark.abuse("F4")
def test_a_receiver_without_https_is_not_spoken_to_in_the_clear(rosa: Any, network: Team, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED = ["localhost"]
    with trap(answering()) as plain:
        version = in_use(
            "- {kind: start, id: begin, next: call}",
            f"- {{kind: call_out, id: call, url: 'https://localhost:{plain.port}/', retries: 0, next: end}}",
            "- {kind: end, id: end}",
        )
        run = start(asked_for(rosa, network), version, by=None)
        drain()

    run.refresh_from_db()
    assert run.status == "stuck"
    assert plain.requests == []


# G2: words that another program would carry out.

TEMPLATES = [
    "{{7*7}}", "{% debug %}", "{%now%}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__.__mro__}", "%(password)s %s",
    "{subject.__class__}", "{__class__}", "{subject!r}", "{subject:>9}", "{{subject}}", "$subject ${subject}", "{0}",
    "*{7*7}", "@(7*7)", "{{constructor.constructor('x')()}}", "{{request.user.password}}", "{'a'*9}",
]  # fmt: skip


@pytest.mark.abuse("G2")
@pytest.mark.parametrize("words", TEMPLATES)
def test_what_people_typed_is_no_template_in_what_runs_and_rules_write(
    words: str, rosa: Any, lin: Any, network: Team
) -> None:
    noted = words.replace("{subject}", "{ subject }")  # that one is filled in, as it should be
    automation("Notes", "opened", note=f"Seen: {noted}")
    version = in_use(
        "- {kind: start, id: begin, next: look}",
        "- {kind: task, id: look, title: 'Look at {said}', who: ['person:lin@example.org'], next: end}",
        "- {kind: end, id: end}",
        fields="fields: [{key: said}]",
    )
    ticket = asked_for(rosa, network, words)

    run = start(ticket, version, {"said": words}, by=None)
    drain()

    step = Step.objects.get(run=run, step="look")
    assert step.title == f"Look at {' '.join(words.split())}"
    client = Client()
    client.force_login(lin)
    shown = client.get(f"/runs/{run.pk}").content.decode() + client.get(f"/runs/steps/{step.pk}").content.decode()
    assert str(escape(step.title)) in shown
    note = Message.objects.get(ticket=ticket, visibility="internal").text
    assert note == f"Seen: {noted}"


@pytest.mark.abuse("G2")
@pytest.mark.parametrize("words", TEMPLATES)
def test_a_canned_reply_fills_in_its_own_words_and_nothing_of_what_was_filled_in(
    words: str, rosa: Any, lin: Any, network: Team
) -> None:
    reply = save_canned(CannedReply(name="Hello", texts={"en": {"text": "About “{subject}”."}}), by=None)
    ticket = asked_for(rosa, network, words)

    assert use_canned(ticket, reply, by=lin) == f"About “{ticket.subject}”."


# G1: what is downloaded as a table.


@pytest.mark.abuse("G1")
@pytest.mark.parametrize(
    "words", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", '=HYPERLINK("//evil.example")']
)
def test_no_cell_of_a_table_that_we_write_is_a_formula(words: str, rosa: Any) -> None:
    quoted = json.dumps(words)
    in_use(
        "- {kind: start, id: begin, trigger: {by: form, open_to: everybody, fields: [said, chosen]}, next: end}",
        "- {kind: end, id: end}",
        fields=f"fields: [{{key: said, label: {quoted}, help: {quoted}}}, "
        f"{{key: chosen, type: choice, choices: [{{key: a, label: {quoted}}}]}}]",
    )
    client = Client()
    client.force_login(rosa)

    written = client.get("/workflows/flow/filing/sheet").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written)))
    page = client.post("/workflows/flow/filing/sheets", {"text": f"said\r\n{quoted}\r\n"}).content.decode()
    kept = html.unescape(page.partition('name="text"')[2].partition(">")[2].partition("</textarea>")[0])

    cells = [cell for row in [*rows, *csv.reader(io.StringIO(kept.strip()))] for cell in row]
    assert [cell for cell in cells if words.strip() in cell]  # it is there,
    assert [cell for cell in cells if cell.startswith(tables.FORMULA)] == []  # and does nothing
