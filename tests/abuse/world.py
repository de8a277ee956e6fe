"""A desk whose every private thing holds a word found nowhere else: `python -m tests.abuse.world` fills FIRSTLINE_DATA.

Prints, as JSON, how each of the people comes in and the numbers of the things.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from firstline.config.commands import set_up

PEOPLE = ("requester", "agent", "lead", "admin")


def fill() -> dict[str, Any]:
    """The world of the matrix, as a requester meets it: `own` is theirs, everything else is somebody else's."""
    from django.conf import settings
    from django.core.management import call_command

    from firstline.doors.api.actions.tokens import create_token
    from tests.matrix.world import build

    call_command("migrate", interactive=False, verbosity=0)
    world = build("requester")
    people: dict[str, Any] = {}
    for role in PEOPLE:
        somebody = world.people[role]
        assert somebody is not None
        people[role] = {
            "token": create_token(somebody, "abuse", scope="write", by=somebody)[1],
            "cookie": world.client_of(role).cookies[settings.SESSION_COOKIE_NAME].value,
            "email": somebody.email,
        }
    return {"people": people, "things": {name: thing.pk for name, thing in world.things.items()}}


if __name__ == "__main__":
    set_up()
    json.dump(fill(), sys.stdout)
