"""What stands around every page: where one can go, who one is. One list, for all rooms' pages."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from firstline.core.preferences.house import ORGANISATION_NAME
from firstline.core.ui.environment import url
from firstline.people.access.rules import permissions_of

PORTAL_ROUTES = {"portal"}


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Everything is worked out only when a page draws it; a piece of a page does not."""
    person: Any = getattr(request, "user", None)
    is_known = person is not None and person.is_authenticated
    if not is_known:
        return {"organisation_name": SimpleLazyObject(_organisation_name)}
    names: dict[str, Any] = {
        "bell_url": url("notifications:inbox"),
        "bell_piece_url": url("notifications:bell"),
        "bell_stream": f"/live?topics=inbox:{person.pk}",
        "person": person.display_name,
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "account_links": SimpleLazyObject(lambda: _account_links(request)),
        "organisation_name": SimpleLazyObject(_organisation_name),
    }
    if "desk.enter" in permissions_of(person):
        names["palette_url"] = url("desk:palette")
    return names


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    may = permissions_of(request.user)
    if request.resolver_match and request.resolver_match.app_name in PORTAL_ROUTES:
        entries = [
            ("ticket.ask", _("Help"), _address("portal:home"), "home", "", True),
            ("ticket.ask", _("Services"), _address("portal:services"), "grid", "", False),
            ("ticket.ask", _("My requests"), _address("portal:requests"), "queue", "", False),
        ]
    else:
        entries = [
            ("desk.enter", _("Home"), _address("desk:home"), "home", "g h", False),
            ("desk.enter", _("Queue"), _address("desk:queue"), "queue", "g q", False),
            ("desk.enter", _("Escalations"), _address("escalation:escalations"), "arrow-up", "g x", False),
            ("desk.enter", _("My tasks"), _address("tasks:mine"), "list", "g t", False),
            ("approval.view", _("Approvals"), _address("approvals:mine"), "check-circle", "g a", False),
            ("workflow.view", _("Workflows"), _address("workflows:workflows"), "flow", "g w", False),
            ("workflow.view", _("Changes"), _address("workflows:changes"), "refresh", "g n", False),
            ("automation.view", _("Automations"), _address("automations:automations"), "robot", "g b", False),
            ("desk.enter", _("Search"), _address("desk:search"), "search", "g s", False),
            ("report.view", _("Supervision"), _address("desk:supervision"), "eye", "g u", False),
            ("report.view", _("How the desk stands"), _address("reports:reports"), "chart", "g d", False),
            ("person.view", _("People"), _address("access:people"), "people", "g p", False),
            ("rota.view", _("Rota"), _address("teams:my_shifts"), "calendar", "g r", False),
            ("mail.view", _("Outbox"), _address("email:outbox"), "outbox", "g o", False),
            ("report.view", _("Satisfaction"), _address("surveys:satisfaction"), "smile", "g f", False),
            ("catalog.add", _("Catalog"), _address("catalog:offerings"), "grid", "g c", False),
            ("settings.view", _("Settings"), _address("desk:settings"), "settings", "g e", False),
        ]
    here = request.path
    return [
        {
            "label": label,
            "url": address + ("?stay" if stays and "desk.enter" in may else ""),
            "icon": icon,
            "key": key,
            "current": here == address or (len(address) > 1 and here.startswith(address + "/")),
        }
        for need, label, address, icon, key, stays in entries
        if address and need in may
    ]


def _account_links(request: HttpRequest) -> list[dict[str, Any]]:
    links = [
        (_("Profile"), _address("accounts:profile"), "person"),
        (_("Security"), _address("accounts:security"), "lock"),
        (_("My notices"), _address("notifications:choices"), "bell"),
        (_("My approvals"), _address("approvals:mine"), "check-circle"),
        (_("My tasks"), _address("tasks:mine"), "list"),
    ]
    if "desk.enter" in permissions_of(request.user):
        links.append((_("Portal"), (_address("portal:home") or "/") + "?stay", "home"))
        links.append((_("Desk"), _address("desk:home"), "queue"))
    return [{"label": label, "url": address, "icon": icon} for label, address, icon in links if address]


def _address(name: str) -> str | None:
    """The address of a screen; None while its room does not exist."""
    try:
        return url(name)
    except NoReverseMatch:
        return None


def _organisation_name() -> str:
    """None, if the database does not answer: a page about trouble is drawn all the same."""
    try:
        return ORGANISATION_NAME.get()
    except DatabaseError:
        return ""
