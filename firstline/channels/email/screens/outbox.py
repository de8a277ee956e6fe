from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.channels.email.actions.retry import try_again
from firstline.channels.email.models import OutgoingMail
from firstline.channels.email.queries import outgoing_visible_to
from firstline.core.entry import access
from firstline.core.paging import BadCursor, page_of
from firstline.core.preferences import house
from firstline.core.ui.render import page
from firstline.flow.approvals.rules import without_tokens as without_decisions
from firstline.flow.surveys.rules import without_tokens

COLUMNS = ("id", "to", "subject", "state", "purpose", "created_at", "attempts", "last_error", "in_doubt", "ticket_id")
TONES = {"waiting": "waiting", "sending": "open", "sent": "resolved", "failed": "breach", "bounced": "breach"}

# The subject stands above the frame already; in it, only who hears the page needs it.
STYLE = (
    ".subject { position: absolute; inline-size: 1px; block-size: 1px; margin: 0; overflow: hidden; "
    "clip-path: inset(50%) } a:focus-visible { outline: 2px solid #2443c4; outline-offset: 2px }"
)


@access("mail.view")
def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail we write, newest first: where it went, or why not yet."""
    found = outgoing_visible_to(request.user)
    state = request.GET.get("state", "")
    if state in OutgoingMail.State.values:
        found = found.filter(state=state)
    rows = found.values(*COLUMNS)
    try:
        shown = page_of(rows, ["-id"], after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    except BadCursor:
        shown = page_of(rows, ["-id"])
    here = f"&state={state}" if state else ""
    names: dict[str, Any] = {
        "rows": shown.rows,
        "newer": f"?before={shown.newer}{here}" if shown.newer else None,
        "older": f"?after={shown.older}{here}" if shown.older else None,
        "state": state,
        "states": OutgoingMail.State.choices,
        "tones": TONES,
        "labels": dict(OutgoingMail.State.choices),
        "purposes": dict(OutgoingMail.Purpose.choices),
        "breadcrumb": [(_("Outbox"), None)],
    }
    return page(request, "email/outbox.html", names, block="list")


@access("mail.view")
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail, as its reader sees it."""
    found = _mail(request, pk)
    names = {
        "mail": found,
        "text": as_others_read(found.text),
        "tone": TONES[found.state],
        "may_retry": found.state in {"failed", "bounced", "waiting"},
        "breadcrumb": [(_("Outbox"), reverse("email:outbox")), (found.to, None)],
    }
    return page(request, "email/mail.html", names)


@access("mail.view")
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML of a mail, for the frame on its page: no scripts, no forms, nothing from elsewhere."""
    found = _mail(request, pk)
    response = HttpResponse(
        _document(found) if found.html else as_others_read(found.text),
        content_type="text/html; charset=utf-8" if found.html else "text/plain",
    )
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _document(mail: OutgoingMail) -> SafeString:
    """The HTML of a mail with what its reader's program adds: which language it speaks, and what it is called."""
    language = (mail.person and mail.person.language) or house.LANGUAGE.get()
    return format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title><style>{}</style></head>'
        '<body><main><h1 class="subject">{}</h1>{}</main></body></html>',
        language,
        mail.subject,
        mark_safe(STYLE),  # noqa: S308 -- written above
        mail.subject,
        mark_safe(as_others_read(mail.html)),  # noqa: S308 -- in a sandbox, by its own policy
    )


@access("mail.view")
@require_POST
def sending(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again."""
    try_again(_mail(request, pk), by=request.user)
    messages.success(request, _("It is sent again in a moment."))
    return HttpResponseRedirect(reverse("email:mail", args=[pk]))


def as_others_read(words: str) -> str:
    """Without the links by which its reader may answer; in the demo, where mails are read here only, with them."""
    return words if settings.DEMO else without_decisions(without_tokens(words))


def _mail(request: HttpRequest, pk: int) -> OutgoingMail:
    found = outgoing_visible_to(request.user).select_related("ticket", "person").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
