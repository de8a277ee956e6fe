"""Every field of every form, with what nobody would type.

Found so far: numbers beyond 2⁶³ in bulk changes and splits, Arabic digits in the ticket to go on with, a status or team
that does not exist, NUL on PostgreSQL.
"""

from __future__ import annotations

import os
import zlib
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.test.signals import template_rendered

from firstline.people.accounts.models import Person
from firstline.work.conversations.models import Message
from firstline.work.tickets.actions.link import link
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import StatusType
from firstline.work.tickets.queries import first_status
from tests.matrix.test_matrix import secrets_for
from tests.matrix.world import World, build

from .forms import Form, forms_of
from .oracles import complaints

HOSTILE: list[Any] = [
    "", "-1", "0", "987654321", str(2**31), str(2**63), str(2**64), "9" * 5000, "1.5", "1e309", "NaN", "Infinity",
    "٣", "²", "true", "null", "[]", "{}", "1,2", "\x00", "a\x00b", "\ud800", "\u202eexe.gpj", "﷽" * 300, "x" * 100_000,
    "%", "%s%n", "' OR 1=1--", '") OR ("1"="1', "1; DROP TABLE ticket", "{{7*7}}", "{0.__class__}", "${7*7}",
    "__class__", "owner__password", "../../etc/passwd", "0000-00-00", "2026-02-30", "99999-12-31", "9999-12-31",
    "0001-01-01", "9999-12-31T23:59", "24:61", "#1", "#99999999999999999999", "a" * 300 + "@example.org", "@", "<a@b>",
    "\r\nBcc: x@y.z", '"><img src=x onerror=alert(1)>', ["1", "2"], ["", ""], None,
]  # fmt: skip
# What has broken a page before, or would break most kinds of field.
WORST = (str(2**63), "٣", "\x00", "987654321", None)
IS_LONG = bool(os.environ.get("FIRSTLINE_LONG"))


@pytest.mark.slow
@pytest.mark.abuse("D7", "E13", "G3", "G11", "H3")
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "requester"])
def test_no_value_of_any_field_of_any_form_breaks_a_page(role: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    world = build(role)
    client = world.client_of(role)
    forms = forms_of(client, *_starts(world, role))
    assert len(forms) > (80 if role == "admin" else 20)  # otherwise the walk went nowhere
    entitled = secrets_for(role)

    wrong = {
        f"{form.method} {form.path} {name}={str(value)[:40]!r}: {complaint}"
        for form in forms
        for name in form.values
        for value in _some(form, name)
        for complaint in _send(client, form, name, value, entitled)
    }

    assert sorted(wrong) == []


@pytest.mark.abuse("G11")
@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/queue/bulk", {"do": "take", "selected": str(2**63)}),
        ("/queue/bulk", {"do": "take", "selected": "9" * 5000}),
        ("/queue/bulk", {"do": "team:987654321", "selected": "TICKET"}),
        ("/queue/bulk", {"do": "team:٣", "selected": "TICKET"}),
        ("/queue/bulk", {"do": f"priority:{2**64}", "selected": "TICKET"}),
        ("/tickets/TICKET/split", {"message": str(2**63), "subject": "x"}),
        ("/tickets/TICKET/messages", {"kind": "reply", "body": "x", "status": "987654321"}),
        ("/tickets/TICKET/messages", {"kind": "reply", "body": "x", "seen": str(2**64)}),
        ("/tickets/TICKET/messages", {"kind": "reply", "body": "NUL: \x00", "seen": "\x00"}),
        ("/tickets/TICKET/participants", {"person": "ada@example.org", "role": "emperor"}),
        ("/tickets/TICKET/links", {"type": "emperor", "ticket": str(2**64)}),
        ("/tickets/TICKET/facts/kind", {"value": "emperor"}), ("/tickets/TICKET/facts/owner", {"value": f"#{2**64}"}),
        ("/tickets/TICKET/facts/custom.options", {"value": ["a", "b"]}),
    ],
)  # fmt: skip
def test_what_has_broken_pages_before_breaks_none(ada: Person, rosa: Person, path: str, values: dict[str, Any]) -> None:
    ticket = open_ticket(rosa, "Screen", by=rosa)
    client = Client(raise_request_exception=False)
    client.force_login(ada)
    sent = {name: str(ticket.pk) if value == "TICKET" else value for name, value in values.items()}

    answer = client.post(path.replace("TICKET", str(ticket.pk)), sent)

    assert complaints(answer.status_code, answer.content) == []


@pytest.mark.abuse("H5")
def test_an_answer_whose_status_cannot_be_set_is_not_half_sent(ada: Person, rosa: Person) -> None:
    """Otherwise whoever sends it again has said it twice."""
    ticket, other = open_ticket(rosa, "Screen", by=rosa), open_ticket(rosa, "Keyboard", by=rosa)
    link(ticket, other, "parent", by=None)
    client = Client()
    client.force_login(ada)
    closed = first_status(ticket.kind, StatusType.RESOLVED)

    answer = client.post(f"/tickets/{ticket.pk}/messages", {"kind": "reply", "body": "Solved.", "status": closed.pk})

    assert (answer.status_code, Message.objects.count(), "Solved." in answer.text) == (422, 0, True)


def test_the_walk_finds_forms_and_what_htmx_sends(db: Any) -> None:
    world = build("lead")
    ticket = world.things["ticket team"].pk

    kinds = {form.kind for form in forms_of(world.client_of("lead"), f"/tickets/{ticket}")}

    assert ("post", "/tickets/1/owner/me", ()) in kinds
    assert ("post", "/tickets/1/split", ("message", "subject")) in kinds


def _starts(world: World, role: str) -> list[str]:
    tickets = [world.things[f"ticket {name}"].pk for name in ("own", "team")]
    on_the_desk = [f"/tickets/{pk}" for pk in tickets] if role != "requester" else []
    return ["/", "/portal/", "/account/profile", "/settings", "/queue", "/search?q=zebra", "/palette?q=zebra",
            "/account/tokens", *on_the_desk]  # fmt: skip


def _some(form: Form, name: str) -> list[Any]:
    """One of the worst and one of the others, not the same for each field; all of them in a long run (`bin/fuzz`)."""
    turn = zlib.crc32(f"{form.kind} {name}".encode())
    return HOSTILE if IS_LONG else [WORST[turn % len(WORST)], HOSTILE[turn % len(HOSTILE)]]


def _send(client: Client, form: Form, name: str, value: Any, entitled: frozenset[str]) -> list[str]:
    """Send it, judge the answer, and undo it."""
    values = {**form.values, name: value}
    if value is None:
        del values[name]
    cookies = SimpleCookie({key: morsel.value for key, morsel in client.cookies.items()})
    with transaction.atomic():
        try:
            answer: Any = getattr(client, form.method)(form.path, values)
        except UnicodeEncodeError:  # half a letter cannot even be sent
            return []
        finally:
            transaction.set_rollback(True)
    client.cookies = cookies
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return complaints(answer.status_code, body, headers=answer.headers, entitled=entitled)


@pytest.fixture(autouse=True)
def no_copies_of_contexts() -> Any:
    """Django's test client copies the names of every template it draws: a third of the time here."""
    receivers, template_rendered.receivers = template_rendered.receivers, []
    yield
    template_rendered.receivers = receivers
