"""What every shell needs to know before it draws: theme, width of the rail, languages."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi, get_language_info

THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"
RAIL_COOKIE = "rail"
COOKIE_AGE = 400 * 24 * 3600  # seconds; browsers cap cookies at 400 days


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the names the shells use besides what a page passes."""
    user = getattr(request, "user", None)
    theme = request.COOKIES.get(THEME_COOKIE) or getattr(user, "theme", "system")
    return {
        "theme": theme if theme in THEMES else "system",
        "shortcuts": getattr(user, "shortcuts", True),
        "rail": "wide" if request.COOKIES.get(RAIL_COOKIE) == "wide" else "narrow",
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "languages": _languages(),
    }


@cache
def _languages() -> list[dict[str, str]]:
    """The languages by their own names."""
    return [{"code": code, "name_local": get_language_info(code)["name_local"]} for code, _name in settings.LANGUAGES]
