"""Who is told what of approvals: whoever is asked, whoever waits, and who can help where nobody was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.access.models import Grant, Role
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, Reason, Subject, declare, declare_subject
from firstline.people.notifications.models import Notice
from firstline.people.teams.models import TeamMember
from firstline.work.tickets.queries import workers_of

from .events import (
    ApprovalAnswered,
    ApprovalAsked,
    ApprovalEnded,
    ApprovalMoreAsked,
    ApprovalReminded,
    ApprovalStuck,
    ApproverChanged,
)
from .fields import BY_MAIL, CURRENCY
from .models import Approval, Seat
from .queries.lists import visible_to
from .rules import token_for

INBOX, MAIL, PUSH = Channel.INBOX, Channel.MAIL, Channel.PUSH
APPROVALS = gettext_lazy("Approvals")


def read(person: Any, numbers: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """Of these approvals those the person may see."""
    rows = visible_to(person).filter(pk__in=list(numbers)).select_related("ticket", "requester")
    return {
        row.pk: {
            "number": str(row.ticket_id),
            "subject": row.ticket.subject,
            "what": row.title,
            "requester": row.requester.display_name,
            "cost": f"{row.cost} {CURRENCY.get()}" if row.cost is not None else "",
            "why_asked": row.words,
            "outcome": str(row.get_state_display()),
        }
        for row in rows
    }


declare_subject(
    Subject(
        "approval",
        read=read,
        link=lambda _person, number: reverse("approvals:approval", args=[number]),
        placeholders={
            "number": gettext_lazy("the number of the ticket"),
            "subject": gettext_lazy("its subject"),
            "what": gettext_lazy("what is to be approved"),
            "requester": gettext_lazy("who asked"),
            "cost": gettext_lazy("what it costs"),
            "why_asked": gettext_lazy("why an approval is asked for"),
            "outcome": gettext_lazy("how it was decided"),
        },
    )
)


def answer_link(notice: Notice, person: Any) -> Mapping[str, str]:
    """The address of the page with the buttons, for the one who is asked. Looking at it changes nothing."""
    seat = Seat.objects.filter(stage__approval=notice.about_id or 0, person=person, is_open=True).order_by("id").first()
    if seat is None:
        return {"answer": ""}
    link = settings.BASE_URL + reverse("approvals:decision", args=[token_for(seat)])
    if BY_MAIL.get():
        link += "\n\n" + _("Or answer this mail with “approve” or “refuse because …” as the first words.")
    return {"answer": link}


LINK = {"answer": gettext_lazy("the address of a page with buttons, which needs no sign-in")}
ASKED = declare(
    Kind(
        "approval.asked",
        label=gettext_lazy("Your approval is asked for"),
        title=gettext_lazy("Please decide: {what} (#{number}, {requester})"),
        text=gettext_lazy(
            "{requester} asks: {subject}\n{why_asked}\nCost: {cost}\n\nApprove, refuse or ask for more, without "
            "signing in. The link only opens a page; nothing is decided until you press a button:\n{answer}"
        ),
        group=APPROVALS,
        desk={INBOX, MAIL, PUSH},
        others={INBOX, MAIL, PUSH},
        for_others=True,
        facts=LINK,
        more=answer_link,
    )
)
REMINDED = declare(
    Kind(
        "approval.reminded",
        label=gettext_lazy("Somebody still waits for your approval"),
        title=gettext_lazy("Still waiting for you: {what} (#{number}, {requester})"),
        text=gettext_lazy("{requester} waits for your decision: {subject}\nCost: {cost}\n\nDecide here:\n{answer}"),
        group=APPROVALS,
        desk={INBOX, MAIL, PUSH},
        others={INBOX, MAIL, PUSH},
        for_others=True,
        facts=LINK,
        more=answer_link,
    )
)
MORE = declare(
    Kind(
        "approval.more",
        label=gettext_lazy("An approver wants to know more from you"),
        title=gettext_lazy("A question before it is decided: {what} (#{number})"),
        text=gettext_lazy("{actor} asks: {question}\nPlease answer, so that it can be decided."),
        group=APPROVALS,
        desk={INBOX, MAIL, PUSH},
        others={INBOX, MAIL, PUSH},
        for_others=True,
        facts={"question": gettext_lazy("what the approver wants to know")},
    )
)
ANSWERED = declare(
    Kind(
        "approval.answered",
        label=gettext_lazy("Your question about an approval is answered"),
        title=gettext_lazy("Answered: {what} (#{number})"),
        text=gettext_lazy("{answer_words}\n\nDecide here:\n{answer}"),
        group=APPROVALS,
        desk={INBOX, MAIL, PUSH},
        others={INBOX, MAIL, PUSH},
        for_others=True,
        facts={"answer_words": gettext_lazy("what the requester has answered"), **LINK},
        more=answer_link,
    )
)
ENDED = declare(
    Kind(
        "approval.ended",
        label=gettext_lazy("An approval you wait for is decided"),
        title=gettext_lazy("{outcome}: {what} (#{number})"),
        text=gettext_lazy("{subject}\n{comment}"),
        group=APPROVALS,
        desk={INBOX, MAIL},
        others={INBOX, MAIL},
        for_others=True,
        facts={"comment": gettext_lazy("what was said about it")},
    )
)
STUCK = declare(
    Kind(
        "approval.stuck",
        label=gettext_lazy("Nobody can be asked for an approval"),
        title=gettext_lazy("Nobody can approve {what} (#{number}): name somebody"),
        text=gettext_lazy("No approver was found for the request of {requester}. It waits until somebody is named."),
        group=APPROVALS,
        desk={INBOX, MAIL, PUSH},
        is_urgent=True,
    )
)


@later(ApprovalAsked)
def tell_who_is_asked(event: Event) -> None:
    approval = _open(event)
    if approval is None:
        return
    seats = Seat.objects.filter(pk__in=event.facts["seats"], is_open=True)
    direct = [seat.person_id for seat in seats if seat.for_person_id is None]
    deputies = [seat.person_id for seat in seats if seat.for_person_id is not None]
    to: dict[str, list[int]] = {Reason.APPROVER: direct, Reason.DEPUTY: deputies}
    notify(ASKED, to, about=approval, event=event, by=None)


@later(ApproverChanged)
def tell_the_new_approver(event: Event) -> None:
    approval = _open(event)
    if approval is None or event.facts["because"] == "escalated":  # they have been asked by the stage
        return
    is_deputy = event.facts["because"] == "stand_in"
    to: dict[str, list[int]] = {Reason.DEPUTY if is_deputy else Reason.APPROVER: [event.facts["to"]]}
    notify(ASKED, to, about=approval, event=event, by=None)


@later(ApprovalReminded)
def remind_them(event: Event) -> None:
    approval = _open(event)
    if approval is not None:
        waiting = Seat.objects.filter(pk__in=event.facts["seats"], is_open=True).values_list("person_id", flat=True)
        notify(REMINDED, {Reason.APPROVER.value: list(waiting)}, about=approval, event=event, by=None)


@later(ApprovalMoreAsked)
def pass_the_question_on(event: Event) -> None:
    approval = _open(event)
    if approval is not None:
        to: dict[str, list[int | None]] = {
            Reason.REQUESTER: [approval.requester_id],
            Reason.OWNER: [approval.asked_by_id],
        }
        notify(MORE, to, about=approval, event=event, facts={"question": event.facts.get("words", "")}, by=None)


@later(ApprovalAnswered)
def pass_the_answer_on(event: Event) -> None:
    approval = _open(event)
    if approval is not None and event.facts.get("to"):
        facts = {"answer_words": event.facts.get("words", "")}
        notify(ANSWERED, {Reason.APPROVER: [event.facts["to"]]}, about=approval, event=event, facts=facts, by=None)


@later(ApprovalEnded)
def tell_how_it_was_decided(event: Event) -> None:
    approval = _found(event)
    if approval is None or approval.how == Approval.How.BEFORE:
        return
    last = Seat.objects.filter(stage__approval=approval).exclude(says="").order_by("-decided_at", "-id").first()
    to: dict[str, list[int]] = {Reason.REQUESTER: [approval.requester_id]}
    if approval.asked_by_id is not None:
        to[Reason.OWNER] = [approval.asked_by_id]
    for reason, people in workers_of(approval.ticket).items():
        to.setdefault(reason, []).extend(people)
    besides = [last.person_id] if last is not None else []
    facts = {"comment": last.comment if last is not None else ""}
    notify(ENDED, to, about=approval, event=event, facts=facts, besides=besides, by=None)


@later(ApprovalStuck)
def tell_who_can_name_somebody(event: Event) -> None:
    approval = _open(event)
    if approval is None:
        return
    leads = TeamMember.objects.filter(team=approval.ticket.team_id, is_lead=True).values_list("person_id", flat=True)
    admins = Grant.objects.filter(role__in=[Role.ADMIN, Role.LEAD]).values_list("person_id", flat=True)
    notify(STUCK, {Reason.LEAD: list(leads), Reason.RULE: list(admins)}, about=approval, event=event, by=None)


def _found(event: Event) -> Approval | None:
    return Approval.objects.select_related("ticket").filter(pk=event.facts["approval"]).first()


def _open(event: Event) -> Approval | None:
    """The approval, if there is still something to tell about it."""
    found = _found(event)
    return found if found is not None and found.is_open else None
