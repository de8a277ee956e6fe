"""Lists the house keeps, and what is known of somebody, so that nobody has to type it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from firstline.people.organisations.models import Membership, Organisation
from firstline.people.organisations.queries import manager_of
from firstline.people.teams.models import Team
from firstline.work.intake.engine.questions import Option, Question
from firstline.work.intake.models import FormVersion

List = Callable[[Any], Iterable[tuple[str, str]]]  # of a person: keys and names
_lists: dict[str, List] = {}
_prefills: dict[str, tuple[Any, Callable[[Any], str]]] = {}


def plug_in_list(type: str, offer: List) -> None:  # noqa: A002 -- the word everybody uses
    """Say what can be chosen for a type of question: `device` is answered by work/assets when it is there."""
    _lists[type] = offer


def plug_in_prefill(key: str, label: Any, read: Callable[[Any], str]) -> None:
    """Something that is known of a person."""
    _prefills[key] = (label, read)


def prefills() -> list[tuple[str, Any]]:
    return [(key, label) for key, (label, _read) in _prefills.items()]


def has_list(type: str) -> bool:  # noqa: A002 -- the word everybody uses
    return type in _lists


def offered_to(questions: Sequence[Question], person: Any) -> tuple[Question, ...]:
    """The questions with the lists of this person filled in: teams, organisations, devices."""
    known: dict[str, tuple[Option, ...]] = {}

    def filled(question: Question) -> Question:
        if question.questions:
            return replace(question, questions=tuple(map(filled, question.questions)))
        if question.type not in _lists:
            return question
        if question.type not in known:
            known[question.type] = tuple(Option(key, {"en": name}) for key, name in _lists[question.type](person))
        return replace(question, options=known[question.type])

    return tuple(map(filled, questions))


def as_typed(version: FormVersion, person: Any) -> dict[str, Any]:
    """What stands in a form before anybody types: what is known of the person, and what is usual."""
    known: dict[str, Any] = {}
    for question in version.questions:
        if question.prefill in _prefills and (value := _prefills[question.prefill][1](person)):
            known[question.key] = value
        elif question.default is not None:
            known[question.key] = question.default
    return known


def _teams(person: Any) -> list[tuple[str, str]]:
    rows = Team.objects.filter(is_active=True, is_private=False).order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def _organisations(person: Any) -> list[tuple[str, str]]:
    """Their own: the list of customers is nobody else's business."""
    found = Organisation.objects.filter(membership__person=person, is_active=True)
    return [(str(pk), name) for pk, name in found.values_list("pk", "name")]


def _of_membership(part: str) -> Callable[[Any], str]:
    def read(person: Any) -> str:
        found = Membership.objects.select_related("department", "organisation").filter(person=person).first()
        return str(getattr(found, part) or "") if found else ""

    return read


def _manager(person: Any) -> str:
    found = manager_of(person)
    return found.display_name if found is not None else ""


plug_in_list("team", _teams)
plug_in_list("organisation", _organisations)
plug_in_prefill("name", _("Their name"), lambda person: person.name)
plug_in_prefill("email", _("Their e-mail address"), lambda person: person.email or "")
plug_in_prefill("phone", _("Their phone number"), lambda person: person.phone)
plug_in_prefill("language", _("Their language"), lambda person: person.language)
plug_in_prefill("department", _("Their department"), _of_membership("department"))
plug_in_prefill("title", _("Their job title"), _of_membership("title"))
plug_in_prefill("manager", _("Their manager"), _manager)
