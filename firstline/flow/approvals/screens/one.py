"""One approval: everything needed to decide on one screen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused, may
from firstline.core.entry import signed_in
from firstline.core.text.numbers import row_number
from firstline.core.ui.render import page
from firstline.flow.approvals.actions.decide import (
    answer,
    ask_for_more,
    decide,
    delegate,
    name_approver,
    remind,
    withdraw,
)
from firstline.flow.approvals.forms import AnswerForm, DecisionForm, PersonForm, QuestionForm
from firstline.flow.approvals.models import Approval, Stage
from firstline.flow.approvals.queries.lists import visible_to
from firstline.flow.approvals.queries.shown import background, details_of, own_seat, remarks_of, shown
from firstline.work.tickets.queries import visible_to as tickets_visible_to


@signed_in
@require_safe
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asks, what for, what it costs, who has said what, and what comes next."""
    return _shown(request, _one(request, pk))


@signed_in
@require_POST
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse."""
    found = _one(request, pk)
    form = DecisionForm(request.POST)
    says = request.POST.get("says")
    if says not in {"grant", "refuse"}:
        form.add_error(None, _("Say whether you approve it."))
    stage = row_number(request.POST["stage"]) if request.POST.get("stage") else None
    return _done(
        request, found, form, "decision_form",
        lambda said: decide(found, says == "grant", comment=said["comment"], stage=stage, by=request.user),
        _("Approved.") if says == "grant" else _("Refused."),
    )  # fmt: skip


@signed_in
@require_POST
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more before deciding."""
    found = _one(request, pk)
    return _done(
        request, found, QuestionForm(request.POST), "question_form",
        lambda said: ask_for_more(found, said["words"], by=request.user), _("The requester is asked."),
    )  # fmt: skip


@signed_in
@require_POST
def answer_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the approver."""
    found = _one(request, pk)
    return _done(
        request, found, AnswerForm(request.POST), "answer_form",
        lambda said: answer(found, said["words"], by=request.user), _("Sent. It goes on now."),
    )  # fmt: skip


@signed_in
@require_POST
def delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass the decision on."""
    found = _one(request, pk)
    form = PersonForm(request.POST, prefix="to")
    form.viewer = request.user
    return _done(
        request, found, form, "delegation_form",
        lambda said: delegate(found, said["person"], by=request.user), _("Passed on."),
    )  # fmt: skip


@signed_in
@require_POST
def approver(request: HttpRequest, pk: int) -> HttpResponse:
    """Name an approver where nobody was found."""
    found = _one(request, pk)
    form = PersonForm(request.POST, prefix="name")
    form.viewer = request.user
    stage = Stage.objects.filter(approval=found, pk=row_number(request.POST.get("stage", ""))).first()
    if stage is None:
        raise Http404
    return _done(
        request, found, form, "approver_form",
        lambda said: name_approver(found, stage, said["person"], by=request.user), _("They are asked now."),
    )  # fmt: skip


@signed_in
@require_POST
def reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind those who have not answered."""
    found = _one(request, pk)
    return _simply(request, found, lambda: remind(found, by=request.user), _("They are reminded."))


@signed_in
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask no more."""
    found = _one(request, pk)
    return _simply(request, found, lambda: withdraw(found, by=request.user), _("Withdrawn."))


def _one(request: HttpRequest, pk: int) -> Approval:
    """The approval if this person may see it; 404 as for one that does not exist."""
    seen = visible_to(request.user).select_related("ticket", "requester", "asked_by", "rule", "question_by")
    found = seen.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _done(
    request: HttpRequest, found: Approval, form: Any, name: str, act: Any, said: str
) -> HttpResponse:  # fmt: skip
    """Do it and go back, or say on the page why not."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return _back(request, found)
    return _shown(request, _one(request, found.pk), status=422, **{name: form})


def _simply(request: HttpRequest, found: Approval, act: Any, said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return _back(request, found)


def _back(request: HttpRequest, found: Approval) -> HttpResponse:
    """To where they came from, if that is a page of ours that says so."""
    if request.POST.get("next") == "ticket":
        return HttpResponseRedirect(reverse("desk:ticket", args=[found.ticket_id]))
    if request.POST.get("next") == "request":
        return HttpResponseRedirect(reverse("portal:request", args=[found.ticket_id]))
    return HttpResponseRedirect(reverse("approvals:approval", args=[found.pk]))


def _shown(request: HttpRequest, found: Approval, *, status: int = 200, **forms: Any) -> HttpResponse:
    person: Any = request.user
    seen = shown(found)
    sees_ticket = tickets_visible_to(person).filter(pk=found.ticket_id).exists()
    ticket_url = ""
    if sees_ticket:
        ticket_url = reverse("desk:ticket" if may(person, "desk.enter") else "portal:request", args=[found.ticket_id])
    names: dict[str, Any] = {
        "shown": seen,
        "seat": own_seat(found, person) if found.is_open else None,
        "remarks": remarks_of(found),
        "details": details_of([found], person).get(found.pk, []),
        "ticket_url": ticket_url,
        "decision_form": DecisionForm(),
        "question_form": QuestionForm(),
        "answer_form": AnswerForm(),
        "delegation_form": PersonForm(prefix="to"),
        "approver_form": PersonForm(prefix="name"),
        "may_answer": found.state == Approval.State.MORE and may(person, "approval.answer", found),
        "may_withdraw": found.is_open and may(person, "approval.withdraw", found),
        "may_remind": found.is_open and may(person, "approval.remind", found),
        "may_manage": found.is_open and may(person, "approval.manage", found),
        "breadcrumb": [(_("Approvals"), reverse("approvals:mine")), (found.title, None)],
        **background(found),
    }
    return page(request, "approvals/approval.html", names | forms, status=status)
