"""What allauth reports, made into our events. Its signals are the only ones we listen to: it has no other voice."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa

from firstline.core import clock
from firstline.people.accounts.actions.sign_in import (
    note_email_change,
    note_password_change,
    note_second_factor,
    note_sign_in,
    verify_email,
)


def code_was_right(user: Any, method: str, **facts: Any) -> None:
    """A code that came by mail proves the address it went to."""
    if method == "code" and facts.get("email") == user.email:
        verify_email(user, by=None)


def signed_in(request: Any, user: Any, **_facts: Any) -> None:
    request.session["signed_in_at"] = clock.now().timestamp()
    records = request.session.get("account_authentication_methods", [])
    note_sign_in(user, methods=[record["method"] for record in records], by=None)


def password_changed(request: Any, user: Any, **_facts: Any) -> None:
    note_password_change(user, keep_session=_own_session(request, user), by=None)


def password_reset(request: Any, user: Any, **_facts: Any) -> None:
    # The link came by mail, so the address is proven, too.
    verify_email(user, by=None)
    note_password_change(user, keep_session=None, by=None)


def email_changed(user: Any, **_facts: Any) -> None:
    user.refresh_from_db(fields=["email"])
    note_email_change(user, by=None)


def second_factor_added(request: Any, user: Any, authenticator: Any, **_facts: Any) -> None:
    _second_factor(request, user, authenticator, "added")


def second_factor_removed(request: Any, user: Any, authenticator: Any, **_facts: Any) -> None:
    _second_factor(request, user, authenticator, "removed")


def second_factor_renewed(request: Any, user: Any, authenticator: Any, **_facts: Any) -> None:
    _second_factor(request, user, authenticator, "renewed")


def _second_factor(request: Any, user: Any, authenticator: Any, change: str) -> None:
    note_second_factor(
        user, change=change, factor=str(authenticator.type), keep_session=_own_session(request, user), by=None
    )


def _own_session(request: Any, user: Any) -> str | None:
    """The session the change is made in, if it is the person's own: that one goes on."""
    return request.session.session_key if request.user.pk == user.pk else None


for signal, listener in (
    (account.authentication_step_completed, code_was_right),
    (account.user_logged_in, signed_in),
    (account.password_changed, password_changed),
    (account.password_set, password_changed),
    (account.password_reset, password_reset),
    (account.email_changed, email_changed),
    (mfa.authenticator_added, second_factor_added),
    (mfa.authenticator_removed, second_factor_removed),
    (mfa.authenticator_reset, second_factor_renewed),
):
    signal.connect(listener, dispatch_uid=f"{__name__}.{listener.__name__}")
