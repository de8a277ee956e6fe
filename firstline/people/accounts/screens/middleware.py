"""A session that ends."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from firstline.core import clock

SINCE = "signed_in_at"
SEEN = "seen_at"
SEEN_EVERY = 300  # seconds; more often would be a write for every click

Answer = Callable[[HttpRequest], HttpResponse]


class SessionAge:
    """Ends a session at its absolute age, however busy it is; keeps a used one from ending before."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = clock.now().timestamp()
        since = request.session.setdefault(SINCE, now)
        if now - since > settings.SESSION_ABSOLUTE_AGE:
            logout(request)
        elif now - request.session.get(SEEN, 0) > SEEN_EVERY:
            request.session[SEEN] = now  # saving it moves the idle end further away
