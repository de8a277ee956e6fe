"""Screens, forms, jobs and listeners belong to one room. `private` in .importlinter cannot say "the same room"."""

from __future__ import annotations

from .house import FLOORS_WITH_ROOMS, imports_of, place_of, product_code, shown

PRIVATE = {"screens", "forms", "jobs", "listeners"}


def test_a_room_uses_only_its_own_screens_forms_jobs_and_listeners() -> None:
    trespassers = []
    for path in product_code():
        here = place_of(shown(path).removesuffix(".py").replace("/", "."))
        for line, name in imports_of(path):
            there = place_of(name)
            if here and here.floor == "config":
                continue  # it starts the processes, which live in jobs
            if there and there.floor in FLOORS_WITH_ROOMS and there != here and set(name.split(".")[3:4]) & PRIVATE:
                trespassers.append(f"{shown(path)}:{line} imports {name}")

    assert trespassers == []
