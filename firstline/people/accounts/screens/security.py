from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from firstline.core.entry import signed_in
from firstline.core.ui.render import page
from firstline.people.accounts.models import Person


@signed_in
def security(request: HttpRequest) -> HttpResponse:
    """Password, second step and sessions, each with its own page."""
    viewer: Any = request.user
    me = Person.objects.get(pk=viewer.pk)
    return page(
        request,
        "accounts/security.html",
        {
            "me": me,
            "has_password": me.has_usable_password(),
            "has_second_step": is_mfa_enabled(me),
            "sessions": UserSession.objects.filter(user_id=me.pk).count(),
        },
    )


@signed_in
def again(request: HttpRequest) -> HttpResponse:
    """Prove once more that it is you, with a code by mail: for people without password or second step."""
    target = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("accounts:profile")
    if request.method == "POST":
        logout(request)
        return HttpResponseRedirect(f"{reverse('account_request_login_code')}?{urlencode({'next': target})}")
    return page(request, "accounts/again.html", {"next": target})
