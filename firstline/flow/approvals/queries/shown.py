"""What pages show of one approval, and of the approvals of one ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.actions import may
from firstline.flow.approvals.engine.plans import Expiry, Quorum
from firstline.flow.approvals.fields import CURRENCY
from firstline.flow.approvals.models import Approval, Remark, Seat, Stage
from firstline.people.accounts.models import Person
from firstline.work.conversations.models import Message
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import custom_fields

TONES = {
    "waiting": "waiting", "more": "waiting", "asking": "waiting", "granted": "resolved", "refused": "breach",
    "expired": "breach", "withdrawn": "neutral", "coming": "neutral", "skipped": "neutral", "dropped": "neutral",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownStage:
    """One stage with its seats, and in words what it asks for."""

    stage: Stage
    seats: list[Seat]
    asks_for: str
    afterwards: str
    passed_over: list[tuple[str, str]]

    @property
    def tone(self) -> str:
        return TONES[self.stage.standing]

    @property
    def open_seats(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.is_open]


@dataclass(frozen=True, slots=True)
class Shown:
    """One approval as people read it."""

    approval: Approval
    stages: list[ShownStage]

    @property
    def tone(self) -> str:
        return TONES[self.approval.state]

    @property
    def waits_for(self) -> list[str]:
        """Whose word is missing, by name."""
        if self.approval.state == Approval.State.MORE:
            return [self.approval.requester.display_name]
        return [seat.person.display_name for each in self.stages for seat in each.open_seats]

    @property
    def since(self) -> datetime:
        asked = [seat.asked_at for each in self.stages for seat in each.open_seats]
        return min(asked, default=self.approval.asked_at)

    @property
    def is_stuck(self) -> bool:
        return any(each.stage.is_stuck for each in self.stages)

    @property
    def waiting_words(self) -> str:
        """Waiting for Lin and two others."""
        names = self.waits_for
        if not names:
            return _("Waiting for somebody who may decide")
        if len(names) == 1:
            return _("Waiting for %(person)s") % {"person": names[0]}
        rest = len(names) - 1
        return ngettext(
            "Waiting for %(person)s and %(count)s other", "Waiting for %(person)s and %(count)s others", rest
        ) % {"person": names[0], "count": rest}


def approvals_of(ticket: Ticket) -> list[Shown]:
    """Of one ticket, newest first: four queries however many. The caller has shown that the viewer may see it."""
    found = list(
        Approval.objects.filter(ticket=ticket).select_related("requester", "asked_by", "rule").order_by("-id")[:20]
    )
    return _shown(found)


def shown(approval: Approval) -> Shown:
    return _shown([approval])[0]


def _shown(approvals: list[Approval]) -> list[Shown]:
    stages = list(Stage.objects.filter(approval__in=approvals).order_by("position")) if approvals else []
    seats: dict[int, list[Seat]] = {}
    rows = Seat.objects.filter(stage__in=stages).select_related("person", "for_person").order_by("id") if stages else []
    for seat in rows:
        seats.setdefault(seat.stage_id, []).append(seat)
    over = {line["person"] for stage in stages for line in stage.passed_over}
    names = {each.pk: each.display_name for each in Person.objects.filter(pk__in=over)} if over else {}
    by_approval: dict[int, list[ShownStage]] = {}
    for stage in stages:
        mine = seats.get(stage.pk, [])
        by_approval.setdefault(stage.approval_id, []).append(
            ShownStage(stage, mine, asks_for(stage, len(mine)), afterwards(stage), _passed_over(stage, names))
        )
    return [Shown(approval, by_approval.get(approval.pk, [])) for approval in approvals]


def asks_for(stage: Stage, many: int) -> str:
    """How many have to agree, in words."""
    plan = stage.planned
    if stage.is_escalated:
        return _("whoever it was escalated to decides")
    if plan.quorum is Quorum.ALL:
        words = _("all of them have to agree")
    elif plan.quorum is Quorum.NUMBER:
        words = ngettext("%(count)s has to agree", "%(count)s have to agree", plan.number) % {"count": plan.number}
    elif plan.quorum is Quorum.SHARE:
        words = _("%(share)s %% have to agree") % {"share": plan.number}
    else:
        words = _("one of them is enough") if many > 1 else ""
    if plan.has_veto and plan.quorum in {Quorum.NUMBER, Quorum.SHARE}:
        words = _("%(words)s; one refusal ends it") % {"words": words}
    if not plan.has_veto and many > 1:
        words = _("%(words)s; one refusal alone does not end it") % {"words": words}
    return words


def afterwards(stage: Stage) -> str:
    """What happens at the end of its time, in words."""
    if stage.expires_at is None:
        return ""
    return {
        Expiry.REFUSE: _("then it is not approved"),
        Expiry.GRANT: _("then it is approved"),
        Expiry.ESCALATE: _("then it is not approved") if stage.is_escalated else _("then somebody else decides"),
        Expiry.STAY: _("then they are reminded"),
    }[stage.planned.on_expiry]


def _passed_over(stage: Stage, names: dict[int, str]) -> list[tuple[str, str]]:
    because = {"own": _("nobody approves their own request"), "left": _("the account is deactivated")}
    return [(names.get(line["person"], _("Somebody")), because.get(line["because"], "")) for line in stage.passed_over]


Details = Callable[[list[Approval], Any], Mapping[int, list[tuple[str, str]]]]
_details: dict[str, Details] = {}


def plug_in_details(caller: str, read: Details) -> None:
    """Who asks for approvals says what else one has to know to decide: by approval, labels and texts, in the language
    of whoever looks."""
    _details[caller] = read


def details_of(approvals: Iterable[Approval], viewer: Any) -> dict[int, list[tuple[str, str]]]:
    """By approval; asked once for all of one caller."""
    by_caller: dict[str, list[Approval]] = {}
    for each in approvals:
        by_caller.setdefault(each.caller, []).append(each)
    found: dict[int, list[tuple[str, str]]] = {}
    for caller, several in by_caller.items():
        if caller in _details:
            found.update(_details[caller](several, viewer))
    return found


def background(approval: Approval) -> dict[str, Any]:
    """What one has to know to decide: the first words of the request, its own fields. Nothing of the desk's notes."""
    ticket = approval.ticket
    public = Message.objects.filter(ticket=ticket, visibility="public").select_related("author")
    first = public.order_by("id").first()
    fields = [
        (field.label, ticket.custom.get(field.key))
        for field in custom_fields(ticket.kind)
        if field.is_shown_to_requester and ticket.custom.get(field.key) not in (None, "")
    ]
    return {"first": first, "fields": fields, "currency": CURRENCY.get()}


def remarks_of(approval: Approval) -> list[Remark]:
    return list(Remark.objects.filter(approval=approval).select_related("person").order_by("id"))


def own_seat(approval: Approval, person: Any) -> Seat | None:
    """Where somebody is asked now."""
    return Seat.objects.filter(stage__approval=approval, person=person, is_open=True).order_by("id").first()


def panel(ticket: Ticket, viewer: Any) -> dict[str, Any] | None:
    """What the ticket page shows of this room."""
    found = approvals_of(ticket)
    may_ask = ticket.is_unsolved and ticket.merged_into_id is None and may(viewer, "approval.ask", ticket)
    if not found and not may_ask:
        return None
    mine = {
        each.approval.pk for each in found if any(s.person_id == viewer.pk for t in each.stages for s in t.open_seats)
    }
    return {"approvals": found, "may_ask_approval": may_ask, "mine": mine}
