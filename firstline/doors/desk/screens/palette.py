from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from firstline.core.conditions import ConditionError, parse, to_q
from firstline.core.entry import access
from firstline.core.fields import Context
from firstline.core.text import fold, whole_number
from firstline.core.ui.render import page, wants_piece
from firstline.people.access.rules import permissions_of
from firstline.people.accounts.queries import find
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.queries import visible_to

MOST = 6


@access("desk.enter")
def palette(request: HttpRequest) -> HttpResponse:
    """Everything one line finds: tickets, people, pages."""
    person: Any = request.user
    asked = request.GET.get("q", "").strip()[:200]
    found = {
        "tickets": _tickets(person, asked),
        "people": find(person, asked)[:MOST] if len(asked) >= 2 else [],
        "places": [place for place in _places(person) if not asked or fold(asked) in fold(place["label"])],
        "asked": asked,
        "is_piece": wants_piece(request),  # an option of the list box; on the page of its own, a link in a list
        "breadcrumb": [(_("Search"), None)],
    }
    return page(request, "desk/palette.html", found, block="options")


def _tickets(person: Any, asked: str) -> list[dict[str, Any]]:
    seen = visible_to(person)
    columns = ("id", "subject", "state", "status__name")
    number = whole_number(asked.removeprefix("#"))
    if number is not None:
        return list(seen.filter(pk=number).values(*columns))
    if len(asked) < 2:
        return list(seen.filter(owner=person, is_unsolved=True).order_by("-updated_at").values(*columns)[:MOST])
    context = Context(viewer=person, zone=timezone.get_current_timezone())
    try:
        condition = to_q(parse(asked, catalogue, context, typing=True), catalogue, context)
    except ConditionError:
        return []
    return list(seen.filter(condition).order_by("-id").values(*columns)[:MOST])


def _places(person: Any) -> list[dict[str, str]]:
    """Pages and things to do, by what the person may."""
    every = [
        ("desk.enter", _("Home"), reverse("desk:home"), "home"),
        ("desk.enter", _("Queue"), reverse("desk:queue"), "queue"),
        ("ticket.open", _("New ticket"), reverse("desk:new"), "plus"),
        ("desk.enter", _("My tickets"), reverse("desk:queue") + "?view=mine", "person"),
        ("desk.enter", _("Nobody’s tickets"), reverse("desk:queue") + "?view=unassigned", "queue"),
        ("settings.view", _("Settings"), reverse("desk:settings"), "settings"),
        ("ticket.settings", _("Statuses"), reverse("desk:statuses"), "settings"),
        ("ticket.settings", _("Categories"), reverse("desk:categories"), "settings"),
        ("ticket.settings", _("Own fields"), reverse("desk:custom_fields"), "settings"),
    ]
    allowed = permissions_of(person)
    return [{"label": label, "url": url, "icon": icon} for need, label, url, icon in every if need in allowed]
