"""Writing very many rows: five times as fast as `bulk_create`, for imports that need no ids back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db import connections, models, router

from firstline.core.actions.acting import is_acting


def insert_many(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert rows given by column attribute (`ticket_id`, not `ticket`); what is not given has its default.

    Must run inside `acting()`. Defaults are made once for all rows. Returns how many rows there were.
    """
    if not is_acting():
        raise RuntimeError(f"{model.__name__} was about to be written in bulk outside an action.")
    database = connections[router.db_for_write(model)]
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
    prepare = {name: partial(field.get_db_prep_save, connection=database) for name, field in fields.items()}
    template = model()
    same = {name: prepare[name](field.pre_save(template, add=True)) for name, field in fields.items()}
    as_they_are = {name for name, field in fields.items() if isinstance(field, _AS_THEY_ARE)}
    values = [
        list((same | {name: row[name] if name in as_they_are else prepare[name](row[name]) for name in row}).values())
        for row in rows
    ]
    quote = database.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields.values())
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 -- names of ours
    with database.cursor() as cursor:
        cursor.executemany(statement, values)
    return len(values)


# Fields whose values both databases take as Python has them.
_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)
