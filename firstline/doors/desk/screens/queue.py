from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from firstline.core.conditions import ConditionError, parse, to_q
from firstline.core.conditions.asking import phrases_of
from firstline.core.entry import access
from firstline.core.fields import Context
from firstline.core.paging import Page
from firstline.core.text import whole_number
from firstline.core.ui.render import page
from firstline.doors.desk import queues
from firstline.doors.desk.facets import counted
from firstline.people.accounts.queries import find
from firstline.people.teams.models import Team
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Priority, Ticket
from firstline.work.tickets.queries import visible_to


@access("desk.enter")
def queue(request: HttpRequest) -> HttpResponse:
    """A list of tickets: a view, narrowed by a condition, in an order, page by page."""
    view = request.GET.get("view", "open")
    if view not in {known.key for known in queues.VIEWS}:
        view = "open"
    return _list(request, view, "desk/queue.html", {})


@access("desk.enter")
@require_safe
def facets(request: HttpRequest) -> HttpResponse:
    """How many of the list there are by department, kind, category and people affected; fetched when somebody looks."""
    view, asked = request.GET.get("view", "open"), request.GET.get("q", "").strip()[:2000]
    tickets = _narrowed(visible_to(request.user), asked, request.user)
    groups = counted(queues.rows(request.user, view, among=tickets))

    def address(term: str) -> str:
        return f"{reverse('desk:queue')}?{urlencode({'view': view, 'q': f'{asked} {term}'.strip()})}"

    names = {
        "groups": [(label, [(name, count, address(term)) for name, count, term in rows]) for label, rows in groups]
    }
    return page(request, "desk/facets.html", names | {"breadcrumb": []}, block="facets")


@access("desk.enter")
def beside(request: HttpRequest) -> HttpResponse:
    """The list one came from, in a column beside the ticket that is open."""
    view = request.GET.get("view", "open")
    more = {"current": whole_number(request.GET.get("current", ""))}
    return _list(request, view if view in {each.key for each in queues.VIEWS} else "open", "desk/beside.html", more)


@access("desk.enter")
def search(request: HttpRequest) -> HttpResponse:
    """Find tickets by words and conditions, whatever their state; and people by name."""
    asked = request.GET.get("q", "").strip()
    number = whole_number(asked.removeprefix("#"))
    if number is not None and visible_to(request.user).filter(pk=number).exists():
        return HttpResponseRedirect(reverse("desk:ticket", args=[number]))
    people = find(request.user, asked)[:5] if len(asked) >= 2 else []
    return _list(request, "all", "desk/search.html", {"people": people}, order="newest")


def _list(request: HttpRequest, view: str, template: str, more: dict[str, Any], *, order: str = "") -> HttpResponse:
    person: Any = request.user
    asked = request.GET.get("q", "").strip()[:2000]
    chosen = request.GET.get("order", "")
    order = chosen if chosen in queues.ORDERS else order or queues.default_order(view)
    found, trouble = _found(person, view, order, asked, request.GET)
    here = {} if template == "desk/search.html" else {"view": view}
    here |= {key: value for key, value in (("q", asked), ("order", chosen)) if value}

    def address(**changes: str) -> str:
        return f"?{urlencode({key: value for key, value in (here | changes).items() if value})}"

    return page(
        request,
        template,
        {
            "rows": found.rows if template == "desk/beside.html" else queues.drawn(found.rows),
            "newer": address(before=found.newer) if found.newer else None,
            "older": address(after=found.older) if found.older else None,
            "here": address(after=request.GET.get("after", ""), before=request.GET.get("before", "")),
            "view": next(known for known in queues.VIEWS if known.key == view),
            "views": [(known, address(view=known.key, q="")) for known in queues.VIEWS],
            "asked": asked,
            "trouble": trouble,
            "order": order,
            "orders": [(key, str(label)) for key, label in queues.ORDER_LABELS.items()],
            "teams": Team.objects.filter(is_active=True).values_list("pk", "name"),
            "my_teams": _my_teams(person) if view == "team" else [],
            "priorities": Priority.choices,
            "breadcrumb": [],
            **_neighbours(found.rows, more.get("current")),
            **more,
        },
        block="column" if template == "desk/beside.html" else "list",
    )


def _found(
    person: Any, view: str, order: str, asked: str, given: Mapping[str, str]
) -> tuple[Page[dict[str, Any]], str]:  # fmt: skip
    """The rows, and what is wrong with the question; each kind of question by its shortest way."""
    after, before = given.get("after", ""), given.get("before", "")
    if not asked and not after and not before and (first := queues.first_page(person, view, order)) is not None:
        return first, ""
    context = Context(viewer=person, zone=timezone.get_current_timezone())
    tickets, trouble = visible_to(person), ""
    try:
        condition = parse(asked, catalogue, context)
        if view == "all" and order == "newest" and not before and (phrases := phrases_of(condition)):
            return queues.found_by_words(person, phrases, after=after), ""
        tickets = tickets.filter(to_q(condition, catalogue, context)) if asked else tickets
    except ConditionError as error:
        trouble = str(error)
    return queues.page(queues.rows(person, view, among=tickets), order, after=after, before=before), trouble


def _narrowed(tickets: QuerySet[Ticket], asked: str, person: Any) -> QuerySet[Ticket]:
    """The tickets that fulfil what was asked; all, if it is not understood: the list beside says so."""
    context = Context(viewer=person, zone=timezone.get_current_timezone())
    try:
        return tickets.filter(to_q(parse(asked, catalogue, context), catalogue, context)) if asked else tickets
    except ConditionError:
        return tickets


def _my_teams(person: Any) -> list[tuple[int, str]]:
    """The queues one may take the next ticket from."""
    return list(Team.objects.filter(memberships__person=person, is_active=True).values_list("pk", "name"))


def _neighbours(rows: list[dict[str, Any]], current: int | None) -> dict[str, int | None]:
    """The numbers before and after the ticket that is open; the first where it is not in the list any more."""
    numbers = [row["id"] for row in rows]
    if current not in numbers:
        return {"before": None, "after": numbers[0] if numbers else None}
    at = numbers.index(current)
    return {"before": numbers[at - 1] if at else None, "after": numbers[at + 1] if at + 1 < len(numbers) else None}
