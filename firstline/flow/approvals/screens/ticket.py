"""Asking for an approval by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.approvals.actions.ask import ask, plan_trouble
from firstline.flow.approvals.engine.plans import PlanWrong
from firstline.flow.approvals.forms import AskForm
from firstline.work.tickets.queries import visible_to


@access("desk.enter")
def ask_for_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody to approve something about this ticket."""
    ticket = visible_to(request.user).filter(pk=pk).first()
    if ticket is None:
        raise Http404
    if not may(request.user, "approval.ask", ticket):
        raise NotAllowed("approval.ask")
    form = AskForm(request.POST or None, initial={"title": ticket.subject, "hours": 16})
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            ask(
                ticket, [form.plan()], title=said["title"], words=said["words"], cost=said["cost"],
                holds=said["holds"], by=request.user,
            )  # fmt: skip
        except PlanWrong as wrong:
            form.add_error(None, plan_trouble(wrong.code))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The approval is asked for."))
            return HttpResponseRedirect(reverse("desk:ticket", args=[ticket.pk]))
    heading = _("Ask for an approval")
    names = {
        "form": form, "heading": heading, "detail": str(ticket), "submit": _("Ask"),
        "breadcrumb": [(f"#{ticket.pk}", reverse("desk:ticket", args=[ticket.pk])), (heading, None)],
    }  # fmt: skip
    return page(request, "approvals/form.html", names, status=422 if form.errors else 200)
