from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Priority, Ticket

PERSON = settings.AUTH_USER_MODEL


def reason_in_words(because: dict[str, object]) -> str:
    """Why a level was asked, for people: 'nothing had happened for 4 hours'."""
    match because.get("when"):
        case "clock":
            return gettext("%(share)s %% of the agreed time was used") % {"share": because.get("share")}
        case "silence":
            minutes = int(str(because.get("minutes", 0)))
            if minutes and minutes % 60 == 0:
                return ngettext(
                    "nothing had happened for %(count)s hour", "nothing had happened for %(count)s hours", minutes // 60
                ) % {"count": minutes // 60}
            return ngettext(
                "nothing had happened for %(count)s minute", "nothing had happened for %(count)s minutes", minutes
            ) % {"count": minutes}
        case "reopened":
            times = int(str(because.get("times", 0)))
            return ngettext("it was reopened %(count)s time", "it was reopened %(count)s times", times) % {
                "count": times
            }
        case "obstacle":
            return gettext("something stands in the way")
        case "asked":
            return gettext("the requester asked for it")
        case "unaccepted":
            return gettext("nobody of the level before had taken it")
        case _nothing_said:
            return ""


class Vendor(ChangedByActions):
    """A supplier who is asked when nobody in the house can help."""

    noun = "vendor"

    name = models.CharField(_("name"), max_length=120, unique=True)
    contact = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    note = models.CharField(_("how to reach them"), max_length=300, blank=True)
    # How long they may take by contract, around the clock; their clock runs beside ours.
    answer_minutes = models.PositiveIntegerField(_("answers within (minutes)"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        db_table = "escalation_vendor"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Path(ChangedByActions):
    """Who is asked one after the other when a ticket does not come on. The first whose condition fits counts."""

    noun = "escalation_path"

    name = models.CharField(_("name"), max_length=120, unique=True)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    condition = models.JSONField(null=True, blank=True)  # of core/conditions; nothing: every ticket
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        db_table = "escalation_path"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Level(ChangedByActions):
    """One step of a path: who, when and how."""

    noun = "escalation_level"

    class Who(models.TextChoices):
        TEAM = "team", _("A team")
        LEAD = "lead", _("The lead of the team that has it")
        ON_CALL = "on_call", _("Whoever is on call in a team")
        PERSON = "person", _("A certain person")
        VENDOR = "vendor", _("A supplier")

    class Way(models.TextChoices):
        JOIN = "join", _("They help; the owner stays")
        HAND_OVER = "hand_over", _("They take it over")

    path = models.ForeignKey(Path, on_delete=models.CASCADE, related_name="levels", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=80)
    who = models.CharField(_("who"), max_length=10, choices=Who, default=Who.TEAM)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    vendor = models.ForeignKey(Vendor, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(_("how"), max_length=10, choices=Way, default=Way.JOIN)
    when = models.JSONField(default=list, blank=True)  # see engine/due.py; empty: by hand only
    asks_for = models.JSONField(default=list, blank=True)  # what whoever escalates by hand has to tell, a line each

    class Meta:
        db_table = "escalation_level"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["path", "position"], name="escalation_level_once"),
            models.CheckConstraint(
                condition=~Q(who__in=["team", "on_call"]) | Q(team__isnull=False), name="escalation_level_team"
            ),
            models.CheckConstraint(
                condition=~Q(who="person") | Q(person__isnull=False), name="escalation_level_person"
            ),
            models.CheckConstraint(
                condition=~Q(who="vendor") | Q(vendor__isnull=False), name="escalation_level_vendor"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Standing(ChangedByActions):
    """Where an unsolved ticket stands on its path, and when the next level is due. A cache: `follow` makes it anew."""

    noun = "escalation_standing"

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.CASCADE, related_name="standing")
    path = models.ForeignKey(Path, on_delete=models.CASCADE, related_name="+")
    reached = models.PositiveSmallIntegerField(default=0)  # levels already asked
    next_level = models.ForeignKey(Level, null=True, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(null=True)
    because = models.JSONField(default=dict)

    class Meta:
        db_table = "escalation_standing"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="escalation_due"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} on {self.path_id}"


class Escalation(ChangedByActions):
    """Somebody beyond the owner was asked: who, why, by whom, and what came of it."""

    noun = "escalation"

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("Solved with their help")
        RETURNED = "returned", _("Returned")
        UNNEEDED = "unneeded", _("Was not needed")
        FURTHER = "further", _("Went further up")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="escalations", db_index=False)
    path = models.ForeignKey(Path, null=True, on_delete=models.SET_NULL, related_name="+")
    level = models.ForeignKey(Level, null=True, on_delete=models.SET_NULL, related_name="+")
    level_name = models.CharField(max_length=80, blank=True)  # as it was called then
    step = models.PositiveSmallIntegerField(default=0)  # the how-many-eth level, from 1; 0: beside the path
    who = models.CharField(max_length=10, choices=Level.Who)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    vendor = models.ForeignKey(Vendor, null=True, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Level.Way)
    reason = models.CharField(_("reason"), max_length=500)
    because = models.JSONField(default=dict)  # the trigger; empty: by hand
    told = models.JSONField(default=dict, blank=True)  # what the level asks for, answered
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    from_team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    from_person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    vendor_reference = models.CharField(_("their number"), max_length=120, blank=True)
    vendor_due_at = models.DateTimeField(null=True)
    vendor_answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    # Could the first level have solved it, and with what? The figure that escalation is managed by.
    first_level_could = models.BooleanField(null=True)
    missing = models.CharField(_("what the first level lacked"), max_length=300, blank=True)

    class Meta:
        db_table = "escalation"
        indexes: ClassVar = [
            models.Index(fields=["ticket", "at"], name="escalation_ticket"),
            models.Index(fields=["ended_at", "at"], name="escalation_open"),
            models.Index(fields=["at", "id"], name="escalation_at"),
            models.Index(
                fields=["vendor_due_at"],
                condition=Q(vendor_due_at__isnull=False, vendor_answered_at__isnull=True),
                name="escalation_vendor_due",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} → {self.level_name or self.who}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def why(self) -> str:
        """What started it, if nobody did."""
        return reason_in_words(self.because)

    def access_scope(self) -> tuple[int | None, str, bool]:
        return self.ticket.access_scope()

    def relations_of(self, person: Any) -> frozenset[str]:
        return self.ticket.relations_of(person)


class Obstacle(ChangedByActions):
    """Something stands in the way of a ticket, said by whoever works on it."""

    noun = "obstacle"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="obstacles")
    reason = models.CharField(_("what is in the way"), max_length=300)
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    cleared_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "escalation_obstacle"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(cleared_at__isnull=True), name="escalation_one_obstacle"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class Chase(ChangedByActions):
    """The requester asked for somebody higher up."""

    noun = "chase"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="chases")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("why it cannot wait"), max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "escalation_chase"

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.at}"


