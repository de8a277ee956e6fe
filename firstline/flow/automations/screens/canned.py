from __future__ import annotations

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.automations.actions.canned import EDIT, remove_canned, save_canned
from firstline.flow.automations.forms import CannedForm
from firstline.flow.automations.models import CannedReply, CannedUse
from firstline.flow.automations.queries.explaining import teams_in_words
from firstline.flow.automations.queries.macros import may_shape_any

from .automations import where
from .keeping import Kept, added, changed, removed

CANNED = Kept(
    model=CannedReply, permission=EDIT, save=save_canned, remove=remove_canned,
    form=lambda request, found: CannedForm(request.POST or None, reply=found),
    words=(gettext_lazy("Canned replies"), gettext_lazy("New canned reply")),
    route="automations:canned_replies", template="automations/canned_reply.html",
)  # fmt: skip


@access("automation.view")
@require_safe
def canned_replies(request: HttpRequest) -> HttpResponse:
    """All canned replies, in which languages, for whom, and how often they are used."""
    used = {
        number: (times, last)
        for number, times, last in CannedUse.objects.values_list("reply")
        .annotate(times=Count("id"), last=Max("at"))
        .order_by()
    }
    rows = [
        {
            "reply": each, "languages": list(each.texts), "teams": teams_in_words(each.teams),
            "used": used.get(each.pk, (0, None)), "may_edit": may(request.user, EDIT, each),
        }
        for each in CannedReply.objects.all()
    ]  # fmt: skip
    names = {
        "rows": rows, "may_add": may_shape_any(request.user, EDIT), "breadcrumb": where((_("Canned replies"), None)),
    }  # fmt: skip
    return page(request, "automations/canned_replies.html", names)


@access("automation.view")
def new(request: HttpRequest) -> HttpResponse:
    """Add a canned reply."""
    return added(request, CANNED)


@access("automation.view")
def canned_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a canned reply."""
    return changed(request, CANNED, pk)


@access("automation.view")
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a canned reply."""
    return removed(request, CANNED, pk)
