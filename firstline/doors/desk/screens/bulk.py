from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from firstline.core.actions import NotAllowed, Refused
from firstline.core.entry import access
from firstline.core.text import row_number, whole_number
from firstline.core.ui.linked import linked
from firstline.doors.desk.screens.undo import undoable
from firstline.flow.automations.actions.macro import apply_macro
from firstline.flow.automations.models import Macro
from firstline.flow.triage.actions.pick import pick
from firstline.flow.triage.actions.triage import triage
from firstline.people.accounts.queries import visible_to as people_visible_to
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign, take
from firstline.work.tickets.actions.edit import prioritise, set_tags
from firstline.work.tickets.actions.merge import merge
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import resolve
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to

MOST = 200


@access("desk.enter")
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing to every selected ticket; what is refused is told, the rest is done."""
    person: Any = request.user
    if request.POST.get("do") == "macros":  # which one, and what it would change, is seen first
        asked = [(name, text) for name in ("selected", "back") for text in request.POST.getlist(name)[:MOST]]
        return HttpResponseRedirect(f"{reverse('automations:many')}?{urlencode(asked)}")
    numbers = {row_number(text) for text in request.POST.getlist("selected")[:MOST]}
    tickets = list(visible_to(person).filter(pk__in=numbers).order_by("id"))
    done, refused = 0, list[str]()
    for ticket in tickets:
        try:
            _do(request.POST.get("do", ""), ticket, tickets, request)
            done += 1
        except Refused as error:
            refused.append(format_html("#{}: {}", ticket.pk, linked(error)))
        except NotAllowed:
            refused.append(_("#%(number)s: you may not do this to it.") % {"number": ticket.pk})
    if done:
        said = ngettext("%(n)d ticket changed.", "%(n)d tickets changed.", done) % {"n": done}
        messages.success(request, said, extra_tags=_way_back(request))
    for sentence in refused[:5]:
        messages.warning(request, sentence)
    if not tickets:
        messages.info(request, _("Select some tickets first."))
    back = request.POST.get("back", "")
    home = "desk:supervision" if request.POST.get("from") == "supervision" else "desk:queue"
    return HttpResponseRedirect(reverse(home) + (back if back.startswith("?") else ""))


def _way_back(request: HttpRequest) -> str:
    """The address that takes all of it back; none, if nothing of it can be."""
    number = str(request.META.get("firstline.request", ""))
    back = request.POST.get("back", "")
    has_any = bool(number) and undoable(number, request.user).exists()
    return f"{reverse('desk:bulk_undo', args=[number])}{back if back.startswith('?') else ''}" if has_any else ""


def _do(what: str, ticket: Ticket, tickets: list[Ticket], request: HttpRequest) -> None:
    person: Any = request.user
    verb, _colon, value = what.partition(":")
    match verb:
        case "take":
            take(ticket, by=person)
        case "release":
            assign(ticket, None, by=person)
        case "assign" if (owner := people_visible_to(person).filter(pk=row_number(value)).first()) is not None:
            assign(ticket, owner, by=person)
        case "pick":
            _let_the_team_choose(ticket, person)
        case "triage":
            triage(ticket, by=person)
        case "resolve":
            resolve(ticket, by=person)
        case "team" if (team := Team.objects.filter(pk=row_number(value)).first()) is not None:
            route(ticket, team, by=person)
        case "priority" if (priority := whole_number(value)) is not None:
            prioritise(ticket, priority, reason="", by=person)
        case "tag":
            added = request.POST.get("tag", "")
            set_tags(ticket, [*ticket.tags.values_list("name", flat=True), added], by=person)
        case "macro" if (macro := Macro.objects.filter(pk=row_number(value)).first()) is not None:
            apply_macro(ticket, macro, by=person)
        case "merge":
            if ticket.pk != tickets[0].pk:
                merge(ticket, tickets[0], by=person)
        case _:
            raise Refused(_("Choose what to do with the selected tickets."))


def _let_the_team_choose(ticket: Ticket, person: Any) -> None:
    """Anew, whoever has it now: they may be away."""
    if ticket.team_id is None:
        raise Refused(_("It has no team. Hand it to one first."))
    pick(ticket, by=person)
    if ticket.owner_id is None:
        raise Refused(_("Nobody in %(team)s could take it.") % {"team": ticket.team})
