from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from firstline.core import clock
from firstline.core.actions import may
from firstline.core.database.prepared import Prepared, give
from firstline.core.entry import access
from firstline.core.events.models import Event
from firstline.core.live.presence import present
from firstline.core.text import whole_number
from firstline.core.ui.render import page, piece, wants_piece
from firstline.core.ui.said import said
from firstline.doors.desk.panels import PANELS
from firstline.doors.desk.screens.timeline import drawable
from firstline.flow.sla.queries import clocks_of
from firstline.flow.triage.queries.explaining import nobody_eligible, sum_of
from firstline.work.conversations.queries import draft_of, timeline
from firstline.work.tickets.actions.assign import take as take_ticket
from firstline.work.tickets.actions.participants import unwatch
from firstline.work.tickets.actions.participants import watch as watch_ticket
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.models import CustomField, Link, Participant, Status, StatusType, Ticket
from firstline.work.tickets.queries import FieldInUse, around, visible_to
from firstline.work.tickets.rules import seen_by

TEMPLATE = "desk/ticket.html"
ONE_LINERS = (
    gettext_lazy("We are checking the cause."),
    gettext_lazy("We found the cause and are repairing it."),
    gettext_lazy("A part is ordered; we tell you when it is here."),
    gettext_lazy("We try to call you today."),
)


def the_ticket(request: HttpRequest, pk: int) -> Ticket:
    """The ticket if the person may see it; 404 as for one that does not exist."""
    found = _one(pk) if seen_by(request.user) is None else list(_whole(visible_to(request.user), pk))
    if not found:
        raise Http404
    ticket: Ticket = found[0]
    give(ticket, "participants", _participants(pk))
    return ticket


def _whole(tickets: QuerySet[Ticket], pk: int) -> QuerySet[Ticket]:
    """With everything the page shows of it."""
    return tickets.filter(pk=pk).select_related("status", "requester", "owner", "team", "category__parent",
                                                "department", "opened_by", "merged_into")  # fmt: skip


_one = Prepared(lambda pk: _whole(Ticket.objects.all(), pk), int)
_participants = Prepared(lambda pk: Participant.objects.filter(ticket=pk).select_related("person").order_by("id"), int)


@access("desk.enter")
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """One ticket: its conversation, its facts, and everything one does with it."""
    return page(request, TEMPLATE, context(request, the_ticket(request, pk)), block="live")


