"""The list of all verbs, and the door each of them goes through."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, get_type_hints

from django.db import transaction

from .acting import acting, is_acting, prove_it_is_ours


class Actor(Protocol):
    """Somebody who acts. `None` stands for Firstline itself."""

    pk: Any


class NotAllowed(Exception):
    """The actor may not do this. Shown as 403, or 404 where even its existence is private."""


class Refused(ValueError):
    """The change makes no sense now; the message is a sentence for the person who tried.

    `links`: what stands in the way, by its name in the sentence, and where it is found; pages make links of them.
    """

    def __init__(self, sentence: object = "", *, links: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(sentence)
        self.links = tuple(links)


@dataclass(frozen=True, slots=True)
class Action:
    """One registered verb."""

    name: str
    permission: str
    function: Callable[..., Any]
    doc: str
    module: str

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters after the thing itself, without `by`."""
        names = list(inspect.signature(self.function).parameters.items())
        return {name: parameter for name, parameter in names if name != "by"}

    @property
    def types(self) -> Mapping[str, Any]:
        return get_type_hints(self.function)


PermissionCheck = Callable[[Any, str, Any], bool]

_actions: dict[str, Action] = {}
_check: list[PermissionCheck] = []


def plug_in_permissions(check: PermissionCheck) -> None:
    """people/access answers here: may(person, permission, thing)."""
    _check[:] = [check]


def may(person: Any, permission: str, thing: Any = None) -> bool:
    """Whether this person may do this to this thing. Nobody may anything until access is plugged in."""
    return bool(_check) and _check[0](person, permission, thing)


def action[**P, R](name: str, *, permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a verb. It runs in one transaction, checks `by`, and only within it may models change.

    `by` is the person who acts; `None` is Firstline itself and is not checked. An action within another is a part of
    it: whoever goes on after one has refused puts `transaction.atomic()` around it, so that what it did is taken back.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        by_parameter = signature.parameters.get("by")
        if by_parameter is None or by_parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"The action {name} needs a keyword-only parameter 'by'.")
        if by_parameter.default is not inspect.Parameter.empty:
            # A forgotten `by` would mean "Firstline itself", whom nobody checks.
            raise TypeError(f"The parameter 'by' of the action {name} must not have a default.")
        first = next(iter(signature.parameters))

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs.get("by")
            # By position or by name: `assign(ticket=…)` must be judged by the ticket, too.
            thing = args[0] if args else kwargs.get(first) if first != "by" else None
            if by is not None and not may(by, permission, thing):
                raise NotAllowed(f"{permission} is not allowed here.")
            with transaction.atomic(savepoint=not is_acting()), acting() as now_acting:
                result = function(*args, **kwargs)
                if now_acting.depth == 1:  # last, so that the row it locks is held for the commit only
                    prove_it_is_ours()
                return result

        doc = inspect.getdoc(function) or ""
        if name in _actions:
            raise ValueError(f"Two actions are called {name}.")
        _actions[name] = Action(name, permission, run, doc, function.__module__)
        run.action = _actions[name]  # type: ignore[attr-defined]
        return run

    return register


def find(name: str) -> Action:
    """The action of that name; KeyError with a sentence if there is none."""
    try:
        return _actions[name]
    except KeyError:
        raise KeyError(f"There is no action called {name}.") from None


def all_actions() -> list[Action]:
    return sorted(_actions.values(), key=lambda item: item.name)
