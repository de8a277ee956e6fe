"""What can be set: rooms declare it, the page, the action and the docs read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    Lazy = Promise

Words = str | Lazy
Kind = type[str] | type[int] | type[bool]


class Wrong(ValueError):
    """A value that cannot be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Section:
    """One page of settings, at /settings/<key>."""

    key: str
    label: Words
    help: Words = ""
    icon: str = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    default: Any
    label: Words
    section: str
    help: Words = ""
    choices: Callable[[], list[tuple[str, Words]]] | None = None
    check: Callable[[Any], None] | None = None  # raises Wrong
    lowest: int | None = None
    highest: int | None = None
    long: bool = False  # several lines
    required: bool = False
    secret: bool = False  # kept encrypted, never shown


@dataclass(frozen=True, slots=True)
class Preference[T: (str, int, bool)](_Options):
    """One setting of the organisation. `get()` is cheap: ask as often as you like."""

    key: str
    type: type[T]

    def get(self) -> T:
        """The value now, or the default. For a secret: use `reveal`."""
        from .reading import read  # noqa: PLC0415 -- needs loaded apps

        value: T = read(self)
        return value

    def reveal(self) -> str:
        """The secret itself, for the code that logs in with it. Never show or log it."""
        from .reading import reveal  # noqa: PLC0415 -- needs loaded apps

        return reveal(self)

    def clean(self, value: Any) -> T:
        """The value as it will be kept, or `Wrong` with a sentence."""
        typed = _typed(self, value)
        if self.required and typed == "":
            raise Wrong(_("Please enter something."))
        if self.choices and typed not in {key for key, _label in self.choices()}:
            raise Wrong(_("“%(value)s” is not one of the choices.") % {"value": typed})
        too_low = self.lowest is not None and typed < self.lowest
        if too_low or (self.highest is not None and typed > self.highest):
            raise Wrong(
                _("Choose a number from %(lowest)s to %(highest)s.") % {"lowest": self.lowest, "highest": self.highest}
            )
        if self.check:
            self.check(typed)
        return typed  # type: ignore[no-any-return]


def _typed(preference: Preference[Any], value: Any) -> Any:
    if preference.type is bool:
        if isinstance(value, bool):
            return value
        raise Wrong(_("Choose yes or no."))
    if preference.type is int:
        try:
            return int(str(value).strip())
        except ValueError:
            raise Wrong(_("“%(value)s” is not a whole number.") % {"value": value}) from None
    text = str(value).strip()
    if "\x00" in text:
        raise Wrong(_("This text contains characters that cannot be kept."))
    return text


_preferences: dict[str, Preference[Any]] = {}
_sections: dict[str, Section] = {}


def declare_section(section: Section) -> Section:
    _sections[section.key] = section
    return section


def declare[T: (str, int, bool)](preference: Preference[T]) -> Preference[T]:
    """Register a setting; its section is declared first."""
    if preference.section not in _sections:
        raise ValueError(f"{preference.key}: there is no section called {preference.section}.")
    if preference.key in _preferences and _preferences[preference.key] != preference:
        raise ValueError(f"Two preferences are called {preference.key}.")
    _preferences[preference.key] = preference
    return preference


def find(key: str) -> Preference[Any]:
    try:
        return _preferences[key]
    except KeyError:
        raise KeyError(f"There is no preference called {key}.") from None


def all_preferences(section: str = "") -> list[Preference[Any]]:
    """In the order they were declared."""
    return [item for item in _preferences.values() if section in ("", item.section)]


def all_sections() -> list[Section]:
    return list(_sections.values())
