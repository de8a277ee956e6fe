"""What is arranged beforehand: rules with their stages, owners of categories, who stands in for whom, meetings."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.core.calendars.models import Calendar
from firstline.flow.approvals.engine import plans
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Category

PERSON = settings.AUTH_USER_MODEL


class AfterRefusal(models.TextChoices):
    STAY = "stay", _("The ticket stays open; its team looks after it")
    CLOSE = "close", _("The ticket is closed")


class Rule(ChangedByActions):
    """Which tickets need an approval. The first that fits a ticket asks; or it grants what was signed off before."""

    noun = "approval_rule"

    name = models.CharField(_("name"), max_length=120, unique=True)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    condition = models.TextField(_("for which tickets?"), blank=True)  # of core/conditions, as it is typed
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    calendar = models.ForeignKey(
        Calendar, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("working hours")
    )
    holds = models.BooleanField(_("cannot be solved until it is approved"), default=True)
    then_team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("once approved it goes to"),
    )  # fmt: skip
    on_refusal = models.CharField(
        _("when it is refused"), max_length=8, choices=AfterRefusal, default=AfterRefusal.STAY
    )
    # Pre-approved: granted by itself up to this cost (0: whatever it costs) until that day, on somebody's word.
    granted_up_to = models.PositiveIntegerField(_("up to a cost of"), default=0)
    granted_until = models.DateField(_("until"), null=True, blank=True)
    signed_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "approval_rule"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | Q(granted_until__isnull=False, signed_at__isnull=False),
                name="approval_rule_signed",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> str:
        """The last day of what is approved beforehand, as people write it."""
        return date_format(self.granted_until, "SHORT_DATE_FORMAT") if self.granted_until else ""

    @property
    def is_signed(self) -> bool:
        """Whether somebody has put their name to it, and the day has not come."""
        return bool(self.signed_by_id and self.granted_until and self.granted_until >= clock.now().date())


class RuleStage(ChangedByActions):
    """One stage of a rule. `plan` is an engine.plans.Plan as JSON; its step comes from here."""

    noun = "approval_rule_stage"

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="stages", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    is_beside = models.BooleanField(_("at the same time as the stage before"), default=False)
    plan = models.JSONField(default=dict)

    class Meta:
        db_table = "approval_rule_stage"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "position"], name="approval_rule_stage_once")]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.position}"

    @property
    def planned(self) -> plans.Plan:
        return plans.from_json(self.plan)


class CategoryOwner(ChangedByActions):
    """Who owns what a category is about, and so decides on it. Holds for the categories below, too."""

    noun = "category_owner"

    category = models.OneToOneField(Category, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "approval_category_owner"

    def __str__(self) -> str:
        return f"{self.category}: {self.person}"


class StandIn(ChangedByActions):
    """Somebody has another decide in their place, from one day to another, both included."""

    noun = "approval_stand_in"

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+", db_index=False)
    to = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+", db_index=False)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    # What was waiting has been passed on; it has been given back. A loop looks after both.
    has_begun = models.BooleanField(default=False)
    has_ended = models.BooleanField(default=False)

    class Meta:
        db_table = "approval_stand_in"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="approval_stand_in_forwards"),
            models.CheckConstraint(condition=~Q(to=models.F("person")), name="approval_stand_in_other"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "last_day"], condition=Q(has_ended=False), name="approval_stand_in_person"),
            models.Index(fields=["first_day"], condition=Q(has_ended=False), name="approval_stand_in_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.to}"

    @property
    def days(self) -> str:
        """From when to when, as people write it."""
        return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in (self.first_day, self.last_day))

    def relations_of(self, person: Any) -> frozenset[str]:
        return frozenset({"self"} if person.pk == self.person_id else ())


class Meeting(ChangedByActions):
    """A sitting of those who decide together: its agenda is what waits for it, its minutes are kept."""

    noun = "approval_meeting"

    name = models.CharField(_("name"), max_length=120)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    place = models.CharField(_("where"), max_length=200, blank=True)
    attended: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        PERSON, blank=True, related_name="+", db_table="approval_meeting_attended"
    )
    minutes = models.TextField(_("minutes"), blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "approval_meeting"
        indexes: ClassVar = [models.Index(fields=["team", "-at"], name="approval_meeting_team")]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d}"
