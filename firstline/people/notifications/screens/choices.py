from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused
from firstline.core.entry import signed_in
from firstline.core.ui.render import page
from firstline.people.notifications.actions.choose import choose, set_rhythm
from firstline.people.notifications.actions.devices import our_public_key
from firstline.people.notifications.fields import TICKETS, Channel
from firstline.people.notifications.forms import RhythmForm
from firstline.people.notifications.models import Device, Target
from firstline.people.notifications.queries import is_desk, matrix, rhythm_of, zone_of

RHYTHM = ("quiet_from", "quiet_until", "quiet_weekends", "urgent_passes", "digest", "daily_at")


@signed_in
@require_safe
def choices(request: HttpRequest) -> HttpResponse:
    """Of what one is told, and how."""
    return _show(request)


@signed_in
@require_POST
def kinds(request: HttpRequest) -> HttpResponse:
    """Keep the matrix: what is ticked is on."""
    me: Any = request.user
    said = {
        (kind.key, channel): f"{kind.key}:{channel}" in request.POST.getlist("on")
        for kind, channels in matrix(me)
        for channel, is_on in channels.items()
        if is_on is not None
    }
    choose(me, said, by=me)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("notifications:choices"))


@signed_in
@require_POST
def rhythm(request: HttpRequest) -> HttpResponse:
    """Keep quiet hours and digests."""
    me: Any = request.user
    form = RhythmForm(request.POST)
    if form.is_valid():
        try:
            set_rhythm(me, **form.cleaned_data, by=me)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("notifications:choices"))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _show(request, form=form)


def _show(request: HttpRequest, *, form: RhythmForm | None = None) -> HttpResponse:
    me: Any = request.user
    mine = rhythm_of(me)
    groups: dict[str, list[Any]] = {}
    for kind, channels in matrix(me):
        groups.setdefault(str(kind.group), []).append((kind, channels))
    groups = dict(sorted(groups.items(), key=lambda item: item[0] != str(TICKETS)))
    context = {
        "groups": groups,
        "channels": [(channel.value, channel.label) for channel in Channel],
        "form": form or RhythmForm(initial={name: getattr(mine, name) for name in RHYTHM}),
        "zone": zone_of(me).key,
        "public_key": our_public_key(),
        "devices": list(Device.objects.filter(person=me).order_by("pk")),
        "targets": list(Target.objects.filter(person=me).order_by("name")),
        "is_desk": is_desk(me),
        "breadcrumb": [(_("Notices"), reverse("notifications:inbox")), (_("My choices"), None)],
    }
    return page(request, "notifications/choices.html", context)