class Protocol(ChangedByActions):
    """What is promised about news for tickets of one priority: how often, to whom, with what in it."""

    noun = "protocol"

    class Tell(models.TextChoices):
        REQUESTER = "requester", _("The requester and those in copy")
        AFFECTED = "affected", _("Everybody affected")
        STAKEHOLDERS = "stakeholders", _("Stakeholders of a major incident")
        LEAD = "lead", _("The lead of the team")

    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, unique=True)
    every_minutes = models.PositiveIntegerField(_("news every (minutes)"))
    first_minutes = models.PositiveIntegerField(_("first news within (minutes)"))
    tell = models.JSONField(default=list)
    asks_next = models.BooleanField(_("says what comes next"), default=True)
    asks_expected = models.BooleanField(_("says when it is expected to be solved"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        db_table = "escalation_protocol"
        ordering: ClassVar = ["priority"]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}: {self.every_minutes} min"


class NewsClock(ChangedByActions):
    """When the next news about a ticket is due. Gone when the ticket is solved."""

    noun = "news_clock"

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.CASCADE, related_name="news_clock")
    due_at = models.DateTimeField()
    told_late_at = models.DateTimeField(null=True)  # when the alarm for this due went off

    class Meta:
        db_table = "escalation_news_clock"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(told_late_at__isnull=True), name="escalation_news_due")
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.due_at}"


