"""Which tickets need whose approval, what is approved beforehand, and who owns what."""

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
from firstline.flow.approvals.actions.ask import plan_trouble
from firstline.flow.approvals.actions.settings import remove_stage, save_rule, save_stage, set_owner, sign_off
from firstline.flow.approvals.engine.plans import Plan, PlanWrong, Who
from firstline.flow.approvals.fields import CURRENCY
from firstline.flow.approvals.forms import OwnerForm, RuleForm, SignForm, StageForm, stage_as_filled
from firstline.flow.approvals.models import CategoryOwner, Rule, RuleStage
from firstline.flow.approvals.queries.sentences import Names, rule_in_words, stage_in_words, time_in_words
from firstline.people.accounts.models import Person
from firstline.work.tickets.models import Category
from firstline.work.tickets.queries import categories


@access("approval.settings")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All rules in their order, each as a sentence; and who owns which category."""
    found = list(Rule.objects.select_related("signed_by").prefetch_related("stages"))
    names = Names(row.planned for rule in found for row in rule.stages.all())
    owners = CategoryOwner.objects.select_related("category", "person").order_by("category__path")
    return page(
        request,
        "approvals/rules.html",
        {
            "rules": [(rule, rule_in_words(rule, names)) for rule in found],
            "owners": list(owners),
            "owner_form": OwnerForm(categories=_categories()),
            "currency": CURRENCY.get(),
            "breadcrumb": _where((_("Approvals"), None)),
        },
    )


@access("approval.settings")
def new_rule(request: HttpRequest) -> HttpResponse:
    """Add a rule."""
    return _rule(request, Rule(position=Rule.objects.count()))


@access("approval.settings")
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule: for which tickets, its stages, and whether it is approved beforehand."""
    return _rule(request, get_object_or_404(Rule.objects.select_related("signed_by"), pk=pk))


@access("approval.settings")
@require_POST
def owner(request: HttpRequest) -> HttpResponse:
    """Say who owns a category."""
    form = OwnerForm(request.POST, categories=_categories())
    form.viewer = request.user
    if form.is_valid():
        try:
            category = get_object_or_404(Category, pk=form.cleaned_data["category"])
            set_owner(category, form.cleaned_data["person"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("approvals:rules"))
    return _form(request, form, _("Owner of a category"), status=422)


@access("approval.settings")
@require_POST
def sign_off_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve beforehand what the rule is for, or take that back."""
    found = get_object_or_404(Rule, pk=pk)
    form = SignForm(request.POST)
    is_taken_back = request.POST.get("says") == "take_back"
    if is_taken_back or form.is_valid():
        try:
            until = None if is_taken_back else form.cleaned_data["until"]
            sign_off(found, until, up_to=0 if is_taken_back else form.cleaned_data["up_to"] or 0, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("approvals:rule", args=[pk]))
    return _rule(request, found, sign_form=form)


@access("approval.settings")
def new_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a stage at the end of a rule."""
    return _stage(request, get_object_or_404(Rule, pk=pk), None)


@access("approval.settings")
def stage(request: HttpRequest, pk: int, stage: int) -> HttpResponse:
    """Change a stage."""
    return _stage(request, get_object_or_404(Rule, pk=pk), get_object_or_404(RuleStage, pk=stage, rule=pk))


@access("approval.settings")
@require_POST
def stage_removal(request: HttpRequest, pk: int, stage: int) -> HttpResponse:
    """Take a stage out."""
    remove_stage(get_object_or_404(Rule, pk=pk), get_object_or_404(RuleStage, pk=stage, rule=pk), by=request.user)
    messages.success(request, _("The stage is removed."))
    return HttpResponseRedirect(reverse("approvals:rule", args=[pk]))


def _rule(request: HttpRequest, found: Rule, *, sign_form: SignForm | None = None) -> HttpResponse:
    is_saved = request.method == "POST" and sign_form is None
    form = RuleForm(request.POST if is_saved else None, instance=found)
    heading = found.name if found.pk else _("New rule")
    if is_saved and form.is_valid():
        try:
            kept = save_rule(form.instance, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("approvals:rule", args=[kept.pk]))
    rows = list(found.stages.all()) if found.pk else []
    names = Names(row.planned for row in rows)
    shown = {
        "form": form, "heading": heading, "rule": found if found.pk else None, "currency": CURRENCY.get(),
        "stages": [(row, stage_in_words(row.planned, names), time_in_words(row.planned, names)) for row in rows],
        "sentence": rule_in_words(found, names) if rows else "",
        "sign_form": sign_form
        or SignForm(initial={"up_to": found.granted_up_to or None, "until": found.granted_until}),
        "breadcrumb": _where((_("Approvals"), reverse("approvals:rules")), (heading, None)),
    }  # fmt: skip
    has_errors = form.errors or (sign_form is not None and sign_form.errors)
    return page(request, "approvals/rule.html", shown, status=422 if has_errors else 200)


def _stage(request: HttpRequest, found: Rule, kept: RuleStage | None) -> HttpResponse:
    form = StageForm(request.POST or None, initial=_filled(kept) if kept else {"has_veto": True, "hours": 16})
    form.viewer = request.user
    heading = _("Stage") if kept else _("New stage")
    if request.method == "POST" and form.is_valid():
        try:
            save_stage(found, kept, form.plan(), is_beside=form.cleaned_data["is_beside"], by=request.user)
        except PlanWrong as wrong:
            form.add_error(None, plan_trouble(wrong.code))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("approvals:rule", args=[found.pk]))
    return _form(
        request, form, heading, (found.name, reverse("approvals:rule", args=[found.pk])),
        status=422 if form.errors else 200,
    )  # fmt: skip


def _filled(kept: RuleStage) -> dict[str, Any]:
    plan: Plan = kept.planned
    people = Person.objects.filter(pk__in=[asked.key for asked in plan.who if asked.who is Who.PERSON])
    return stage_as_filled(plan, [each.email or each.display_name for each in people], is_beside=kept.is_beside)


def _categories() -> list[tuple[int, str]]:
    return [(each.pk, "— " * each.depth + each.name) for each in categories()]  # type: ignore[attr-defined]


def _form(
    request: HttpRequest, form: Any, heading: str, *above: tuple[str, str], status: int = 200
) -> HttpResponse:  # fmt: skip
    where = _where((_("Approvals"), reverse("approvals:rules")), *above, (heading, None))
    return page(
        request, "approvals/form.html",
        {"form": form, "heading": heading, "detail": "", "submit": _("Save"), "breadcrumb": where}, status=status,
    )  # fmt: skip


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Settings"), reverse("desk:settings")), *steps]
