"""Fields of the organisation's own, kept in a JSON column of the noun under their key."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import models

from firstline.core.fields.columns import Column, JsonList, JsonValue
from firstline.core.fields.context import Context
from firstline.core.fields.field import Choice, Field
from firstline.core.fields.kinds import BOOLEAN, CHOICE, DAY, NUMBER, TEXT, Kind
from firstline.core.text import fold

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
_KINDS: dict[str, Kind] = {
    "text": TEXT, "number": NUMBER, "date": DAY, "boolean": BOOLEAN, "choice": CHOICE, "choices": CHOICE
}  # fmt: skip


class FoldedValuesField(models.JSONField):
    """The folded texts of another JSON column, so that custom texts compare alike on every database.

    Filled on save and bulk_create; `save(update_fields=…)` must name both columns.
    """

    def __init__(self, *args: Any, source: str = "custom", **kwargs: Any) -> None:
        self.source = source
        super().__init__(*args, **{"editable": False, "default": dict, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> dict[str, str]:
        values = getattr(model_instance, self.source) or {}
        folded = {key: fold(value, collapse=True) for key, value in values.items() if isinstance(value, str)}
        setattr(model_instance, self.attname, folded)
        return folded


def custom_field(
    key: str,
    label: "str | _StrPromise",
    kind: str,
    *,
    options: Iterable[Choice | str | dict[str, str]] = (),
    column: str = "custom",
    folded: str = "custom_folded",
    visible: Callable[[Context], bool] | None = None,
    hint: str = "",
) -> Field:
    """A field `custom.<key>`; `kind` is text, number, date (ISO 8601 text), boolean, choice or choices."""
    if not KEY.fullmatch(key):
        raise ValueError(f"A custom field cannot be called {key!r}.")
    choices = tuple(_choice(option) for option in options)
    where: Column
    if kind == "choices":
        where = JsonList(column, key)
    elif kind == "text":
        where = JsonValue(folded, key, "text")
    else:
        where = JsonValue(column, key, {"date": "text", "choice": "text"}.get(kind, kind))
    return Field(
        key=f"custom.{key}",
        kind=_KINDS[kind],
        label=label,
        read=_reader(column, key, kind),
        column=where,
        many=kind == "choices",
        choices=(lambda: choices) if kind in ("choice", "choices") else None,
        visible=visible,
        aliases=(key,),
        help=hint,
    )


_TYPES: dict[str, tuple[type[Any], ...]] = {
    "text": (str,), "date": (str,), "choice": (str,), "choices": (list, tuple), "boolean": (bool,),
    "number": (int, float),
}  # fmt: skip


def _reader(column: str, key: str, kind: str) -> Callable[[Any], Any]:
    """A value of another type than the field's counts as missing, as it does in the database."""

    def read(thing: Any) -> Any:
        value: Any = (getattr(thing, column) or {}).get(key)
        is_kind = isinstance(value, _TYPES[kind]) and not (kind == "number" and isinstance(value, bool))
        if kind == "number" and is_kind:
            return float(value)  # the database compares them as floats, too
        return value if is_kind else None

    return read


def _choice(option: Choice | str | dict[str, str]) -> Choice:
    if isinstance(option, Choice):
        return option
    if isinstance(option, str):
        return Choice(option, option)
    return Choice(option["key"], option.get("label") or option["key"])
