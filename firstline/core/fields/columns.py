"""Where a field's value stands in the database, and how to compare it there."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Protocol

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import Func
from django.db.models.lookups import IsNull

Comparison = tuple[str, Any]  # an ORM lookup and what it compares with


class Column(Protocol):
    """Both answers are two-valued in SQL: never NULL. All comparisons are of one and the same value."""

    def compare(self, *comparisons: Comparison) -> Q: ...

    def missing(self) -> Q: ...


@dataclass(frozen=True)
class Path:
    """An ordinary column, perhaps across foreign keys. An empty text counts as missing."""

    model: type[models.Model]
    path: str

    def compare(self, *comparisons: Comparison) -> Q:
        kept = _to_precision(comparisons, _field_at(self.model, self.path))
        return Q((f"{self.path}__isnull", False), *((f"{self.path}__{lookup}", value) for lookup, value in kept))

    def missing(self) -> Q:
        found = Q((f"{self.path}__isnull", True))
        return found | Q((self.path, "")) if _is_text(_field_at(self.model, self.path)) else found


@dataclass(frozen=True)
class Many:
    """A column of rows that belong to the thing (tags, participants): asked of any of them."""

    model: type[models.Model]
    path: str

    def compare(self, *comparisons: Comparison) -> Q:
        rows, value_path = self._rows()
        kept = _to_precision(comparisons, _field_at(self.model, self.path))
        return Q(Exists(rows.filter(**{f"{value_path}__{lookup}": value for lookup, value in kept})))

    def missing(self) -> Q:
        rows, value_path = self._rows()
        rows = rows.filter(**{f"{value_path}__isnull": False})
        if _is_text(_field_at(self.model, self.path)):
            rows = rows.exclude(**{value_path: ""})
        return ~Q(Exists(rows))

    def _rows(self) -> tuple[models.QuerySet[Any], str]:
        """The rows behind the first to-many step of the path, and the path on from them."""
        step, _, rest = self.path.partition("__")
        relation: Any = self.model._meta.get_field(step)
        if isinstance(relation, models.ManyToManyField):
            through: Any = relation.remote_field.through
            rows = through._base_manager.filter(**{relation.m2m_field_name(): OuterRef("pk")})
            return rows, "__".join(filter(None, [relation.m2m_reverse_field_name(), rest]))
        rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        return rows, rest or "pk"


@dataclass(frozen=True)
class JsonValue:
    """A value under a key of a JSON column; a value of another JSON type counts as missing."""

    column: str
    key: str
    holds: str  # text, number, boolean

    def compare(self, *comparisons: Comparison) -> Q:
        expression = self._expression()
        found = Q(IsNull(expression, False))
        for lookup, value in comparisons:
            compared: Any = expression.get_lookup(lookup)
            found &= Q(compared(expression, _as_json(value)))
        return found

    def missing(self) -> Q:
        expression = self._expression()
        found = Q(IsNull(expression, True))
        if self.holds == "text":
            exact: Any = expression.get_lookup("exact")
            found |= Q(exact(expression, ""))
        return found

    def _expression(self) -> "_JsonExtract":
        return _JsonExtract(self.column, self.key, self.holds)


@dataclass(frozen=True)
class JsonList:
    """A list of texts under a key of a JSON column: asked of any of them."""

    column: str
    key: str

    def compare(self, *comparisons: Comparison) -> Q:
        ((lookup, value),) = comparisons
        if lookup != "in":
            raise ValueError(f"A JSON list cannot be compared by {lookup}.")
        return Q(_JsonListHas(self.column, self.key, value))

    def missing(self) -> Q:
        return ~Q(_JsonListHas(self.column, self.key, None))


def _field_at(model: type[models.Model], path: str) -> Any:
    found: Any = None
    for step in path.split("__"):
        try:
            found = model._meta.get_field(step)
        except FieldDoesNotExist:
            return None
        model = found.related_model or model
    return found


def _is_text(field: Any) -> bool:
    return isinstance(field, models.CharField | models.TextField)


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _to_precision(comparisons: tuple[Comparison, ...], field: Any) -> list[Comparison]:
    """Django cuts the fraction off a number compared with a whole one (`> -2.5` becomes `> -2`); we round rightly."""
    return [
        _round(lookup, value, field) if isinstance(value, Decimal) else (lookup, value) for lookup, value in comparisons
    ]


def _round(lookup: str, bound: Decimal, field: Any) -> Comparison:
    if isinstance(field, models.FloatField):
        return lookup, float(bound)
    places = (field.decimal_places or 0) if isinstance(field, models.DecimalField) else 0
    step = Decimal(1).scaleb(-places)
    up = lookup in ("gte", "gt")
    rounded = bound.quantize(step, ROUND_CEILING if up else ROUND_FLOOR)
    if rounded != bound:
        lookup = "gte" if up else "lte"
    return lookup, rounded if places else int(rounded)


_OUTPUTS: dict[str, Any] = {"text": models.TextField, "number": models.FloatField, "boolean": models.BooleanField}


class _JsonExtract(Func):
    def __init__(self, column: str, key: str, holds: str) -> None:
        super().__init__(F(column), output_field=_OUTPUTS[holds]())
        self.key = key
        self.holds = holds

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        kind, value = f"json_type({column}, %s)", f"json_extract({column}, %s)"
        path = [*params, f'$."{self.key}"']
        if self.holds == "boolean":
            return f"(CASE {kind} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)", path
        if self.holds == "number":
            return f"(CASE WHEN {kind} IN ('integer', 'real') THEN CAST({value} AS REAL) END)", path * 2
        return f"(CASE WHEN {kind} = 'text' THEN {value} END)", path * 2

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        name, cast = {"text": ("string", "text"), "number": ("number", "double precision")}.get(
            self.holds, ("boolean", "boolean")
        )
        key = [*params, self.key]
        sql = f"(CASE WHEN jsonb_typeof({column} -> %s) = '{name}' THEN ({column} ->> %s)::{cast} END)"
        return sql, key * 2


class _JsonListHas(Func):
    """True where the list holds any of the values (any at all for None), false everywhere else."""

    conditional = True

    def __init__(self, column: str, key: str, values: list[str] | None) -> None:
        super().__init__(F(column), output_field=models.BooleanField())
        self.key = key
        self.values = None if values is None else tuple(values)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        path = f'$."{self.key}"'
        # json_each would also walk a text as a list of one; the CASE keeps to lists.
        source = f"CASE WHEN json_type({column}, %s) = 'array' THEN {column} END"
        rows = f"SELECT 1 FROM json_each({source}, %s) AS item"  # noqa: S608 -- every value is bound
        found = [*params, path, *params, path]
        if self.values is None:
            return f"EXISTS ({rows})", found
        marks = ", ".join(["%s"] * len(self.values))
        return f"EXISTS ({rows} WHERE item.value IN ({marks}))", [*found, *self.values]

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        key = [*params, self.key]
        is_list = f"(CASE WHEN jsonb_typeof({column} -> %s) = 'array'"
        if self.values is None:
            return f"{is_list} THEN jsonb_array_length({column} -> %s) > 0 ELSE FALSE END)", key * 2
        return f"{is_list} THEN ({column} -> %s) ?| %s ELSE FALSE END)", [*key, *key, list(self.values)]
