"""Verbs with two tickets: both ends are checked (TRUST D5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from firstline.core.events.models import Event

from .policy import SEES
from .world import SECRET, TICKETS, build

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.mark.parametrize("role", ["requester", "privacy officer", "agent of one team", "agent", "auditor", "admin"])
@pytest.mark.abuse("D5")
def test_nothing_is_linked_or_merged_with_a_ticket_one_does_not_see(role: str) -> None:
    world = build(role)
    session, token = world.client_of(role), world.caller_of(role)
    wrong: list[str] = []

    def expect_nothing(where: str, ask: Any) -> None:
        with transaction.atomic():
            before = Event.objects.count()
            answer = ask()
            leaked = set(SECRET.findall(answer.content.decode())) & {f"canary-subject-{there_word}"}
            if Event.objects.count() != before or leaked or answer.status_code >= 500:
                wrong.append(f"{where}: {answer.status_code} {leaked}")
            transaction.set_rollback(True)

    for here in TICKETS:
        for there in set(TICKETS) - SEES[role] - {here}:
            there_word = there.replace(" ", "").replace("'", "")
            one, other = world.things[f"ticket {here}"].pk, world.things[f"ticket {there}"].pk
            expect_nothing(
                f"desk merge {here} into {there}",
                lambda one=one, other=other: session.post(f"/tickets/{one}/merge", {"ticket": str(other)}),
            )
            expect_nothing(
                f"desk link {here} to {there}",
                lambda one=one, other=other: session.post(
                    f"/tickets/{one}/links", {"ticket": str(other), "type": "relates"}
                ),
            )
            for verb, name in (("merge", "into"), ("link", "to"), ("unlink", "to")):
                body = {name: other} | ({} if verb == "merge" else {"relation": "relates"})
                expect_nothing(
                    f"api {verb} {here} with {there}",
                    lambda one=one, verb=verb, body=body: token.post(
                        f"/api/v1/tickets/{one}/{verb}", body, content_type="application/json"
                    ),
                )

    assert wrong == []
