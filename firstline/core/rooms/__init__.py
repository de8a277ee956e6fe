"""A room of the house: a Django app that opens by loading its own furniture."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import AppConfig

# What registers itself when imported. Screens and forms are loaded by the URLs.
FURNITURE = ("events", "rules", "fields", "actions", "jobs", "listeners", "notices")


class Room(AppConfig):
    """Opens a room: its events, fields, actions and listeners register themselves."""

    default = False  # not a room itself: Django takes the one subclass in an apps.py

    def __init_subclass__(cls) -> None:
        cls.default = True

    def ready(self) -> None:
        for word in FURNITURE:
            self._load(f"{self.name}.{word}")

    def _load(self, name: str) -> None:
        if find_spec(name) is None:
            return
        module = import_module(name)
        for part in iter_modules(getattr(module, "__path__", [])):
            if part.name not in {"tests", "migrations"}:
                import_module(f"{name}.{part.name}")
