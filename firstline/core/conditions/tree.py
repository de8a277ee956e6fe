"""A condition as a tree. Immutable and comparable; knows nothing of fields or databases."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from firstline.core.fields.errors import ConditionError

LONGEST_VALUE = 1_000  # characters; SQLite refuses patterns of 50,000
MOST_VALUES = 500
DEEPEST = 40
MOST_PARTS = 500  # SQLite refuses expressions deeper than 1,000


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; without parts it holds always."""

    parts: "tuple[Condition, ...]" = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; without parts it never holds."""

    parts: "tuple[Condition, ...]" = ()


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class Test:
    """One field compared. Values are kept as people write them: `critical`, `7d`, `me`, `2026-01-31`."""

    __test__ = False  # not one of pytest's

    field: str
    operator: str
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.values) > MOST_VALUES:
            raise ConditionError(_("A test cannot have more than %(most)d values.") % {"most": MOST_VALUES})
        for text in (self.field, *self.values):
            must_be_text(text)


@dataclass(frozen=True, slots=True)
class Words:
    """Free words, in a row when several; `prefix`: the last one is only a beginning."""

    text: str
    prefix: bool = False

    def __post_init__(self) -> None:
        must_be_text(self.text)


type Condition = AllOf | AnyOf | Not | Test | Words

ALWAYS = AllOf()
NEVER = Not(AllOf())


def must_be_text(text: str) -> None:
    """What neither database can hold, or be asked for, is refused here once for all."""
    if len(text) > LONGEST_VALUE:
        raise ConditionError(_("“%(start)s…” is too long.") % {"start": text[:20]})
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ConditionError(_("There are characters in it that nobody can type."))


def simplify(condition: Condition) -> Condition:
    """The same condition without doubled brackets, single parts and constants."""
    match condition:
        case Not(part):
            inner = simplify(part)
            return inner.part if isinstance(inner, Not) else Not(inner)
        case AllOf(parts) | AnyOf(parts):
            is_all = isinstance(condition, AllOf)
            neutral, decisive = (ALWAYS, NEVER) if is_all else (NEVER, ALWAYS)
            kept: list[Condition] = []
            for part in map(simplify, parts):
                if part == decisive:
                    return decisive
                if part != neutral:
                    kept.extend(part.parts if isinstance(part, type(condition)) else (part,))
            if not kept:
                return neutral
            return kept[0] if len(kept) == 1 else type(condition)(tuple(kept))
    return condition


def leaves(condition: Condition) -> Iterator[Test | Words]:
    match condition:
        case Not(part):
            yield from leaves(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield condition


def fields_in(condition: Condition) -> set[str]:
    """The keys of all fields it asks for: what must be loaded, what breaks when one is removed."""
    return {leaf.field for leaf in leaves(condition) if isinstance(leaf, Test)}
