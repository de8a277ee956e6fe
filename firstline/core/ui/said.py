"""Fixed phrases in the reader's language, looked up once per language.

A page says some three hundred of them. Django looks each up anew (5 µs and more); here what was found is kept beside
the catalogue it was found in, so that another catalogue (another language, or the same read again) starts afresh.
"""

from typing import Any

from django.utils import translation
from django.utils.translation import trans_real
from markupsafe import Markup


def said(phrase: str) -> str:
    """Say the phrase, as `gettext` does."""
    kept = _kept()
    try:
        return kept[phrase]
    except KeyError:
        return kept.setdefault(phrase, translation.gettext(phrase))


def shown(phrase: str, /, **values: Any) -> Markup:
    """Say the phrase in a page: it is markup, the values put into it are escaped. A percent sign is written twice."""
    text = Markup(said(phrase))  # noqa: S704 -- phrases and their translations are ours
    return text % values if values or "%" in text else text


def _kept() -> dict[str, str]:
    """A dictionary that lives as long as the active catalogue."""
    known: dict[str, str] = trans_real.catalog().__dict__.setdefault("_firstline_said", {})
    return known
