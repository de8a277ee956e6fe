from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from firstline.channels.email.models import Mailbox


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]
    """A mailbox. The password that is kept is never shown."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted. Empty: the one that is kept stays; another server or user needs it again."),
    )

    class Meta:
        model = Mailbox
        fields = (
            "name", "address", "host", "port", "security", "user", "password", "folder", "after_reading", "move_to",
            "team", "takes_old", "takes_lists", "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.Meta.fields)
