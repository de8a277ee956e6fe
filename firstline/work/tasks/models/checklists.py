"""A named list of tasks, put on a ticket in one go."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import Team

PERSON = settings.AUTH_USER_MODEL


class Checklist(ChangedByActions):
    """A list of tasks with a name. One of a team is offered on that team's tickets only."""

    noun = "checklist"

    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("what for"), max_length=300, blank=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("team"),
        help_text=_("Empty: offered on every ticket"),
    )  # fmt: skip
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        db_table = "checklist"
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "name"], name="checklist_name_once")]

    def __str__(self) -> str:
        return self.name

    def access_scope(self) -> tuple[int | None, str, bool]:
        """One of a team is a matter of that team's lead, too."""
        return self.team_id, "", bool(self.team and self.team.is_private)


class ChecklistItem(ChangedByActions):
    """One task of such a list."""

    noun = "checklist_item"

    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("description and goal"), blank=True)
    due_days = models.PositiveSmallIntegerField(_("due after working days"), null=True, blank=True)
    person = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    blocks_closing = models.BooleanField(_("the ticket waits for it"), default=True)
    is_shown_to_requester = models.BooleanField(_("the requester sees it"), default=False)
    needs = models.ManyToManyField("self", symmetrical=False, related_name="+", db_table="checklist_item_needs")

    class Meta:
        db_table = "checklist_item"
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [models.Index(fields=["checklist", "position", "id"], name="checklist_item_order")]

    def __str__(self) -> str:
        return self.title
