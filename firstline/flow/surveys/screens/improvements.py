from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.surveys.actions.improve import save_improvement
from firstline.flow.surveys.forms import ImprovementForm
from firstline.flow.surveys.models import Feedback, Improvement
from firstline.flow.surveys.queries import figures
from firstline.work.tickets.queries import visible_to

MOST = 200
TONES = {"planned": "new", "doing": "open", "done": "resolved", "dropped": "neutral"}


@access("report.view")
def improvements(request: HttpRequest) -> HttpResponse:
    """What gets better, and because of what."""
    rows = list(figures.improvements_seen_by(request.user).prefetch_related("caused_by")[:MOST])
    names = {
        "rows": rows,
        "tones": TONES,
        "may_edit": may(request.user, "improvement.edit"),
        "breadcrumb": _where((_("Improvements"), None)),
    }
    return page(request, "surveys/improvements.html", names)


@access("improvement.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Begin one, from the answers that led to it."""
    chosen = request.POST.getlist("feedback") or request.GET.getlist("feedback")
    causes = _causes(request.user, chosen)
    if request.method == "POST" and "title" not in request.POST:  # chosen in the list of answers
        return _form(request, Improvement(), causes, ImprovementForm(instance=Improvement()))
    return _edit(request, Improvement(), causes)


@access("report.view")
def improvement(request: HttpRequest, pk: int) -> HttpResponse:
    """One improvement, its state, and the answers behind it."""
    found = get_object_or_404(Improvement, pk=pk)
    return _edit(request, found, figures.causes_seen_by(request.user, found))


def _edit(request: HttpRequest, found: Improvement, causes: list[Feedback]) -> HttpResponse:
    form = ImprovementForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_improvement(form.instance, caused_by=[] if found.pk else causes, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("surveys:improvement", args=[saved.pk]))
    return _form(request, found, causes, form)


def _form(request: HttpRequest, found: Improvement, causes: list[Feedback], form: ImprovementForm) -> HttpResponse:
    person: Any = request.user
    kept = Improvement.objects.filter(pk=found.pk).first() if found.pk else None
    heading = kept.title if kept else _("New improvement")
    names = {
        "form": form,
        "heading": heading,
        "improvement": kept,
        "causes": [
            {"feedback": cause, "remark": cause.remark if may(person, "feedback.remark", cause.ticket) else ""}
            for cause in causes
        ],
        "is_new": kept is None,
        "may_edit": may(person, "improvement.edit"),
        "tones": TONES,
        "breadcrumb": _where((_("Improvements"), reverse("surveys:improvements")), (heading, None)),
    }
    return page(request, "surveys/improvement.html", names, status=422 if form.errors else 200)


def _causes(person: Any, chosen: list[str]) -> list[Feedback]:
    keys = [int(key) for key in chosen[:100] if key.isascii() and key.isdecimal() and len(key) < 18]
    found = Feedback.objects.filter(pk__in=keys, answered_at__isnull=False, ticket__in=visible_to(person))
    return list(found.select_related("ticket__team", "person", "agent"))


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Satisfaction"), reverse("surveys:satisfaction")), *steps]
