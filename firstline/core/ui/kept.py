"""Pieces of pages that say the same for many requests are drawn once: rail, user menu, list of keys.

`kept("ui/rail.html", items=navigation)` draws the template with these names and nothing else (another would raise), so
what is drawn depends on them and on the language alone, and may be kept for everybody. A form's token
is not among them: it is put into the finished text.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import jinja2
from django.utils import timezone
from django.utils.translation import trans_real
from markupsafe import Markup

from firstline.core import clock
from firstline.core.ui.row import Row
from firstline.core.ui.words import steady_until

MOST = 1_000  # pieces of one language; some hundred are usual, each of 1 to 5 KB
MOST_ROWS = 5_000  # of one language, of 1 KB each: a hundred pages
TOKEN = Markup("\0token\0")
BETWEEN = Markup("\0row\0")


def keeping(env: jinja2.Environment) -> Callable[..., Markup]:
    """The global `kept` of this environment. While templates are being edited, nothing is kept."""

    def kept(template: str, *, csrf: Any = "", **names: Any) -> Markup:
        pieces = _pieces()
        key = (template, _frozen(names))
        text = pieces.get(key)
        if text is None or env.auto_reload:
            if len(pieces) >= MOST:
                pieces.clear()
            text = pieces[key] = env.get_template(template).render(names | {"csrf": TOKEN})
        return Markup(text.replace(TOKEN, str(csrf)) if TOKEN in text else text)  # noqa: S704 -- drawn by a template

    return kept


class _DrawnRow(NamedTuple):
    text: str
    since: datetime
    until: datetime  # then some of its words ("5 min ago") are others


def keeping_rows(env: jinja2.Environment) -> Callable[..., Markup]:
    """The global `kept_rows` of this environment: `kept_rows(rows, select=…, id=…)` draws the rows of a queue.

    A row is drawn anew when anything in it changes, also the time it tells; rows that are not kept are drawn together.
    """

    def kept_rows(rows: Sequence[Row], *, select: bool = False, id: str | None = None) -> Markup:  # noqa: A002 -- in HTML
        known, now, zone = _rows(), clock.now(), timezone.get_current_timezone()
        keys = [(row, select, id, zone) for row in rows]
        found = [known.get(key) for key in keys]
        missing = [
            place
            for place, drawn in enumerate(found)
            if drawn is None or not drawn.since <= now < drawn.until or env.auto_reload
        ]
        if missing:
            names = {"rows": [rows[place] for place in missing], "select": select, "id": id, "between": BETWEEN}
            texts = env.get_template("ui/rows.html").render(names).split(BETWEEN)
            if len(known) + len(missing) > MOST_ROWS:
                known.clear()
            for place, text in zip(missing, texts, strict=False):
                row = rows[place]
                times = [steady_until(time, now) for time in (row.due, row.since) if time is not None]
                found[place] = known[keys[place]] = _DrawnRow(text, now, min(times, default=now + timedelta(days=1)))
        return Markup("".join([drawn.text for drawn in found if drawn is not None]))  # noqa: S704 -- by a template

    return kept_rows


def _rows() -> dict[Any, _DrawnRow]:
    known: dict[Any, _DrawnRow] = trans_real.catalog().__dict__.setdefault("_firstline_rows", {})
    return known


def _pieces() -> dict[Any, str]:
    """They live as long as the active catalogue of phrases."""
    known: dict[Any, str] = trans_real.catalog().__dict__.setdefault("_firstline_kept", {})
    return known


def _frozen(value: Any) -> Any:
    """A value that can be a key, for lists and dictionaries of plain values."""
    if isinstance(value, dict):
        return tuple([(name, _frozen(inner)) for name, inner in value.items()])
    if isinstance(value, list | tuple):
        return tuple([_frozen(inner) for inner in value])
    return value
