"""Services through the API: the same form, the same rules, the same tickets; and answers as words for conditions."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from firstline.core.conditions import matches, parse, to_q
from firstline.core.events.models import Event
from firstline.core.fields import Context
from firstline.doors.api.actions.tokens import create_token
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.catalog.actions.ready import install
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket

TRUSTED = Context(trusted=True)
NEW = {"service": "onboarding", "answers": {
    "department": "Finance", "manager": "Rosa", "access": ["mail"], "admin_why": "hidden, so never kept",
    "people": [{"name": "Lan", "begins": "2099-01-01"}, {"name": "Piotr", "begins": "2099-01-01"}],
}}  # fmt: skip


def found(words: str) -> list[int]:
    condition = parse(words, catalogue, TRUSTED)
    ids = list(Ticket.objects.filter(to_q(condition, catalogue, TRUSTED)).order_by("pk").values_list("pk", flat=True))
    assert ids == [
        ticket.pk for ticket in Ticket.objects.order_by("pk") if matches(condition, catalogue, ticket, TRUSTED)
    ]
    return ids


@pytest.mark.django_db
def test_a_service_is_asked_for_and_its_answers_are_found(
    client: Client, rosa: Person, bea: Person, network: Team
) -> None:
    install(["onboarding", "printer"], by=bea)
    _token, key = create_token(rosa, "mine", scope="write", by=rosa)

    def send(said: dict[str, Any], **more: Any) -> Any:
        return client.post(
            "/api/v1/requests",
            said,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}", **more},
        )

    listed = client.get("/api/v1/services", headers={"Authorization": f"Bearer {key}"}).json()
    made, again = (send(NEW, **{"Idempotency-Key": "once"}) for _turn in range(2))
    wrong = send({"service": "printer", "answers": {"wish": "fly"}})
    strange = send({"service": "printer", "answers": {"wish": "toner", "printer": "P", "admin": True}})
    other = send({**NEW, "requester": "bea@example.org"})
    nowhere = send({"service": "nothing", "answers": {}})

    assert {each["key"] for each in listed} == {"onboarding", "printer"}
    assert (made.status_code, again.json()) == (201, made.json())
    assert (wrong.status_code, strange.status_code, other.status_code, nowhere.status_code) == (422, 409, 403, 404)
    assert {each["place"] for each in wrong.json()["errors"]} == {"wish", "printer"}
    parent, lan, piotr = (each["number"] for each in made.json()["tickets"])
    assert "admin_why" not in made.json()["answers"]
    assert Ticket.objects.count() == 3
    assert found("offering:onboarding") == [parent, lan, piotr]
    assert found("offering:none") == []
    assert found("form:onboarding answer.onboarding.name:lan") == [lan]
    assert found("answer.onboarding.access:mail answer.onboarding.begins:>2098-01-01") == [lan, piotr]
    assert found("answer.onboarding.name:none") == [parent]
    filed = Event.objects.get(kind="submission.filed")
    assert (filed.facts["form"], filed.facts["offering"], filed.facts["tickets"]) == (
        "onboarding", "onboarding", [parent, lan, piotr]
    )  # fmt: skip
