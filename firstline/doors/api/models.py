from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions

PERSON = settings.AUTH_USER_MODEL


class ApiToken(ChangedByActions):
    """A key to the API that acts as one person. Only its digest is kept; it is shown once."""

    noun = "api_token"

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and change")

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    scope = models.CharField(_("what it may do"), max_length=5, choices=Scope, default=Scope.READ)
    start = models.CharField(max_length=12)  # its first letters, to tell it from others
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    def relations_of(self, person: Any) -> frozenset[str]:
        return frozenset({"self"}) if person.pk == self.person_id else frozenset()

    @property
    def is_alive(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > clock.now())


class IdempotentAnswer(ChangedByActions):
    """The answer to a request that carried an Idempotency-Key: the same key gets it again, nothing happens twice."""

    noun = "idempotent_answer"

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)  # null: the first request is still at work
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        db_table = "api_idempotent_answer"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="api_idempotent_once")]

    def __str__(self) -> str:
        return self.key