def context(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """Everything the page shows. The number of queries does not grow with the ticket."""
    person: Any = request.user
    drafts = draft_of(person, ticket)
    parts = list(ticket.participants.all())
    statuses = around(ticket).statuses
    entries = timeline(ticket, person, known={("status", each.pk): each.name for each in statuses})
    return {
        "ticket": ticket,
        "entries": drawable(entries),
        "tags": around(ticket).tags,
        "participants": parts,
        "is_watching": any(part.person_id == person.pk and part.role == "watcher" for part in parts),
        "links": _links(ticket, person),
        "merged": around(ticket).merged,
        "fields": [(field, shown_value(field, ticket.custom)) for field in around(ticket).fields],
        "clocks": clocks_of(ticket),
        "statuses": statuses,
        "folded": [pane for pane in ("aside", "panels") if request.COOKIES.get(f"fold_{pane}") == "1"],
        "choices": [(each.pk, said(each.name)) for each in statuses],
        "drafts": drafts,
        "kind_of_composer": "note" if drafts.get("internal") and not drafts.get("public") else "reply",
        "may_reply": may(person, "ticket.reply", ticket) and ticket.merged_into_id is None,
        "may_edit": may(person, "ticket.edit", ticket) and ticket.merged_into_id is None,
        "sum_of_priority": sum_of(ticket.priority_reason),
        "nobody_eligible": nobody_eligible(ticket),
        "is_late": bool(ticket.due_at and ticket.due_at < clock.now() and ticket.is_unsolved),
        "breadcrumb": [(_("Queue"), reverse("desk:queue")), (f"#{ticket.pk}", None)],
        "link_types": Link.Type.choices,
        "resolved": StatusType.RESOLVED,
        "one_liners": [str(words) for words in ONE_LINERS],
    }


def changed(
    request: HttpRequest,
    ticket: Ticket,
    said: str = "",
    *,
    event: Event | None = None,
    tone: str = "success",
    then: str = "",
) -> HttpResponse:
    """Answer after a change: the changed pieces for htmx, the page for everybody else, or the ticket to go on with."""
    undo_url = reverse("desk:undo", args=[ticket.pk, event.pk]) if event else None
    if wants_piece(request):
        names = context(request, the_ticket(request, ticket.pk)) | {"toast": (said, tone, undo_url) if said else None}
        return HttpResponse(piece(request, TEMPLATE, "saved", names))
    if said:
        messages.add_message(
            request, messages.SUCCESS if tone == "success" else messages.WARNING, said, extra_tags=undo_url or ""
        )
    go_on = whole_number(then)
    return HttpResponseRedirect(ticket.get_absolute_url() if go_on is None else reverse("desk:ticket", args=[go_on]))


def last_event(ticket: Ticket, request: HttpRequest, key: str) -> Event | None:
    """The event that this person's change has just recorded: what an undo takes back."""
    return (
        Event.objects.filter(subject_noun="ticket", subject_id=ticket.pk, kind=key, actor_id=request.user.pk)
        .order_by("-id")
        .first()
    )


@access("desk.enter")
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it mine."""
    found = take_ticket(the_ticket(request, pk), by=request.user)
    return changed(
        request, found, _("#%(number)s is yours.") % {"number": pk}, event=last_event(found, request, "ticket.assigned")
    )


@access("desk.enter")
@require_POST
def status(request: HttpRequest, pk: int, status: int) -> HttpResponse:
    """Put it into another status."""
    ticket = the_ticket(request, pk)
    to = Status.objects.filter(pk=status).first()
    if to is None:
        raise Http404
    change_status(ticket, to, by=request.user)
    return changed(
        request,
        ticket,
        _("#%(number)s is now “%(status)s”.") % {"number": pk, "status": _(to.name)},
        event=last_event(ticket, request, "ticket.status_changed"),
        then=request.POST.get("next", ""),
    )


@access("desk.enter")
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Who else has it open, and who is writing."""
    seen = the_ticket(request, pk)
    return page(request, "desk/presence.html", {"here": present(f"ticket:{seen.pk}", besides=request.user)})


@access("desk.enter")
def panels(request: HttpRequest, pk: int) -> HttpResponse:
    """What the rooms have to say beside it: escalations and the like."""
    seen = the_ticket(request, pk)
    may_edit = may(request.user, "ticket.edit", seen) and seen.merged_into_id is None
    drawn = [
        piece(request, panel.template, "panel", names | {"ticket": seen, "may_edit": may_edit})
        for panel in PANELS
        if (names := panel.names(seen, request.user)) is not None
    ]
    return HttpResponse("".join(drawn))


@access("desk.enter")
@require_POST
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Be told about everything here, or no more."""
    ticket = the_ticket(request, pk)
    person: Any = request.user
    is_watching = Participant.objects.filter(ticket=ticket, person_id=person.pk, role="watcher").exists()
    (unwatch if is_watching else watch_ticket)(ticket, by=person)
    return changed(request, ticket, _("You do not watch it any more.") if is_watching else _("You watch it now."))


def shown_value(field: FieldInUse | CustomField, values: dict[str, Any]) -> str | None:
    """One of the organisation's own values, as people read it."""
    value = values.get(field.key)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(map(str, value)) if isinstance(value, list) else None if value is None else str(value)


def _links(ticket: Ticket, person: Any) -> list[dict[str, Any]]:
    """Links in both directions; a ticket at the other end that the person may not see shows its number only."""
    found = around(ticket).links
    if not found:
        return []
    numbers = {target if source == ticket.pk else source for _type, source, target in found}
    seen = {
        row["id"]: row
        for row in visible_to(person).filter(pk__in=numbers).values("id", "subject", "state", "status__name")
    }
    words = {
        ("parent", True): _("Child"), ("parent", False): _("Parent"),
        ("causes", True): _("Causes"), ("causes", False): _("Caused by"),
        ("duplicates", True): _("Duplicate of"), ("duplicates", False): _("Duplicate"),
        ("relates", True): _("Related"), ("relates", False): _("Related"),
    }  # fmt: skip
    rows = []
    for kind, source, target in found:
        is_out = source == ticket.pk
        number = target if is_out else source
        rows.append(
            {"label": words[kind, is_out], "type": kind, "is_out": is_out, "number": number,
             "ticket": seen.get(number)}
        )  # fmt: skip
    return rows
