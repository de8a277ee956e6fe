"""Pieces of pages that say the same for many requests are drawn once: rail, user menu, list of keys.

`kept("ui/rail.html", items=navigation)` draws the template with these names and nothing else (another would raise), so
what is drawn depends on them and on the language alone, and may be kept for everybody. A form's token
is not among them: it is put into the finished text.
"""

from collections.abc import Callable
from typing import Any

import jinja2
from django.utils.translation import trans_real
from markupsafe import Markup

MOST = 1_000  # pieces of one language; some hundred are usual, each of 1 to 5 KB
TOKEN = Markup("\0token\0")


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
