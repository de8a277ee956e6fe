"""Systems that workflows work with; and what may be read once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import NotAllowed, Refused
from firstline.core.entry import access, signed_in
from firstline.core.ui.render import page
from firstline.flow.workflows.actions.systems import ask_for_check, read_once, save_system
from firstline.flow.workflows.forms import SystemForm
from firstline.flow.workflows.jobs.asking import operations
from firstline.flow.workflows.models import OnceRead, System
from firstline.people.accounts.rules import fresh, fresh_for_secrets

TONES = {"": "neutral", "asked": "waiting", "good": "resolved", "bad": "breach"}


def _states() -> dict[str, str]:
    return {"": _("Not tried"), "asked": _("Being tried"), "good": _("It answers"), "bad": _("It does not answer")}


@access("workflow.edit")
@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """Which systems there are, and whether they answer."""
    names = {
        "rows": list(System.objects.order_by("key")), "tones": TONES, "states": _states(),
        "breadcrumb": [(_("Workflows"), reverse("workflows:workflows")), (_("Systems"), None)],
    }  # fmt: skip
    return page(request, "workflows/systems.html", names)


@access("workflow.edit")
@fresh_for_secrets
def new(request: HttpRequest) -> HttpResponse:
    """Add a system."""
    return _edited(request, System())


@access("workflow.edit")
@fresh_for_secrets
def system(request: HttpRequest, pk: int) -> HttpResponse:
    """How it is reached, and what workflows can ask of it."""
    return _edited(request, _one(pk))


@access("workflow.edit")
@fresh
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Try whether it answers."""
    found = _one(pk)
    ask_for_check(found, by=request.user)
    messages.success(request, _("It is being tried. Load this page again in a moment."))
    return HttpResponseRedirect(reverse("workflows:system", args=[found.pk]))


@signed_in
def once(request: HttpRequest, key: str) -> HttpResponse:
    """What this person, and nobody else, may read once."""
    found = OnceRead.objects.filter(key=key, person=request.user.pk).first()
    if found is None:
        raise Http404
    said, refused = "", ""
    if request.method == "POST":
        try:
            said = read_once(found, by=request.user)
        except (Refused, NotAllowed) as refusal:
            refused = str(refusal)
    names = {"said": said, "refused": refused, "is_over": found.read_at is not None and not said}
    answer = page(request, "workflows/once.html", names)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _edited(request: HttpRequest, found: System) -> HttpResponse:
    form = SystemForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_system(form.instance, secret=form.cleaned_data["password"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("workflows:system", args=[saved.pk]))
    heading = System.objects.filter(pk=found.pk).values_list("key", flat=True).first() or _("New system")
    names: dict[str, Any] = {
        "form": form, "system": found if found.pk else None, "heading": heading, "tones": TONES, "states": _states(),
        "operations": operations(found.kind) if found.kind else [],
        "breadcrumb": [
            (_("Workflows"), reverse("workflows:workflows")), (_("Systems"), reverse("workflows:systems")),
            (heading, None),
        ],
    }  # fmt: skip
    return page(request, "workflows/system.html", names, status=422 if form.errors else 200)


def _one(pk: int) -> System:
    found = System.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
