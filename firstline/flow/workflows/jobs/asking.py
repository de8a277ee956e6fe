"""Asking another system: one registry of what can be asked of which kind. Blocks, so it is called by a worker only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from firstline.core.preferences.secrecy import CannotOpen
from firstline.flow.workflows.models import System

type Fields = Mapping[str, Any]
type Operation = Callable[[System, Fields, str], dict[str, Any]]


class Failed(Exception):
    """It did not work, and trying again will not help. `code` leads the run on."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class TryAgain(Exception):
    """The system cannot be reached just now."""


_OPERATIONS: dict[tuple[str, str], Operation] = {}


def operation(kind: str, name: str) -> Callable[[Operation], Operation]:
    """Register what can be asked of a kind of system. It gets the system, the fields, and a mark that is the same for
    every try of one step: what was done already is not done again."""

    def keep(function: Operation) -> Operation:
        _OPERATIONS[kind, name] = function
        return function

    return keep


def operations(kind: str) -> list[str]:
    return sorted(name for of, name in _OPERATIONS if of == kind and name != "check_connection")


def ask(system: System, name: str, fields: Fields, once: str) -> dict[str, Any]:
    """What came back; `Failed` with a code, or `TryAgain`."""
    found = _OPERATIONS.get((system.kind, name))
    if found is None:
        known = ", ".join(operations(system.kind))
        raise Failed("no_operation", f"“{system.key}” cannot do “{name}”; it can do: {known}.")
    try:
        return found(system, {key: value for key, value in fields.items() if value not in (None, "", [])}, once)
    except CannotOpen as trouble:
        raise Failed("no_secret", str(trouble)) from None


def needed(fields: Fields, *names: str) -> list[str]:
    """These fields as texts; without one of them it fails."""
    missing = [name for name in names if name not in fields]
    if missing:
        raise Failed("incomplete", f"It needs {', '.join(missing)}.")
    return [str(fields[name]) for name in names]
