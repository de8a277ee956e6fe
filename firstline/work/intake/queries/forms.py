"""What a form asks of somebody now, and what of their answers counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from firstline.core.fields import Context
from firstline.work.intake.engine.answers import Cleaned, Rules, clean
from firstline.work.intake.engine.questions import Question
from firstline.work.intake.fields import rules_of
from firstline.work.intake.models import AnswerFile, Draft, Form, FormVersion
from firstline.work.intake.rules import shaped_by

from .lists import offered_to

State = FormVersion.State


@dataclass(frozen=True, slots=True)
class Asking:
    """A version as it is asked of one person: lists filled in, conditions looked up."""

    questions: tuple[Question, ...]
    rules: Mapping[str, Rules]
    context: Context
    files: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)

    def clean(self, raw: Mapping[str, Any]) -> Cleaned:
        """Files are those kept for the draft, whatever was sent."""
        asked = {each.key for each in self.questions if each.type == "file"}
        return clean(
            self.questions,
            self.rules,
            {key: value for key, value in raw.items() if key not in asked} | dict(self.files),
            today=self.context.today,
        )


def asking(version: FormVersion, person: Any, *, draft: Draft | None = None) -> Asking:
    questions = offered_to(version.questions, person)
    context = Context(trusted=True, zone=timezone.get_current_timezone())
    files: dict[str, list[dict[str, Any]]] = {}
    if draft is not None and any(each.type == "file" for each in questions):
        for file in AnswerFile.objects.filter(draft=draft).order_by("id"):
            files.setdefault(file.question, []).append({"file": file.pk, "name": file.name, "size": file.size})
    return Asking(questions, rules_of(questions, context=context), context, files)


def cleaned(version: FormVersion, raw: Mapping[str, Any], *, person: Any, draft: Draft | None = None) -> Cleaned:
    """What of these answers counts, and what is wrong with them."""
    return asking(version, person, draft=draft).clean(raw)


def published(form: Form | int) -> FormVersion | None:
    pk = form if isinstance(form, int) else form.pk
    return FormVersion.objects.select_related("form").filter(form=pk, state=State.PUBLISHED).first()


def working(form: Form) -> FormVersion:
    """What a builder looks at: the draft, else what is published, else the last one."""
    versions = sorted(form.versions.all(), key=lambda each: (_RANK[each.state], -each.number))
    return versions[0]


_RANK = {State.DRAFT.value: 0, State.PUBLISHED.value: 1, State.RETIRED.value: 2}


def forms_of(person: Any) -> QuerySet[Form]:
    """The forms this person may shape."""
    return shaped_by(person).select_related("owner").prefetch_related("versions")


def drafts_of(person: Any) -> QuerySet[Draft]:
    """What this person has begun and not sent, the last touched first."""
    return Draft.objects.filter(person=person, ended_at=None).select_related("version__form").order_by("-touched_at")
