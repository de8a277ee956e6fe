"""A room is furnished the same way everywhere: whoever knows one room finds everything in the next."""

from __future__ import annotations

import re

from .house import FLOORS_WITH_ROOMS, ROOT, rooms, shown, tracked, words_of_a_room

FOLDERS = {"templates", "static", "tests", "migrations"}
NOT_PYTHON = {"README.md", "__init__.py"}
# Drawers for whatever has no name. A new word is added to .importlinter with its reason, for all rooms.
VAGUE = {
    "utils", "util", "helpers", "helper", "services", "service", "managers", "manager", "signals", "constants",
    "common", "misc", "base_classes", "mixins",
}  # fmt: skip


def test_a_room_holds_only_the_furniture_of_the_plan() -> None:
    allowed = words_of_a_room() | FOLDERS | NOT_PYTHON

    strange = sorted(
        {
            f"{room}/{name}"
            for room in rooms(*FLOORS_WITH_ROOMS)
            for path in tracked(shown(room.folder))
            if (name := path.relative_to(room.folder).parts[0]).removesuffix(".py") not in allowed
            and name not in NOT_PYTHON
        }
    )

    assert strange == []


def test_nothing_is_called_by_a_word_that_says_nothing() -> None:
    vague = [shown(path) for path in tracked("firstline") if set(path.relative_to(ROOT).with_suffix("").parts) & VAGUE]

    assert vague == []


def test_templates_and_static_files_stand_under_the_name_of_their_room() -> None:
    # Pages that dress a third party's views, and Django's own error pages, must bear the names these ask for.
    asked_for = re.compile(r"account|allauth|mfa|socialaccount|usersessions|\d{3}\w*\.html")
    homeless = [
        shown(path)
        for room in rooms()
        for kind in ("templates", "static")
        for path in tracked(shown(room.folder / kind))
        if (top := path.relative_to(room.folder / kind).parts[0]) != room.room and not asked_for.fullmatch(top)
    ]

    assert homeless == []
