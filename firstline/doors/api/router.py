"""The REST door: what the desk can do, from the same queries and the same actions."""

import secrets
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from ninja import Query

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, may, together
from firstline.core.conditions import parse, to_q
from firstline.core.database.prepared import Prepared
from firstline.core.fields import Context
from firstline.core.paging import page_of
from firstline.flow.sla.models import Agreement
from firstline.flow.sla.queries import clocks_of
from firstline.people.access.rules import permissions_of
from firstline.people.accounts.actions.open import get_or_open
from firstline.people.accounts.queries import by_email, find
from firstline.people.teams.models import Team
from firstline.work.catalog.queries import found_by
from firstline.work.catalog.queries import visible_to as offered_to
from firstline.work.conversations.actions.say import note, reply
from firstline.work.conversations.queries import messages_visible_to
from firstline.work.intake.engine.answers import unknown
from firstline.work.intake.queries.forms import asking, published
from firstline.work.tickets.actions.file import file_offering
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Category, Filing, Kind, Tag, Ticket
from firstline.work.tickets.queries import events_of, visible_to
from firstline.work.tickets.rules import is_on_the_desk

from .approvals import add_approvals
from .bearer import Bearer
from .description import Api
from .once import once
from .problems import Problem, handle
from .reading import Reader
from .shapes import (
    ClockShape,
    EventShape,
    Me,
    MessageShape,
    NewMessage,
    NewRequest,
    NewTicket,
    PersonShape,
    QuestionShape,
    RequestShape,
    ServiceShape,
    TicketPage,
    TicketShape,
    WholeService,
)
from .tasks import add_tasks
from .verbs import TROUBLE, add_verbs

api = Api(
    title="Firstline",
    version="1",
    description="Everything the desk can do. A token acts as its person, with their rights and no more.",
    auth=Bearer(),
    docs_url=None,
    urls_namespace="api",
    parser=Reader(),
)
handle(api)

