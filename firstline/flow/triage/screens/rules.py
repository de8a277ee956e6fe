from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.triage.actions.settings import move_rule, remove_rule, save_rule
from firstline.flow.triage.forms import RuleForm
from firstline.flow.triage.models import Rule
from firstline.flow.triage.queries.book import compiled
from firstline.flow.triage.queries.explaining import in_words, sets_in_words
from firstline.flow.triage.queries.trial import DAYS, try_rule


@access("ticket.settings")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All rules in the order in which they are asked."""
    rows = [
        {
            "rule": rule,
            "when": in_words(rule),
            "then": sets_in_words(rule.sets),
            "trouble": compiled(rule).trouble if rule.is_active else "",
        }
        for rule in Rule.objects.select_related("owner")
    ]
    return page(request, "triage/rules.html", {"rows": rows, "breadcrumb": where()})


@access("ticket.settings")
def new(request: HttpRequest) -> HttpResponse:
    """Add a rule, or try it first."""
    viewer: Any = request.user
    return _form(request, Rule(owner=viewer), _("New rule"))


@access("ticket.settings")
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule, or try it first."""
    found = get_object_or_404(Rule, pk=pk)
    return _form(request, found, found.name)


@access("ticket.settings")
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask it earlier or later."""
    move_rule(get_object_or_404(Rule, pk=pk), -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return HttpResponseRedirect(reverse("triage:rules"))


@access("ticket.settings")
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove it."""
    remove_rule(get_object_or_404(Rule, pk=pk), by=request.user)
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("triage:rules"))


def where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The breadcrumb of the pages about triage."""
    here = reverse("triage:rules") if steps else None
    return [(_("Settings"), reverse("desk:settings")), (_("Triage"), here), *steps]


def _form(request: HttpRequest, row: Rule, heading: str) -> HttpResponse:
    form = RuleForm(request.POST or None, rule=row, viewer=request.user)
    trial, is_trial = None, "try" in request.POST
    if request.method == "POST" and form.is_valid():
        filled = form.filled()
        if is_trial:
            trial = try_rule(filled, request.user)
        else:
            try:
                save_rule(filled, by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved. New tickets are asked from now on."))
                return HttpResponseRedirect(reverse("triage:rules"))
    names = {
        "form": form,
        "heading": heading,
        "rule": row if row.pk else None,
        "when": in_words(row) if row.condition else "",
        "trial": trial,
        "days": DAYS,
        "breadcrumb": where((heading, None)),
    }
    return page(request, "triage/rule.html", names, status=422 if form.errors else 200)
