"""Public holidays by country and region, in the language of the reader where the library has it.

The library needs a second to load: ask for holidays in a job or when somebody looks at the page, and keep the days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from .hours import CalendarWrong


def regions(country: str) -> list[str]:
    """Codes of the parts of a country that have holidays of their own; empty when there are none."""
    supported = _library().list_supported_countries(include_aliases=False)
    if country not in supported:
        raise CalendarWrong(f"No holidays are known for “{country}”. Use a code such as DE, US or VN.")
    return list(supported[country])


def countries() -> list[str]:
    """ISO 3166 codes of the countries whose holidays are known."""
    return sorted(_library().list_supported_countries(include_aliases=False))


def public_holidays(country: str, region: str, years: Iterable[int], *, language: str = "") -> dict[date, str]:
    """Days and names, in order. `language` such as "de" or "vi"; where it is missing, the country's own."""
    known = regions(country)
    if region and region not in known:
        raise CalendarWrong(f"“{region}” is not a region of {country}. There are: {', '.join(known)}.")
    found = _library().country_holidays(
        country, subdiv=region or None, years=list(years), language=_spoken(country, language)
    )
    return dict(sorted(found.items()))


def _spoken(country: str, language: str) -> str | None:
    spoken = _library().list_localized_countries(include_aliases=False).get(country, ())
    wanted = language.replace("-", "_").lower()
    for code in spoken:
        if code.lower() == wanted or code.lower().split("_")[0] == wanted.split("_")[0]:
            return str(code)
    return None


def _library() -> Any:
    import holidays  # noqa: PLC0415 -- heavy import

    return holidays
