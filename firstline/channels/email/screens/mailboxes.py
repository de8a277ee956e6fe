from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.channels.email.actions.mailbox import ask_for_check, save_mailbox, try_skipped
from firstline.channels.email.forms import MailboxForm
from firstline.channels.email.models import Mailbox
from firstline.channels.email.queries import mailbox_health
from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.accounts.rules import fresh, fresh_for_secrets


@access("mail.manage")
def mailboxes(request: HttpRequest) -> HttpResponse:
    """All mailboxes, and whether mail comes from them."""
    cards = [{"mailbox": mailbox, "tone": tone(mailbox), "word": word(mailbox)} for mailbox in mailbox_health()]
    return page(request, "email/mailboxes.html", {"cards": cards, "breadcrumb": _where((_("Mailboxes"), None))})


@access("mail.manage")
@fresh_for_secrets
def new(request: HttpRequest) -> HttpResponse:
    """Add a mailbox."""
    return _form(request, Mailbox(), _("New mailbox"))


@access("mail.manage")
@fresh_for_secrets
def mailbox(request: HttpRequest, pk: int) -> HttpResponse:
    """One mailbox: how it fares, and its settings."""
    found = get_object_or_404(Mailbox, pk=pk)
    return _form(request, found, found.name)


@access("mail.manage")
@fresh
@require_POST
def connection(request: HttpRequest, pk: int) -> HttpResponse:
    """Test the connection."""
    ask_for_check(get_object_or_404(Mailbox, pk=pk), by=request.user)
    messages.info(request, _("The connection is being tested; the answer comes here in a moment."))
    return HttpResponseRedirect(reverse("email:mailbox", args=[pk]))


@access("mail.manage")
@require_POST
def skipped(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the skipped mails again."""
    try_skipped(get_object_or_404(Mailbox, pk=pk), by=request.user)
    messages.info(request, _("They are tried again in a moment."))
    return HttpResponseRedirect(reverse("email:mailbox", args=[pk]))


def tone(mailbox: Mailbox) -> str:
    """The colour of its health."""
    if not mailbox.is_active:
        return "neutral"
    if mailbox.is_red(clock.now()):
        return "breach"
    return "waiting" if mailbox.failures or mailbox.last_error or mailbox.last_good_at is None else "resolved"


def word(mailbox: Mailbox) -> str:
    """Its health in a word."""
    if not mailbox.is_active:
        return _("not in use")
    if mailbox.is_red(clock.now()):
        return _("no mail comes in")
    if mailbox.failures or mailbox.last_error:
        return _("in trouble")
    return _("works") if mailbox.last_good_at else _("not read yet")


def _form(request: HttpRequest, mailbox: Mailbox, heading: str) -> HttpResponse:
    form = MailboxForm(request.POST or None, instance=mailbox)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_mailbox(form.instance, password=form.cleaned_data["password"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("email:mailbox", args=[saved.pk]))
    kept = Mailbox.objects.filter(pk=mailbox.pk).select_related("team").first()
    names: dict[str, Any] = {
        "form": form,
        "heading": heading,
        "mailbox": kept,
        "tone": tone(kept) if kept else "",
        "word": word(kept) if kept else "",
        "breadcrumb": _where((_("Mailboxes"), reverse("email:mailboxes")), (heading, None)),
    }
    return page(request, "email/mailbox.html", names, block="health", status=422 if form.errors else 200)


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Settings"), reverse("desk:settings")), (_("Mail"), reverse("email:settings")), *steps]
