from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.files import store
from firstline.core.text import row_number, whole_number
from firstline.core.ui.render import page
from firstline.work.conversations.actions.say import NewFile, note, reply, save_draft
from firstline.work.conversations.models import Message
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.models import Status

from . import ticket as ticket_screen

LARGEST_FILE = 25 * 1024 * 1024  # bytes; what most mail servers carry


@access("desk.enter")
@require_POST
def messages(request: HttpRequest, pk: int) -> HttpResponse:
    """Reply to everybody, or note something for the desk; and set the status, if asked for."""
    ticket = ticket_screen.the_ticket(request, pk)
    person: Any = request.user
    is_note = request.POST.get("kind") == "note"
    text = request.POST.get("body", "")
    try:
        seen = whole_number(request.POST.get("seen", ""))
        if not is_note and seen is not None and not request.POST.get("anyway"):
            newer = Message.objects.filter(ticket=ticket, pk__gt=seen).exclude(author_id=person.pk)
            if (arrived := newer.select_related("author").last()) is not None:
                raise Refused(
                    _("%(person)s wrote while you did. Read it above, then send again.")
                    % {"person": arrived.author or _("Somebody")}
                )
        files = uploaded(request)
        wanted = Status.objects.filter(pk=row_number(request.POST.get("status", "")), kind=ticket.kind).first()
        with transaction.atomic():  # both or neither: what is sent again must not be said twice
            (note if is_note else reply)(ticket, text, files=files, by=person)
            if wanted is not None:
                change_status(ticket, wanted, by=person)
    except Refused as error:
        names = ticket_screen.context(request, ticket_screen.the_ticket(request, pk))
        names |= {"trouble": str(error), "written": text, "kind_of_composer": "note" if is_note else "reply"}
        return page(request, ticket_screen.TEMPLATE, names, status=422)
    said = _("Note added.") if is_note else _("Sent.")
    return ticket_screen.changed(request, ticket, said)


def uploaded(request: HttpRequest) -> list[NewFile]:
    """Store what was uploaded, before any row speaks of it."""
    files = []
    for upload in request.FILES.getlist("files"):
        if (upload.size or 0) > LARGEST_FILE:
            raise Refused(_("“%(name)s” is larger than 25 MB. Share a link to it instead.") % {"name": upload.name})
        stored = store(upload.chunks())
        files.append(
            NewFile(
                name=upload.name or _("file"),
                type=upload.content_type or "application/octet-stream",
                size=stored.size,
                sha256=stored.sha256,
            )
        )
    return files


@access("desk.enter")
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being written."""
    visibility = "internal" if request.POST.get("kind") == "note" else "public"
    save_draft(ticket_screen.the_ticket(request, pk), request.POST.get("body", ""), visibility, by=request.user)
    return HttpResponse(status=204)
