"""Deny by default: a screen that has not declared who may enter lets nobody in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from firstline.core.actions import may

from . import entry_of

log = logging.getLogger(__name__)


class EntryMiddleware:
    """Stands after LoginRequiredMiddleware, which has sent strangers to sign in by now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, screen: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        entry = entry_of(screen)
        if entry is None:
            log.error("The screen %s.%s declares no access.", screen.__module__, screen.__qualname__)
            raise PermissionDenied
        if entry.who == "permission" and not may(request.user, entry.permission):
            raise PermissionDenied
        return None
