from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.triage.actions.settings import save_scale
from firstline.flow.triage.forms import ScaleForm
from firstline.flow.triage.models import PriorityScale
from firstline.flow.triage.queries.explaining import definitions
from firstline.work.tickets.models import Impact, Urgency

from .rules import where

PLAIN = ("vip", "repeat", "repeat_times", "repeat_days", "ceiling")


@access("ticket.settings")
def priorities(request: HttpRequest) -> HttpResponse:
    """How impact, urgency and the rest become a priority."""
    scale = PriorityScale.current()
    form = ScaleForm(request.POST or None, initial=_initial(scale))
    if request.method == "POST" and form.is_valid():
        _fill(scale, form.cleaned_data)
        try:
            save_scale(scale, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. It holds for every ticket that is weighed from now on."))
            return HttpResponseRedirect(reverse("triage:priorities"))
    names = {
        "form": form,
        "impacts": list(Impact),
        "urgencies": list(Urgency),
        "risks": [name for name in form.fields if name.startswith("risk_")],
        "values": [name for name in form.fields if name.startswith("value_")],
        "words": [name for name in form.fields if name.startswith("words_")],
        "breadcrumb": where((_("Priorities"), None)),
    }
    return page(request, "triage/priorities.html", names, status=422 if form.errors else 200)


def _initial(scale: PriorityScale) -> dict[str, Any]:
    return {
        **{name: getattr(scale, name) for name in PLAIN},
        **{f"cell_{key}": priority for key, priority in scale.cells.items()},
        **{f"risk_{key}": steps for key, steps in scale.risk.items()},
        **{f"value_{key}": steps for key, steps in scale.value.items()},
        **{f"words_{key}": text for key, text in definitions().items()},
    }


def _fill(scale: PriorityScale, said: dict[str, Any]) -> None:
    for name in PLAIN:
        setattr(scale, name, said[name])

    def those(prefix: str) -> dict[str, Any]:
        return {name.removeprefix(prefix): value for name, value in said.items() if name.startswith(prefix)}

    ours = {f"{key}": text for key, text in definitions().items()}
    scale.cells, scale.risk, scale.value = those("cell_"), those("risk_"), those("value_")
    # Words that are ours stay ours, so that everybody reads them in their own language.
    scale.definitions |= {key: text for key, text in those("words_").items() if text.strip() != ours[key].strip()}
