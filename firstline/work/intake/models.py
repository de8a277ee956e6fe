from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.core.fields import FoldedValuesField

from .engine.questions import Question, load

PERSON = settings.AUTH_USER_MODEL


class Form(ChangedByActions):
    """A form by its name and owner; what it asks stands in its versions."""

    noun = "form"

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    owner = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    languages = models.JSONField(_("languages"), default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    is_retired = models.BooleanField(default=False)

    class Meta:
        db_table = "intake_form"
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def relations_of(self, person: Any) -> frozenset[str]:
        """Its owner shapes it without holding a role."""
        return frozenset({"keeper"} if self.owner_id is not None and self.owner_id == person.pk else ())


class FormVersion(ChangedByActions):
    """What the form asks. Published ones never change: whoever has begun goes on with theirs."""

    noun = "form_version"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    definition = models.JSONField(default=dict)
    # Earlier stands of a draft, the latest last, for taking back; and those taken back, for doing them again.
    undo = models.JSONField(default=list, blank=True)
    redo = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "intake_form_version"
        ordering: ClassVar = ["form", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "number"], name="intake_version_once"),
            models.UniqueConstraint(fields=["form"], condition=Q(state="draft"), name="intake_one_draft"),
            models.UniqueConstraint(fields=["form"], condition=Q(state="published"), name="intake_one_published"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id}/{self.number}"

    @property
    def questions(self) -> tuple[Question, ...]:
        """Read once: a version at hand is asked many times within a page."""
        known: tuple[Any, tuple[Question, ...]] | None = self.__dict__.get("_questions")
        if known is None or known[0] is not self.definition:
            known = (self.definition, load(self.definition))
            self.__dict__["_questions"] = known
        return known[1]


class Draft(ChangedByActions):
    """Somebody filling in a form: what was typed so far, kept on the server. Ended ones keep only how it went."""

    noun = "draft"

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+", db_index=False)
    requester = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="drafts")
    # What it is filled in for, in the words of a room above: "offering:software". A form may serve several.
    purpose = models.CharField(max_length=80, blank=True, default="")
    answers = models.JSONField(default=dict, blank=True)  # as typed
    last_question = models.CharField(max_length=40, blank=True, default="")
    last_page = models.PositiveSmallIntegerField(default=1)
    seconds = models.PositiveIntegerField(default=0)  # spent filling in; pauses of more than five minutes not counted
    started_at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)  # sent, or given up
    submission = models.OneToOneField(
        "Submission", null=True, blank=True, on_delete=models.SET_NULL, related_name="draft"
    )

    class Meta:
        db_table = "intake_draft"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "requester", "purpose"], condition=Q(ended_at=None), name="intake_draft_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "ended_at", "touched_at"], name="intake_draft_mine")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.purpose}"


class Submission(ChangedByActions):
    """A form filled in and handed over: clean answers, for good."""

    noun = "submission"

    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="submissions")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    requester = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    purpose = models.CharField(max_length=80, blank=True, default="")
    answers = models.JSONField(default=dict)
    answers_folded = FoldedValuesField(source="answers")
    # Sent twice, it is filed once.
    once = models.CharField(max_length=80, unique=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    filed_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        db_table = "intake_submission"

    def __str__(self) -> str:
        return f"{self.version}: {self.pk}"


class AnswerFile(ChangedByActions):
    """A file that answers a question: of a draft first, then of what became of it."""

    noun = "answer_file"

    draft = models.ForeignKey(Draft, null=True, blank=True, on_delete=models.SET_NULL, related_name="files")
    submission = models.ForeignKey(Submission, null=True, blank=True, on_delete=models.CASCADE, related_name="files")
    question = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "intake_answer_file"

    def __str__(self) -> str:
        return self.name
