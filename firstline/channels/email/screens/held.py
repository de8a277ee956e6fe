from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.channels.email import rules
from firstline.channels.email.actions.read import release as release_mail
from firstline.channels.email.actions.retry import discard
from firstline.channels.email.engine.child import parse_in_child
from firstline.channels.email.engine.message import Failure, Parsed
from firstline.channels.email.models import RawMail
from firstline.channels.email.queries import held, incoming_visible_to
from firstline.core import files
from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.files.serve import download
from firstline.core.ui.render import page

MOST = 100


@access("mail.release")
def settings_page(request: HttpRequest) -> HttpResponse:
    """Our addresses, and what was held back."""
    names: dict[str, Any] = {
        "address": rules.desk_address(),
        "may_manage": may(request.user, "mail.manage"),
        "is_page": not settings.SMTP_URL,
        "held": list(held()[:MOST]),
        "lately": list(incoming_visible_to(request.user).order_by("-id")[:20]),
        "breadcrumb": [(_("Settings"), reverse("desk:settings")), (_("Mail"), None)],
    }
    return page(request, "email/settings.html", names)


@access("mail.release")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A held mail: what it says, and why it was held."""
    mail = _held(pk)
    found = parse_in_child(files.fetch(mail.sha256))
    parsed = found if isinstance(found, Parsed) else None
    names = {
        "mail": mail,
        "parsed": parsed,
        "breadcrumb": [(_("Mail"), reverse("email:settings")), (mail.subject or _("(no subject)"), None)],
    }
    return page(request, "email/held.html", names)


@access("mail.release")
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it become a ticket after all."""
    mail = _held(pk)
    raw = files.fetch(mail.sha256)
    parsed = parse_in_child(raw)
    if isinstance(parsed, Failure):
        raise Refused(parsed.reason)
    release_mail(mail, parsed, raw, by=request.user)
    if mail.ticket is None:
        messages.warning(request, mail.reason)
        return HttpResponseRedirect(reverse("email:settings"))
    return HttpResponseRedirect(mail.ticket.get_absolute_url())


@access("mail.release")
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave it aside."""
    discard(_held(pk), by=request.user)
    messages.info(request, _("Left aside."))
    return HttpResponseRedirect(reverse("email:settings"))


@access("mail.release")
def raw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The mail as it came."""
    mail = incoming_visible_to(request.user).filter(pk=pk).first()
    if mail is None:
        raise Http404
    return download(request, mail.sha256, f"mail-{mail.pk}.eml", "message/rfc822")


def _held(pk: int) -> RawMail:
    found = held().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
