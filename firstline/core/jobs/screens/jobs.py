from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.jobs import queries
from firstline.core.jobs.actions.discard import discard
from firstline.core.jobs.actions.retry import retry
from firstline.core.jobs.models import LoopState
from firstline.core.ui.render import page

PER_PAGE = 50


@access("job.view")
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Every job, by what becomes of it; those that have failed for good come first."""
    state = request.GET.get("state", "dead")
    state = state if state in queries.STATES else "dead"
    rows = Paginator(queries.in_state(state), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "state": state,
        "states": [(key, _words(key), count) for key, count in queries.counts().items()],
        "rows": rows,
        "jobs": [{"row": row, "name": queries.name_of(row), "error": _last_error(row)} for row in rows],
        "health": queries.health(),
        "loops": LoopState.objects.order_by("name"),
        "may_repair": may(request.user, "job.repair"),
        "breadcrumb": [(_("Settings"), "/settings"), (_("Jobs"), None)],
    }
    return page(request, "jobs/jobs.html", context)


@access("job.repair")
@require_POST
def attempt(request: HttpRequest, job: UUID) -> HttpResponse:
    """Run one job again."""
    retry(str(job), by=request.user)
    messages.success(request, _("It will run again in a moment."))
    return HttpResponseRedirect(reverse("jobs:jobs"))


@access("job.repair")
@require_POST
def attempts(request: HttpRequest) -> HttpResponse:
    """Run all failed jobs again, after whatever they needed is back."""
    ids = [str(row.pk) for row in queries.in_state("dead")[:500]]
    for job in ids:
        retry(job, by=request.user)
    messages.success(
        request, ngettext("%(n)s job will run again.", "%(n)s jobs will run again.", len(ids)) % {"n": len(ids)}
    )
    return HttpResponseRedirect(reverse("jobs:jobs"))


@access("job.repair")
@require_POST
def disposal(request: HttpRequest, job: UUID) -> HttpResponse:
    """Give one job up."""
    discard(str(job), by=request.user)
    messages.success(request, _("The job is discarded."))
    return HttpResponseRedirect(reverse("jobs:jobs"))


def _words(state: str) -> str:
    return {
        "dead": _("Failed"),
        "retrying": _("Trying again"),
        "running": _("Running"),
        "waiting": _("Waiting"),
        "done": _("Done"),
    }[state]


def _last_error(row: Any) -> str:
    return str(row.errors[-1]["traceback"]) if row.errors else ""