Asked: Any = Query  # what the address asks for
ORDERS = {
    "number": ("id",),
    "-number": ("-id",),
    "created": ("created_at", "id"),
    "-created": ("-created_at", "-id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
    "priority": ("priority", "created_at", "id"),
}
LARGEST_PAGE = 100
LARGEST_NUMBER = 2**63 - 1


@api.get("/me", response={200: Me, **TROUBLE}, tags=["people"])
def me(request: HttpRequest) -> Me:
    """Who the token acts as."""
    person: Any = request.user
    shown = PersonShape.of(person)
    return Me(**shown.model_dump(), permissions=sorted(permissions_of(person)))


@api.get("/people", response={200: list[PersonShape], **TROUBLE}, tags=["people"])
def people(request: HttpRequest, q: str = Asked(..., min_length=2, max_length=200)) -> list[PersonShape]:
    """People whose name or address begins with these words; at most 20."""
    return [PersonShape.of(person) for person in find(request.user, q)]


@api.get("/tickets", response={200: TicketPage, **TROUBLE}, tags=["tickets"])
def tickets(
    request: HttpRequest,
    q: str = Asked("", max_length=2000, description="As in the search box: priority:critical owner:me vpn"),
    order: str = Asked("-number", description=", ".join(ORDERS)),
    after: str = Asked("", max_length=500, description="`next` of the page before"),
    limit: int = Asked(50, ge=1, le=LARGEST_PAGE),
) -> TicketPage:
    """Tickets you can see, page by page."""
    if order not in ORDERS:
        raise Refused(f"The order is one of: {', '.join(ORDERS)}.")
    found = visible_to(request.user)
    if q.strip():
        context = Context(viewer=request.user)
        found = found.filter(to_q(parse(q, catalogue, context), catalogue, context))
    keys = [name.lstrip("-") for name in ORDERS[order]]
    page = page_of(found.values(*keys), ORDERS[order], size=limit, after=after)
    by_id = {ticket.pk: ticket for ticket in _whole(Ticket.objects.filter(pk__in=[row["id"] for row in page.rows]))}
    return TicketPage(items=[TicketShape.of(by_id[row["id"]]) for row in page.rows], next=page.older or None)


@api.post("/tickets", response={201: TicketShape, **TROUBLE}, tags=["tickets"])
@once
def open_one(request: HttpRequest, said: NewTicket) -> tuple[int, TicketShape]:
    """Open a ticket."""
    person: Any = request.user
    if said.kind not in Kind.values:
        raise Refused(f"The kind is one of: {', '.join(Kind.values)}.")
    for name in ("impact", "urgency"):
        if getattr(said, name) not in (None, 1, 2, 3):
            raise Refused(f"The {name} is 1, 2 or 3.")
    if said.people_affected is not None and not 0 <= said.people_affected <= 10_000_000:
        raise Refused("The number of people affected is a whole number from 0 to 10,000,000.")
    requester = _requester(said.requester, person)
    with together():
        ticket = open_ticket(
            requester,
            said.subject,
            kind=said.kind,
            category=_one(Category, said.category),
            team=_one(Team, said.team),
            impact=said.impact,
            urgency=said.urgency,
            people_affected=said.people_affected,
            external_reference=said.external_reference[:120],
            words=said.text,
            by=person,
        )
        if said.text.strip():
            reply(ticket, said.text, author=requester, by=person)
    opened: Any = _opened(ticket.pk)[0]
    return 201, TicketShape.of(opened, tags=_tags_of(ticket.pk) if opened.has_tags else ())


@api.get("/services", response={200: list[ServiceShape], **TROUBLE}, tags=["services"])
def services(request: HttpRequest, q: str = Asked("", max_length=200)) -> list[ServiceShape]:
    """What you may ask for; with words, those that fit them best. At most 300."""
    found = found_by(request.user, q) if q.strip() else offered_to(request.user).order_by("position", "id")[:300]
    return [ServiceShape.of(each) for each in found]


@api.get("/services/{slug:key}", response={200: WholeService, **TROUBLE}, tags=["services"])
def service(request: HttpRequest, key: str) -> WholeService:
    """One service with the questions it asks you."""
    found = offered_to(request.user).filter(key=key).first()
    if found is None:
        raise Http404
    version = published(found.form_id) if found.form_id else None
    asked = asking(version, request.user).questions if version else ()
    shown = [QuestionShape.of(each, get_language() or "en") for each in asked]
    return WholeService(
        **ServiceShape.of(found).model_dump(), version=version.number if version else None, questions=shown
    )


@api.post("/requests", response={201: RequestShape, **TROUBLE}, tags=["services"])
@once
def ask_for(request: HttpRequest, said: NewRequest) -> tuple[int, RequestShape]:
    """Ask for a service. Answers that are missing or do not fit are told one by one, and nothing is filed."""
    person: Any = request.user
    requester = _requester(said.requester, person)
    offering = offered_to(requester).filter(key=said.service[:80]).first()
    if offering is None:
        raise Http404
    version = published(offering.form_id) if offering.form_id else None
    if version is not None and (strange := unknown(version.questions, said.answers)):
        raise Refused(f"The form has no question called {', '.join(strange[:10])[:300]}.")
    tickets = file_offering(offering, said.answers, once=f"api:{secrets.token_hex(16)}", requester=requester, by=person)
    filing = Filing.objects.select_related("submission").get(ticket=tickets[0])
    by_id = {ticket.pk: ticket for ticket in _whole(Ticket.objects.filter(pk__in=[each.pk for each in tickets]))}
    return 201, RequestShape(
        submission=filing.submission_id,
        answers=filing.submission.answers,
        tickets=[TicketShape.of(by_id[each.pk]) for each in tickets],
    )


@api.get("/tickets/{int:number}", response={200: TicketShape, **TROUBLE}, tags=["tickets"])
def ticket(request: HttpRequest, number: int) -> TicketShape:
    """One ticket."""
    return TicketShape.of(_load(request, number))


@api.get("/tickets/{int:number}/clocks", response={200: list[ClockShape], **TROUBLE}, tags=["tickets"])
def clocks(request: HttpRequest, number: int) -> list[ClockShape]:
    """What is promised on it and how much time is left. What the desk promises itself is shown to the desk only."""
    ticket, now = _load(request, number), clock.now()
    on_the_desk = is_on_the_desk(request.user)
    return [
        ClockShape.of(each, now)
        for each in clocks_of(ticket)
        if on_the_desk or each.audience == Agreement.Audience.CUSTOMER
    ]


@api.get("/tickets/{int:number}/messages", response={200: list[MessageShape], **TROUBLE}, tags=["tickets"])
def messages(request: HttpRequest, number: int) -> list[MessageShape]:
    """What was said on it, as far as you may read it, oldest first."""
    return [MessageShape.of(each) for each in messages_visible_to(request.user, _load(request, number))]


@api.post("/tickets/{int:number}/messages", response={201: MessageShape, **TROUBLE}, tags=["tickets"])
@once
def say(request: HttpRequest, number: int, said: NewMessage) -> tuple[int, MessageShape]:
    """Reply (visibility public) or note something for the desk (internal)."""
    if said.visibility not in {"public", "internal"}:
        raise Refused("The visibility is public or internal.")
    verb = note if said.visibility == "internal" else reply
    message = verb(_load(request, number), said.text, by=request.user)
    return 201, MessageShape.of(message)


@api.get("/tickets/{int:number}/events", response={200: list[EventShape], **TROUBLE}, tags=["tickets"])
def events(request: HttpRequest, number: int) -> list[EventShape]:
    """Its history, as far as you may read it, oldest first."""
    return [EventShape.of(event) for event in events_of(_load(request, number), request.user)]


def _load(request: HttpRequest, number: int) -> Ticket:
    found = _whole(visible_to(request.user).filter(pk=number)).first() if 0 <= number <= LARGEST_NUMBER else None
    if found is None:
        raise Http404
    return found


def _whole(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With everything a TicketShape shows: two queries for any number of tickets."""
    return tickets.select_related("status", "requester", "owner", "team", "category", "department").prefetch_related(
        "tags", "participants"
    )


# A ticket as it is shown to who has just opened it, whatever rules have made of it.
_opened = Prepared(
    lambda number: (
        Ticket.objects.select_related("status", "requester", "owner", "team", "category", "department")
        .annotate(has_tags=Exists(Tag.objects.filter(tickets=OuterRef("pk"))))
        .filter(pk=number)
    ),
    int,
)
_tags_of = Prepared(lambda number: Tag.objects.filter(tickets=number).values_list("name", flat=True), int)


def _requester(address: str | None, person: Any) -> Any:
    if not address:
        return person
    if not may(person, "ticket.open"):  # before anything is looked up: whether somebody is known is not theirs to learn
        raise NotAllowed("Only the desk opens tickets for others.")
    known = by_email(address)
    if known is None and may(person, "person.open"):
        return get_or_open(address, by=person)
    if known is None:
        raise Refused(f"Nobody has the address {address[:100]}.")
    return known


def _one(model: Any, pk: int | None) -> Any:
    if pk is None:
        return None
    found = model.objects.filter(pk=pk).first() if 0 <= pk <= LARGEST_NUMBER else None
    if found is None:
        raise Refused(f"There is no {model.__name__.lower()} {pk}.")
    return found


add_verbs(api, _load)
add_approvals(api)
add_tasks(api)
__all__ = ["Problem", "api"]
