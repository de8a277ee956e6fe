"""How sure we must be that it is really them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired

from firstline.core import clock

FRESH = 15 * 60  # seconds a sign-in counts as fresh for people who have neither password nor second step


def is_fresh(request: Any) -> bool:
    """Whether the person has proven within minutes that they are who the session says."""
    since = request.session.get("signed_in_at", 0)
    if clock.now().timestamp() - since < FRESH:
        return True
    return bool(get_reauthentication_flows(request.user)) and bool(did_recently_reauthenticate(request))


def fresh[V: Callable[..., Any]](screen: V) -> V:
    """Ask for the password, the second step or a code again before a sensitive change.

    For grants, other people's addresses, tokens, mailboxes. Put it under the entry declaration.
    """

    @wraps(screen)
    def run(request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not is_fresh(request):
            raise ReauthenticationRequired
        return screen(request, *args, **kwargs)

    return run  # type: ignore[return-value]


def fresh_for_secrets[V: Callable[..., Any]](screen: V) -> V:
    """As `fresh`, for forms with passwords and secret addresses in them: they are filled in again."""

    @wraps(screen)
    def run(request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not is_fresh(request):
            request.method = "GET"  # of a POST, allauth keeps what was sent: readable in the session's row
            raise ReauthenticationRequired
        return screen(request, *args, **kwargs)

    return run  # type: ignore[return-value]
