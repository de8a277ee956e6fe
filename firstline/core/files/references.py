"""Which rows name files: without them nothing could ever be deleted safely."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models

_fields: dict[type[models.Model], set[str]] = {}


def refer(model: type[models.Model], field: str) -> None:
    """Say that this field of the model holds the SHA-256 of files. Every model that does must be here."""
    _fields.setdefault(model, set()).add(field)


def is_known() -> bool:
    return bool(_fields)


def used_among(names: Collection[str]) -> set[str]:
    """Those of these files that some row names."""
    used: set[str] = set()
    for manager, field in _all():
        used.update(manager.filter(**{f"{field}__in": names}).values_list(field, flat=True))
    return used


def every() -> Iterator[str]:
    """Every digest that some row names, perhaps repeatedly."""
    for manager, field in _all():
        yield from manager.exclude(**{field: ""}).values_list(field, flat=True).iterator()


def _all() -> Iterator[tuple[Any, str]]:
    for model, fields in _fields.items():
        for field in fields:
            yield model._base_manager, field
