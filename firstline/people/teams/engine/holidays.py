"""Public holidays by region, from the `holidays` library (MIT; dates by law of each country)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


def is_known(region: str) -> bool:
    """Whether we know the holidays of `DE` or `DE-BE`."""
    country, _dash, part = region.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    return country in known and (not part or part in known[country])


def is_holiday(region: str, day: date) -> bool:
    return bool(region) and day in _of(region, day.year)


@lru_cache(maxsize=256)
def _of(region: str, year: int) -> frozenset[date]:
    country, _dash, part = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        return frozenset()
