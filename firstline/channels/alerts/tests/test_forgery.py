"""Alerts of those who pretend to be the monitoring: forged, sent again, late, out of order (TRUST F7)."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from firstline.channels.alerts.actions.source import save_source
from firstline.channels.alerts.models import AlertMessage
from firstline.core import clock
from firstline.core.events.models import Event
from firstline.work.tickets.models import Ticket

from .test_alerts import Sender, prometheus

pytestmark = [pytest.mark.django_db, pytest.mark.abuse("F7")]
SECRET = b"quiet"


@pytest.fixture
def sender() -> Sender:
    made = Sender()
    save_source(made.source, secret=SECRET.decode(), by=None)
    return made


def signed(body: bytes, *, at: Any = None, key: bytes = SECRET) -> dict[str, str]:
    """As Grafana signs, with the time or without."""
    stamp = f"{int(at.timestamp())}" if at is not None else ""
    proof = hmac.new(key, (f"{stamp}:".encode() if stamp else b"") + body, hashlib.sha256).hexdigest()
    return {"X-Grafana-Alerting-Signature": proof} | ({"X-Grafana-Alerting-Timestamp": stamp} if stamp else {})


FIRING = json.dumps(prometheus("firing")).encode()


def forgeries() -> dict[str, tuple[bytes, dict[str, str]]]:
    now = clock.now()
    right = signed(FIRING, at=now)
    proof, stamp = right["X-Grafana-Alerting-Signature"], right["X-Grafana-Alerting-Timestamp"]
    name, when = "X-Grafana-Alerting-Signature", "X-Grafana-Alerting-Timestamp"
    return {
        "none": (FIRING, {}),
        "empty": (FIRING, {name: ""}),
        "empty key": (FIRING, signed(FIRING, at=now, key=b"")),
        "another key": (FIRING, signed(FIRING, at=now, key=b"loud")),
        "of another body": (FIRING + b" ", right),
        "the same JSON written anew": (json.dumps(json.loads(FIRING), indent=1).encode(), right),
        "cut": (FIRING, right | {name: proof[:-2]}),
        "one letter": (FIRING, right | {name: ("0" if proof[0] != "0" else "1") + proof[1:]}),
        "the time taken off": (FIRING, {name: proof}),
        "the time moved": (FIRING, right | {when: f"{int(stamp) + 60}"}),
        "six minutes old": (FIRING, signed(FIRING, at=now - timedelta(minutes=6))),
        "six minutes ahead": (FIRING, signed(FIRING, at=now + timedelta(minutes=6))),
        "no number for a time": (FIRING, right | {when: "now"}),
        "no ASCII": (FIRING, {name: "ü" * 64}),
        "a huge number for a time": (FIRING, right | {when: "9" * 4000}),
    }


@pytest.mark.parametrize("way", forgeries())
def test_a_forged_or_old_message_is_refused_and_kept_nowhere(way: str, sender: Sender) -> None:
    body, headers = forgeries()[way]
    before = Event.objects.count()

    answer = sender.send(body, **headers)

    assert answer.status_code == 401
    assert (Ticket.objects.count(), AlertMessage.objects.count(), Event.objects.count()) == (0, 0, before)
    assert sender.send(FIRING, **signed(FIRING, at=clock.now())).status_code == 200  # the true one is still heard


def test_a_signed_message_that_was_overheard_does_not_work_a_second_time(sender: Sender) -> None:
    """Sentry, for one, signs no time: what it once sent would stay good for ever."""
    over = json.dumps(prometheus("resolved")).encode()
    said = [sender.send(body, **signed(body)).json()["state"] for body in (FIRING, over)]
    assert (said, Ticket.objects.get().state) == (["taken", "taken"], "resolved")

    with clock.set_to(clock.now() + timedelta(minutes=20)):
        again = [sender.send(body, **signed(body)) for body in (FIRING, over, FIRING)]

    assert [(answer.status_code, answer.json()["state"]) for answer in again] == [(200, "repeated")] * 3
    assert Ticket.objects.get().state == "resolved"
    fresh = json.dumps(prometheus("firing", since="2026-03-01T12:00:00Z")).encode()
    assert sender.send(fresh, **signed(fresh)).json()["state"] == "taken"
    assert Ticket.objects.get().is_unsolved


def test_a_message_nobody_understood_may_be_sent_again_once_its_fields_are_mapped(sender: Sender) -> None:
    body = json.dumps({"incident": {"called": "Pump stands", "number": "P1"}}).encode()
    assert sender.send(body, **signed(body)).status_code == 422

    sender.source.kind, sender.source.mapping = "generic", {"title": "incident.called", "key": "incident.number"}
    save_source(sender.source, by=None)

    assert sender.send(body, **signed(body)).json()["state"] == "taken"
    assert Ticket.objects.get().subject == "Pump stands"


def test_out_of_order_and_twice_is_as_once_and_in_order(sender: Sender) -> None:
    now = clock.now()
    first, second = (json.dumps(prometheus(state)).encode() for state in ("firing", "resolved"))
    for body in (second, first, first, second, second, first):  # the last is a late retry
        assert sender.send(body, **signed(body, at=now)).status_code == 200

    assert [ticket.state for ticket in Ticket.objects.all()] == ["resolved"]


def test_an_address_without_its_token_says_nothing_of_whom_it_belongs_to(sender: Sender) -> None:
    from django.test import Client

    answers = [
        Client().post(f"/alerts/in/{token}/", FIRING, content_type="application/json", headers=signed(FIRING))
        for token in ("x", sender.token[:-1], sender.token.swapcase(), f"{sender.token}a", "a" * 4000)
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert AlertMessage.objects.count() == 0
