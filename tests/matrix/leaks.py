"""Screens with the mistakes the matrix is there to find."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from firstline.config.urls import urlpatterns as sound
from firstline.core.entry import access, signed_in
from firstline.work.conversations.models import Message
from firstline.work.tickets.models import Ticket


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


@signed_in
def everything(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(", ".join(Message.objects.filter(ticket=pk).values_list("text", flat=True)))


@access("desk.enter")
def tells_that_it_exists(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=403 if Ticket.objects.filter(pk=pk).exists() else 404)


leaks = [
    path("undeclared", undeclared, name="undeclared"),
    path("everything/<int:pk>", everything, name="everything"),
    path("exists/<int:pk>", tells_that_it_exists, name="exists"),
]
urlpatterns = [*sound, path("leaks/", include((leaks, "leaks")))]
