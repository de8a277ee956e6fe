"""One more ticket that somebody must not see: no list, count, order, page or suggestion tells of it (D4)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.jobs.draining import drain
from firstline.flow.approvals.actions.ask import ask
from firstline.flow.approvals.engine.plans import Asked, Plan, Who
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tasks.actions.add import add_task
from firstline.work.tickets.actions.edit import prioritise, set_tags
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket
from tests.matrix.world import World, build

pytestmark = [pytest.mark.django_db, pytest.mark.abuse("D4")]
PAGES = (
    "/desk", "/queue", "/queue?view=all", "/queue?view=all&q=zebra", "/queue?view=all&order=newest",
    "/queue?view=all&q=priority:critical", "/queue/facets?view=all", "/queue/facets?view=all&q=zebra",
    "/search?q=zebra", "/search?q=crossing", "/palette?q=zebra", "/palette?q=NUMBER", "/suggest/tickets?q=NUMBER",
    "/tickets/NUMBER", "/reports?days=7", "/reports?days=90", "/supervision", "/supervision?list=still", "/tasks",
    "/approvals", "/approvals/waiting", "/runs", "/notices", "/notices/bell", "/people?q=zebra", "/people/STRANGER",
    "/requests", "/requests?state=open", "/requests/NUMBER", "/", "/outbox", "/improvements", "/major",
)  # fmt: skip
API = ("/api/v1/tickets", "/api/v1/tickets?q=zebra", "/api/v1/tickets?limit=2", "/api/v1/tickets/NUMBER")
# What differs between two answers of the same page: tokens, nonces, and how long ago.
CHANGES = re.compile(
    r'nonce="[^"]*"|csrf[^>]*?value="\w+"|"X-CSRFToken": "\w+"|[0-9a-f]{16,}|\d+ (?:s|min|sec)\b|just now'
    r'|datetime="[^"]*"|after=[\w%.-]+|before=[\w%.-]+|csrftoken[^>]*|&#34;X-CSRFToken[^}]*'
)


def answers(world: World, role: str, number: int) -> dict[str, str]:
    browser, program = world.client_of(role), world.caller_of(role)
    stranger = world.things["stranger"].pk
    found = {}
    for client, paths in ((browser, PAGES), (program, API)):
        for path in paths:
            answer: Any = client.get(path.replace("NUMBER", str(number)).replace("STRANGER", str(stranger)))
            body = answer.content.decode() if not answer.streaming else ""
            found[path] = f"{answer.status_code} {CHANGES.sub('…', body)}"
    return found


def one_more(world: World, team: str) -> Ticket:
    """As telling as can be: urgent, new, tagged, talked about, with somebody to do and to decide something."""
    stranger, hana = world.things["stranger"], world.people["member of the private team"]
    assert hana is not None
    ticket = open_ticket(stranger, "Zebra crossing once more", kind="request", team=world.things[team], by=None)
    prioritise(ticket, 1, by=None)
    set_tags(ticket, ["telling"], by=None)
    reply(ticket, "Zebra", author=stranger, by=None)
    note(ticket, "Zebra", author=hana, by=None)
    add_task(ticket, "Zebra", people=[hana], by=None)
    ask(ticket, [Plan(who=(Asked(Who.PERSON, hana.pk),))], by=None)
    return ticket


@pytest.mark.parametrize("role", ["requester", "agent of one team", "agent", "lead", "auditor", "admin"])
def test_with_and_without_a_hidden_ticket_every_answer_is_the_same(role: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    with clock.set_to(clock.now()):
        world = build(role)
        drain()
        number = Ticket.objects.latest("id").pk + 1
        answers(world, role, number)  # whatever is counted only once
        before = answers(world, role, number)
        assert answers(world, role, number) == before  # the comparison itself is steady

        hidden = one_more(world, "team private")
        assert hidden.pk == number
        drain()
        after = answers(world, role, number)

    assert [path for path in before if before[path] != after[path]] == []


def test_a_ticket_that_is_seen_does_change_them(settings: Any) -> None:
    """Otherwise the comparison could not fail."""
    with clock.set_to(clock.now()):
        world = build("lead")
        number = Ticket.objects.latest("id").pk + 1
        before = answers(world, "lead", number)
        one_more(world, "team open")
        after = answers(world, "lead", number)

    changed = {path for path in before if before[path] != after[path]}
    assert changed >= {
        "/queue?view=all", "/queue?view=all&q=zebra", "/search?q=zebra", "/palette?q=NUMBER", "/tickets/NUMBER",
        "/api/v1/tickets", "/api/v1/tickets?q=zebra", "/reports?days=7",
    }  # fmt: skip
