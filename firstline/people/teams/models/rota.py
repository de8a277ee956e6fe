"""Who works when, who can do what, and how much at once."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions

from .teams import Team

PERSON = settings.AUTH_USER_MODEL


class Skill(ChangedByActions):
    """Something one can be good at: hardware, network, ERP … the organisation's own words."""

    noun = "skill"

    name = models.CharField(_("name"), max_length=60, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "skill"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class PersonSkill(ChangedByActions):
    noun = "person_skill"

    class Level(models.IntegerChoices):
        KNOWS = 1, _("knows it")
        GOOD = 2, _("is good at it")
        EXPERT = 3, _("is the expert")

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="skills", db_index=False)
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="people")
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.KNOWS)

    class Meta:
        db_table = "person_skill"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "skill"], name="person_skill_once")]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class Capacity(ChangedByActions):
    """How many open tickets somebody can have at once; without a row nobody counts."""

    noun = "capacity"

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="capacity")
    tickets = models.PositiveSmallIntegerField(_("open tickets at once"))

    class Meta:
        db_table = "capacity"

    def __str__(self) -> str:
        return f"{self.tickets}"


class Shift(ChangedByActions):
    """A weekly pattern of a team, in the team's time zone. An end before the beginning is on the next day."""

    noun = "shift"

    class Kind(models.TextChoices):
        WORK = "work", _("Shift")
        ON_CALL = "on_call", _("On call")  # who is called when nobody is on shift

    class Rotation(models.TextChoices):
        ALL = "all", _("Everybody, every time")
        WEEKLY = "weekly", _("One after the other, a week each")

    class Holidays(models.TextChoices):
        OFF = "off", _("Not on public holidays")
        ON = "on", _("On public holidays, too")
        ONLY = "only", _("On public holidays only")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="shifts")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.WORK)
    weekdays = models.CharField(_("weekdays"), max_length=7)  # ISO: "12345" is Monday to Friday
    begins = models.TimeField(_("begins"))
    ends = models.TimeField(_("ends"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    rotation = models.CharField(_("who works"), max_length=6, choices=Rotation, default=Rotation.ALL)
    holidays = models.CharField(_("public holidays"), max_length=4, choices=Holidays, default=Holidays.OFF)
    # Whose holidays; empty: the team's own. A team that covers for Berlin has a shift on Berlin's holidays only.
    region = models.CharField(_("holidays of"), max_length=10, blank=True)

    class Meta:
        db_table = "shift"
        ordering: ClassVar = ["team", "kind", "begins", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="shift_forwards")
        ]

    def __str__(self) -> str:
        return self.name


class ShiftMember(ChangedByActions):
    """Somebody works a shift; in a rotation, at their place of the line."""

    noun = "shift_member"

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="members", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="shifts")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "shift_member"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["shift", "person"], name="shift_member_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.shift}"


class Override(ChangedByActions):
    """An exception: somebody works from one moment to another, or does not, or one instead of another."""

    noun = "rota_override"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="overrides", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Shift.Kind, default=Shift.Kind.WORK)
    person = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    replaces = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        db_table = "rota_override"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="override_forwards"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(replaces__isnull=False), name="override_of_somebody"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["team", "ends_at"], name="override_team")]

    def __str__(self) -> str:
        return f"{self.person or '–'} for {self.replaces or '–'}"


class Swap(ChangedByActions):
    """Somebody asks another to take over a shift on one day."""

    noun = "swap"

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="swaps")
    day = models.DateField(_("day"))
    asker = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="swaps_asked")
    asked = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="swaps_to_answer")
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shift_swap"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shift", "day", "asker", "asked"], condition=Q(state="asked"), name="swap_asked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shift} {self.day}: {self.asker} → {self.asked}"

    def relations_of(self, person: Any) -> frozenset[str]:
        """Both sides may speak about it; which of them may do what is the action's matter."""
        return frozenset({"self"} if person.pk in {self.asker_id, self.asked_id} else ())


class Feed(ChangedByActions):
    """A secret address that calendar programs read shifts from: of a person, or of a whole team."""

    noun = "rota_feed"

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="rota_feeds")  # whose secret it is
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token: the token itself is shown once
    created_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rota_feed"

    def __str__(self) -> str:
        return f"feed of {self.person}"

    def relations_of(self, person: Any) -> frozenset[str]:
        return frozenset({"self"} if self.person_id == person.pk else ())
