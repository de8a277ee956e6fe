"""Asking: of the database (`to_q`), of one thing (`matches`), and why (`explain`).

Both ways share all but the last step: a leaf is prepared once into a question that knows its `Q` and its predicate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from firstline.core.conditions.tree import AllOf, AnyOf, Condition, Not, Test, Words
from firstline.core.fields import Catalogue, ConditionError, Context, Field
from firstline.core.fields.catalogue import Phrase
from firstline.core.fields.questions import EVERYTHING, NOTHING, Missing, Question
from firstline.core.text import words
from firstline.core.text.words import holds_phrase


def to_q(condition: Condition, catalogue: Catalogue, context: Context) -> Q:
    """The filter for the catalogue's model. Never empty, never NULL, so it may be negated and combined freely."""
    return prepare(condition, catalogue, context).q()


def phrases_of(condition: Condition) -> tuple[Phrase, ...]:
    """The phrases of a condition that is nothing but words, for the search index alone; empty for every other."""
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    if not all(isinstance(part, Words) for part in parts):
        return ()
    said = [(tuple(words(part.text)), part.prefix) for part in parts if isinstance(part, Words)]
    return tuple(phrase for phrase in said if phrase[0])


def matches(condition: Condition, catalogue: Catalogue, thing: Any, context: Context) -> bool:
    """Whether one thing fulfils it: the same answer as the filter's."""
    return prepare(condition, catalogue, context).matches(thing)


def explain(condition: Condition, catalogue: Catalogue, thing: Any, context: Context) -> "Explained":
    """The whole tree with every answer and every value seen."""
    return prepare(condition, catalogue, context).explain(thing)


def first_failure(condition: Condition, catalogue: Catalogue, thing: Any, context: Context) -> "Explained | None":
    """Why not? The first part that failed, as deep as it is one part's fault; None when the condition holds."""
    return prepare(condition, catalogue, context).explain(thing).first_failure()


@dataclass(frozen=True)
class Explained:
    """`saw` are the values compared: none when missing, None for a part that is not a single test."""

    condition: Condition
    holds: bool
    saw: tuple[Any, ...] | None = None
    parts: "tuple[Explained, ...]" = ()

    def first_failure(self) -> "Explained | None":
        if self.holds:
            return None
        if isinstance(self.condition, AllOf):
            return next(failure for part in self.parts if (failure := part.first_failure()))
        if isinstance(self.condition, AnyOf) and len(self.parts) == 1:
            return self.parts[0].first_failure()
        return self


class Prepared:
    """A condition with everything looked up: worth keeping when many things are asked within one moment."""

    condition: Condition

    def q(self) -> Q:
        raise NotImplementedError

    def matches(self, thing: Any) -> bool:
        raise NotImplementedError

    def explain(self, thing: Any) -> Explained:
        raise NotImplementedError


def prepare(condition: Condition, catalogue: Catalogue, context: Context) -> Prepared:
    """Raises ConditionError for fields that are unknown or hidden and values that make no sense."""
    match condition:
        case AllOf(parts):
            return _All(condition, [prepare(part, catalogue, context) for part in parts])
        case AnyOf(parts):
            return _Any(condition, [prepare(part, catalogue, context) for part in parts])
        case Not(part):
            return _Not(condition, prepare(part, catalogue, context))
        case Words():
            return _Words(condition, catalogue, context)
        case Test(name, operator, values):
            field = catalogue.field(name, context)
            if not field.is_testable:
                raise ConditionError(_("It cannot be filtered by “%(field)s”.") % {"field": field.key})
            return _Test(condition, field, field.kind.ask(field, operator, values, context), catalogue, context)


