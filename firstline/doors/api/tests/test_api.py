from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from firstline.doors.api.actions.tokens import create_token, revoke_token
from firstline.flow.escalation.models import Escalation
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def calls(person: Person, *, scope: str = "write") -> Any:
    _token, secret = create_token(person, "test", scope=scope, by=person)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)


@pytest.mark.accepts("S1.36")
def test_a_ticket_is_opened_and_answered_through_the_api(rosa: Person, ada: Person) -> None:
    made = post(calls(rosa), "/tickets", {"subject": "VPN is down", "text": "Since nine", "impact": 1, "urgency": 1})
    assert (made.status_code, made.json()["priority"], made.json()["source"]) == (201, 1, "api")
    number = made.json()["number"]

    said = post(calls(ada), f"/tickets/{number}/messages", {"text": "We look into it"})
    taken = post(calls(ada), f"/tickets/{number}/take", {})

    assert said.status_code == 201
    assert taken.json()["owner"]["email"] == ada.email
    assert [each["text"] for each in calls(rosa).get(f"/api/v1/tickets/{number}/messages").json()] == [
        "Since nine",
        "We look into it",
    ]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer fl_wrong"}, {"Authorization": "Bearer "}])
@pytest.mark.abuse("E12")
def test_without_a_valid_token_nothing_is_answered(rosa: Person, headers: dict[str, str]) -> None:
    open_ticket(rosa, "canary-7c1", by=rosa)

    answer = Client(headers=headers).get("/api/v1/tickets")

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert b"canary" not in answer.content


@pytest.mark.abuse("E12")
def test_a_revoked_token_is_worthless_at_once(rosa: Person) -> None:
    token, secret = create_token(rosa, "x", by=rosa)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/me").status_code == 200

    revoke_token(token, by=rosa)

    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.abuse("E12")
def test_a_token_of_a_deactivated_person_is_worthless(rosa: Person) -> None:
    client = calls(rosa)
    Person.objects.filter(pk=rosa.pk).update(is_active=False)

    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.abuse("D20")
def test_a_reading_token_cannot_write(ada: Person, rosa: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)

    answer = post(calls(ada, scope="read"), f"/tickets/{ticket.pk}/take", {})

    assert answer.status_code == 403
    assert Ticket.objects.get().owner is None


@pytest.mark.abuse("D3")
def test_another_persons_ticket_does_not_exist(rosa: Person, omar: Person) -> None:
    ticket = open_ticket(rosa, "canary-91a", by=rosa)
    client = calls(omar)

    hidden = client.get(f"/api/v1/tickets/{ticket.pk}")
    nothing = client.get("/api/v1/tickets/999999")

    assert (hidden.status_code, hidden.content) == (404, nothing.content)
    assert post(client, f"/tickets/{ticket.pk}/messages", {"text": "hi"}).status_code == 404
    assert client.get("/api/v1/tickets?q=canary").json()["items"] == []


@pytest.mark.abuse("D8")
def test_a_requester_reads_no_notes_and_runs_no_desk_verbs(rosa: Person, ada: Person) -> None:
    ticket = open_ticket(rosa, "x", by=rosa)
    note(ticket, "canary-note", by=ada)
    reply(ticket, "public", by=ada)
    client = calls(rosa)

    assert b"canary" not in client.get(f"/api/v1/tickets/{ticket.pk}/messages").content
    assert b"canary" not in client.get(f"/api/v1/tickets/{ticket.pk}/events").content
    for verb in ("take", "close", "resolve"):
        assert post(client, f"/tickets/{ticket.pk}/{verb}", {}).status_code == 403


@pytest.mark.abuse("H4")
def test_the_same_key_takes_effect_once(rosa: Person) -> None:
    client = calls(rosa)

    first = post(client, "/tickets", {"subject": "Once"}, **{"Idempotency-Key": "k1"})
    again = post(client, "/tickets", {"subject": "Once"}, **{"Idempotency-Key": "k1"})
    other = post(client, "/tickets", {"subject": "Twice"}, **{"Idempotency-Key": "k1"})

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert Ticket.objects.count() == 1


@pytest.mark.abuse("H4")
def test_a_refused_request_leaves_its_key_free(rosa: Person) -> None:
    client = calls(rosa)

    assert post(client, "/tickets", {"subject": " "}, **{"Idempotency-Key": "k"}).status_code == 409
    assert post(client, "/tickets", {"subject": "Now"}, **{"Idempotency-Key": "k"}).status_code == 201


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tickets?limit=0", 422), ("/tickets?limit=9999", 422), ("/tickets?order=owner__password", 409),
        ("/tickets?q=prio:1", 400), ("/tickets?after=garbage", 400), ("/tickets/9223372036854775808", 404),
        ("/tickets?q=%00", 200), ("/people?q=a", 422),
    ],
)  # fmt: skip
@pytest.mark.abuse("G11")
def test_bad_input_gets_a_clear_problem(ada: Person, path: str, status: int) -> None:
    answer = calls(ada).get(f"/api/v1{path}")

    assert answer.status_code == status
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["title"]


@pytest.mark.parametrize("body", ["[]", "true", "[null, null]", '"words"', "7"])
def test_a_body_that_is_no_object_is_refused_where_nothing_is_needed(ada: Person, rosa: Person, body: str) -> None:
    number = open_ticket(rosa, "Mine", by=rosa).pk

    answer = calls(ada).post(f"/api/v1/tickets/{number}/watch", body, content_type="application/json")

    assert answer.status_code == 422, answer.content


@pytest.mark.accepts("S2.1")
def test_a_ticket_is_escalated_through_the_api(ada: Person, rosa: Person, network: Team) -> None:
    ticket = open_ticket(rosa, "All is down", by=rosa)

    asked = post(calls(ada), f"/tickets/{ticket.pk}/escalate", {"reason": "I cannot reach it", "team": network.pk})
    empty = post(calls(ada), f"/tickets/{ticket.pk}/escalate", {"reason": " ", "team": network.pk})

    assert (asked.status_code, empty.status_code) == (200, 409)
    made = Escalation.objects.get()
    assert (made.team, made.reason, made.by) == (network, "I cannot reach it", ada)


def test_pages_follow_one_another_without_gaps(ada: Person, rosa: Person) -> None:
    numbers = [open_ticket(rosa, f"t{number}", by=rosa).pk for number in range(7)]
    client, seen, after = calls(ada), [], ""

    while True:
        page = client.get(f"/api/v1/tickets?limit=3&order=number&after={after}").json()
        seen += [ticket["number"] for ticket in page["items"]]
        if not (after := page["next"]):
            break

    assert seen == numbers


def test_the_description_is_public_and_names_every_answer() -> None:
    described = Client().get("/api/v1/openapi.json").json()

    operations = [op for path in described["paths"].values() for op in path.values()]
    assert len(operations) > 25
    assert all({"401", "422"} <= set(op["responses"]) for op in operations)
    assert all(op.get("summary") for op in operations)
