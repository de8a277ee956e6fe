"""Everything triage reads, compiled once and kept until it changes: one small query tells whether it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from firstline.core.actions import Mark
from firstline.core.conditions import (
    Condition,
    ConditionError,
    Context,
    Prepared,
    Test,
    from_json,
    prepare,
)
from firstline.core.conditions.tree import leaves
from firstline.core.fields import DAY, MOMENT
from firstline.core.fields.questions import OneOf
from firstline.flow.triage.engine.weighing import Scale
from firstline.flow.triage.models import Book, CategorySkill, CategoryTeam, PriorityScale, Rule, TeamRouting
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A kept condition, ready to be asked again and again. `trouble`: why it cannot be (a field that is no more)."""

    condition: Condition | None = None
    prepared: Prepared | None = None  # None with a condition: depends on the moment, so it is prepared each time
    trouble: str = ""

    def asked(self) -> Prepared | None:
        """Ready for one ticket of now; None if it cannot be asked any more."""
        if self.prepared is not None or self.condition is None:
            return self.prepared
        try:
            return prepare(self.condition, catalogue, Context(trusted=True))
        except ConditionError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled(Ready):
    """One rule, ready to be asked."""

    pk: int
    name: str
    sets: dict[str, Any]
    replaces: bool
    stops: bool


@dataclass(frozen=True)
class Contents:
    rules: tuple[Compiled, ...] = ()
    scale: Scale = field(default_factory=Scale)
    teams: dict[int | None, int] = field(default_factory=dict)  # category (None: everything else) → team
    modes: dict[int, str] = field(default_factory=dict)  # team → mode
    # Each category with those above it, from the twig to the root, and what the nearest of them is worth.
    paths: dict[int, tuple[int, ...]] = field(default_factory=dict)
    values: dict[int, int] = field(default_factory=dict)
    skills: dict[int, str] = field(default_factory=dict)

    def skill_for(self, category: int | None) -> str:
        """The skill that tickets of a category ask for; nothing if none does."""
        return next((self.skills[at] for at in self.paths.get(category or 0, ()) if at in self.skills), "")


_kept: list[tuple[str, Contents]] = []
_token = Mark(lambda: Book.objects.filter(pk=1).values("token"))


def contents(*, knowing: int | None = None) -> Contents:
    """The book as it stands, from memory if nobody has turned a page; `knowing` is a category it has to know."""
    token = _token() or ""
    if token and _kept and _kept[0][0] == token and (knowing is None or knowing in _kept[0][1].paths):
        return _kept[0][1]
    read = _read()
    _kept[:] = [(token, read)]
    return read


def _read() -> Contents:
    rows = list(Category.objects.values_list("pk", "path", "value"))
    own = {pk: value for pk, _path, value in rows}
    paths = {pk: tuple(int(part) for part in reversed(path.split("/")) if part) for pk, path, _value in rows}
    return Contents(
        rules=tuple(compiled(rule) for rule in Rule.objects.filter(is_active=True)),
        scale=PriorityScale.current().as_scale(),
        teams=dict(CategoryTeam.objects.filter(team__is_active=True).values_list("category_id", "team_id")),
        modes=dict(TeamRouting.objects.filter(team__is_active=True).values_list("team_id", "mode")),
        paths=paths,
        skills=dict(CategorySkill.objects.filter(skill__is_active=True).values_list("category_id", "skill__name")),
        values={pk: value for pk, path in paths.items() if (value := next((own[at] for at in path if own[at]), None))},
    )


def compiled(rule: Rule) -> Compiled:
    """A rule made ready; one that no longer makes sense says so instead of stopping the others."""
    ready = made_ready(rule.condition)
    return Compiled(
        pk=rule.pk, name=rule.name, sets=rule.sets, replaces=rule.replaces, stops=rule.stops,
        condition=ready.condition, prepared=ready.prepared, trouble=ready.trouble,
    )  # fmt: skip


def made_ready(kept: dict[str, Any]) -> Ready:
    """A condition as it is kept, made ready to be asked of one ticket after the other."""
    context = Context(trusted=True)
    try:
        condition = from_json(kept)
        prepared = prepare(condition, catalogue, context)
    except ConditionError as error:
        return Ready(trouble=error.sentence)
    return Ready(condition=condition, prepared=None if _depends_on_the_moment(condition, context) else prepared)


def _depends_on_the_moment(condition: Condition, context: Context) -> bool:
    """Times, and names that mean nothing yet: a tag, or a person who has not written so far."""
    for leaf in leaves(condition):
        if isinstance(leaf, Test):
            found = catalogue.field(leaf.field, context)
            if found.kind in (MOMENT, DAY):
                return True
            if found.kind.ask(found, leaf.operator, leaf.values, context) == OneOf(()):
                return True
    return False


def team_for(path: Iterable[int], book: Contents) -> tuple[int | None, int | None]:
    """The team of the nearest category of a path (from the twig to the root), and that category."""
    for category in path:
        if category in book.teams:
            return book.teams[category], category
    return book.teams.get(None), None
