"""Details edited in place: each fact has a small form and the one action that saves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.text import row_number, whole_number
from firstline.core.ui.linked import linked
from firstline.core.ui.render import page
from firstline.flow.triage.queries.explaining import definitions, name_of
from firstline.people.organisations.models import Department
from firstline.people.teams.models import Team, TeamMember
from firstline.work.tickets.actions import edit
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.convert import convert
from firstline.work.tickets.actions.judge import judge
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.models import Category, CustomField, Impact, Kind, Risk, Status, Ticket, Urgency
from firstline.work.tickets.queries import categories, custom_fields, statuses_of

from . import people
from . import ticket as ticket_screen

Input = dict[str, Any]  # the props of one ui.field
Choices = list[tuple[Any, Any]]  # values and (lazily translated) words
NOTHING: tuple[Any, Any] = ("", "—")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: what asks for it, what saves it, and the kind of event an undo may take back."""

    label: Any
    inputs: Callable[[Ticket, Any], list[Input]]
    save: Callable[[Ticket, QueryDict, Any], Any]
    undoes: str = ""


@access("desk.enter")
def fact(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """GET answers the small form, POST saves it."""
    ticket = ticket_screen.the_ticket(request, pk)
    found = _custom(name) if name.startswith("custom.") else FACTS.get(name)
    if found is None:
        raise Http404
    trouble = ""
    if request.method == "POST":
        try:
            found.save(ticket, request.POST, request.user)
        except Refused as error:
            trouble = linked(error)
        else:
            event = ticket_screen.last_event(ticket, request, found.undoes) if found.undoes else None
            return ticket_screen.changed(request, ticket, _("Saved."), event=event)
    return page(
        request,
        "desk/fact.html",
        {
            "ticket": ticket,
            "name": name,
            "label": found.label,
            "inputs": found.inputs(ticket, request.user),
            "trouble": trouble,
            "breadcrumb": [(f"#{ticket.pk}", ticket.get_absolute_url()), (str(found.label), None)],
        },
        block="form",
        status=422 if trouble else 200,
    )


def _select(name: str, label: Any, value: Any, options: Choices) -> Input:
    return {"name": name, "label": label, "type": "select", "value": value if value is not None else "",
            "options": options}  # fmt: skip


def _owner_inputs(ticket: Ticket, viewer: Any) -> list[Input]:
    """The people of its team to choose from, and a field for anybody else."""
    members = TeamMember.objects.filter(team=ticket.team_id).select_related("person").order_by("person__name")[:60]
    near = [(f"#{member.person_id}", member.person.display_name) for member in members]
    if all(value != f"#{viewer.pk}" for value, _name in near):
        near.insert(0, (f"#{viewer.pk}", _("%(person)s (me)") % {"person": viewer.display_name}))
    if ticket.owner and all(value != f"#{ticket.owner_id}" for value, _name in near):
        near.insert(0, (f"#{ticket.owner_id}", ticket.owner.display_name))
    current = f"#{ticket.owner_id}" if ticket.owner_id else ""
    return [_select("value", _("Owner"), current, [NOTHING, *near])]


def _save_owner(ticket: Ticket, data: QueryDict, person: Any) -> None:
    value = data.get("value", "")
    assign(ticket, people.named(value, person) if value else None, by=person)


def _person_inputs(ticket: Ticket, viewer: Any) -> list[Input]:
    requester = ticket.requester
    return [
        {"name": "value", "label": _("Requester"), "type": "combobox", "value": requester.email or f"#{requester.pk}",
         "source": "/suggest/people", "hint": _("A name or a mail address")}
    ]  # fmt: skip


def _one[M](model: type[M], data: QueryDict) -> M | None:
    return model._default_manager.filter(pk=row_number(data.get("value", ""))).first()  # type: ignore[attr-defined,no-any-return]


def _number(data: QueryDict, name: str) -> int | None:
    text = data.get(name, "").strip()
    if not text:
        return None
    number = whole_number(text)
    if number is None or number > 999_999_999:
        raise Refused(_("Type a whole number, such as 12, or leave it empty."))
    return number


def _moment(data: QueryDict) -> datetime | None:
    text = data.get("value", "").strip()
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise Refused(_("This is not a date and time. Write it like 2026-11-30T17:00.")) from None


def _save_status(ticket: Ticket, data: QueryDict, person: Any) -> None:
    if (status := _one(Status, data)) is None:
        raise Refused(_("Choose a status."))
    change_status(ticket, status, by=person)


def _priority_inputs(ticket: Ticket) -> list[Input]:
    """Each priority with what it means; and the way back to what the matrix says."""
    is_by_hand = ticket.priority_reason.get("rule") == "override"
    meant = [(value, f"{name_of(value)}: {words}") for value, words in definitions().items()]
    return [
        {"name": "value", "label": _("Priority"), "type": "radio", "value": ticket.priority if is_by_hand else "matrix",
         "options": [("matrix", _("As the matrix says")), *meant]},
        {"name": "reason", "label": _("Reason"), "value": ticket.priority_reason.get("reason", "")},
    ]  # fmt: skip


def _save_priority(ticket: Ticket, data: QueryDict, person: Any) -> None:
    if data.get("value") == "matrix":
        judge(ticket, by=person)
        return
    edit.prioritise(ticket, _number(data, "value") or 0, reason=data.get("reason", ""), by=person)


def _category_options() -> Choices:
    return [NOTHING, *((branch.pk, "\u2007\u2007" * branch.depth + branch.name) for branch in categories())]  # type: ignore[attr-defined]


FACTS: dict[str, Fact] = {
    "subject": Fact(
        gettext_lazy("Subject"),
        lambda ticket, _viewer: [
            {"name": "value", "label": _("Subject"), "value": ticket.subject, "attrs": {"maxlength": 300}}
        ],
        lambda ticket, data, person: edit.retitle(ticket, data.get("value", ""), by=person),
    ),
    "status": Fact(
        gettext_lazy("Status"),
        lambda ticket, _viewer: [
            _select("value", _("Status"), ticket.status_id, [(s.pk, _(s.name)) for s in statuses_of(ticket.kind)])
        ],
        _save_status,
        undoes="ticket.status_changed",
    ),
    "owner": Fact(gettext_lazy("Owner"), _owner_inputs, _save_owner, undoes="ticket.assigned"),
    "team": Fact(
        gettext_lazy("Team"),
        lambda ticket, _viewer: [
            _select(
                "value",
                _("Team"),
                ticket.team_id,
                [NOTHING, *Team.objects.filter(is_active=True).values_list("pk", "name")],
            )
        ],
        lambda ticket, data, person: route(ticket, _one(Team, data), by=person),
        undoes="ticket.routed",
    ),
    "priority": Fact(
        gettext_lazy("Priority"),
        lambda ticket, _viewer: _priority_inputs(ticket),
        _save_priority,
        undoes="ticket.prioritised",
    ),
    "assessment": Fact(
        gettext_lazy("Impact, urgency and risk"),
        lambda ticket, _viewer: [
            _select("impact", _("Impact"), ticket.impact, [NOTHING, *((i.value, i.label) for i in Impact)]),
            _select("urgency", _("Urgency"), ticket.urgency, [NOTHING, *((u.value, u.label) for u in Urgency)]),
            _select("risk", _("Risk"), ticket.risk, list(Risk.choices)),
        ],
        lambda ticket, data, person: edit.assess(
            ticket, impact=_number(data, "impact"), urgency=_number(data, "urgency"), risk=data.get("risk"), by=person
        ),
    ),
    "category": Fact(
        gettext_lazy("Category"),
        lambda ticket, _viewer: [_select("value", _("Category"), ticket.category_id, _category_options())],
        lambda ticket, data, person: edit.categorise(ticket, _one(Category, data), by=person),
    ),
    "tags": Fact(
        gettext_lazy("Tags"),
        lambda ticket, _viewer: [
            {
                "name": "value",
                "label": _("Tags"),
                "value": ", ".join(ticket.tags.values_list("name", flat=True)),
                "hint": _("Separated by commas"),
            }
        ],
        lambda ticket, data, person: edit.set_tags(ticket, data.get("value", "").split(","), by=person),
    ),
    "due": Fact(
        gettext_lazy("Due"),
        lambda ticket, _viewer: [
            {
                "name": "value",
                "label": _("Due"),
                "type": "datetime-local",
                "value": timezone.localtime(ticket.due_at).strftime("%Y-%m-%dT%H:%M") if ticket.due_at else "",
            }
        ],
        lambda ticket, data, person: edit.set_due(ticket, _moment(data), by=person),
    ),
    "people_affected": Fact(
        gettext_lazy("People affected"),
        lambda ticket, _viewer: [
            {"name": "value", "label": _("People affected"), "type": "number", "value": ticket.people_affected or ""}
        ],
        lambda ticket, data, person: edit.set_people_affected(ticket, _number(data, "value"), by=person),
    ),
    "department": Fact(
        gettext_lazy("Department"),
        lambda ticket, _viewer: [
            _select(
                "value",
                _("Department"),
                ticket.department_id,
                [NOTHING, *Department.objects.order_by("name").values_list("pk", "name")[:300]],
            )
        ],
        lambda ticket, data, person: edit.set_department(ticket, _one(Department, data), by=person),
    ),
    "requester": Fact(
        gettext_lazy("Requester"),
        _person_inputs,
        lambda ticket, data, person: edit.set_requester(ticket, people.named(data.get("value", ""), person), by=person),
    ),
    "kind": Fact(
        gettext_lazy("Kind"),
        lambda ticket, _viewer: [_select("value", _("Kind"), ticket.kind, [(k.value, k.label) for k in Kind])],
        lambda ticket, data, person: convert(ticket, _known_kind(data.get("value", "")), by=person),
    ),
}


def _known_kind(value: str) -> str:
    if value not in Kind.values:
        raise Refused(_("Choose a kind: incident, service request, problem or change."))
    return value


def _custom(name: str) -> Fact | None:
    key = name.removeprefix("custom.")
    field = next((each for each in custom_fields() if each.key == key), None)
    if field is None:
        return None

    def save(ticket: Ticket, data: QueryDict, person: Any) -> None:
        several = field.type == CustomField.Type.CHOICES
        edit.set_custom(ticket, field, data.getlist("value") if several else data.get("value", ""), by=person)

    return Fact(field.label, lambda ticket, _viewer: [custom_input(field, ticket.custom.get(field.key))], save)


def custom_input(field: CustomField, value: Any, *, name: str = "value") -> Input:
    """The props of the field that asks for one of the organisation's own values."""
    options = [(option, option) for option in field.options]
    kind = CustomField.Type
    shapes: dict[Any, Input] = {
        kind.TEXT: {"type": "text"},
        kind.NUMBER: {"type": "number", "attrs": {"step": "any"}},
        kind.DATE: {"type": "date"},
        kind.BOOLEAN: {"type": "select", "options": [NOTHING, ("true", _("Yes")), ("false", _("No"))]},
        kind.CHOICE: {"type": "select", "options": [NOTHING, *options]},
        kind.CHOICES: {"type": "select", "options": options, "multiple": True},
    }
    shape = shapes[kind(field.type)]
    if field.type == kind.BOOLEAN:
        value = "" if value is None else str(value).lower()
    empty: Any = [] if field.type == kind.CHOICES else ""
    return {"name": name, "label": field.label, "value": empty if value is None else value, **shape}
