from __future__ import annotations

from datetime import timedelta

import pytest

from firstline.core import clock, files
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import NewFile, reply
from firstline.work.tickets.actions.open import open_ticket


@pytest.mark.django_db
def test_the_sweep_keeps_what_hangs_on_a_message_and_takes_what_nothing_names(rosa: Person) -> None:
    kept, litter = files.store([b"on a message"]), files.store([b"on nothing"])
    reply(
        open_ticket(rosa, "x", by=rosa), "see", files=[NewFile("a.txt", "text/plain", kept.size, kept.sha256)], by=rosa
    )

    with clock.set_to(clock.now() + timedelta(days=30)):
        files.delete_unreferenced()

    assert files.fetch(kept.sha256) == b"on a message"
    with pytest.raises(files.Missing):
        files.fetch(litter.sha256)
