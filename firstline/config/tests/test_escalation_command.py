"""`firstline escalation …` from the outside."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from firstline.config.commands.escalation import command
from firstline.flow.escalation.actions.settings import save_level, save_path
from firstline.flow.escalation.models import Escalation
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.open import open_ticket


@pytest.mark.django_db
def test_paths_are_tried_on_what_has_happened(network: Team, rosa: Person) -> None:
    path = save_path(None, "Urgent", by=None)
    when = [{"when": "silence", "minutes": 60}]
    save_level(path, None, "Network", who="team", team=network, when=when, by=None)
    open_ticket(rosa, "It hums", by=rosa)

    said = CliRunner().invoke(command, ["replay"], catch_exceptions=False).output

    assert "Urgent: 1 tickets" in said
    assert "1. Network" in said
    assert not Escalation.objects.exists()
