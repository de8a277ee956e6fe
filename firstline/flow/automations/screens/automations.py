from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused, may
from firstline.core.conditions import ConditionError
from firstline.core.entry import access
from firstline.core.paging import BadCursor, page_of
from firstline.core.text import whole_number
from firstline.core.ui.charts import Series
from firstline.core.ui.render import page
from firstline.flow.approvals.fields import CURRENCY
from firstline.flow.automations.actions import automation as verbs
from firstline.flow.automations.fields import HOUR_COST
from firstline.flow.automations.forms import AutomationForm
from firstline.flow.automations.models import Automation, Firing, Version
from firstline.flow.automations.queries.book import compiled
from firstline.flow.automations.queries.explaining import (
    condition_of,
    deeds_of,
    teams_in_words,
    told,
    whens_in_words,
)
from firstline.flow.automations.queries.figures import Lately, lately, months, saved_by_automations, saved_by_macros
from firstline.flow.automations.queries.macros import may_shape_any
from firstline.flow.automations.queries.trial import DAYS, try_version
from firstline.work.tickets.queries import visible_to

EDIT = "automation.edit"


@access("automation.view")
@require_safe
def automations(request: HttpRequest) -> HttpResponse:
    """All automations in the order in which they are asked."""
    found = lately()
    rows = [
        {
            "automation": each,
            "whens": whens_in_words(each.live) if each.live else [],
            "if": condition_of(each.live) if each.live else "",
            "deeds": deeds_of(each.live) if each.live else [],
            "teams": teams_in_words(each.teams) if each.teams else "",
            "trouble": compiled(each).trouble if each.live and each.is_active else "",
            "lately": found.get(each.pk, Lately()),
            "review": _day(each.review_on),
        }
        for each in Automation.objects.select_related("owner", "live")
    ]
    names = {
        "rows": rows, "may_add": may_shape_any(request.user, EDIT), "may_edit": may(request.user, EDIT),
        "days": DAYS, "breadcrumb": [(_("Automations"), None)],
    }  # fmt: skip
    return page(request, "automations/automations.html", names)


@access("automation.view")
@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    """Hours, and what they are worth, per automation and macro and month."""
    names = {
        "months": months(),
        "groups": [(_("Automations"), saved_by_automations()), (_("Macros"), saved_by_macros())],
        "hour_cost": HOUR_COST.get(), "currency": CURRENCY.get(),
        "breadcrumb": where((_("Hours saved"), None)),
    }  # fmt: skip
    return page(request, "automations/hours.html", names)


@access("automation.view")
def new(request: HttpRequest) -> HttpResponse:
    """Add an automation: it is a draft first."""
    if not may_shape_any(request.user, EDIT):
        raise PermissionDenied
    viewer: Any = request.user
    return _form(request, Automation(owner=viewer), None, _("New automation"))


@access("automation.view")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change it: what it does becomes a draft."""
    found = _for_editing(request, pk)
    draft = Version.objects.filter(automation=found, state=Version.State.DRAFT).first()
    return _form(request, found, draft or found.live, found.name)


@access("automation.view")
@require_safe
def automation(request: HttpRequest, pk: int) -> HttpResponse:
    """One automation: what it does, what it did and why, its versions, the hours it saves."""
    found = get_object_or_404(Automation.objects.select_related("owner", "live"), pk=pk)
    (saved,) = saved_by_automations([found])
    versions = Version.objects.filter(automation=found).select_related("saved_by", "published_by").order_by("-number")
    listed = list(versions[:50])
    firings, newer, older = _firings(request, found)
    names = {
        "automation": found,
        "live": _in_words(found.live) if found.live else None,
        "draft": next((_in_words(each) for each in listed if each.state == Version.State.DRAFT), None),
        "versions": listed,
        "teams": teams_in_words(found.teams),
        "trouble": compiled(found).trouble if found.live else "",
        "lately": lately().get(pk, Lately()),
        "labels": [f"{month:%Y-%m}" for month in months()],
        "series": [Series(name=_("Hours"), values=saved.hours)],
        "saved": saved, "currency": CURRENCY.get(), "hour_cost": HOUR_COST.get(),
        "firings": firings, "newer": newer, "older": older, "days": DAYS,
        "may_edit": may(request.user, EDIT, found),
        "review": _day(found.review_on),
        "breadcrumb": where((found.name, None)),
    }  # fmt: skip
    return page(request, "automations/automation.html", names)


@access("automation.view")
@require_safe
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """What the draft, or what is published, would have done with last month's tickets."""
    found = get_object_or_404(Automation.objects.select_related("live"), pk=pk)
    draft = Version.objects.filter(automation=found, state=Version.State.DRAFT).first()
    version = draft or found.live
    tried, trouble = None, ""
    if version is not None:
        try:
            tried = try_version(found, version, request.user)
        except ConditionError as error:
            trouble = error.sentence
    names = {
        "automation": found, "version": version, "words": _in_words(version) if version else None, "trial": tried,
        "trouble": trouble, "is_draft": draft is not None, "days": DAYS, "may_edit": may(request.user, EDIT, found),
        "breadcrumb": where((found.name, found.get_absolute_url()), (_("Trial"), None)),
    }  # fmt: skip
    return page(request, "automations/trial.html", names)


