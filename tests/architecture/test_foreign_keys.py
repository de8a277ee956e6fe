"""A foreign key is an import: it points down. Keys are written as strings, so import-linter cannot see them."""

from __future__ import annotations

from django.apps import apps

from .house import Place, place_of, stands_below

# Django itself asks for the model of the person by a setting; these may name it upward.
MAY_NAME_A_PERSON = {Place("core", "events")}
PERSON = Place("people", "accounts")


def test_foreign_keys_point_down_the_stairs() -> None:
    upward = []
    for model in apps.get_models(include_auto_created=True):
        here = place_of(model.__module__)
        for field in model._meta.get_fields() if here else ():
            there = place_of(field.related_model.__module__) if _is_key(field) else None
            if here is None or there is None or stands_below(there, here):
                continue
            if not (there == PERSON and here in MAY_NAME_A_PERSON):
                upward.append(f"{here}: {model.__name__}.{field.name} points up at {there}")

    assert upward == []


def _is_key(field: object) -> bool:
    return bool(
        getattr(field, "is_relation", False)
        and getattr(field, "concrete", False)
        and getattr(field, "related_model", None)
    )
