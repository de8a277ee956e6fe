"""The words others may use of a ticket: in searches, views, rules, columns and exports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import search
from firstline.core.conditions import ConditionError, matches, parse
from firstline.core.database.prepared import Prepared
from firstline.core.fields import (
    BOOLEAN,
    CHOICE,
    MOMENT,
    NUMBER,
    PERSON,
    REFERENCE,
    TAGS,
    TEXT,
    Catalogue,
    Choice,
    Context,
    Field,
    custom_field,
)
from firstline.core.fields.questions import Missing, OneOf, Present
from firstline.core.search import Document
from firstline.core.text import fold
from firstline.people.access.rules import teams_of
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Department, Membership, Organisation
from firstline.people.teams.models import Team
from firstline.work.catalog.models import Offering
from firstline.work.intake.engine.questions import Question, find
from firstline.work.intake.fields import field_of
from firstline.work.intake.models import Form, FormVersion

from .models import (
    Category,
    CustomField,
    Filing,
    Impact,
    Kind,
    Participant,
    Priority,
    Risk,
    Status,
    StatusType,
    Tag,
    Ticket,
    Turn,
    Urgency,
)
from .rules import is_on_the_desk


def _on_the_desk(context: Context) -> bool:
    return context.viewer is not None and is_on_the_desk(context.viewer)


def _person(text: str, context: Context) -> Iterable[int]:
    """By address, by the part of it before the @, or by name."""
    found = Person.objects.filter(Q(email=text.lower()) | Q(name__iexact=text))
    if "@" not in text:
        found = found | Person.objects.filter(email__startswith=f"{text.lower()}@")
    return found.values_list("pk", flat=True)[:20]


def _team(text: str, context: Context) -> Iterable[int]:
    return [pk for pk, name in Team.objects.values_list("pk", "name") if fold(name) == fold(text)]


def _status(text: str, context: Context) -> Iterable[int]:
    """By name, key, or type: `status:open` means every status of that type."""
    wanted = fold(text)
    return [
        status.pk
        for status in Status.objects.all()
        if wanted in {fold(status.name), fold(str(_(status.name))), status.key, status.type}
    ]


def _category(text: str, context: Context) -> Iterable[int]:
    """A category by name; with a slash at the end, everything below it, too."""
    wanted, below = fold(text.rstrip("/").rpartition("/")[2]), text.endswith("/")
    found = [branch for branch in Category.objects.all() if fold(branch.name) == wanted]
    if not below:
        return [branch.pk for branch in found]
    paths = [branch.path for branch in found]
    return [
        pk for pk, path in Category.objects.values_list("pk", "path") if any(path.startswith(each) for each in paths)
    ]


def _tag(text: str, context: Context) -> Iterable[int]:
    return Tag.objects.filter(name=" ".join(text.lower().split())).values_list("pk", flat=True)


def _named(model: Any) -> Any:
    def resolve(text: str, context: Context) -> Iterable[int]:
        return list(model.objects.filter(name__iexact=text).values_list("pk", flat=True)[:20])

    return resolve


def _offering(text: str, context: Context) -> Iterable[int]:
    """By key, or by its name in any language."""
    wanted = fold(text)
    return [
        pk for pk, key, names in Offering.objects.values_list("pk", "key", "names")
        if wanted == key or wanted in {fold(name) for name in names.values()}
    ]  # fmt: skip


def _form(text: str, context: Context) -> Iterable[int]:
    wanted = fold(text)
    return [pk for pk, key, name in Form.objects.values_list("pk", "key", "name") if wanted in {key, fold(name)}]


def _parts(role: str) -> Any:
    def read(ticket: Ticket) -> list[int]:
        return [part.person_id for part in ticket.participants.all() if part.role == role]

    return read


def _custom_fields() -> Iterable[Field]:
    for field in CustomField.objects.filter(is_active=True):
        yield custom_field(
            field.key,
            field.label,
            field.type,
            options=field.options,
            visible=None if field.is_shown_to_requester else _on_the_desk,
        )


catalogue = Catalogue(
    "ticket",
    Ticket,
    [
        Field(
            key="number", kind=NUMBER, label=_("Number"), read=lambda t: t.pk, column="id", sort="id", aliases=("id",)
        ),
        Field(
            key="subject", kind=TEXT, label=_("Subject"), read=lambda t: t.subject_folded, column="subject_folded",
            aliases=("title",),
        ),
        Field(
            key="kind", kind=CHOICE, label=_("Kind"), read=lambda t: t.kind, column="kind",
            choices=lambda: [Choice(kind.value, kind.label) for kind in Kind], aliases=("type",),
        ),
        Field(
            key="status", kind=REFERENCE, label=_("Status"), read=lambda t: t.status_id, column="status_id",
            resolve=_status,
        ),
        Field(
            key="state", kind=CHOICE, label=_("State"), read=lambda t: t.state, column="state",
            choices=lambda: [Choice(each.value, each.label) for each in StatusType],
        ),
        Field(
            key="turn", kind=CHOICE, label=_("Whose turn"), read=lambda t: t.turn, column="turn",
            choices=lambda: [Choice(each.value, each.label) for each in Turn], visible=_on_the_desk,
        ),
        Field(
            key="priority", kind=CHOICE, label=_("Priority"), read=lambda t: t.priority, column="priority",
            choices=lambda: [
                Choice(each.name.lower(), each.label, each.value) for each in reversed(Priority)
            ],
            is_ordered=True, sort="priority",
        ),
        Field(
            key="impact", kind=CHOICE, label=_("Impact"), read=lambda t: t.impact, column="impact",
            choices=lambda: [Choice(each.name.lower(), each.label, each.value) for each in Impact],
        ),
        Field(
            key="urgency", kind=CHOICE, label=_("Urgency"), read=lambda t: t.urgency, column="urgency",
            choices=lambda: [Choice(each.name.lower(), each.label, each.value) for each in Urgency],
        ),
        Field(
            key="risk", kind=CHOICE, label=_("Risk"), read=lambda t: t.risk, column="risk",
            choices=lambda: [Choice(each.value, each.label) for each in Risk if each.value], visible=_on_the_desk,
        ),
        Field(
            key="vip", kind=BOOLEAN, label=_("Important requester"), read=lambda t: is_important(t),
            visible=_on_the_desk, filter=lambda question, context: _by_importance(question),
        ),
        Field(
            key="requester", kind=PERSON, label=_("Requester"), read=lambda t: t.requester_id, column="requester_id",
            resolve=_person, aliases=("from",),
        ),
        Field(
            key="owner", kind=PERSON, label=_("Owner"), read=lambda t: t.owner_id, column="owner_id",
            resolve=_person, aliases=("assignee",),
        ),
        Field(
            key="team", kind=REFERENCE, label=_("Team"), read=lambda t: t.team_id, column="team_id", resolve=_team,
            mine=lambda context: teams_of(context.viewer) if context.viewer else (), aliases=("group",),
        ),
        Field(
            key="watcher", kind=PERSON, label=_("Watcher"), many=True, resolve=_person, visible=_on_the_desk,
            read=_parts("watcher"),
            filter=lambda question, context: _by_part(question, "watcher"),
        ),
        Field(
            key="organisation", kind=REFERENCE, label=_("Organisation"), read=lambda t: t.organisation_id,
            column="organisation_id", resolve=_named(Organisation),
        ),
        Field(
            key="department", kind=REFERENCE, label=_("Department"), read=lambda t: t.department_id,
            column="department_id", resolve=_named(Department),
        ),
        Field(
            key="category", kind=REFERENCE, label=_("Category"), read=lambda t: t.category_id, column="category_id",
            resolve=_category, is_tree=True,
        ),
        Field(
            key="tag", kind=TAGS, label=_("Tag"), many=True, read=lambda t: [tag.pk for tag in t.tags.all()],
            column="tags", resolve=_tag, aliases=("tags",),
        ),
        Field(
            key="affected", kind=NUMBER, label=_("People affected"), read=lambda t: t.people_affected,
            column="people_affected",
        ),
        Field(
            key="source", kind=CHOICE, label=_("How it came in"), read=lambda t: t.source, column="source",
            choices=lambda: [
                Choice("mail", _("Mail")), Choice("portal", _("Portal")), Choice("phone", _("Phone")),
                Choice("web", _("At the desk")), Choice("chat", _("Chat")), Choice("api", _("API")),
                Choice("alert", _("Monitoring")), Choice("import", _("Import")),
            ],
        ),
        Field(
            key="created", kind=MOMENT, label=_("Opened"), read=lambda t: t.created_at, column="created_at",
            sort="created_at", aliases=("opened",),
        ),
        Field(
            key="updated", kind=MOMENT, label=_("Last change"), read=lambda t: t.updated_at, column="updated_at",
            sort="updated_at", aliases=("changed",),
        ),
        Field(
            key="due", kind=MOMENT, label=_("Due"), read=lambda t: t.due_at, column="due_at", sort="due_at",
            looks="ahead",
        ),
        Field(
            key="deadline", kind=MOMENT, label=_("Next deadline"), read=lambda t: t.next_due_at, column="next_due_at",
            sort="next_due_at", looks="ahead", visible=_on_the_desk,
        ),
        Field(key="resolved", kind=MOMENT, label=_("Solved"), read=lambda t: t.resolved_at, column="resolved_at"),
        Field(key="closed", kind=MOMENT, label=_("Closed"), read=lambda t: t.closed_at, column="closed_at"),
        Field(
            key="reopened", kind=NUMBER, label=_("Times reopened"), read=lambda t: t.reopen_count, column="reopen_count"
        ),
        Field(
            key="reference", kind=TAGS, label=_("Number elsewhere"), read=lambda t: t.external_reference,
            column="external_reference", parse_id=str,
        ),
        Field(
            key="offering", kind=REFERENCE, label=_("Offering"),
            read=lambda t: getattr(filing_of(t), "offering_id", None),
            filter=lambda question, context: _by_filing(question, "offering"), resolve=_offering,
        ),
        Field(
            key="form", kind=REFERENCE, label=_("Form"), visible=_on_the_desk, read=lambda t: _form_of(t),
            filter=lambda question, context: _by_filing(question, "submission__version__form"), resolve=_form,
        ),
    ],
    label=_("Tickets"),
    more=_custom_fields,
    by_name=lambda name: _answer_field(name),
    search=lambda phrases, context: search.query("ticket", phrases, internal=context.trusted or _on_the_desk(context)),
    texts=lambda ticket, context: _texts(ticket, context),
)  # fmt: skip


_known: ContextVar[dict[int, Document | None] | None] = ContextVar("known_texts", default=None)


@contextmanager
def words_read_once() -> Iterator[None]:
    """Within, the words of a ticket are read once, however many conditions ask for them. Nothing may change them."""
    token = _known.set({}) if _known.get() is None else None
    try:
        yield
    finally:
        if token is not None:
            _known.reset(token)


def filing_of(ticket: Ticket) -> Filing | None:
    """The form it was asked for by; read once."""
    if "_filing" not in ticket.__dict__:
        ticket.__dict__["_filing"] = (
            Filing.objects.filter(ticket=ticket.pk).select_related("submission__version__form").first()
        )
    found: Filing | None = ticket.__dict__["_filing"]
    return found


def _form_of(ticket: Ticket) -> int | None:
    filing = filing_of(ticket)
    return filing.submission.version.form_id if filing else None


def _by_filing(question: Any, path: str) -> Q:
    match question:
        case Missing():
            return ~Q(pk__in=Filing.objects.filter(**{f"{path}__isnull": False}).values("ticket_id"))
        case Present():
            return Q(pk__in=Filing.objects.filter(**{f"{path}__isnull": False}).values("ticket_id"))
        case OneOf(values):
            return Q(pk__in=Filing.objects.filter(**{f"{path}__in": values}).values("ticket_id"))
    return Q(pk__in=[])


def _answer_field(name: str) -> Field | None:
    """`answer.<form>.<question>`: what was answered there, of the type of the question. Newer versions come first."""
    head, _dot, rest = name.partition(".")
    form, _dot, key = rest.partition(".")
    if head.lower() != "answer" or not key:
        return None
    for version in FormVersion.objects.filter(form__key=form).exclude(state="draft").order_by("-number"):
        question = find(version.questions, key)
        if question is not None:
            return _answer(question, form)
    return None


def _answer(question: Question, form: str) -> Field | None:
    made = field_of(question, key=f"answer.{form}.{question.key}")
    column = made.column if made else None
    if made is None or column is None or isinstance(column, str):
        return None
    inside, read = Filing.objects.filter(submission__version__form__key=form), made.read

    def of_ticket(ticket: Ticket) -> Any:
        filing = filing_of(ticket)
        return read(filing.answers) if filing and _form_key(filing) == form else None

    def asked(q: Any, context: Context) -> Q:
        if isinstance(q, Missing):
            return ~Q(pk__in=inside.filter(Present().q(column)).values("ticket_id"))
        return Q(pk__in=inside.filter(q.q(column)).values("ticket_id"))

    return replace(made, read=of_ticket, column=None, filter=asked, visible=_on_the_desk)


def _form_key(filing: Filing) -> str:
    return filing.submission.version.form.key


def _texts(ticket: Ticket, context: Context) -> Iterable[str]:
    """What the index knows of one ticket, for a rule that is asked of it in memory."""
    if ticket.opening_words is not None:
        return [ticket.subject, ticket.opening_words]
    known = _known.get()
    if known is None or ticket.pk not in known:
        document = search.read("ticket", ticket.pk)
        if known is not None:
            known[ticket.pk] = document
    else:
        document = known[ticket.pk]
    if document is None:
        return []
    public = [document.title, document.names, document.body]
    return [*public, document.internal] if context.trusted or _on_the_desk(context) else public


def holds_for(condition: str, ticket: Ticket, *, if_unreadable: bool) -> bool:
    """Whether a condition, as somebody of the house typed it, holds for a ticket. Nothing typed: every ticket.

    `if_unreadable` is the answer where it names what is gone.
    """
    if not condition.strip():
        return True
    context = Context(viewer=None, trusted=True)
    try:
        return matches(parse(condition, catalogue, context), catalogue, ticket, context)
    except ConditionError:
        return if_unreadable


_important = Prepared(
    lambda person: Membership.objects.filter(person=person, is_vip=True).order_by().values_list("pk", flat=True)[:1],
    int,
)


def is_important(ticket: Ticket) -> bool:
    """Whether its requester, or the organisation it is for, is marked as important. At most two queries."""
    if ticket.organisation_id is not None and ticket.organisation is not None and ticket.organisation.is_important:
        return True
    if ticket.requester_is_vip is None:
        ticket.requester_is_vip = bool(_important(ticket.requester_id))
    return ticket.requester_is_vip


def _by_importance(question: Any) -> Q:
    """A question about importance, which everybody has or has not: it is never missing."""
    important = Q(organisation__in=Organisation.objects.filter(is_important=True).values("pk")) | Q(
        requester__in=Membership.objects.filter(is_vip=True).values("person_id")
    )
    if isinstance(question, Missing):
        return Q(pk__in=[])
    is_yes, is_no = question.holds(True), question.holds(False)
    if is_yes and is_no:
        return ~Q(pk__in=[])
    inside = Q(pk__in=Ticket.objects.filter(important).values("pk"))
    return inside if is_yes else ~inside if is_no else Q(pk__in=[])


def _by_part(question: Any, role: str) -> Q:
    """A question about people, asked of those with this part in the ticket."""
    with_role = Participant.objects.filter(role=role)
    match question:
        case Missing():
            return ~Q(pk__in=with_role.values("ticket_id"))
        case Present():
            return Q(pk__in=with_role.values("ticket_id"))
        case OneOf(values):
            return Q(pk__in=with_role.filter(person__in=values).values("ticket_id"))
    return Q(pk__in=[])
