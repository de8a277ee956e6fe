"""Workflows: the list, one with its versions, and its draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.paging import BadCursor, page_of
from firstline.core.ui.render import page
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.publish import publish, retire
from firstline.flow.workflows.engine.definition import document
from firstline.flow.workflows.forms import DocumentForm
from firstline.flow.workflows.models import Version, Workflow
from firstline.flow.workflows.queries.checking import checked
from firstline.flow.workflows.queries.runs import stuck_for
from firstline.flow.workflows.queries.workflows import ORDER, all_workflows, lines_of, versions_of

TONES = {"draft": "neutral", "published": "accent", "retired": "internal"}
EXAMPLE = """\
workflow: new-laptop
name: A new laptop
goal: Whoever needs a laptop has one within three days.
fields:
  - {key: cost, label: Cost, type: number}
steps:
  - {kind: start, id: asked, next: agree}
  - kind: approval
    id: agree
    name: The manager agrees
    stages: [{who: [manager], need: any}]
    next:
      - {to: order, outcome: approved}
      - {to: refused, outcome: refused}
  - {kind: task, id: order, name: Order it, who: [team], due: 2 working days, next: done}
  - {kind: end, id: done}
  - {kind: end, id: refused, outcome: refused}
"""


@access("workflow.view")
@require_safe
def workflows(request: HttpRequest) -> HttpResponse:
    """Which workflows there are, which are in use, and how many runs are under way."""
    try:
        found = page_of(
            all_workflows(), ORDER, after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
    except BadCursor:
        found = page_of(all_workflows(), ORDER)
    names = {
        "rows": found.rows,
        "tones": TONES,
        "states": dict(Workflow.State.choices),
        "may_edit": may(request.user, "workflow.edit"),
        "any_stuck": may(request.user, "workflow.repair") and stuck_for(request.user).exists(),
        "newer": f"{request.path}?before={found.newer}" if found.newer else "",
        "older": f"{request.path}?after={found.older}" if found.older else "",
        "breadcrumb": [(_("Workflows"), None)],
    }
    return page(request, "workflows/workflows.html", names)


@access("workflow.view")
@require_safe
def workflow(request: HttpRequest, key: str) -> HttpResponse:
    """What it does, step by step, and its versions."""
    found = _one(key)
    versions = list(versions_of(found))
    shown = next(
        (each for each in versions if each.state == Version.State.PUBLISHED), versions[0] if versions else None
    )
    number = request.GET.get("version", "")
    if number.isdecimal():
        shown = next((each for each in versions if each.number == int(number)), shown)
    definition, problems = checked(shown.text, key=found.key) if shown is not None else (None, [])
    names = {
        "workflow": found, "versions": versions, "shown": shown, "tones": TONES, "definition": definition,
        "lines": lines_of(shown.document) if shown is not None and shown.document else _lines(definition),
        "problems": problems, "draft": next((each for each in versions if each.state == Version.State.DRAFT), None),
        "may_edit": may(request.user, "workflow.edit"),
        "breadcrumb": [(_("Workflows"), reverse("workflows:workflows")), (found.name, None)],
    }  # fmt: skip
    return page(request, "workflows/workflow.html", names)


@access("workflow.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A new workflow, from an example."""
    return _edited(request, None)


@access("workflow.edit")
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """The next version of a workflow."""
    return _edited(request, _one(key))


@access("workflow.edit")
@require_POST
def publication(request: HttpRequest, key: str) -> HttpResponse:
    """Put the draft into use."""
    found = _one(key)
    try:
        version = publish(found, by=request.user)
        messages.success(request, _("Version %(number)s is in use now.") % {"number": version.number})
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("workflows:draft", args=[found.key]))
    return HttpResponseRedirect(reverse("workflows:workflow", args=[found.key]))


@access("workflow.edit")
@require_POST
def retirement(request: HttpRequest, key: str) -> HttpResponse:
    """Take it out of use."""
    found = _one(key)
    try:
        retire(found, by=request.user)
        messages.success(request, _("It is started no more. What is under way goes on to its end."))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(reverse("workflows:workflow", args=[found.key]))


def _edited(request: HttpRequest, found: Workflow | None) -> HttpResponse:
    kept = _kept(found)
    form = DocumentForm(request.POST or None, initial={"text": kept.text if kept is not None else EXAMPLE})
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            saved, problems = save_draft(found, form.cleaned_data["text"].replace("\r\n", "\n"), by=request.user)
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            said = _("Saved. It can be published.") if not problems else _("Saved. It cannot be published yet.")
            messages.success(request, said)
            return HttpResponseRedirect(reverse("workflows:draft", args=[saved.workflow.key]))
    elif kept is not None:
        _definition, problems = checked(kept.text, key=found.key if found else "")
    heading = found.name if found is not None else _("New workflow")
    names = {
        "form": form, "workflow": found, "problems": problems, "heading": heading,
        "is_draft": kept is not None and kept.state == Version.State.DRAFT,
        "breadcrumb": [(_("Workflows"), reverse("workflows:workflows")), (heading, None)],
    }  # fmt: skip
    return page(request, "workflows/draft.html", names, status=422 if form.errors else 200)


def _kept(found: Workflow | None) -> Version | None:
    """The draft; where there is none, the newest version to begin with."""
    if found is None:
        return None
    versions = Version.objects.filter(workflow=found).order_by("-number")
    return versions.filter(state=Version.State.DRAFT).first() or versions.first()


def _lines(definition: Any) -> list[Any]:
    return lines_of(document(definition)) if definition is not None else []


def _one(key: str) -> Workflow:
    found = Workflow.objects.select_related("owner").filter(key=key).first()
    if found is None:
        raise Http404
    return found
