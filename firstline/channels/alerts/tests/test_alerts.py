from __future__ import annotations

import hashlib
import hmac
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from firstline.channels.alerts.actions.receive import receive
from firstline.channels.alerts.actions.source import rotate, save_source
from firstline.channels.alerts.jobs import end_what_is_calm, take_what_waits
from firstline.channels.alerts.models import AlertGroup, AlertMessage, AlertSource
from firstline.core import clock
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.conversations.models import Message
from firstline.work.tickets.models import Ticket

pytestmark = pytest.mark.django_db

MONITORING = Path(os.environ.get("FIRSTLINE_SHARED", settings.SHARED_DATA.parent)) / "data/06_monitoring"
needs_data = pytest.mark.skipif(not MONITORING.exists(), reason="the recorded payloads are not on this machine")


class Sender:
    """A monitoring system: sends to its address."""

    def __init__(self, **facts: Any) -> None:
        self.source, self.token = save_source(AlertSource(name="Monitoring", **facts), by=None)

    def send(self, payload: Any, **headers: str) -> Any:
        body = payload if isinstance(payload, str | bytes) else json.dumps(payload)
        kind = "application/json"
        return Client().post(f"/alerts/in/{self.token}/", body, content_type=kind, headers=headers or None)


def prometheus(
    state: str, *, since: str = "2026-03-01T10:00:00Z", severity: str = "critical", host: str = "db1"
) -> Any:
    labels = {"alertname": "InstanceDown", "instance": host, "severity": severity}
    alert = {"status": state, "labels": labels, "startsAt": since, "fingerprint": f"fp-{host}",
             "annotations": {"summary": f"{host} is down"}}  # fmt: skip
    return {
        "version": "4", "groupKey": '{}:{alertname="InstanceDown"}', "status": state, "receiver": "desk",
        "groupLabels": {"alertname": "InstanceDown"}, "commonLabels": labels, "commonAnnotations": alert["annotations"],
        "externalURL": "http://am.example", "alerts": [alert], "truncatedAlerts": 0,
    }  # fmt: skip


@pytest.mark.accepts("S1.53")
def test_an_alert_becomes_an_incident_its_repeats_join_and_its_end_resolves(network: Team) -> None:
    sender = Sender(team=network)

    answers = [sender.send(prometheus(state)).json() for state in ("firing", "firing", "firing", "resolved")]

    ticket = Ticket.objects.get()
    assert [answer["ticket"] for answer in answers] == [ticket.pk] * 4
    assert [answer["state"] for answer in answers] == ["taken", "repeated", "repeated", "taken"]
    assert (ticket.kind, ticket.source, ticket.team, ticket.priority) == ("incident", "alert", network, 1)
    assert ticket.subject == "InstanceDown: db1 is down"
    assert ticket.state == "resolved"


def test_what_fires_again_soon_reopens_its_ticket_and_later_opens_a_new_one() -> None:
    sender = Sender()
    now = clock.now()

    def at(hours: float, state: str) -> Any:
        with clock.set_to(now + timedelta(hours=hours)):
            return sender.send(prometheus(state, since=(now + timedelta(hours=int(hours))).isoformat())).json()[
                "ticket"
            ]

    first = [at(0, "firing"), at(0.5, "resolved"), at(2, "firing")]
    assert len(set(first)) == 1
    assert Ticket.objects.get().state == "open"
    assert at(2.5, "resolved") == first[0]
    assert at(40, "firing") != first[0]


