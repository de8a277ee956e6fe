"""How allauth behaves here: who may sign in, what its mails say, where its links lead."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from firstline.people.accounts.models import Person
from firstline.people.accounts.screens.secrets import open_sealed, qr_code, seal

UNKNOWN_ADDRESS = {"unknown_address": "1/h/key"}


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's account adapter."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        # People get an account by writing a mail or from an agent, and prove their address with a code.
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # one kind of answer, one kind of check

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        refusal: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refusal is None and user.email:
            # Person.email is the truth; allauth's own table follows it, for its stages and its change of address.
            EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
            EmailAddress.objects.update_or_create(
                user=user, email=user.email, defaults={"primary": True, "verified": user.is_verified}
            )
        return refusal

    def set_password(self, user: Person, password: str) -> None:
        """Set it only if nobody has since this request began: of fifty uses of one reset link, one succeeds."""
        before = user.password
        user.set_password(password)
        if not Person.objects.filter(pk=user.pk, password=before).update(password=user.password):
            messages.error(context.request, _("This link has been used. Ask for a new one if it was not you."))
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_reset_password")))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not methods and user.is_authenticated:
            # Somebody without a password proves it is them the way they came in.
            methods = [{"id": "code", "description": _("Use a code by mail"), "url": reverse("accounts:again")}]
        return methods

    # Links in mails use the configured address, whatever the request claims about its host (TRUST E4).

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.BASE_URL}{path.replace('UID-KEY', quote(key))}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render and send one of the texts in templates/account/email, in the language of its reader."""
        if template_prefix.endswith("unknown_account") and not self._may_write_to_stranger(email):
            return
        person = Person.objects.filter(email=email).first()
        names = {
            "person": person,
            "code": context.get("code", ""),
            "link": context.get("password_reset_url", ""),
            "base_url": settings.BASE_URL,
        }
        with translation.override((person and person.language) or translation.get_language()):
            subject, _newline, text = render_to_string(f"{template_prefix}.txt", names).strip().partition("\n")
            message = EmailMultiAlternatives(subject, text.strip() + "\n", self.get_from_email(), [email])
        # Machines must not answer, and a mail gateway's own "out of office" would only confuse.
        message.extra_headers |= {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
        message.send()

    def send_notification_mail(self, template_prefix: str, user: Person, *args: Any, **kwargs: Any) -> None:
        if user.email and app_settings.EMAIL_NOTIFICATIONS:
            link = f"{settings.BASE_URL}{reverse('accounts:security')}"
            self.send_mail("account/email/account_changed", user.email, {"password_reset_url": link})

    def _may_write_to_stranger(self, email: str) -> bool:
        # Anybody can type any address: nobody gets more than one such mail an hour.
        return bool(
            ratelimit.consume(
                context.request, app="firstline", action="unknown_address", config=UNKNOWN_ADDRESS, key=email.lower()
            )
        )


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's adapter for authenticator apps: sealed secrets, and a QR code without another library."""

    def get_totp_issuer(self) -> str:
        return "Firstline"

    def encrypt(self, text: str) -> str:
        return seal(text, purpose="second factor")

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(encrypted_text, purpose="second factor")

    def build_totp_svg(self, url: str) -> str:
        return qr_code(url)
