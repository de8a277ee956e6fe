"""What the API shows: allow-lists, one per noun. What is not named here is not shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from firstline.core.events.models import Event
from firstline.flow.sla.models import Clock
from firstline.flow.sla.queries import seconds_left
from firstline.people.accounts.models import Person
from firstline.work.catalog.models import Offering
from firstline.work.conversations.models import Message
from firstline.work.intake.engine.questions import Question, in_words
from firstline.work.tickets.models import Ticket


class PersonShape(Schema):
    id: int
    name: str
    email: str | None

    @classmethod
    def of(cls, person: Person) -> "PersonShape":
        return cls(id=person.pk, name=person.display_name, email=person.email)


class Named(Schema):
    id: int
    name: str


class StatusShape(Named):
    type: str


class TicketShape(Schema):
    number: int
    kind: str
    subject: str
    status: StatusShape
    turn: str
    priority: int
    impact: int | None
    urgency: int | None
    requester: PersonShape
    owner: PersonShape | None
    team: Named | None
    category: Named | None
    department: Named | None
    tags: list[str]
    people_affected: int | None
    due_at: datetime | None
    custom: dict[str, Any]
    source: str
    external_reference: str
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    merged_into: int | None

    @classmethod
    def of(cls, ticket: Ticket, *, tags: Iterable[str] | None = None) -> "TicketShape":
        """Needs status, requester, owner, team, category and department loaded, and tags if they are not given."""

        def named(thing: Any) -> Named | None:
            return Named(id=thing.pk, name=str(thing)) if thing else None

        return cls(
            number=ticket.pk,
            kind=ticket.kind,
            subject=ticket.subject,
            status=StatusShape(id=ticket.status_id, name=ticket.status.name, type=ticket.status.type),
            turn=ticket.turn,
            priority=ticket.priority,
            impact=ticket.impact,
            urgency=ticket.urgency,
            requester=PersonShape.of(ticket.requester),
            owner=PersonShape.of(ticket.owner) if ticket.owner else None,
            team=named(ticket.team),
            category=named(ticket.category),
            department=named(ticket.department),
            tags=sorted(tags if tags is not None else [tag.name for tag in ticket.tags.all()]),
            people_affected=ticket.people_affected,
            due_at=ticket.due_at,
            custom=ticket.custom,
            source=ticket.source,
            external_reference=ticket.external_reference,
            created_at=ticket.created_at,
            updated_at=ticket.updated_at,
            resolved_at=ticket.resolved_at,
            closed_at=ticket.closed_at,
            merged_into=ticket.merged_into_id,
        )


class TicketPage(Schema):
    items: list[TicketShape]
    next: str | None


class ClockShape(Schema):
    """How one promise stands: seconds are working time."""

    agreement: str
    audience: str
    measure: str
    state: str
    due_at: datetime | None
    is_late: bool
    target_seconds: int
    left_seconds: int | None

    @classmethod
    def of(cls, clock: Clock, now: datetime) -> "ClockShape":
        return cls(
            agreement=clock.agreement.name,
            audience=clock.audience,
            measure=clock.measure,
            state=clock.state,
            due_at=clock.due_at,
            is_late=clock.is_late or bool(clock.state == "running" and clock.due_at and clock.due_at < now),
            target_seconds=clock.target_seconds,
            left_seconds=seconds_left(clock, now),
        )


class AttachmentShape(Schema):
    id: int
    name: str
    type: str
    size: int
    sha256: str


class MessageShape(Schema):
    id: int
    visibility: str
    author: PersonShape | None
    is_from_desk: bool
    text: str
    html: str
    source: str
    created_at: datetime
    attachments: list[AttachmentShape]

    @classmethod
    def of(cls, message: Message) -> "MessageShape":
        return cls(
            id=message.pk,
            visibility=message.visibility,
            author=PersonShape.of(message.author) if message.author else None,
            is_from_desk=message.is_from_desk,
            text=message.text,
            html=message.html,
            source=message.source,
            created_at=message.created_at,
            attachments=[
                AttachmentShape(id=each.pk, name=each.name, type=each.type, size=each.size, sha256=each.sha256)
                for each in message.attachments.all()
            ],
        )


class EventShape(Schema):
    id: int
    kind: str
    at: datetime
    actor: PersonShape | None
    via: str
    sentence: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "EventShape":
        return cls(
            id=event.pk,
            kind=event.kind,
            at=event.at,
            actor=PersonShape.of(event.actor) if event.actor else None,
            via=event.via,
            sentence=event.describe(),
            facts=event.facts,
        )


class NewTicket(Schema):
    """`requester` is an e-mail address; without it the ticket is your own."""

    subject: str
    text: str = ""
    kind: str = "incident"
    requester: str | None = None
    category: int | None = None
    team: int | None = None
    impact: int | None = None
    urgency: int | None = None
    people_affected: int | None = None
    external_reference: str = ""


class NewRequest(Schema):
    """A service asked for: answers by the names of the form's questions. `requester` is an e-mail address; without it
    the request is your own."""

    service: str
    answers: dict[str, Any] = Field(default_factory=dict)
    requester: str | None = None


class OptionShape(Schema):
    key: str
    label: str


class QuestionShape(Schema):
    """`show_when` and `require_when` are conditions over the answers before it, in plain JSON."""

    key: str
    type: str
    label: str
    help: str
    is_required: bool
    options: list[OptionShape]
    show_when: Any
    require_when: Any
    questions: list["QuestionShape"]

    @classmethod
    def of(cls, question: Question, language: str) -> "QuestionShape":
        return cls(
            key=question.key,
            type=question.type,
            label=question.said(language),
            help=question.helped(language),
            is_required=question.is_required,
            options=[
                OptionShape(key=each.key, label=in_words(each.label, language) or each.key) for each in question.options
            ],
            show_when=question.show_when,
            require_when=question.require_when,
            questions=[cls.of(each, language) for each in question.questions],
        )


class ServiceShape(Schema):
    key: str
    name: str
    summary: str
    category: str
    promised_hours: int | None
    cost: str | None
    currency: str
    approval: str

    @classmethod
    def of(cls, offering: Offering) -> "ServiceShape":
        return cls(
            key=offering.key,
            name=offering.name,
            summary=offering.summary,
            category=offering.category.said() if offering.category else "",
            promised_hours=offering.promised_hours,
            cost=None if offering.cost is None else str(offering.cost),
            currency=offering.currency,
            approval=offering.approval,
        )


class WholeService(ServiceShape):
    version: int | None
    questions: list[QuestionShape]


class RequestShape(Schema):
    """What became of it: one ticket or several; with a parent, it comes first."""

    submission: int
    answers: dict[str, Any]
    tickets: list[TicketShape]


class NewMessage(Schema):
    text: str
    visibility: str = "public"


class Me(PersonShape):
    permissions: list[str]
