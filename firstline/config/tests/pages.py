"""Addresses for tests of what surrounds a page."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language

from firstline.core.actions import NotAllowed, Refused
from firstline.core.actions.acting import circumstances


def mine(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{get_language()} {timezone.get_current_timezone_name()} {circumstances()}")


@login_not_required
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse("for all", headers={"X-Acting": str(circumstances().correlation)})


@login_not_required
def long(request: HttpRequest) -> HttpResponse:
    return HttpResponse("many words " * 200)


@login_not_required
def busy(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database is locked: SELECT secret FROM vault")


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("canary-41c7")


@login_not_required
def not_allowed(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("ticket.assign is not allowed here.")


@login_not_required
def refused(request: HttpRequest) -> HttpResponse:
    raise Refused("The ticket is <closed>.")


def leave(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponse("bye")


urlpatterns = [
    path("mine", mine),
    path("portal/mine", mine),
    path("public", public),
    path("long", long),
    path("account/long", long),
    path("busy", busy),
    path("broken", broken),
    path("not-allowed", not_allowed),
    path("refused", refused),
    path("leave", leave),
]
handler500 = "firstline.config.errors.server_error"
