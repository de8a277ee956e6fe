"""What the shells show of whoever is signed in. A context processor of the Jinja2 pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def context(request: HttpRequest) -> dict[str, Any]:
    """Name, links of the user menu and theme."""
    person = getattr(request, "user", None)
    known: dict[str, Any] = {"theme_url": ""}
    if person is None or not person.is_authenticated:
        return known | {"sign_in_url": reverse("account_login")}
    return known | {
        "person": {"name": person.display_name, "id": person.pk},
        "theme": person.theme,
        "theme_url": reverse("accounts:theme"),
        "language_url": reverse("accounts:language"),
        "shortcuts": person.shortcuts,
        "account_links": [
            {"label": _("Profile"), "url": reverse("accounts:profile"), "icon": "person"},
            {"label": _("Security"), "url": reverse("accounts:security"), "icon": "lock"},
        ],
        "sign_out_url": reverse("account_logout"),
    }
