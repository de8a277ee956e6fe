from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, RawPostDataException
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused
from firstline.core.entry import public, signed_in
from firstline.people.notifications.actions.devices import add_device, remove_device
from firstline.people.notifications.jobs.sending import try_device
from firstline.people.notifications.models import Device

WORKER = Path(__file__).parents[1] / "static/notifications/worker/service-worker.js"


@signed_in
@require_POST
def devices(request: HttpRequest) -> HttpResponse:
    """What a browser tells of itself: its push subscription, or that it has none any more (`off`)."""
    me: Any = request.user
    try:
        said = json.loads(request.body)
        endpoint = str(said["endpoint"])
        if said.get("off"):
            fingerprint = hashlib.sha256(endpoint.encode()).hexdigest()
            known = Device.objects.filter(person=me, fingerprint=fingerprint).first()
            if known is not None:
                remove_device(me, known, by=me)
            return JsonResponse({})
        keys = said["keys"]
        add_device(me, endpoint, str(keys["p256dh"]), str(keys["auth"]), label=str(said.get("label") or ""), by=me)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    except (ValueError, KeyError, TypeError, AttributeError, RawPostDataException):  # the last: it was sent as a form
        return JsonResponse({"error": "subscription"}, status=400)
    return JsonResponse({}, status=201)


@signed_in
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show no more notices on that device, which may be a lost one."""
    me: Any = request.user
    remove_device(me, get_object_or_404(Device, pk=pk, person=me), by=me)
    return HttpResponseRedirect(reverse("notifications:choices"))


@signed_in
@require_POST
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a first notice, to see that it arrives."""
    me: Any = request.user
    device = get_object_or_404(Device, pk=pk, person=me)
    try_device.enqueue(device.pk)
    messages.info(request, _("A notice is on its way to %(device)s.") % {"device": device.label})
    return HttpResponseRedirect(reverse("notifications:choices"))


@public
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The script that shows pushed notices. It must lie at the root to serve the whole site."""
    response = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
