from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused
from firstline.core.entry import signed_in
from firstline.core.ui.render import page
from firstline.people.accounts.actions.edit import edit_own
from firstline.people.accounts.forms import ProfileForm
from firstline.people.accounts.models import Person


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, phone, language, time zone, theme and shortcuts."""
    viewer: Any = request.user
    me = Person.objects.get(pk=viewer.pk)
    # A bound model form writes into its instance; the action must still see what was there before.
    form = ProfileForm(request.POST or None, instance=Person.objects.get(pk=me.pk))
    if request.method == "POST" and form.is_valid():
        edit_own(me, changes=form.cleaned_data, by=me)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("accounts:profile"))
    return page(request, "accounts/profile.html", {"form": form, "me": me})


@signed_in
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device."""
    return _choose(request, "theme")


@signed_in
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages and of the mails to oneself."""
    return _choose(request, "language")


def _choose(request: HttpRequest, name: str) -> HttpResponse:
    viewer: Any = request.user
    me = Person.objects.get(pk=viewer.pk)
    try:
        edit_own(me, changes={name: request.POST.get(name, "")}, by=me)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=400, content_type="text/plain")
    response = HttpResponseRedirect(_back(request))
    if name == "theme":
        # Also for the pages before signing in, on this device.
        response.set_cookie("theme", me.theme, max_age=400 * 24 * 3600, samesite="Lax", secure=request.is_secure())
    return response


def _back(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return came_from if is_ours else reverse("accounts:profile")
