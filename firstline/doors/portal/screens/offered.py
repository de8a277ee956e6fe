"""What can be asked for: the catalog as requesters see it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from firstline.core.actions import NotAllowed, may, via
from firstline.core.entry import access
from firstline.core.text.markdown import to_html
from firstline.core.ui.render import page
from firstline.doors.portal import catalog
from firstline.flow.workflows.queries.filing import filed_by
from firstline.people.accounts.queries import named
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import found_by, most_used, records_of, shelves, visible_to
from firstline.work.intake.actions.fill import begin
from firstline.work.intake.queries.forms import drafts_of, published


@access("ticket.ask")
def services(request: HttpRequest) -> HttpResponse:
    """Everything this person may ask for: by words, or shelf by shelf."""
    words = request.GET.get("q", "").strip()[:200]
    if words:
        if not (offerings := found_by(request.user, words)):
            return HttpResponseRedirect(f"{reverse('portal:ask')}?{urlencode({'subject': words, 'none': 1})}")
        return page(request, "portal/offered.html", {"words": words, "found": offerings}, block="found")
    found = shelves(request.user)
    offerings = [each for shelf in found for each in shelf.offerings]
    names = {
        "shelves": found,
        "most_used": most_used(offerings) if len(offerings) > 8 else [],
        "drafts": catalog.drafts(request.user, offerings),
        "filed_here": filed_by(request.user),
    }
    return page(request, "portal/offered.html", names, block="found")


@access("ticket.ask")
def service(request: HttpRequest, key: str) -> HttpResponse:
    """One offering: what it is, how long it takes, what it costs, what helps before asking."""
    offering = _offered(request, key)
    record = records_of([offering])[offering.pk]
    drafts = drafts_of(request.user).filter(purpose=offering.purpose, requester=request.user.pk)
    names = {
        "offering": offering,
        "description": to_html(offering.description),
        "facts": catalog.facts(offering, record),
        "articles": catalog.articles(offering),
        "draft": drafts.first(),
        "may_ask_for_others": may(request.user, "ticket.open"),
        "questions": catalog.asked(offering),
        "may_shape": may(request.user, "catalog.edit", offering),
    }
    return page(request, "portal/offering.html", names)


@access("ticket.ask")
@require_POST
def begun(request: HttpRequest, key: str) -> HttpResponse:
    """Begin to ask for it, or go on with what was begun; the desk may do so for somebody else."""
    person: Any = request.user
    requester = _for_whom(request)
    offering = visible_to(requester).filter(key=key).first()
    version = published(offering.form_id) if offering and offering.form_id else None
    if offering is None or version is None:
        raise Http404
    with via("portal"):
        draft = begin(version, offering.purpose, requester=requester, by=person)
    return HttpResponseRedirect(reverse("portal:draft", args=[draft.pk]))


def _for_whom(request: HttpRequest) -> Any:
    person: Any = request.user
    said = request.POST.get("requester", "").strip()
    if not said:
        return person
    if not may(person, "ticket.open"):
        raise NotAllowed("Only the desk asks in somebody's name.")
    found = named(person, said)
    if found is None:
        raise Http404
    return found


def _offered(request: HttpRequest, key: str) -> Offering:
    found = visible_to(request.user).filter(key=key).first()
    if found is None:
        raise Http404
    return found
