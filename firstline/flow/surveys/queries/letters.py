"""What our mails say: in the organisation's words where it has any, else in ours; always in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from firstline.core.preferences import house
from firstline.flow.surveys.engine.letters import Letter, fill
from firstline.flow.surveys.models import Feedback, PulseInvitation, Wording
from firstline.flow.surveys.rules import FEEDBACK, PULSE, token_for
from firstline.work.tickets.models import StatusType

Key = Wording.Key


def letter_about(feedback: Feedback, key: str) -> Letter:
    """The mail that asks somebody about a ticket. One mail asks both, whether it is solved and how it was."""
    subject, text = words_of(key)
    ticket, asking = feedback.ticket, feedback.asking
    closes_at = asking.closes_at if asking is not None else None
    values = {
        "name": feedback.person.short_name,
        "number": str(ticket.pk),
        "subject": ticket.subject,
        "organisation": house.ORGANISATION_NAME.get(),
        "closes": formats.date_format(timezone.localtime(closes_at), "DATE_FORMAT") if closes_at else "",
    }
    link = settings.BASE_URL + reverse("surveys:feedback", args=[token_for(FEEDBACK, feedback.pk)])
    asks_to_confirm = asking is not None and ticket.state == StatusType.RESOLVED
    foot = ""
    if asks_to_confirm and closes_at:
        foot = _("If we hear nothing, the request closes by itself on %(date)s.") % {"date": values["closes"]}
    return Letter(
        subject=_one_line(fill(subject, values)),
        text=fill(text, values).strip(),
        links=_links(link, confirms=asks_to_confirm, rates=feedback.asks_to_rate),
        foot=foot,
    )


def letter_of_pulse(invitation: PulseInvitation) -> Letter:
    """The invitation to say what one thinks of the desk."""
    subject, text = words_of(Key.PULSE)
    ends = formats.date_format(timezone.localtime(invitation.round.ends_at), "DATE_FORMAT")
    values = {
        "name": invitation.person.short_name, "organisation": house.ORGANISATION_NAME.get(), "closes": ends,
    }  # fmt: skip
    link = settings.BASE_URL + reverse("surveys:pulse_answer", args=[token_for(PULSE, invitation.pk)])
    return Letter(
        subject=_one_line(fill(subject, values)),
        text=fill(text, values).strip(),
        links=((_("Answer"), link),),
        foot=_("Your answers are kept without your name. The questions close on %(date)s.") % {"date": ends},
    )


def words_of(key: str) -> tuple[str, str]:
    """Subject and text of a mail in the present language, with their places still open."""
    subject, text = default_words(key)
    language = get_language() or ""
    own = {row.language: row for row in Wording.objects.filter(key=key)}
    found = own.get(language) or own.get(language.partition("-")[0])
    if found is None:
        return subject, text
    return found.subject or subject, found.text or text


def default_words(key: str) -> tuple[str, str]:
    """What we say where the organisation has not put it in its own way."""
    return {
        Key.SOLVED: (
            _("Solved: {{subject}}"),
            _(
                "Hello {{name}},\n\nyour request “{{subject}}” is marked as solved. Is it? One click tells us; you "
                "need not sign in. If it is not, you may also simply answer this mail."
            ),
        ),
        Key.REMINDER: (
            _("Is it solved? {{subject}}"),
            _("Hello {{name}},\n\nwe have not heard yet whether “{{subject}}” is solved for you."),
        ),
        Key.RATE: (
            _("How was it? {{subject}}"),
            _("Hello {{name}},\n\n“{{subject}}” is closed. Were you satisfied with how it went?"),
        ),
        Key.ESCALATION: (
            _("After the escalation: {{subject}}"),
            _(
                "Hello {{name}},\n\n“{{subject}}” had to be escalated. You had a part in it: please tell us in a "
                "minute what went well and what did not."
            ),
        ),
        Key.PULSE: (
            _("How does the help desk work for you?"),
            _(
                "Hello {{name}},\n\nevery few months we ask what you think of the help desk itself. It takes a minute, "
                "and nobody can see who said what."
            ),
        ),
    }[Key(key)]


def _links(link: str, *, confirms: bool, rates: bool) -> tuple[tuple[str, str], ...]:
    if confirms and rates:
        return (
            (_("It is solved, and I am satisfied"), f"{link}?say=good"),
            (_("It is solved, but I am not satisfied"), f"{link}?say=bad"),
            (_("It is not solved"), f"{link}?say=unsolved"),
        )
    if confirms:
        return (_("It is solved"), f"{link}?say=solved"), (_("It is not solved"), f"{link}?say=unsolved")
    return (_("Satisfied"), f"{link}?say=good"), (_("Not satisfied"), f"{link}?say=bad")


def _one_line(words: str) -> str:
    return " ".join(words.split())