def test_what_comes_and_goes_keeps_its_ticket_open_until_it_is_calm() -> None:
    sender = Sender(calm_minutes=15)
    now = clock.now()
    states = []
    for minute in range(8):
        with clock.set_to(now + timedelta(minutes=minute)):
            state = "resolved" if minute % 2 else "firing"
            sender.send(prometheus(state, since=(now + timedelta(minutes=minute // 2 * 2)).isoformat()))
            states.append(Ticket.objects.get().state)

    with clock.set_to(now + timedelta(minutes=10)):
        end_what_is_calm()
        still = Ticket.objects.get().state
    with clock.set_to(now + timedelta(minutes=40)):
        end_what_is_calm()

    assert states == ["new", "resolved", "open", "resolved", "open", "open", "open", "open"]
    assert (still, Ticket.objects.get().state) == ("open", "resolved")
    assert Message.objects.count() < 10


def test_a_retry_that_arrives_after_the_end_changes_nothing() -> None:
    sender = Sender()
    sender.send(prometheus("firing"))
    sender.send(prometheus("resolved"))

    late = sender.send(prometheus("firing")).json()

    assert late["state"] == "ignored"
    assert Ticket.objects.get().state == "resolved"


def test_the_end_of_what_never_began_opens_nothing() -> None:
    answer = Sender().send(prometheus("resolved"))

    assert (answer.status_code, answer.json()["state"], Ticket.objects.count()) == (200, "ignored", 0)


@pytest.mark.parametrize("payload", ["not JSON", "[]", "{}", b"\xff\xfe", '"text"', '{"alerts": []}', "[" * 5000])
def test_what_is_not_understood_is_kept_shown_and_answered_with_a_sentence(
    payload: str | bytes, client: Any, bea: Person
) -> None:
    sender = Sender()

    answer = sender.send(payload)

    kept = AlertMessage.objects.get()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["detail"] == kept.reason != ""
    assert (kept.state, Ticket.objects.count()) == ("unreadable", 0)
    client.force_login(bea)
    page = client.get(f"/settings/alerts/{sender.source.pk}").content.decode()
    assert "not understood" in page


def test_only_the_right_token_reports_and_a_new_one_ends_the_old() -> None:
    sender = Sender()
    old = sender.token
    assert Client().post("/alerts/in/wrong/", "{}", content_type="application/json").status_code == 404
    assert Client().get(f"/alerts/in/{old}/").status_code == 405
    bearer = Client().post(
        "/alerts/in/", json.dumps(prometheus("firing")), content_type="application/json",
        headers={"Authorization": f"Bearer {old}"},
    )  # fmt: skip
    assert bearer.status_code == 200

    sender.token = rotate(sender.source, by=None)

    assert Client().post(f"/alerts/in/{old}/", "{}", content_type="application/json").status_code == 404
    assert sender.send(prometheus("firing")).status_code == 200
    assert not AlertSource.objects.filter(token_hash__contains=sender.token).exists()


def test_where_a_secret_is_set_only_signed_and_fresh_messages_count() -> None:
    sender = Sender()
    save_source(sender.source, secret="quiet", by=None)
    body = json.dumps(prometheus("firing"))
    now = int(clock.now().timestamp())

    def signed(stamp: int | None = None) -> dict[str, str]:
        text = (f"{stamp}:" if stamp else "") + body
        proof = hmac.new(b"quiet", text.encode(), hashlib.sha256).hexdigest()
        return {"X-Grafana-Alerting-Signature": proof} | ({"X-Grafana-Alerting-Timestamp": f"{stamp}"} if stamp else {})

    answers = [
        sender.send(body).status_code,
        sender.send(body, **{"Sentry-Hook-Signature": "0" * 64}).status_code,
        sender.send(body, **signed(now - 3600)).status_code,
        sender.send(body, **signed(now)).status_code,
        sender.send(body, **signed()).status_code,
    ]

    assert answers == [401, 401, 401, 200, 200]
    assert "quiet" not in AlertSource.objects.get().secret


def test_a_message_that_broke_off_is_taken_by_the_worker() -> None:
    sender = Sender()
    with clock.set_to(clock.now() - timedelta(minutes=1)):
        receive(sender.source, json.dumps(prometheus("firing")), by=None)

    take_what_waits()

    assert Ticket.objects.count() == 1


SHAPES: list[tuple[str, Any, Any]] = [
    ("zabbix", {"event_id": "17", "event_value": "1", "event_nseverity": "5", "event_name": "Disk full"},
     {"event_id": "17", "event_value": "0", "event_nseverity": "5", "event_name": "Disk full"}),
    ("nagios", {"NOTIFICATIONTYPE": "PROBLEM", "HOSTNAME": "web1", "SERVICEDESC": "HTTP", "SERVICESTATE": "CRITICAL"},
     {"NOTIFICATIONTYPE": "RECOVERY", "HOSTNAME": "web1", "SERVICEDESC": "HTTP", "SERVICESTATE": "OK"}),
    ("nagios", {"notification.type": "PROBLEM", "host.name": "web1", "host.state": "DOWN"},
     {"notification.type": "RECOVERY", "host.name": "web1", "host.state": "UP"}),
    ("datadog", {"alert_id": "9", "alert_transition": "Triggered", "title": "[Triggered on {h:a}] CPU",
                 "priority": "P1"},
     {"alert_id": "9", "alert_transition": "Recovered", "title": "[Recovered on {h:a}] CPU"}),
    ("sentry", {"action": "created", "data": {"issue": {"id": "5", "title": "TypeError", "level": "fatal"}}},
     {"action": "resolved", "data": {"issue": {"id": "5", "title": "TypeError", "level": "fatal"}}}),
    ("sentry", {"action": "critical", "data": {"metric_alert": {"id": "5", "title": "Slow"}}},
     {"action": "resolved", "data": {"metric_alert": {"id": "5", "title": "Slow"}}}),
    ("grafana", {"ruleId": 7, "ruleName": "CPU", "state": "alerting", "tags": {"severity": "critical"}},
     {"ruleId": 7, "ruleName": "CPU", "state": "ok"}),
    ("generic", {"title": "Pump 3 is hot", "id": "p3", "status": "critical"},
     {"title": "Pump 3", "id": "p3", "status": "ok"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "begins", "ends"), SHAPES, ids=[f"{each[0]}{n}" for n, each in enumerate(SHAPES)])
@pytest.mark.parametrize("known", [True, False], ids=["named", "found out"])
def test_every_sender_begins_and_ends_one_ticket(kind: str, begins: Any, ends: Any, known: bool) -> None:
    sender = Sender(kind=kind if known else "auto")

    for payload in (begins, begins, ends):
        assert sender.send(payload).status_code == 200

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.priority) == ("resolved", 1)


def test_the_fields_of_other_json_can_be_mapped() -> None:
    sender = Sender(kind="generic", mapping={"title": "what.name", "key": "what.no", "state": "how", "severity": "bad"})

    sender.send({"what": {"name": "Freezer", "no": 4}, "how": "open", "bad": "info", "title": "not this"})
    sender.send({"what": {"name": "Freezer", "no": 4}, "how": "closed"})

    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.state, ticket.priority) == ("Freezer", "resolved", 4)


@needs_data
def test_ten_deliveries_of_a_real_alertmanager_become_three_tickets() -> None:
    sender = Sender(kind="alertmanager")

    for path in sorted((MONITORING / "alertmanager_live").glob("*.json")):
        assert sender.send(json.loads(path.read_text())["body"]).status_code == 200

    assert {(group.ticket.subject, group.ticket.state) for group in AlertGroup.objects.all() if group.ticket} == {
        (ticket.subject, "resolved") for ticket in Ticket.objects.all()
    }
    assert Ticket.objects.count() == 3


@needs_data
def test_every_recorded_payload_is_taken_or_answered_with_a_sentence() -> None:
    sender = Sender()
    answers = {
        path.name: sender.send(path.read_text()).status_code
        for path in sorted((MONITORING / "payloads").glob("*.json"))
    }

    assert {name for name, status in answers.items() if status != 200} == {"alerta_telegram_ack.json"}
    assert AlertMessage.objects.count() == len(answers)
