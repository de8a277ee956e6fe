"""What is asked, of whom and when: the organisation's own."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions

PERSON = settings.AUTH_USER_MODEL


class Survey(ChangedByActions):
    """One set of questions: after a ticket, after an escalation, or about the desk itself every quarter."""

    noun = "survey"

    class Occasion(models.TextChoices):
        TICKET = "ticket", _("After a ticket is solved")
        ESCALATION = "escalation", _("After an escalation")
        PULSE = "pulse", _("Pulse: about the desk itself, from time to time")

    class Moment(models.TextChoices):
        RESOLVED = "resolved", _("When it is solved, in the mail that says so")
        CLOSED = "closed", _("When it is closed")

    class Group(models.TextChoices):
        AGENTS = "agents", _("The desk")
        REQUESTERS = "requesters", _("Those who asked the desk lately")
        BOTH = "both", _("Both")

    name = models.CharField(_("name"), max_length=80)
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    # Condition language over tickets, as typed; empty: every ticket. The first survey that fits asks.
    condition = models.CharField(_("only for tickets that fulfil"), max_length=500, blank=True)
    moment = models.CharField(_("when"), max_length=10, choices=Moment, default=Moment.RESOLVED)
    share = models.PositiveSmallIntegerField(_("share of people asked (%)"), default=100)
    rest_days = models.PositiveSmallIntegerField(_("days until the same person is asked again"), default=14)
    valid_days = models.PositiveSmallIntegerField(_("days in which one can answer"), default=14)
    follows_up = models.BooleanField(_("a bad answer opens a follow-up ticket"), default=True)
    # Of a pulse only.
    group = models.CharField(_("who is asked"), max_length=12, choices=Group, default=Group.BOTH)
    every_months = models.PositiveSmallIntegerField(_("every so many months"), default=3)
    owner = models.ForeignKey(
        PERSON,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who sees the results"),
    )
    next_round_at = models.DateTimeField(_("next time"), null=True, blank=True)

    class Meta:
        db_table = "survey"
        ordering: ClassVar = ["occasion", "position", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["next_round_at"], condition=models.Q(next_round_at__isnull=False), name="survey_next_round"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Question(ChangedByActions):
    """One question. What has been answered is retired, never removed: answers keep their meaning."""

    noun = "survey_question"

    class Type(models.TextChoices):
        RATING = "rating", _("One to five")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("One of a list")
        TEXT = "text", _("In one's own words")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    type = models.CharField(_("type"), max_length=8, choices=Type, default=Type.RATING)
    text = models.CharField(_("question"), max_length=200)
    texts = models.JSONField(default=dict, blank=True)  # in other languages: {"vi": "…"}
    options = models.JSONField(_("options"), default=list, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        db_table = "survey_question"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.text

    @property
    def words(self) -> str:
        """The question in the reader's language."""
        return in_language(self.texts) or translated(self.text)


class Wording(ChangedByActions):
    """What a mail of ours says in one language, where the organisation says it in its own way."""

    noun = "survey_wording"

    class Key(models.TextChoices):
        SOLVED = "solved", _("It is solved: is it?")
        REMINDER = "reminder", _("Reminder: is it solved?")
        RATE = "rate", _("How was it?")
        ESCALATION = "escalation", _("How was it, after an escalation")
        PULSE = "pulse", _("Pulse")

    key = models.CharField(max_length=12, choices=Key)
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        db_table = "survey_wording"
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "language"], name="survey_wording_once")]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


def in_language(texts: dict[str, str]) -> str:
    """The words of the reader's language among these; empty if there are none."""
    language = get_language() or ""
    return texts.get(language) or texts.get(language.partition("-")[0]) or ""
