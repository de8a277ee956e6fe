"""Limits that allauth does not set by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.stagekit import unstash_login
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse

# allauth counts wrong codes in the session, which fifty requests at once read before any of them writes it.
# These counts are in the database: per code asked for, and per address somebody comes from.
CODES = {"confirm_code": "60/h/ip,6/15m/key"}


def few_codes(screen: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a code be tried a few times, however many requests come at once."""

    @wraps(screen)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        login = unstash_login(request, peek=True) if request.method == "POST" else None
        key = f"{login.email}:{login.initiated_at}" if login else "none"
        if request.method == "POST" and not ratelimit.consume(
            request, app="firstline", action="confirm_code", config=CODES, key=key
        ):
            answer: HttpResponse = ratelimit.respond_429(request)
            return answer
        return screen(request, *args, **kwargs)

    return run
