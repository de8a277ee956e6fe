"""POST /live/presence: this page is open, or is no more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.views.decorators.http import require_POST

from firstline.core.entry import signed_in
from firstline.core.live.models import State
from firstline.core.live.presence import be_present, leave
from firstline.core.live.topics import is_allowed, parse

LEFT = "left"


@signed_in
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    state = request.POST.get("state", "")
    try:
        [name] = parse(request.POST.get("topic", ""))
    except ValueError:
        return HttpResponseBadRequest()
    if state != LEFT and state not in State.values:
        return HttpResponseBadRequest()
    if not is_allowed(request.user, name):
        return HttpResponseForbidden()
    if state == LEFT:
        leave(request.user, name)
    else:
        be_present(request.user, name, State(state))
    return HttpResponse(status=204)
