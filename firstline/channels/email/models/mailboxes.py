"""Mailboxes that mail is fetched from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.core.preferences import secrecy
from firstline.people.teams.models import Team

EVERY = 30  # seconds between two looks into a mailbox
LONGEST_WAIT = 240  # seconds, while it keeps failing
RED_AFTER = timedelta(minutes=5)  # without a look that went well


class Security(models.TextChoices):
    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None, on this machine only")


class AfterReading(models.TextChoices):
    KEEP = "keep", _("Leave it there, marked as read")
    MOVE = "move", _("Move it to another folder")
    DELETE = "delete", _("Delete it from the server")


class Mailbox(ChangedByActions):
    """A mailbox on a mail server (IMAP), and how far it was read.

    What was read is known by UIDVALIDITY and UID, never by the read flag: people look into mailboxes, too.
    """

    noun = "mailbox"

    name = models.CharField(_("name"), max_length=120)
    address = models.EmailField(_("address"), max_length=320, help_text=_("People write to it."))
    host = models.CharField(_("server"), max_length=253, help_text=_("Such as imap.example.org."))
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("encryption"), max_length=10, choices=Security, default=Security.TLS)
    user = models.CharField(_("user"), max_length=320)
    secret = models.TextField(editable=False, blank=True)  # encrypted, see set_password
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    after_reading = models.CharField(
        _("after reading a mail"), max_length=10, choices=AfterReading, default=AfterReading.KEEP
    )
    move_to = models.CharField(_("folder to move it to"), max_length=200, blank=True)
    takes_old = models.BooleanField(
        _("take what lies there already"), default=False, help_text=_("Otherwise only mail that comes from now on.")
    )
    takes_lists = models.BooleanField(
        _("the address is a group"),
        default=False,
        help_text=_("Mail comes through a mailing list or a group, and is not held back for that."),
    )
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("New tickets from here go into its queue."),
    )  # fmt: skip
    is_active = models.BooleanField(_("in use"), default=True)

    uid_validity = models.BigIntegerField(null=True, editable=False)
    first_uid = models.BigIntegerField(default=0, editable=False)  # what lay there before us ends here
    last_uid = models.BigIntegerField(default=0, editable=False)
    # A mail that ended the connection, how often; after the third time it is skipped, so that others pass.
    stuck_uid = models.BigIntegerField(default=0, editable=False)
    stuck_times = models.PositiveSmallIntegerField(default=0, editable=False)
    skipped = models.JSONField(default=list, blank=True, editable=False)  # [{"uid", "reason", "at"}], newest last
    next_poll_at = models.DateTimeField(default=clock.now, editable=False)
    last_poll_at = models.DateTimeField(null=True, editable=False)
    last_good_at = models.DateTimeField(null=True, editable=False)
    last_message_at = models.DateTimeField(null=True, editable=False)
    waiting = models.PositiveIntegerField(default=0, editable=False)  # mails seen there and not fetched yet
    last_error = models.CharField(max_length=500, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    check_state = models.CharField(max_length=10, blank=True, editable=False)  # asked, good, bad
    check_result = models.CharField(max_length=500, blank=True, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "mailbox"
        ordering: ClassVar = ["name", "id"]
        indexes: ClassVar = [models.Index(fields=["is_active", "next_poll_at"], name="mailbox_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("host"), "port", Lower("user"), "folder", name="mailbox_once")
        ]

    def __str__(self) -> str:
        return self.name

    def set_password(self, password: str) -> None:
        """Keep the password encrypted, for this server and user only: elsewhere it does not open."""
        self.secret = secrecy.encrypt(password, purpose=self._purpose())

    def password(self) -> str:
        """The password, for signing in there. Never show or log it."""
        return secrecy.decrypt(self.secret, purpose=self._purpose()) if self.secret else ""

    def _purpose(self) -> str:
        return f"mailbox:{self.user}@{self.host.lower()}"

    def is_red(self, now: datetime) -> bool:
        """Whether nobody has looked into it with success for too long."""
        return self.is_active and now - (self.last_good_at or self.changed_at) > RED_AFTER
