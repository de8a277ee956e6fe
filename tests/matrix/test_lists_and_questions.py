"""The filter of lists and the question of single things give the same answer."""

from __future__ import annotations

from itertools import product

import pytest

from firstline.people.access.actions.grant import grant
from firstline.people.access.rules import forget, may
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.participants import add_participant
from firstline.work.tickets.models import Kind, Ticket
from firstline.work.tickets.queries import visible_to
from tests.cast import person, works_in


@pytest.mark.abuse("D1")
def test_what_one_sees_in_a_list_is_what_one_may_open(hr: Team, network: Team, db: None) -> None:
    """seen_by (the filter) and may (the question) are two; they must never differ."""
    asker, helper = person("Asker"), person("Collaborator", "author")
    viewers = [
        person("All", "agent"),
        person("One", "agent", team=network),
        works_in(network, person("Member", "lead", team=network)),
        works_in(hr, person("Inside", "agent")),
        person("Auditor", "auditor"),
        person("Admin", "admin"),
        asker,
        helper,
        person("Both", "auditor", "privacy_officer"),
    ]
    changes = person("Changes")
    grant(changes, "agent", kind="change", by=None)
    viewers.append(changes)
    for team, kind in product((None, network, hr), Kind.values):
        for requester in (asker, viewers[0]):
            open_ticket(requester, "Something", kind=kind, team=team, by=None)
    for ticket in Ticket.objects.filter(team=hr)[:2]:
        add_participant(ticket, viewers[1], "collaborator", by=None)
        add_participant(ticket, viewers[8], "cc", by=None)

    for viewer in viewers:
        forget(viewer)
        listed = set(visible_to(viewer).values_list("pk", flat=True))
        opened = {ticket.pk for ticket in Ticket.objects.all() if may(viewer, "ticket.view", ticket)}
        assert listed == opened, viewer.name
