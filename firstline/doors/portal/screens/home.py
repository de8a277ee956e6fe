from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from firstline.core.actions import may
from firstline.core.entry import public
from firstline.core.ui.render import page
from firstline.doors.portal import catalog, mine
from firstline.flow.escalation.queries import public_notices
from firstline.work.catalog.queries import most_used
from firstline.work.catalog.rules import offered_list


@public
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody begins who needs help. The desk's own people begin at their desk."""
    person: Any = request.user
    if not person.is_authenticated:
        return page(request, "portal/welcome.html")
    if may(person, "desk.enter") and "stay" not in request.GET:
        return HttpResponseRedirect(reverse("desk:home"))
    offered = offered_list(person)
    names = {
        "rows": mine.rows(person, is_unsolved=True)[:6],
        "notices": public_notices(),
        "services": most_used(offered),
        "drafts": catalog.drafts(person, offered),
    }
    return page(request, "portal/home.html", names)