class News(ChangedByActions):
    """What everybody concerned was told: state, what was done, what comes next, when it is expected to end."""

    noun = "news"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="news", db_index=False)
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    state = models.CharField(_("how it stands"), max_length=300)
    done = models.TextField(_("what was done"), max_length=2000, blank=True)
    coming = models.CharField(_("what comes next"), max_length=300, blank=True)
    expected_at = models.DateTimeField(_("expected to be solved"), null=True, blank=True)
    late_seconds = models.PositiveIntegerField(default=0)  # after the promised moment; 0: in time

    class Meta:
        db_table = "escalation_news"
        indexes: ClassVar = [models.Index(fields=["ticket", "at"], name="escalation_news_ticket")]

    def __str__(self) -> str:
        return self.state


class MajorIncident(ChangedByActions):
    """A ticket that everybody is told about, with one person who coordinates, and a report that must be written."""

    noun = "major_incident"

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.CASCADE, related_name="major")
    declared_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)
    coordinator = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    notice = models.CharField(_("public note"), max_length=300, blank=True)  # what the portal shows everybody
    ended_at = models.DateTimeField(null=True)
    # The report: required before the ticket may be closed.
    summary = models.TextField(_("what happened"), max_length=5000, blank=True)
    root_cause = models.TextField(_("root cause"), max_length=5000, blank=True)
    steps = models.TextField(_("what was done"), max_length=5000, blank=True)
    prevention = models.TextField(_("how it is prevented"), max_length=5000, blank=True)
    lessons = models.TextField(_("what we learned"), max_length=5000, blank=True)
    reported_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "escalation_major"
        indexes: ClassVar = [
            models.Index(fields=["declared_at"], condition=Q(ended_at__isnull=True), name="escalation_major_open")
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}"

    def access_scope(self) -> tuple[int | None, str, bool]:
        return self.ticket.access_scope()

    def relations_of(self, person: Any) -> frozenset[str]:
        return self.ticket.relations_of(person)

    @property
    def lacks(self) -> list[str]:
        """The parts of the report that are still empty."""
        return [name for name in ("summary", "root_cause", "steps", "prevention") if not getattr(self, name).strip()]


class Stakeholder(ChangedByActions):
    """Somebody who is told about a major incident without being affected by it."""

    noun = "stakeholder"

    incident = models.ForeignKey(MajorIncident, on_delete=models.CASCADE, related_name="stakeholders", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "escalation_stakeholder"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "person"], name="escalation_stakeholder_once")
        ]

    def __str__(self) -> str:
        return str(self.person)


class HandOver(ChangedByActions):
    """At the end of a shift a team gives its open work to the next one, which has to accept it."""

    noun = "hand_over"

    from_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("note"), max_length=2000, blank=True)
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    accept_by = models.DateTimeField()
    accepted_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    told_late_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "escalation_hand_over"
        indexes: ClassVar = [
            models.Index(fields=["accept_by"], condition=Q(accepted_at__isnull=True), name="escalation_unaccepted"),
            models.Index(fields=["to_team", "at"], name="escalation_handed_to"),
        ]

    def __str__(self) -> str:
        return f"{self.from_team} → {self.to_team}"


class HandedTicket(ChangedByActions):
    """One ticket of a hand-over, with what the next team must know."""

    noun = "handed_ticket"

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="tickets", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=500, blank=True)  # how it stands, drafted from the last news

    class Meta:
        db_table = "escalation_handed_ticket"
        constraints: ClassVar = [models.UniqueConstraint(fields=["hand_over", "ticket"], name="escalation_handed_once")]

    def __str__(self) -> str:
        return f"#{self.ticket_id}"


class Relay(ChangedByActions):
    """Follow the sun: when nobody of a team is on shift any more, its urgent work goes to the next team."""

    noun = "relay"

    from_team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="relay")
    to_team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", verbose_name=_("to"))
    minutes_before = models.PositiveSmallIntegerField(_("minutes before the end of the shift"), default=15)
    # The least urgent priority that goes along; what can wait until tomorrow stays.
    least_urgent = models.PositiveSmallIntegerField(_("down to"), choices=Priority, default=Priority.HIGH)
    done_until = models.DateTimeField(null=True)  # the end of the shift that was handed over last

    class Meta:
        db_table = "escalation_relay"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(from_team=models.F("to_team")), name="escalation_relay_two_teams")
        ]

    def __str__(self) -> str:
        return f"{self.from_team} → {self.to_team}"