@access("automation.view")
@require_POST
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the draft take effect."""
    found = get_object_or_404(Automation, pk=pk)
    return _done(request, found, lambda: verbs.publish(found, by=request.user), _("Published. It works from now on."))


@access("automation.view")
@require_POST
def restoration(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take an earlier version again."""
    found = get_object_or_404(Automation, pk=pk)
    said = _("Version %(number)s is back.") % {"number": number}
    return _done(request, found, lambda: verbs.restore(found, number, by=request.user), said)


@access("automation.view")
@require_POST
def discarding(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    found = get_object_or_404(Automation, pk=pk)
    return _done(request, found, lambda: verbs.discard(found, by=request.user), _("The draft is gone."))


@access("automation.view")
@require_POST
def switching(request: HttpRequest, pk: int) -> HttpResponse:
    """On or off."""
    found = get_object_or_404(Automation, pk=pk)
    is_on = request.POST.get("to") == "on"
    said = _("It is on.") if is_on else _("It is off.")
    return _done(request, found, lambda: verbs.switch(found, is_on, by=request.user), said)


@access("automation.view")
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask it earlier or later."""
    places = whole_number(request.POST.get("places", "")) or (-1 if request.POST.get("to") == "up" else 1)
    verbs.move(get_object_or_404(Automation, pk=pk), places, by=request.user)
    return HttpResponseRedirect(reverse("automations:automations"))


@access("automation.view")
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one that never did anything."""
    found = get_object_or_404(Automation, pk=pk)
    try:
        verbs.remove(found, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(found.get_absolute_url())
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("automations:automations"))


def where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The breadcrumb of the pages about automations."""
    return [(_("Automations"), reverse("automations:automations")), *steps]


def _form(request: HttpRequest, found: Automation, version: Version | None, heading: str) -> HttpResponse:
    form = AutomationForm(request.POST or None, automation=found, version=version, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        automation, document = form.filled()
        try:
            saved = verbs.save_automation(automation, document, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if saved.state == Version.State.DRAFT:
                messages.success(request, _("Saved as a draft. Look at what it would have done, then publish it."))
                return HttpResponseRedirect(reverse("automations:trial", args=[automation.pk]))
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(automation.get_absolute_url())
    names = {
        "form": form, "heading": heading, "automation": found if found.pk else None,
        "breadcrumb": where((heading, found.get_absolute_url()) if found.pk else (heading, None),
                            *([(_("Change"), None)] if found.pk else [])),
    }  # fmt: skip
    return page(request, "automations/edit.html", names, status=422 if form.errors else 200)


def _firings(request: HttpRequest, found: Automation) -> tuple[list[Any], str, str]:
    """Its firings on tickets this person may see, a page at a time."""
    rows = Firing.objects.filter(automation=found, ticket__in=visible_to(request.user).values("pk"))
    outcome = request.GET.get("outcome", "")
    if outcome in Firing.Outcome.values:
        rows = rows.filter(outcome=outcome)
    try:
        found_page = page_of(
            rows.values("id"), ["-id"], after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
    except BadCursor:
        found_page = page_of(rows.values("id"), ["-id"])
    ids = [row["id"] for row in found_page.rows]
    listed = Firing.objects.filter(pk__in=ids).select_related("ticket", "version").order_by("-id")
    kept = f"&outcome={outcome}" if outcome in Firing.Outcome.values else ""
    newer = f"?before={found_page.newer}{kept}" if found_page.newer else ""
    older = f"?after={found_page.older}{kept}" if found_page.older else ""
    return told(list(listed)), newer, older


def _day(day: date | None) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day is not None else ""


def _in_words(version: Version) -> dict[str, Any]:
    return {
        "version": version, "whens": whens_in_words(version), "if": condition_of(version), "deeds": deeds_of(version),
    }  # fmt: skip


def _for_editing(request: HttpRequest, pk: int) -> Automation:
    found = get_object_or_404(Automation.objects.select_related("live"), pk=pk)
    if not may(request.user, EDIT, found):
        raise PermissionDenied
    return found


def _done(request: HttpRequest, found: Automation, work: Any, said: str) -> HttpResponse:
    try:
        work()
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(found.get_absolute_url())
