"""Writing mails: one row per recipient, in the transaction of what causes it. The worker sends them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from email.utils import formataddr

from django.conf import settings
from django.utils import translation
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from firstline.channels.email import queries, rules
from firstline.channels.email.models import MailIdentity, OutgoingMail, ReplyToken
from firstline.core import clock
from firstline.core.preferences import house
from firstline.flow.approvals.queries.by_mail import reply_secret
from firstline.flow.surveys.engine import letters
from firstline.flow.surveys.models import Feedback, PulseInvitation
from firstline.flow.surveys.queries.letters import letter_about, letter_of_pulse
from firstline.people.accounts.models import Person
from firstline.people.notifications.actions.deliver import Letter, link_of
from firstline.work.conversations.models import Message
from firstline.work.tickets.models import Participant, Ticket

Purpose = OutgoingMail.Purpose
# Receipts to one address in an hour, and automatic mails about one ticket: two desks that confirm each other's
# confirmations fall silent. An address nobody has proven gets one.
RECEIPTS_PROVEN, RECEIPTS_UNPROVEN, AUTOMATIC_A_TICKET = 3, 1, 3


def write_reply(ticket: Ticket, message: Message) -> list[OutgoingMail]:
    """Send an answer of the desk to everybody on the ticket."""
    author = message.author.display_name if message.author else settings.MAIL_NAME
    return [
        _write(
            Purpose.REPLY,
            ticket,
            person,
            subject=_subject(ticket),
            text=message.text,
            html=str(message.html),
            message=message,
            sender=author,
        )
        for person in _readers(ticket, besides=message.author_id)
    ]


def write_question(feedback: Feedback, key: str) -> list[OutgoingMail]:
    """Ask somebody whether it is solved, or how it was. Opening the links changes nothing: they show a button."""
    ticket, person = feedback.ticket, feedback.person
    if not can_be_written_to(person):
        return []
    lately = OutgoingMail.objects.filter(
        ticket=ticket, to=person.email or "", purpose__in=[Purpose.SOLVED, Purpose.RATE]
    )
    if lately.filter(created_at__gt=clock.now() - timedelta(hours=1)).count() >= AUTOMATIC_A_TICKET:
        return []
    with translation.override(person.language or house.LANGUAGE.get()):
        letter = letter_about(feedback, key)
        purpose = Purpose.SOLVED if feedback.asking_id is not None else Purpose.RATE
        return [
            _write(
                purpose,
                ticket,
                person,
                subject=f"{letter.subject} [#{ticket.pk}]",
                text=letters.as_text(letter),
                html=_as_html(letter),
                is_automatic=True,
                foot=feedback.part == feedback.Part.REQUESTER,
            )
        ]


def write_pulse(invitation: PulseInvitation) -> OutgoingMail | None:
    """Invite somebody to say what they think of the desk. It is about no ticket and cannot be answered by mail."""
    person = invitation.person
    if not can_be_written_to(person):
        return None
    with translation.override(person.language or house.LANGUAGE.get()):
        letter = letter_of_pulse(invitation)
        return write_account(
            person.email or "", letter.subject, letters.as_text(letter), str(_as_html(letter)), purpose=Purpose.PULSE
        )


def write_receipt(
    ticket: Ticket, person: Person, in_reply_to: str = "", *, repeats_subject: bool = False
) -> OutgoingMail | None:
    """Tell somebody the number of their new ticket.

    `repeats_subject` only if it is proven who wrote: else anybody could have us send their words to anybody.
    """
    most = RECEIPTS_PROVEN if person.is_verified else RECEIPTS_UNPROVEN
    lately = OutgoingMail.objects.filter(
        to=person.email or "", purpose=Purpose.RECEIPT, created_at__gt=clock.now() - timedelta(hours=1)
    )
    if not can_be_written_to(person) or lately.count() >= most:
        return None
    with translation.override(person.language or house.LANGUAGE.get()):
        text = _(
            "We have received your request. Its number is #%(number)s.\n\n"
            "A person reads it and answers you. To add something, simply answer this mail."
        ) % {"number": ticket.pk}
        neutral = _("We have received your request [#%(number)s]") % {"number": ticket.pk}
        return _write(
            Purpose.RECEIPT, ticket, person, subject=_subject(ticket) if repeats_subject else neutral, text=text,
            is_automatic=True, in_reply_to=in_reply_to,
        )  # fmt: skip


def write_account(to: str, subject: str, text: str, html: str = "", *, purpose: str = Purpose.ACCOUNT) -> OutgoingMail:
    """A mail about an account: a code, a link. It belongs to no ticket and cannot be answered."""
    mail = OutgoingMail(
        purpose=purpose,
        to=to.lower(),
        message_id=rules.new_message_id(),
        headers=automatic_headers(),
        subject=one_line(subject),
        text=text,
        html=html,
        created_at=clock.now(),
        due_at=clock.now(),
    )
    mail.save(force_insert=True)
    return mail


def write_notice(letter: Letter) -> None:
    """A notice to one person. Not part of the conversation: an answer to it goes to nobody, so it says where to go."""
    person: Person = letter.person
    if not can_be_written_to(person):
        return
    ticket = Ticket.objects.filter(pk=letter.number or 0).first() if letter.noun == "ticket" else None
    chain = queries.chain_of(ticket) if ticket is not None else []
    headers = automatic_headers(letter.sender)
    if letter.noun == "approval" and (secret := reply_secret(letter.number, person)):
        headers["Reply-To"] = formataddr((settings.MAIL_NAME, rules.reply_address(secret)))
    if chain:  # mail programs show it with the conversation
        headers["References"] = " ".join(dict.fromkeys([*chain[:2], *chain[-8:]]))
    with translation.override(person.language or house.LANGUAGE.get()):
        text, html = _notice_dressed(letter)
    mail = OutgoingMail(
        purpose=Purpose.NOTICE,
        ticket=ticket,
        person=person,
        to=person.email or "",
        message_id=rules.new_message_id(),
        headers=headers,
        subject=one_line(letter.title),
        text=text,
        html=html,
        created_at=clock.now(),
        due_at=clock.now(),
    )
    mail.save(force_insert=True)


def _notice_dressed(letter: Letter) -> tuple[str, str]:
    """What happened, where to see it, why it came, and where to turn it off."""
    link, choices = link_of(letter), f"{settings.BASE_URL}/notices/choices"
    why = _("You get this because %(why)s.") % {"why": letter.why}
    turn_off = _("Choose what you are told of:")
    text = "\n\n".join(part for part in (letter.text, link) if part)
    html = format_html(
        '<div style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5"><p><b>{}</b></p>'
        '<div style="white-space:pre-line">{}</div><p><a href="{}">{}</a></p>'
        '<div style="color:#666;font-size:12px;margin-top:24px">{} {} <a href="{}">{}</a></div></div>',
        letter.title, letter.text, link, link, why, turn_off, choices, choices,
    )  # fmt: skip
    return f"{text}\n\n-- \n{why}\n{turn_off} {choices}\n", str(html)


def _write(
    purpose: str,
    ticket: Ticket,
    person: Person,
    *,
    subject: str,
    text: str,
    html: str = "",
    message: Message | None = None,
    sender: str = "",
    is_automatic: bool = False,
    in_reply_to: str = "",
    foot: bool = True,
) -> OutgoingMail:
    token, _is_new = ReplyToken.objects.get_or_create(ticket=ticket, person=person)
    chain = queries.chain_of(ticket)
    answers = in_reply_to or (chain[-1] if chain else "")
    message_id = rules.new_message_id()
    headers = {
        "From": formataddr((sender or settings.MAIL_NAME, rules.desk_address())),
        "Reply-To": formataddr((settings.MAIL_NAME, rules.reply_address(token.token))),
        "X-Firstline-Id": rules.installation_id(),
    }
    if answers:
        headers["In-Reply-To"] = answers
        headers["References"] = " ".join(dict.fromkeys([*chain[:2], *chain[-8:]]))
    if is_automatic:
        headers["Auto-Submitted"] = "auto-replied" if purpose == Purpose.RECEIPT else "auto-generated"
        headers["X-Auto-Response-Suppress"] = "All"
    with translation.override(person.language or house.LANGUAGE.get()):
        whole_text, whole_html = _dressed(ticket, text, html, foot=foot)
    mail = OutgoingMail(
        purpose=purpose,
        ticket=ticket,
        reply=message,
        person=person,
        to=person.email or "",
        message_id=message_id,
        headers=headers,
        subject=one_line(subject),
        text=whole_text,
        html=whole_html,
        created_at=clock.now(),
        due_at=clock.now(),
    )
    mail.save(force_insert=True)
    MailIdentity(
        key=MailIdentity.key_of(message_id), message_id=message_id, ticket=ticket, person=person, is_ours=True,
        at=clock.now(),
    ).save(force_insert=True)  # fmt: skip
    return mail


def automatic_headers(sender: str = "") -> dict[str, str]:
    """Of a mail that no person wrote: no machine answers it (RFC 3834)."""
    return {
        "From": formataddr((sender or settings.MAIL_NAME, rules.desk_address())),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Firstline-Id": rules.installation_id(),
    }


def can_be_written_to(person: Person) -> bool:
    """Not to leavers, and never to ourselves: that would come back, and again."""
    return bool(person.email) and person.is_active and not rules.is_ours(person.email or "")


def _readers(ticket: Ticket, *, besides: int | None) -> Iterable[Person]:
    """Everybody who takes part by mail: requester, affected, in copy. Never the author, nobody twice."""
    roles = [Participant.Role.AFFECTED, Participant.Role.CC]
    ids = {ticket.requester_id, *ticket.participants.filter(role__in=roles).values_list("person_id", flat=True)}
    people = Person.objects.filter(pk__in=ids - {besides}, is_active=True, email__isnull=False).order_by("pk")
    return [person for person in people if can_be_written_to(person)]


def _subject(ticket: Ticket) -> str:
    return f"Re: {ticket.subject} [#{ticket.pk}]"


def _as_html(letter: letters.Letter) -> SafeString:
    """The words of a letter, and its links as buttons that also show without pictures and styles."""
    words = format_html_join(
        "",
        "<p>{}</p>",
        ((mark_safe(escape(part).replace("\n", "<br>")),) for part in letter.text.split("\n\n")),  # noqa: S308 -- escaped here
    )
    links = format_html_join(
        "",
        '<p><a href="{}" style="display:inline-block;padding:10px 16px;border:1px solid #777;border-radius:6px;'
        'text-decoration:none">{}</a></p>',
        ((address, label) for label, address in letter.links),
    )
    return format_html("{}{}{}", words, links, format_html("<p>{}</p>", letter.foot) if letter.foot else "")


def _dressed(ticket: Ticket, text: str, html: str, *, foot: bool = True) -> tuple[str, str]:
    """The marker above, the way to the portal below. Always a text part; HTML beside it."""
    marker = f"##- {_('Please answer above this line')} -##"  # the signs are how engine/reply.py finds it
    link = f"{settings.BASE_URL}/requests/{ticket.pk}"
    words = _("Request #%(number)s: %(link)s")
    text_foot = words % {"number": ticket.pk, "link": link} if foot else ""
    html_foot = format_html(escape(words).replace("%(number)s", "{0}").replace("%(link)s", '<a href="{1}">{1}</a>'),
                            ticket.pk, link) if foot else ""  # fmt: skip
    inner = html or "".join(f"<p>{escape(part)}</p>".replace("\n", "<br>") for part in text.split("\n\n"))
    whole = format_html(
        '<div style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5">'
        '<div style="color:#666;font-size:12px">{}</div><div>{}</div>'
        '<div style="color:#666;font-size:12px;margin-top:24px">{}</div></div>',
        marker,
        mark_safe(inner),  # noqa: S308 -- sanitised when it was written
        html_foot,
    )
    return f"{marker}\n\n{text.strip()}\n\n" + (f"-- \n{text_foot}\n" if foot else ""), str(whole)


def one_line(subject: str) -> str:
    return " ".join(subject.split())[:400]
