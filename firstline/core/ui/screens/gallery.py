"""Every component in every state, light and dark side by side. For those who build pages, and for the axe test."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from firstline.core import clock
from firstline.core.actions import may
from firstline.core.entry import public
from firstline.core.ui.bundle import OWN
from firstline.core.ui.charts import Bar, Series
from firstline.core.ui.render import page
from firstline.core.ui.row import Row


@public  # it holds nothing but samples, and asks for itself
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the gallery to developers and to administrators."""
    if not (settings.DEBUG or may(request.user, "gallery.view")):
        raise Http404("gallery")
    return page(request, "ui/gallery.html", sample_context(), block="edit" if "edit" in request.GET else "options")


def sample_context() -> dict[str, Any]:
    """What the gallery shows: small, made up, and with one overlong thing of each kind."""
    now = clock.now()
    return {
        "now": now,
        "rows": _rows(now),
        **_charts(),
        "form": SampleForm({"email": "rosa@", "subject": ""}),
        "navigation": [
            {"label": _("Home"), "url": "#", "icon": "home", "key": "g h"},
            {"label": _("Queue"), "url": "#", "icon": "queue", "current": True, "count": 12, "key": "g q"},
            {"label": _("People"), "url": "#", "icon": "people", "key": "g p"},
            {"label": _("Search"), "url": "#", "icon": "search", "key": "/"},
            {"label": _("Outbox"), "url": "#", "icon": "outbox"},
            {"label": _("Settings"), "url": "#", "icon": "settings", "key": "g s"},
        ],
        "breadcrumb": [(_("Queue"), "#"), (_("Gallery"), None)],
        "person": "Ada Nowak",
        "account_links": [{"label": _("Your settings"), "url": "#", "icon": "person"}],
        "bell_url": "#bell",
        "bell_count": 3,
        "palette_url": "?palette",
        "sign_out_url": "#out",
        "pictures": re.findall(r'<symbol id="([\w-]+)" viewBox="0 0 24', (OWN / "icons.svg").read_text()),
        "hour": timedelta(hours=1),
        "minute": timedelta(minutes=1),
    }


def _charts() -> dict[str, Any]:
    return {
        "weeks": [f"{day}.{month}." for day, month in ((2, 3), (9, 3), (16, 3), (23, 3), (30, 3), (6, 4), (13, 4))],
        "lines": [
            Series(name="Network", values=[72, 75, 71, 80, 84, 82, 88], counts=[25, 20, 31, 22, 19, 28, 33]),
            Series(name="Desktop", values=[90, 88, 91, None, 86, 87, 87], counts=[9, 11, 12, 0, 8, 14, 15]),
        ],
        "layers": [
            Series(name=str(_("Satisfied")), values=[18, 15, 22, 18, 16, 23, 29], tone="resolved"),
            Series(name=str(_("Not satisfied")), values=[7, 5, 9, 4, 3, 5, 4], tone="breach"),
        ],
        "bars": [
            Bar(name="Remote access", value=91, count=64, low=82, high=96, href="#", tone="resolved"),
            Bar(name="Printing on paper of the third and every other floor", value=58, count=31, low=41, high=74),
            Bar(name="Payroll", value=50, count=4, low=15, high=85, is_thin=True),
        ],
    }


def _rows(now: datetime) -> list[Row]:
    return [
        Row("#1042", "#1042", "#1042", "VPN drops every ten minutes since this morning", "breach",
            requester="Rosa Marín", owner="Ada Nowak", due=now - timedelta(minutes=20), since=now - timedelta(hours=5),
            priority=1, is_unread=True, tags=("network",)),
        Row("#1041", "#1041", "#1041", "New starter on Monday: laptop, badge and mailbox", "new",
            requester="Lin Wei", due=now + timedelta(minutes=45), since=now - timedelta(minutes=12),
            priority=2, is_unread=True, is_soon=True),
        Row("#1038", "#1038", "#1038", "Printer on the third floor prints everything twice, but only for people whose "
            "names begin with a letter after M", "open", requester="Bartholomew Featherstonehaugh-Wolfeschlegelstein",
            owner="Omar Haddad", due=now + timedelta(hours=5), since=now - timedelta(hours=9),
            priority=3, tags=("printing",), is_current=True),
        Row("#1035", "#1035", "#1035", "Access to the payroll folder", "waiting",
            requester="Ngọc Trần", owner="Ada Nowak", due=now + timedelta(days=1), since=now - timedelta(days=2),
            priority=3, is_paused=True),
        Row("#1031", "#1031", "#1031", "Cannot open attachments from the tax office", "resolved",
            requester="Jens Ødegård", owner="Lin Wei", due=now + timedelta(hours=1), since=now - timedelta(days=3),
            priority=4, is_met=True),
        Row("#0998", "#0998", "#0998", "Replace keyboard", "closed",
            requester="Åsa Lindqvist", owner="Omar Haddad", since=now - timedelta(days=40), priority=4),
    ]  # fmt: skip


class SampleForm(forms.Form):
    """A Django form with one field of each kind, two of them wrong."""

    email = forms.EmailField(label=_("Your address"), help_text=_("We answer here."))
    subject = forms.CharField(label=_("What is it about?"))
    text = forms.CharField(label=_("What happened?"), widget=forms.Textarea, required=False)
    urgency = forms.ChoiceField(
        label=_("Who is affected?"),
        choices=[("me", _("Only me")), ("team", _("My team")), ("all", _("Everybody"))],
        widget=forms.RadioSelect,
        required=False,
    )
    service = forms.ChoiceField(
        label=_("Service"), choices=[("mail", _("Mail")), ("vpn", _("Remote access"))], required=False
    )
    copy = forms.BooleanField(label=_("Send me a copy"), required=False)
