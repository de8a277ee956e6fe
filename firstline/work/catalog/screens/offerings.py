"""What people may ask for, as those who answer for it shape it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused, may
from firstline.core.entry import access, signed_in
from firstline.core.preferences.house import LANGUAGE
from firstline.core.ui.render import page
from firstline.work.catalog.actions.offering import copy, make_offering, publish, retire, reviewed, save_offering
from firstline.work.catalog.forms import OfferingForm
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import (
    due_for_review,
    measured_in_words,
    missing,
    parts_of,
    promised_in_words,
    records_of,
    shaping,
    today,
)

MOST = 300


@signed_in
def offerings(request: HttpRequest) -> HttpResponse:
    """The offerings this person may shape; those whose review is due; those out of use."""
    show = request.GET.get("show", "")
    found = shaping(request.user)
    due = due_for_review(request.user)
    listed = (
        due
        if show == "review"
        else found.filter(state="retired")
        if show == "retired"
        else found.exclude(state="retired")
    )
    rows = list(listed[:MOST])
    records = records_of(rows)
    names = {
        "rows": [
            {
                "offering": each,
                "missing": missing(each) if each.state == Offering.State.DRAFT else [],
                "record": records[each.pk],
                "promised": promised_in_words(each.promised_hours),
                "measured": measured_in_words(records[each.pk].usual_hours),
                "review": _day(each.review_on),
                "is_due": each.review_on is not None and each.review_on <= today() and each.state == "published",
            }
            for each in rows
        ],
        "show": show,
        "due": due.count(),
        "may_add": may(request.user, "catalog.add"),
        "may_edit_all": may(request.user, "catalog.edit"),
        "breadcrumb": [(_("Catalog"), None)],
    }
    return page(request, "catalog/offerings.html", names)


@access("catalog.add")
def new(request: HttpRequest) -> HttpResponse:
    """Begin an offering: its name is enough."""
    error = ""
    if request.method == "POST":
        try:
            made = make_offering({LANGUAGE.get() or "en": request.POST.get("name", "")[:200]}, by=request.user)
        except Refused as refusal:
            error = str(refusal)
        else:
            return HttpResponseRedirect(reverse("catalog:offering", args=[made.pk]))
    names = {"error": error, "breadcrumb": [*_where(), (_("New offering"), None)]}
    return page(request, "catalog/new.html", names, status=422 if error else 200)


@signed_in
def offering(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything said of one offering, and what is missing before people can ask for it."""
    found = _mine(request, pk)
    languages = languages_of(found)
    form = OfferingForm(request.POST or None, instance=found, languages=languages, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            save_offering(form.filled_in(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("catalog:offering", args=[pk]))
    kept = shaping(request.user).get(pk=pk)
    parts = parts_of(kept)
    record = records_of([kept])[kept.pk]
    names = {
        "offering": kept,
        "form": form,
        "parts": parts,
        "lacking": sum(1 for part in parts if not part.is_there),
        "record": record,
        "measured": (measured_in_words(record.usual_hours), measured_in_words(record.slow_hours)),
        "review_on": _day(kept.review_on),
        "may_add": may(request.user, "catalog.add"),
        "breadcrumb": [*_where(), (kept.name, None)],
    }
    return page(request, "catalog/offering.html", names, status=422 if form.errors else 200)


@signed_in
@require_POST
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish it, or take it out of the catalog."""
    found = _mine(request, pk)
    verb, words = (
        (retire, _("It is out of the catalog.")) if request.POST.get("do") == "retire" else (publish, _("Published."))
    )
    try:
        verb(found, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return HttpResponseRedirect(reverse("catalog:offering", args=[pk]))


@signed_in
@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """It was looked at and is still right: again in a year."""
    reviewed(_mine(request, pk), by=request.user)
    messages.success(request, _("Noted. You are asked again in a year."))
    return HttpResponseRedirect(reverse("catalog:offering", args=[pk]))


@access("catalog.add")
@require_POST
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Another offering like this one."""
    made = copy(_mine(request, pk), by=request.user)
    messages.success(request, _("This is the copy. Give it a name of its own."))
    return HttpResponseRedirect(reverse("catalog:offering", args=[made.pk]))


def languages_of(found: Any) -> list[str]:
    """Those the offering speaks, the organisation's first."""
    house = LANGUAGE.get() or "en"
    return list(dict.fromkeys([house, *found.names, *(found.form.languages if getattr(found, "form", None) else [])]))


def _day(day: date | None) -> str:
    return formats.date_format(day, "DATE_FORMAT") if day else ""


def _mine(request: HttpRequest, pk: int) -> Offering:
    found = shaping(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _where() -> list[tuple[str, str | None]]:
    return [(_("Catalog"), reverse("catalog:offerings"))]
