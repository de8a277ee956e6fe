"""What the product does must be readable: by the next developer, and by the person who reads a timeline."""

from __future__ import annotations

import re

import pytest

from firstline.core.actions import all_actions
from firstline.core.events import EventKind, all_kinds

from .house import FLOORS_WITH_ROOMS, place_of, rooms

ONE_SCREEN = 60  # lines


def test_every_room_explains_itself_on_one_screen() -> None:
    missing = [str(room) for room in rooms() if not (room.folder / "README.md").exists()]
    long = [
        str(room)
        for room in rooms()
        if (room.folder / "README.md").exists()
        and len((room.folder / "README.md").read_text().splitlines()) > ONE_SCREEN
    ]

    assert (missing, long) == ([], [])


def test_every_action_says_what_it_does_in_the_words_of_its_users() -> None:
    silent = [
        action.name for action in all_actions() if not re.match(r"[A-Z].+[.!?]$", action.doc.strip().split("\n")[0])
    ]

    assert silent == []


def test_every_action_lives_in_the_actions_of_a_room() -> None:
    astray = [
        f"{action.name} in {action.module}"
        for action in all_actions()
        if (place := place_of(action.module)) and place.floor in FLOORS_WITH_ROOMS and ".actions" not in action.module
    ]

    assert astray == []


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_every_kind_of_event_has_words_and_a_noun(kind: type[EventKind]) -> None:
    assert kind.describe.__func__ is not EventKind.describe.__func__, f"{kind.__name__} has no words"  # type: ignore[attr-defined]
    assert kind.noun, f"{kind.__name__} does not say what it happens to"
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", kind.key), f"{kind.key} is not written like ticket.assigned"
