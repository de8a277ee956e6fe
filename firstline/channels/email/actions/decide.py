"""Approving by answering the mail: only if our own mail server vouches for the sender, and always told back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from firstline.channels.email import rules
from firstline.channels.email.engine import trust
from firstline.channels.email.engine.message import Parsed
from firstline.channels.email.models import OutgoingMail, RawMail
from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.core.preferences import house
from firstline.flow.approvals.actions.by_link import answer_by_link
from firstline.flow.approvals.engine.words import said_in
from firstline.flow.approvals.fields import BY_MAIL
from firstline.flow.approvals.models import Seat
from firstline.flow.approvals.rules import token_for

from .write import write_account

ECHOES = 6  # to one address in an hour: two programs that answer each other fall silent


def seat_named_in(addresses: Iterable[str]) -> Seat | None:
    """The seat whose secret address the mail was written to."""
    tokens = [token for address in addresses if (token := rules.token_in(address))]
    seats = Seat.objects.select_related("person", "stage__approval__ticket")
    return seats.filter(secret__in=tokens).first() if tokens else None


def decide_by_mail(seat: Seat, parsed: Parsed, raw: bytes, mail: RawMail) -> str:
    """Let the mail decide if it may, tell the approver what became of it, and answer the same for the mail log."""
    mail.ticket = seat.stage.approval.ticket
    with translation.override(seat.person.language or house.LANGUAGE.get()):
        outcome = _outcome(seat, parsed, raw)
        if not parsed.is_automatic and parsed.kind == "message":
            _tell_back(seat, outcome)
    return outcome


def _outcome(seat: Seat, parsed: Parsed, raw: bytes) -> str:
    if parsed.is_automatic or parsed.kind != "message":
        return _("An automatic answer decides nothing.")
    is_theirs = parsed.sender.address.lower() == seat.person.email and not parsed.sender_is_ambiguous
    verdict = trust.verdict(raw, parsed.sender.address, trusted=rules.trusted_server())
    if not BY_MAIL.get():
        return _("Nothing was decided: approvals are not answered by mail here. Please use the page.")
    if not is_theirs or verdict != "pass" or not seat.person.is_active:
        return _("Nothing was decided: it could not be proven who wrote this mail. Please use the page.")
    grants, comment = said_in(parsed.reply_text or parsed.text)
    if grants is None:
        return _("Nothing was decided: write “approve” or “refuse because …” as the first words, or use the page.")
    try:
        with transaction.atomic():
            answer_by_link(seat, "grant" if grants else "refuse", comment, by=None)
    except (Refused, NotAllowed) as refusal:
        return _("Nothing was decided: %(why)s") % {"why": refusal}
    return _("You have approved it.") if grants else _("You have refused it.")


def _tell_back(seat: Seat, outcome: str) -> None:
    """To the address we know, never to the one the mail came from."""
    to, approval = seat.person.email or "", seat.stage.approval
    lately = OutgoingMail.objects.filter(
        to=to, purpose=OutgoingMail.Purpose.NOTICE, created_at__gt=clock.now() - timedelta(hours=1),
        subject__startswith="[",
    )  # fmt: skip
    if not to or rules.is_ours(to) or lately.count() >= ECHOES:
        return
    current = Seat.objects.filter(pk=seat.pk, person=seat.person_id).first()
    link = reverse("approvals:decision", args=[token_for(current)]) if current is not None else "/approvals"
    text = f"{outcome}\n\n{approval.title} (#{approval.ticket_id})\n{settings.BASE_URL}{link}\n"
    write_account(to, f"[#{approval.ticket_id}] {approval.title}", text, purpose=OutgoingMail.Purpose.NOTICE)
