from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused
from firstline.core.database import keyset
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.accounts.rules import fresh, fresh_for_secrets
from firstline.people.notifications.actions.targets import remove_target, save_target
from firstline.people.notifications.forms import NewTargetForm, TargetForm
from firstline.people.notifications.jobs.sending import try_target
from firstline.people.notifications.models import Target
from firstline.people.teams.queries import visible_to as teams_visible_to


@access("settings.view")
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """The chats that are set up; never their addresses."""
    rows, following = keyset.page(
        Target.objects.select_related("person", "team"), by="name", after=request.GET.get("after", "")
    )
    return page(request, "notifications/targets.html", {"targets": rows, "next": following, "breadcrumb": _where()})


@access("settings.edit")
@fresh_for_secrets
def new(request: HttpRequest) -> HttpResponse:
    """Set a chat up."""
    teams = list(teams_visible_to(request.user).filter(is_active=True))
    form = NewTargetForm(request.POST or None, teams=teams)
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        team = next((each for each in teams if str(each.pk) == said["team"]), None)
        try:
            made = save_target(
                said["name"], address=said["address"], person=said["person"], team=team, is_active=said["is_active"],
                by=request.user,
            )  # fmt: skip
            return HttpResponseRedirect(reverse("notifications:target", args=[made.pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context: dict[str, Any] = {"form": form, "target": None, "breadcrumb": _where((_("New chat"), None))}
    return page(request, "notifications/target.html", context)


@access("settings.edit")
@fresh_for_secrets
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """One chat: change it, try it, remove it."""
    row = get_object_or_404(Target.objects.select_related("person", "team"), pk=pk)
    form = TargetForm(request.POST or None, initial={"name": row.name, "is_active": row.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            save_target(
                form.cleaned_data["name"], address=form.cleaned_data["address"], target=row,
                is_active=form.cleaned_data["is_active"], by=request.user,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("notifications:target", args=[pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(
        request, "notifications/target.html", {"form": form, "target": row, "breadcrumb": _where((row.name, None))}
    )


@access("settings.edit")
@fresh
@require_POST
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Say hello into the chat."""
    try_target.enqueue(get_object_or_404(Target, pk=pk).pk)
    messages.info(request, _("A first message is on its way; this page tells how it went."))
    return HttpResponseRedirect(reverse("notifications:target", args=[pk]))


@access("settings.edit")
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a chat away."""
    remove_target(get_object_or_404(Target, pk=pk), by=request.user)
    return HttpResponseRedirect(reverse("notifications:targets"))


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    chats = reverse("notifications:targets") if steps else None
    return [(_("Settings"), "/settings"), (_("Chats"), chats), *steps]
