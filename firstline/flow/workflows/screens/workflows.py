"""Workflows: the list, one with its versions, and its draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.paging import BadCursor, page_of
from firstline.core.text.numbers import row_number
from firstline.core.ui.render import page
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.look_after import look_after
from firstline.flow.workflows.actions.move import move_run
from firstline.flow.workflows.actions.publish import publish, retire
from firstline.flow.workflows.actions.sample import try_sample
from firstline.flow.workflows.engine.shelf import template
from firstline.flow.workflows.forms import DocumentForm, LookAfterForm
from firstline.flow.workflows.models import Version, Workflow
from firstline.flow.workflows.queries.checking import advice_on, checked
from firstline.flow.workflows.queries.dropping import droppable
from firstline.flow.workflows.queries.measured import measured
from firstline.flow.workflows.queries.moves import ORDER as MOVE_ORDER
from firstline.flow.workflows.queries.moves import behind, count_behind, previews
from firstline.flow.workflows.queries.runs import stuck_for, visible_to
from firstline.flow.workflows.queries.shown import changes, shape_of
from firstline.flow.workflows.queries.workflows import ORDER, all_workflows, in_use, versions_of

MOST_AT_ONCE = 100
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
    used = next((each for each in versions if each.state == Version.State.PUBLISHED), None)
    may_edit = may(request.user, "workflow.edit")
    names = {
        "workflow": found, "versions": versions, "shown": shown, "tones": TONES, "problems": problems,
        "shape": shape_of(definition) if definition is not None else None,
        "may_edit": may_edit, "measured": measured(found, definition),
        "review_on": date_format(found.review_on, "DATE_FORMAT") if found.review_on else "",
        "advice": [each.said(_) for each in advice_on(definition)] if definition is not None and not problems else [],
        "droppable": [each.sentence for each in droppable(found, definition)] if definition is not None else [],
        "care_form": LookAfterForm(initial=_care_of(found), viewer=request.user) if may_edit else None,
        "may_try": may_edit and used is not None,
        "behind": count_behind(request.user, used) if may_edit and used is not None else 0,
        "breadcrumb": [(_("Workflows"), reverse("workflows:workflows")), (found.name, None)],
    }  # fmt: skip
    return page(request, "workflows/workflow.html", names)


def _care_of(found: Workflow) -> dict[str, Any]:
    owner = found.owner.email or found.owner.display_name if found.owner is not None else ""
    return {"owner": owner, "review_on": found.review_on, "metric": found.metric, "target": found.target}


@access("workflow.edit")
@require_POST
def care(request: HttpRequest, key: str) -> HttpResponse:
    """Who looks after it, when it is looked at again, and what it should reach."""
    found = _one(key)
    form = LookAfterForm(request.POST, viewer=request.user)
    if form.is_valid():
        said = form.cleaned_data
        try:
            look_after(
                found, said["owner"], said["review_on"], said["metric"], said["target"], by=request.user
            )  # fmt: skip
            messages.success(request, _("Saved."))
        except Refused as refusal:
            messages.warning(request, str(refusal))
    else:
        messages.warning(request, " ".join(str(line) for lines in form.errors.values() for line in lines))
    return HttpResponseRedirect(reverse("workflows:workflow", args=[found.key]))


@access("workflow.edit")
@require_POST
def sample(request: HttpRequest, key: str) -> HttpResponse:
    """Let a sample run through the version in use."""
    found = _one(key)
    version = in_use(found.key)
    if version is None:
        raise Http404
    shelved = template(found.key)
    try:
        run = try_sample(
            version, shelved.sample if shelved else {}, kind=shelved.kind if shelved else "request", by=request.user
        )
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("workflows:workflow", args=[found.key]))
    messages.success(request, _("The sample went through. Nobody was asked, and nobody was told."))
    return HttpResponseRedirect(reverse("workflows:run", args=[run.pk]))


@access("workflow.edit")
def moves(request: HttpRequest, key: str) -> HttpResponse:
    """Runs of older versions: which can go on by the version in use, and what it means for each."""
    found = _one(key)
    version = in_use(found.key)
    if version is None:
        raise Http404
    if request.method == "POST":
        return _move(request, found, version)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        shown = page_of(behind(request.user, version), MOVE_ORDER, after=after, before=before)
    except BadCursor:
        shown = page_of(behind(request.user, version), MOVE_ORDER)
    names = {
        "workflow": found, "version": version, "rows": previews(shown.rows, version),
        "newer": f"{request.path}?before={shown.newer}" if shown.newer else "",
        "older": f"{request.path}?after={shown.older}" if shown.older else "",
        "breadcrumb": [
            (_("Workflows"), reverse("workflows:workflows")),
            (found.name, reverse("workflows:workflow", args=[found.key])),
            (_("Move runs"), None),
        ],
    }  # fmt: skip
    return page(request, "workflows/moves.html", names)


def _move(request: HttpRequest, found: Workflow, version: Version) -> HttpResponse:
    chosen = [row_number(text) for text in request.POST.getlist("run")[:MOST_AT_ONCE]]
    runs = (
        visible_to(request.user).filter(pk__in=chosen, is_open=True, version__workflow=found).exclude(version=version)
    )
    moved, stayed = 0, []
    for run in runs.select_related("ticket", "version__workflow").order_by("pk"):
        try:
            move_run(run, version, by=request.user)
            moved += 1
        except Refused as refusal:
            stayed.append(f"#{run.ticket_id}: {refusal}")
    if moved:
        said = ngettext("%(num)s run goes on by the new version.", "%(num)s runs go on by the new version.", moved)
        messages.success(request, said % {"num": moved})
    for sentence in stayed[:5]:
        messages.warning(request, sentence)
    return HttpResponseRedirect(reverse("workflows:moves", args=[found.key]))


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
    definition, _problems = checked(kept.text, key=found.key if found else "") if kept is not None else (None, [])
    used = in_use(found.key) if found is not None else None
    warnings = advice_on(definition) if definition is not None else []
    names = {
        "form": form, "workflow": found, "problems": problems, "heading": heading, "in_use": used,
        "warnings": [each.said(_) for each in warnings],
        "changes": changes(used, definition) if definition is not None else [],
        "shape": shape_of(definition) if definition is not None and definition.steps else None,
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


def _one(key: str) -> Workflow:
    found = Workflow.objects.select_related("owner").filter(key=key).first()
    if found is None:
        raise Http404
    return found
