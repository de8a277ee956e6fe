"""The shelf of workflows that ship: what there is, each with its picture, and one click to install it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.workflows.actions.install import install
from firstline.flow.workflows.engine.definition import Start, all_steps
from firstline.flow.workflows.engine.definition.steps import EventTrigger
from firstline.flow.workflows.engine.shelf import SHELF, Template, systems, template
from firstline.flow.workflows.forms import StandInForm
from firstline.flow.workflows.models import Version, Workflow
from firstline.flow.workflows.queries.shelf import asked_by, definition_of_template, installed, team_for
from firstline.flow.workflows.queries.shown import shape_of
from firstline.people.teams.models import Team

from .workflows import TONES


def _size(size: str) -> str:
    return _("Small") if size == "small" else _("Large")


@access("workflow.edit")
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """Everything on the shelf."""
    here = installed()
    names = {
        "rows": [_row(each, here.get(each.key)) for each in SHELF],
        "tones": TONES,
        "breadcrumb": [(_("Workflows"), reverse("workflows:workflows")), (_("Start from a template"), None)],
    }
    return page(request, "workflows/templates.html", names)


def _row(each: Template, workflow: Workflow | None) -> dict[str, Any]:
    sizes = []
    for size in each.sizes:
        count = sum(1 for _step in all_steps(definition_of_template(each, size).steps))
        said = ngettext("%(num)s step", "%(num)s steps", count) % {"num": count}
        sizes.append((_size(size) if len(each.sizes) > 1 else "", said))
    return {
        "key": each.key, "name": _(each.name), "good_for": _(each.good_for), "workflow": workflow,
        "state": workflow.get_state_display() if workflow is not None else "", "sizes": sizes,
    }  # fmt: skip


@access("workflow.edit")
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One of them, in a size; sent, it is installed."""
    found = template(key)
    if found is None:
        raise Http404
    asked_size = request.GET.get("size", "")
    size = asked_size if asked_size in found.files else found.sizes[0]
    words = asked_by(found, size)
    teams = list(Team.objects.filter(is_active=True).order_by("name", "pk"))
    fitting = {word: team_for(word, teams) for word in words}
    form = StandInForm(request.POST if request.method == "POST" else None, words=words, teams=teams, fitting=fitting)
    workflow = installed().get(found.key)
    if request.method == "POST" and form.is_valid():
        try:
            version = install(found.key, size, form.teams(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if version.state == Version.State.PUBLISHED:
                messages.success(request, _("It is installed and in use. Try a sample to see it run."))
                return HttpResponseRedirect(reverse("workflows:workflow", args=[found.key]))
            messages.success(request, _("It is a draft now. See what would change, and publish it."))
            return HttpResponseRedirect(reverse("workflows:draft", args=[found.key]))
    definition = definition_of_template(found, size)
    trigger = next((each.trigger for each in definition.steps if isinstance(each, Start)), None)
    names = {
        "name": _(found.name), "good_for": _(found.good_for), "workflow": workflow, "form": form,
        "is_in_use": workflow is not None and workflow.state == Workflow.State.PUBLISHED,
        "shape": shape_of(definition), "systems": [f"{name} ({kind.upper()})" for kind, name in systems(definition)],
        "starts_by_itself": f"{trigger.event}: {trigger.when or ''}" if isinstance(trigger, EventTrigger) else "",
        "sizes": [
            {"label": _size(each), "url": f"{request.path}?size={each}", "current": each == size}
            for each in found.sizes
        ],
        "breadcrumb": [
            (_("Workflows"), reverse("workflows:workflows")),
            (_("Start from a template"), reverse("workflows:templates")),
            (_(found.name), None),
        ],
    }  # fmt: skip
    return page(request, "workflows/template.html", names, status=422 if form.errors else 200)
