from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.text import row_number
from firstline.core.ui.render import page
from firstline.flow.automations.actions.macro import EDIT, remove_macro, save_macro
from firstline.flow.automations.forms import MacroForm
from firstline.flow.automations.models import Macro
from firstline.flow.automations.queries.deeds import in_words
from firstline.flow.automations.queries.explaining import teams_in_words
from firstline.flow.automations.queries.figures import saved_by_macros
from firstline.flow.automations.queries.macros import macros_for_many, may_shape_any, preview
from firstline.work.tickets.queries import visible_to

from .automations import where
from .keeping import Kept, added, changed, removed

MACROS = Kept(
    model=Macro, permission=EDIT, save=save_macro, remove=remove_macro,
    form=lambda request, found: MacroForm(request.POST or None, macro=found, viewer=request.user),
    words=(gettext_lazy("Macros"), gettext_lazy("New macro")),
    route="automations:macros", template="automations/macro.html",
)  # fmt: skip
MOST_AT_ONCE = 200


@access("automation.view")
@require_safe
def macros(request: HttpRequest) -> HttpResponse:
    """All macros, what they do, and how often they are used."""
    used = {each.thing.pk: each for each in saved_by_macros()}
    rows = [
        {
            "macro": each, "deeds": in_words(each.deeds), "teams": teams_in_words(each.teams), "saved": used[each.pk],
            "may_edit": may(request.user, EDIT, each),
        }
        for each in Macro.objects.all()
    ]  # fmt: skip
    names = {"rows": rows, "may_add": may_shape_any(request.user, EDIT), "breadcrumb": where((_("Macros"), None))}
    return page(request, "automations/macros.html", names)


@access("automation.view")
def new(request: HttpRequest) -> HttpResponse:
    """Add a macro."""
    return added(request, MACROS)


@access("automation.view")
def macro(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a macro."""
    return changed(request, MACROS, pk)


@access("automation.view")
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a macro."""
    return removed(request, MACROS, pk)


@access("desk.enter")
@require_safe
def many(request: HttpRequest) -> HttpResponse:
    """Choose a macro for the selected tickets, and see what it would change on each before it does."""
    person: Any = request.user
    wanted, back = request.GET.get("macro", ""), request.GET.get("back", "")
    selected = [number for text in request.GET.getlist("selected")[:MOST_AT_ONCE] if (number := row_number(text))]
    found = get_object_or_404(Macro, pk=row_number(wanted)) if wanted else None
    tickets = visible_to(person).filter(pk__in=selected).select_related("status", "requester", "team").order_by("id")
    rows = [
        {
            "ticket": ticket,
            "changes": preview(found, ticket) if found else [],
            "is_for": (found is None or found.is_for(ticket.team_id)) and ticket.merged_into_id is None,
            "may": may(person, "ticket.edit", ticket),
        }
        for ticket in tickets.prefetch_related("tags", "participants")
    ]
    asked = [("selected", number) for number in selected] + [("back", back)]
    names = {
        "macro": found, "deeds": in_words(found.deeds) if found else [], "rows": rows, "back": back,
        "choices": [(each, f"?{urlencode([('macro', each.pk), *asked])}") for each in macros_for_many()],
        "breadcrumb": [(_("Queue"), reverse("desk:queue")), (_("Apply a macro"), None)],
    }  # fmt: skip
    return page(request, "automations/many.html", names)
