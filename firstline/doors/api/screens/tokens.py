from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.doors.api.actions.tokens import create_token, revoke_token
from firstline.doors.api.models import ApiToken
from firstline.people.accounts.rules import fresh

LIVES = [("30", gettext_lazy("30 days")), ("365", gettext_lazy("One year")), ("", gettext_lazy("Until revoked"))]


class NewToken(forms.Form):
    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    scope = forms.ChoiceField(label=gettext_lazy("What it may do"), choices=ApiToken.Scope.choices)
    days = forms.ChoiceField(label=gettext_lazy("How long it lives"), choices=LIVES, required=False, initial="365")


@access("token.manage")
@fresh
def tokens(request: HttpRequest) -> HttpResponse:
    """My API tokens. A new one is shown once, on this page, and never again."""
    person: Any = request.user
    form, secret = NewToken(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        expires_at = clock.now() + timedelta(days=int(days)) if days else None
        try:
            _token, secret = create_token(
                person, form.cleaned_data["name"], scope=form.cleaned_data["scope"], expires_at=expires_at, by=person
            )
            form = NewToken()
        except Refused as error:
            form.add_error(None, str(error))
    names = {
        "form": form,
        "secret": secret,
        "tokens": list(ApiToken.objects.filter(person_id=person.pk, revoked_at__isnull=True)),
        "breadcrumb": [(_("API tokens"), None)],
    }
    return page(request, "api/tokens.html", names, status=422 if form.errors else 200)


@access("token.manage")
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a token worthless."""
    person: Any = request.user
    token = ApiToken.objects.filter(pk=pk, person=person).first()
    if token is None:
        raise Http404
    revoke_token(token, by=request.user)
    messages.success(request, _("Revoked. Nothing can use it any more."))
    return HttpResponseRedirect(reverse("api_tokens"))
