"""Other systems that workflows work with, and what one of them gave that may be read once."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.core.preferences import secrecy


class System(ChangedByActions):
    """A directory or another place of accounts, or what is called over HTTP.

    Its secret is kept encrypted, for this address and user only.
    """

    noun = "workflow_system"

    class Kind(models.TextChoices):
        SCIM = "scim", "SCIM 2.0"
        LDAP = "ldap", "LDAP"
        HTTP = "http", _("HTTP, for calls of workflows")

    key = models.SlugField(_("name in workflows"), max_length=60, unique=True, help_text=_("Such as staff or mail."))
    kind = models.CharField(_("what it speaks"), max_length=10, choices=Kind)
    address = models.CharField(
        _("address"), max_length=500, help_text=_("https://accounts.example.org/scim/v2 or ldaps://ldap.example.org")
    )
    user = models.CharField(
        _("user"),
        max_length=300,
        blank=True,
        help_text=_("LDAP: the full name, such as cn=firstline,dc=example,dc=org."),
    )
    secret = models.TextField(editable=False, blank=True)  # encrypted, see set_secret
    base = models.CharField(_("where people are"), max_length=300, blank=True, help_text=_("LDAP: ou=people,dc=…"))
    groups = models.CharField(_("where groups are"), max_length=300, blank=True, help_text=_("LDAP: ou=groups,dc=…"))
    is_active = models.BooleanField(_("in use"), default=True)
    check_state = models.CharField(max_length=10, blank=True, editable=False)  # asked, good, bad
    check_result = models.CharField(max_length=300, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "workflow_system"
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key

    def set_secret(self, secret: str) -> None:
        self.secret = secrecy.encrypt(secret, purpose=self._purpose())

    def opened_secret(self) -> str:
        """The password or token, for asking the system. Never show or log it."""
        return secrecy.decrypt(self.secret, purpose=self._purpose()) if self.secret else ""

    def _purpose(self) -> str:
        return f"workflow_system:{self.kind}:{self.user}@{self.address.lower()}"


class OnceRead(ChangedByActions):
    """A secret for one person, such as a new password: read once, within a day, by nobody else."""

    noun = "workflow_once"

    key = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    secret = models.TextField()  # encrypted; emptied when it was read
    made_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "workflow_once"

    def __str__(self) -> str:
        return f"for {self.person_id}"

    def access_scope(self) -> tuple[int | None, str, bool]:
        return None, "", False

    def relations_of(self, person: Any) -> frozenset[str]:
        return frozenset({"self"} if person.pk == self.person_id else ())
