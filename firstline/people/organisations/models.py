from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions


class Organisation(ChangedByActions):
    """A company, client or unit that requesters belong to."""

    noun = "organisation"

    name = models.CharField(_("name"), max_length=200, unique=True)
    domains = models.JSONField(_("mail domains"), default=list, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    is_important = models.BooleanField(_("important customer"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "organisation"

    def __str__(self) -> str:
        return self.name


class Department(ChangedByActions):
    """A part of an organisation, with somebody who leads it."""

    noun = "department"

    name = models.CharField(_("name"), max_length=200)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="heads_departments"
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "department"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="department_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(ChangedByActions):
    """Where a person belongs, and to whom they report."""

    noun = "membership"

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="manages"
    )
    title = models.CharField(_("job title"), max_length=120, blank=True)
    is_vip = models.BooleanField(_("very important person"), default=False)

    class Meta:
        db_table = "membership"

    def __str__(self) -> str:
        return f"{self.person}: {self.department or self.organisation or '-'}"
