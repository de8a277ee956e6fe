"""What the shells show of whoever is signed in. A context processor of the Jinja2 pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse


def context(request: HttpRequest) -> dict[str, Any]:
    """Theme, shortcuts and where the forms of the user menu go."""
    person = getattr(request, "user", None)
    known: dict[str, Any] = {"theme_url": ""}
    if person is None or not person.is_authenticated:
        return known | {"sign_in_url": reverse("account_login")}
    return known | {
        "theme": person.theme,
        "theme_url": reverse("accounts:theme"),
        "language_url": reverse("accounts:language"),
        "shortcuts": person.shortcuts,
        "sign_out_url": reverse("account_logout"),
    }
