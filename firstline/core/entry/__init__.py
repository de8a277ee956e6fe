"""Who may enter a screen: declared at every screen, refused where nothing is declared.

    @public                      everybody, signed in or not
    @signed_in                   any person
    @access("settings.view")     people who hold the permission anywhere; things are judged by actions and queries
    @checks_itself               the screen asks for its own proof: an API token, a signed link

The decorators only declare; `middleware.EntryMiddleware` enforces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Who = Literal["public", "signed in", "permission", "itself"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a screen has declared."""

    who: Who
    permission: str = ""


def public[V: Callable[..., Any]](screen: V) -> V:
    """Let everybody in."""
    return declare(screen, Entry("public"))


def signed_in[V: Callable[..., Any]](screen: V) -> V:
    """Let any signed-in person in."""
    return declare(screen, Entry("signed in"))


def checks_itself[V: Callable[..., Any]](screen: V) -> V:
    """Let everybody in: the screen itself asks for a token or a signature and refuses without."""
    return declare(screen, Entry("itself"))


def access[V: Callable[..., Any]](permission: str) -> Callable[[V], V]:
    """Let in who holds the permission somewhere."""
    return lambda screen: declare(screen, Entry("permission", permission))


def declare[V: Callable[..., Any]](screen: V, entry: Entry) -> V:
    """Write the declaration on the screen. Also for screens of libraries, where the URLs are listed."""
    screen.entry = entry  # type: ignore[attr-defined]
    screen.login_required = entry.who in {"signed in", "permission"}  # type: ignore[attr-defined]
    return screen


def entry_of(screen: Callable[..., Any]) -> Entry | None:
    """What the screen has declared, or None."""
    found = getattr(screen, "entry", None)
    return found if isinstance(found, Entry) else None
