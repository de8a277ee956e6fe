"""Addresses for tests of what surrounds a page."""

from __future__ import annotations

from django.contrib.auth import logout
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone
from django.utils.translation import get_language

from firstline.core.actions import NotAllowed, Refused
from firstline.core.actions.acting import circumstances
from firstline.core.entry import public as for_everybody
from firstline.core.entry import signed_in
from firstline.people.accounts.urls import entrance


@signed_in
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{get_language()} {timezone.get_current_timezone_name()} {circumstances()}")


@for_everybody
def everybodys(request: HttpRequest) -> HttpResponse:
    return HttpResponse("for all", headers={"X-Acting": str(circumstances().correlation)})


@for_everybody
def long(request: HttpRequest) -> HttpResponse:
    return HttpResponse("many words " * 200)


@for_everybody
def busy(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database is locked: SELECT secret FROM vault")


@for_everybody
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("canary-41c7")


@for_everybody
def not_allowed(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("ticket.assign is not allowed here.")


@for_everybody
def refused(request: HttpRequest) -> HttpResponse:
    raise Refused("The ticket is <closed>.")


@signed_in
@signed_in
def leave(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponse("bye")


urlpatterns = [
    path("mine", mine),
    path("portal/mine", mine),
    path("public", everybodys),
    path("long", long),
    path("account/long", long),
    path("busy", busy),
    path("broken", broken),
    path("not-allowed", not_allowed),
    path("refused", refused),
    path("leave", leave),
    path("account/", include("firstline.people.accounts.urls")),  # the shells of the error pages link to them
    path("account/", include(entrance)),
]
handler500 = "firstline.config.errors.server_error"
