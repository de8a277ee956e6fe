"""Filing by the form of a workflow: one by one, or many in a table that is downloaded, filled in and brought back."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.entry import access
from firstline.core.text import tables
from firstline.core.ui.render import page
from firstline.flow.workflows.actions.file import file
from firstline.flow.workflows.engine.definition import Datum
from firstline.flow.workflows.engine.definition.steps import FormTrigger
from firstline.flow.workflows.engine.sheets import sheet as sheet_of
from firstline.flow.workflows.engine.sheets import understood
from firstline.flow.workflows.forms import CheckedRow, DataForm, SheetForm, checked
from firstline.flow.workflows.models import Run, Version
from firstline.flow.workflows.queries.filing import asked_at_start, may_file, trigger_of
from firstline.flow.workflows.queries.workflows import in_use
from firstline.flow.workflows.rules import definition_of, net_of

MOST_ROWS = 100  # filed at once: each is a ticket with a run


@access("ticket.ask")
def filing(request: HttpRequest, key: str) -> HttpResponse:
    """Fill in what it asks for; it becomes a ticket and goes its way."""
    version, _trigger, fields = _one(request, key)
    form = DataForm(request.POST if request.method == "POST" else None, data_fields=fields, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            run = file(version, form.data_said(), once=request.POST.get("once", "")[:60], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is filed. Here you see how it goes on."))
            return HttpResponseRedirect(_ticket_url(request, run))
    names = {
        "form": form, "version": version, "purpose": definition_of(net_of(version)).description,
        "once": request.POST.get("once") or secrets.token_urlsafe(12),
        "breadcrumb": [(version.workflow.name, None)],
    }  # fmt: skip
    return page(request, "workflows/filing.html", names, status=422 if form.errors else 200)


@access("ticket.ask")
@require_safe
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The form as a table: headings, what each wants, an example."""
    _version, _trigger, fields = _one(request, key)
    text = tables.written(sheet_of(fields, _))
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")  # the mark lets Excel see UTF-8
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}.csv"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@access("ticket.ask")
def sheets(request: HttpRequest, key: str) -> HttpResponse:
    """A filled-in table: first shown row by row with what is wrong, then the good ones are filed."""
    version, trigger, fields = _one(request, key)
    form = SheetForm(request.POST or None, request.FILES or None)
    names: dict[str, Any] = {
        "version": version, "form": form, "most": MOST_ROWS, "rows": [], "good": 0, "filed": [], "wrong": [],
        "once": request.POST.get("once") or secrets.token_urlsafe(12),
        "breadcrumb": [(version.workflow.name, reverse("workflows:filing", args=[key])), (_("Many at once"), None)],
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        _look(request, version, trigger, fields, form, names)
    return page(request, "workflows/sheets.html", names, status=422 if form.errors or names["wrong"] else 200)


def _look(
    request: HttpRequest, version: Version, trigger: FormTrigger, fields: list[Datum], form: SheetForm,
    names: dict[str, Any],
) -> None:  # fmt: skip
    try:
        text = tables.decoded(form.cleaned_data["file"].read()) if form.cleaned_data["file"] else form.typed()
        headings, rows, wrong = understood(tables.read(text, most=MOST_ROWS + 10), fields)
    except tables.NoTable as trouble:
        names["wrong"] = [_said(trouble)]
        return
    names["wrong"] = [each.said(_) for each in wrong]
    if len(rows) > MOST_ROWS:
        names["wrong"].append(_("At most %(most)s rows at once: file these in several tables.") % {"most": MOST_ROWS})
    if not rows and not names["wrong"]:
        names["wrong"].append(_("No row is filled in: those that begin with # only explain."))
    found = checked(rows[:MOST_ROWS], fields, trigger.subject or "", viewer=request.user)
    if request.POST.get("file_them") and not names["wrong"]:
        found = _file(request, version, found, names)
    names["rows"], names["good"] = found, sum(not each.wrong for each in found)
    # What was not filed stays in the box, to be mended there: nothing is lost.
    rest = tables.written([headings, *(each.row.cells for each in found)]) if found or names["wrong"] else ""
    names["form"] = SheetForm(initial={"text": rest if not names["wrong"] else text})


def _file(request: HttpRequest, version: Version, found: list[CheckedRow], names: dict[str, Any]) -> list[CheckedRow]:
    left = []
    once = str(names["once"])[:60]
    for each in found:
        if each.wrong:
            left.append(each)
            continue
        try:
            run = file(version, each.data, once=f"{once}:{each.row.line}", by=request.user)
        except (Refused, NotAllowed) as refusal:
            left.append(CheckedRow(each.row, each.name, wrong=[str(refusal)]))
        else:
            names["filed"].append({"number": run.ticket_id, "name": each.name, "url": _ticket_url(request, run)})
    names["once"] = secrets.token_urlsafe(12)
    many = len(names["filed"])
    if many:
        messages.success(request, ngettext("%(num)s is filed.", "%(num)s are filed.", many) % {"num": many})
    return left


def _said(trouble: tables.NoTable) -> str:
    said = {
        "spreadsheet": _("This is a spreadsheet. Save it there as “CSV UTF-8” and choose that file."),
        "encoding": _("The letters of this file cannot be read. Save it as “CSV UTF-8”."),
        "empty": _("The file is empty."),
    }
    damaged = _("This cannot be read as a table; look at line %(line)s.") % {"line": trouble.line or 1}
    return said.get(trouble.code, damaged)


def _one(request: HttpRequest, key: str) -> tuple[Version, FormTrigger, list[Datum]]:
    version = in_use(key)
    if version is None or (found := trigger_of(version)) is None or not may_file(request.user, version):
        raise Http404
    return version, found[1], asked_at_start(definition_of(net_of(version)), found[1])


def _ticket_url(request: HttpRequest, run: Run) -> str:
    return reverse("desk:ticket" if may(request.user, "desk.enter") else "portal:request", args=[run.ticket_id])
