"""Paths, levels, suppliers and promises of news."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused
from firstline.core.conditions import ConditionError
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.escalation.actions.hand_over import save_relay
from firstline.flow.escalation.actions.settings import (
    remove_level,
    save_level,
    save_path,
    save_protocol,
    save_vendor,
)
from firstline.flow.escalation.forms import (
    LevelForm,
    PathForm,
    ProtocolForm,
    RelayForm,
    VendorForm,
    condition_as_typed,
    level_as_filled,
    priorities,
)
from firstline.flow.escalation.models import Level, Path, Protocol, Relay, Vendor, reason_in_words
from firstline.flow.escalation.queries import levels_of, trial

FORM = "escalation/setting.html"


@access("escalation.settings")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Paths in their order, promises of news by priority, suppliers."""
    promised = {protocol.priority: protocol for protocol in Protocol.objects.all()}
    return page(
        request,
        "escalation/settings.html",
        {
            "paths": [
                (path, condition_as_typed(path.condition), list(path.levels.all()))
                for path in Path.objects.prefetch_related("levels")
            ],
            "protocols": [(value, label, promised.get(value)) for value, label in priorities()],
            "relays": list(Relay.objects.select_related("from_team", "to_team").order_by("from_team__name")),
            "priorities": dict(priorities()),
            "vendors": list(Vendor.objects.all()[:200]),
            "breadcrumb": _where((_("Escalation"), None)),
        },
    )


@access("escalation.settings")
def new_path(request: HttpRequest) -> HttpResponse:
    """Add a path."""
    return _path(request, None)


@access("escalation.settings")
def path(request: HttpRequest, pk: int) -> HttpResponse:
    """One path with its levels."""
    return _path(request, get_object_or_404(Path, pk=pk))


@access("escalation.settings")
@require_safe
def path_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """What a path, as it is saved, would have done with last month's tickets."""
    found = get_object_or_404(Path, pk=pk)
    try:
        done, trouble = trial(found, request.user), ""
    except ConditionError as error:
        done, trouble = None, str(error)
    names = {
        "path": found, "trial": done, "trouble": trouble, "levels": levels_of(found), "why": reason_in_words,
        "breadcrumb": _where(
            (_("Escalation"), reverse("escalation:settings")), (found.name, reverse("escalation:path", args=[pk])),
            (_("Tried on last month"), None),
        ),
    }  # fmt: skip
    return page(request, "escalation/trial.html", names)


@access("escalation.settings")
def new_level(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a level at the end of a path."""
    return _level(request, get_object_or_404(Path, pk=pk), None)


@access("escalation.settings")
def level(request: HttpRequest, pk: int, level: int) -> HttpResponse:
    """Change a level."""
    return _level(request, get_object_or_404(Path, pk=pk), get_object_or_404(Level, pk=level, path=pk))


@access("escalation.settings")
@require_POST
def level_removal(request: HttpRequest, pk: int, level: int) -> HttpResponse:
    """Take a level out."""
    remove_level(get_object_or_404(Path, pk=pk), get_object_or_404(Level, pk=level, path=pk), by=request.user)
    messages.success(request, _("The level is removed."))
    return HttpResponseRedirect(reverse("escalation:path", args=[pk]))


@access("escalation.settings")
def new_vendor(request: HttpRequest) -> HttpResponse:
    """Add a supplier."""
    return _vendor(request, None)


@access("escalation.settings")
def vendor(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a supplier."""
    return _vendor(request, get_object_or_404(Vendor, pk=pk))


@access("escalation.settings")
def new_relay(request: HttpRequest) -> HttpResponse:
    """Let a team hand over when its shift ends."""
    return _relay(request, None)


@access("escalation.settings")
def relay(request: HttpRequest, pk: int) -> HttpResponse:
    """Change to whom a team hands over, what, and when."""
    return _relay(request, get_object_or_404(Relay, pk=pk))


@access("escalation.settings")
def protocol(request: HttpRequest, priority: int) -> HttpResponse:
    """How often news is promised at one priority."""
    label = dict(priorities()).get(priority)
    if label is None:
        raise Http404
    kept = Protocol.objects.filter(priority=priority).first()
    names = ("first_minutes", "every_minutes", "tell", "asks_next", "asks_expected", "is_active")
    initial = {name: getattr(kept, name) for name in names} if kept else {"tell": ["requester"], "is_active": True}
    form = ProtocolForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form, lambda said: save_protocol(priority, **said, by=request.user)) or _form(
            request, form, label
        )
    return _form(request, form, _("Promised news: %(priority)s") % {"priority": label})