class _All(Prepared):
    def __init__(self, condition: AllOf, parts: Sequence[Prepared]) -> None:
        self.condition, self._parts = condition, parts

    def q(self) -> Q:
        found = Q()
        searched: list[_Words] = [part for part in self._parts if isinstance(part, _Words)]
        if searched:  # one look into the search index for all words together
            found &= searched[0].q_with(searched[1:])
        for part in self._parts:
            if not isinstance(part, _Words):
                found &= part.q()
        return found or EVERYTHING

    def matches(self, thing: Any) -> bool:
        return all(part.matches(thing) for part in self._parts)

    def explain(self, thing: Any) -> Explained:
        parts = tuple(part.explain(thing) for part in self._parts)
        return Explained(self.condition, all(part.holds for part in parts), parts=parts)


class _Any(Prepared):
    def __init__(self, condition: AnyOf, parts: Sequence[Prepared]) -> None:
        self.condition, self._parts = condition, parts

    def q(self) -> Q:
        found = Q()
        for part in self._parts:
            found |= part.q()
        return found or NOTHING

    def matches(self, thing: Any) -> bool:
        return any(part.matches(thing) for part in self._parts)

    def explain(self, thing: Any) -> Explained:
        parts = tuple(part.explain(thing) for part in self._parts)
        return Explained(self.condition, any(part.holds for part in parts), parts=parts)


class _Not(Prepared):
    def __init__(self, condition: Not, part: Prepared) -> None:
        self.condition, self._part = condition, part

    def q(self) -> Q:
        return ~self._part.q()

    def matches(self, thing: Any) -> bool:
        return not self._part.matches(thing)

    def explain(self, thing: Any) -> Explained:
        part = self._part.explain(thing)
        return Explained(self.condition, not part.holds, saw=part.saw, parts=(part,))


class _Test(Prepared):
    def __init__(
        self, condition: Test, field: Field, question: Question, catalogue: Catalogue, context: Context
    ) -> None:
        self.condition = condition
        self._field, self._question, self._catalogue, self._context = field, question, catalogue, context

    def q(self) -> Q:
        return self._field.q(self._question, self._context, self._catalogue.model)

    def matches(self, thing: Any) -> bool:
        return self._holds(self._field.values(thing))

    def explain(self, thing: Any) -> Explained:
        values = self._field.values(thing)
        return Explained(self.condition, self._holds(values), saw=values)

    def _holds(self, values: tuple[Any, ...]) -> bool:
        if isinstance(self._question, Missing):
            return not values
        return any(self._question.holds(value) for value in values)


class _Words(Prepared):
    condition: Words

    def __init__(self, condition: Words, catalogue: Catalogue, context: Context) -> None:
        self.condition, self._catalogue, self._context = condition, catalogue, context
        self._phrase: Phrase = (tuple(words(condition.text)), condition.prefix)
        if catalogue.search is None:
            raise ConditionError(_("Words cannot be looked for here."))

    def q(self) -> Q:
        return self.q_with([])

    def q_with(self, others: "Sequence[_Words]") -> Q:
        phrases = tuple(part._phrase for part in (self, *others) if part._phrase[0])
        if not phrases or self._catalogue.search is None:
            return EVERYTHING
        return self._catalogue.search(phrases, self._context)

    def matches(self, thing: Any) -> bool:
        needle, prefix = self._phrase
        if not needle:  # punctuation only asks for nothing
            return True
        if self._catalogue.texts is None:
            raise ConditionError(_("Words cannot be looked for here."))
        return any(_holds(text, needle, prefix) for text in self._catalogue.texts(thing, self._context))

    def explain(self, thing: Any) -> Explained:
        return Explained(self.condition, self.matches(thing))


def _holds(text: str, phrase: Sequence[str], prefix: bool) -> bool:
    in_order, all_of_them = _words_of(text)
    firm = phrase[:-1] if prefix else phrase
    return all_of_them.issuperset(firm) and holds_phrase(in_order, phrase, prefix=prefix)


@lru_cache(maxsize=32)
def _words_of(text: str) -> tuple[list[str], frozenset[str]]:
    """Hundreds of rules ask the same text in a row: it is taken apart once."""
    found = words(text)
    return found, frozenset(found)
