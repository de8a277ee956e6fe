"""/account/: our own pages, and allauth's with a declared entry each."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import URLPattern, URLResolver, path, re_path

from firstline.core.entry import public, signed_in
from firstline.people.accounts.rules import fresh
from firstline.people.accounts.screens.limits import few_codes
from firstline.people.accounts.screens.profile import language, profile, theme
from firstline.people.accounts.screens.security import again, security

app_name = "accounts"

urlpatterns: list[URLPattern | URLResolver] = [
    path("profile", profile, name="profile"),
    path("theme", theme, name="theme"),
    path("language", language, name="language"),
    path("security", security, name="security"),
    path("again", again, name="again"),
]

# allauth looks its pages up by these names, outside any namespace. We list them one by one, so that a page that
# comes with a new version stays shut until somebody has thought about it.
entrance: list[URLPattern | URLResolver] = [
    path("login/", public(account.login), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("signup/", public(account.signup), name="account_signup"),
    path("login/code/", public(account.request_login_code), name="account_request_login_code"),
    path("login/code/confirm/", public(few_codes(account.confirm_login_code)), name="account_confirm_login_code"),
    path("reauthenticate/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("email/", signed_in(fresh(account.email)), name="account_email"),
    path(
        "confirm-email/",
        public(few_codes(account.email_verification_sent)),
        name="account_email_verification_sent",
    ),
    path("password/change/", signed_in(account.password_change), name="account_change_password"),
    path("password/set/", signed_in(fresh(account.password_set)), name="account_set_password"),
    path("password/reset/", public(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", public(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", signed_in(second_factor.index), name="mfa_index"),
    path("2fa/authenticate/", public(second_factor.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", signed_in(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", signed_in(fresh(totp.activate_totp)), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", signed_in(fresh(totp.deactivate_totp)), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", signed_in(fresh(recovery_codes.view_recovery_codes)), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        signed_in(fresh(recovery_codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path("sessions/", signed_in(sessions.list_usersessions), name="usersessions_list"),
]