def _path(request: HttpRequest, found: Path | None) -> HttpResponse:
    initial = (
        {"name": found.name, "purpose": found.purpose, "position": found.position, "is_active": found.is_active,
         "condition": condition_as_typed(found.condition)} if found else {"position": Path.objects.count()}
    )  # fmt: skip
    form = PathForm(request.POST or None, initial=initial)
    heading = found.name if found else _("New path")
    if request.method == "POST" and form.is_valid():
        try:
            kept = save_path(found, form.cleaned_data.pop("name"), **form.cleaned_data, by=request.user)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("escalation:path", args=[kept.pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    levels = [(each, [reason_in_words(trigger) for trigger in each.when]) for each in levels_of(found)] if found else []
    where = _where((_("Escalation"), reverse("escalation:settings")), (heading, None))
    names = {"form": form, "heading": heading, "path": found, "levels": levels, "breadcrumb": where}
    return page(request, "escalation/path.html", names)


def _level(request: HttpRequest, found: Path, kept: Level | None) -> HttpResponse:
    form = LevelForm(request.POST or None, initial=level_as_filled(kept) if kept else {})
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            save_level(
                found, kept, said["name"], who=said["who"], team=said["team"], person=said["person"],
                vendor=said["vendor"], way=said["way"], when=form.when, asks_for=said["asks_for"].splitlines(),
                by=request.user,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("escalation:path", args=[found.pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _form(
        request, form, kept.name if kept else _("New level"), (found.name, reverse("escalation:path", args=[found.pk]))
    )


def _vendor(request: HttpRequest, kept: Vendor | None) -> HttpResponse:
    names = ("name", "contact", "email", "phone", "note", "answer_minutes", "is_active")
    form = VendorForm(request.POST or None, initial={name: getattr(kept, name) for name in names} if kept else {})
    if request.method == "POST" and form.is_valid():
        done = _saved(
            request, form, lambda said: save_vendor(kept, said.pop("name"), **said, by=request.user)
        )  # fmt: skip
        if done:
            return done
    return _form(request, form, kept.name if kept else _("New supplier"))


def _relay(request: HttpRequest, kept: Relay | None) -> HttpResponse:
    names = ("from_team", "to_team", "minutes_before", "least_urgent")
    form = RelayForm(request.POST or None, initial={name: getattr(kept, name) for name in names} if kept else {})
    if request.method == "POST" and form.is_valid():
        done = _saved(request, form, lambda said: save_relay(**said, by=request.user))
        if done:
            return done
    return _form(request, form, str(kept.from_team) if kept else _("Follow the sun"))


def _saved(request: HttpRequest, form: Any, save: Any) -> HttpResponse | None:
    """Save and go back, or say on the form why not."""
    try:
        save(form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("escalation:settings"))


def _form(request: HttpRequest, form: Any, heading: str, above: tuple[str, str] | None = None) -> HttpResponse:
    way = [(_("Escalation"), reverse("escalation:settings")), *([above] if above else []), (heading, None)]
    return page(request, FORM, {"form": form, "heading": heading, "breadcrumb": _where(*way)})


def _where(*way: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Settings"), reverse("desk:settings")), *way]
