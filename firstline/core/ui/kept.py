"""Pieces of pages that say the same for many requests are drawn once: rail, user menu, what stands beside a ticket.

`kept("ui/rail.html", items=navigation)` draws the template with these names and nothing else (another would raise), so
what is drawn depends on them and on the language alone, and may be kept for everybody.

What differs from page to page without changing the piece is put into the finished text: the token of a form (`csrf`),
and `holes`: a number that stands in addresses, a name between tags.

    kept("desk/actions.html", csrf=csrf_input, holes={"number": ticket.pk}, may_edit=True)

`kept_each("ui/rows.html", rows, select=True)` does the same for each of many things. The template gets them as `each`
and says `between` after every one. A thing is a value (equal things look equal) that knows its `times`: the moments
it tells in words, which are others after a while ("5 min ago").
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

import jinja2
from django.utils import timezone
from django.utils.translation import trans_real
from markupsafe import Markup, escape

from firstline.core import clock
from firstline.core.ui.words import steady_until

MOST = 12_000_000  # characters of one language, with what they are found by
LONGEST = 40_000  # a longer text is drawn each time
TOKEN = Markup("\0token\0")
BETWEEN = Markup("\0between\0")
NUMBER = 8_070_605_040_302_010  # stands for a number while a piece is drawn; no ticket will have it


class Thing(Hashable, Protocol):
    @property
    def times(self) -> Sequence[datetime | None]: ...


class _Drawn(NamedTuple):
    text: str
    since: datetime
    until: datetime  # then some of its words ("5 min ago") are others


class _Store:
    """What is kept in one language."""

    def __init__(self) -> None:
        self.pieces: dict[Any, str] = {}
        self.things: dict[Any, _Drawn] = {}
        self._size = 0

    def make_room(self, text: str) -> bool:
        """Whether this text may be kept."""
        if len(text) > LONGEST:
            return False
        self._size += 2 * len(text) + 500
        if self._size > MOST:
            self.pieces.clear()
            self.things.clear()
            self._size = 0
        return True


def keeping(env: jinja2.Environment) -> Callable[..., Markup]:
    """The global `kept` of this environment. While templates are being edited, nothing is kept."""

    def kept(template: str, *, csrf: Any = "", holes: Mapping[str, int | str] | None = None, **names: Any) -> Markup:
        store = _store()
        holes = holes or {}
        key = (template, tuple(holes), _frozen(names))
        text = store.pieces.get(key)
        if text is None or env.auto_reload:
            text = env.get_template(template).render(names | _signs(holes) | {"csrf": TOKEN})
            if store.make_room(text):
                store.pieces[key] = text
        for name, sign in _signs(holes).items():
            text = text.replace(str(sign), str(escape(holes[name])))
        return Markup(text.replace(TOKEN, str(csrf)) if TOKEN in text else text)  # noqa: S704 -- drawn by a template

    return kept


def keeping_each(env: jinja2.Environment) -> Callable[..., Markup]:
    """The global `kept_each` of this environment. What is not kept is drawn together, in one rendering."""

    def kept_each(template: str, things: Sequence[Thing], **names: Any) -> Markup:
        store, now = _store(), clock.now()
        around = (template, timezone.get_current_timezone(), _frozen(names))
        keys = [(thing, around) for thing in things]
        found = [store.things.get(key) for key in keys]
        missing = [
            place
            for place, drawn in enumerate(found)
            if drawn is None or not drawn.since <= now < drawn.until or env.auto_reload
        ]
        if missing:
            all_names = {"each": [things[place] for place in missing], "between": BETWEEN, **names}
            texts = env.get_template(template).render(all_names).split(BETWEEN)
            for place, text in zip(missing, texts, strict=False):
                times = [steady_until(time, now) for time in things[place].times if time is not None]
                found[place] = drawn = _Drawn(text, now, min(times, default=now + timedelta(days=1)))
                if keys[place] in store.things or store.make_room(text):  # it takes the place of its old words
                    store.things[keys[place]] = drawn
        return Markup("".join([drawn.text for drawn in found if drawn is not None]))  # noqa: S704 -- by a template

    return kept_each


def _signs(holes: Mapping[str, int | str]) -> dict[str, int | Markup]:
    """What stands in a piece where something will be put in."""
    return {
        name: NUMBER + place * 1_000_000_000 if isinstance(value, int) else Markup(f"\0{name}\0")  # noqa: S704 -- ours
        for place, (name, value) in enumerate(holes.items())
    }


def _store() -> _Store:
    """It lives as long as the active catalogue of phrases."""
    catalogue = trans_real.catalog()
    store: _Store | None = catalogue.__dict__.get("_firstline_kept")
    if store is None:
        store = catalogue.__dict__["_firstline_kept"] = _Store()
    return store


def _frozen(value: Any) -> Any:
    """A value that can be a key, for lists and dictionaries of plain values."""
    if isinstance(value, dict):
        return tuple([(name, _frozen(inner)) for name, inner in value.items()])
    if isinstance(value, list | tuple):
        return tuple([_frozen(inner) for inner in value])
    return value
