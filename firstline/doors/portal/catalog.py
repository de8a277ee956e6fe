"""What the portal says of an offering and of what somebody has begun: plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.text.markdown import to_html
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import Record, label_of, measured_in_words, promised_in_words
from firstline.work.intake.engine.questions import in_words
from firstline.work.intake.models import Draft
from firstline.work.intake.queries.forms import drafts_of, published
from firstline.work.intake.queries.words import language


def facts(offering: Offering, record: Record) -> list[tuple[str, str]]:
    """Before somebody asks: how long, what it costs, who approves."""
    found = []
    if offering.promised_hours is not None:
        found.append((_("Promised within"), promised_in_words(offering.promised_hours)))
    if record.usual_hours is not None and record.slow_hours is not None:
        usually = _("Half of them were done in %(usual)s, nine of ten in %(slow)s.") % {
            "usual": measured_in_words(record.usual_hours), "slow": measured_in_words(record.slow_hours)
        }  # fmt: skip
        found.append((_("How long it took lately"), usually))
    if offering.cost is not None:
        found.append((_("Cost"), cost(offering)))
    if offering.approval:
        found.append((_("Approval"), label_of("approval", offering.approval)))
    if offering.team:
        found.append((_("Done by"), offering.team.name))
    return found


def cost(offering: Offering) -> str:
    if not offering.cost:
        return _("Nothing: it is included.")
    amount = f"{formats.number_format(offering.cost, 2)} {offering.currency}".strip()
    payer = Offering.Payer(offering.payer).label if offering.payer else ""
    return f"{amount} ({payer})" if payer else amount


def articles(offering: Offering) -> list[dict[str, Any]]:
    """What helps before asking: links, or words of our own."""
    code = language()
    return [
        {
            "title": in_words(each["title"], code) if isinstance(each.get("title"), dict) else each.get("title", ""),
            "url": each.get("url", ""),
            "html": to_html(in_words(each["text"], code)) if each.get("text") else "",
        }
        for each in offering.articles
    ]


def asked(offering: Offering) -> str:
    """How much there is to fill in."""
    version = published(offering.form_id) if offering.form_id else None
    if version is None:
        return ""
    count = sum(1 for each in version.questions if each.is_asked and each.show_when is None)
    return ngettext("%(count)s question", "%(count)s questions", count) % {"count": count}


def drafts(person: Any, offered: Iterable[Offering]) -> list[tuple[Draft, Offering]]:
    """What this person has begun and may still ask for."""
    known = {each.purpose: each for each in offered}
    begun = drafts_of(person).filter(purpose__startswith="offering:")[:20] if known else ()
    return [(each, known[each.purpose]) for each in begun if each.purpose in known]
