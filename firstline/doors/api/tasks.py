"""Tasks in the API: those of a ticket, those that wait for you, and what you say about them."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.paging import page_of
from firstline.people.accounts.queries import by_email
from firstline.people.teams.models import Team
from firstline.work.tasks.actions import progress as verbs
from firstline.work.tasks.actions.add import add_task
from firstline.work.tasks.actions.edit import assign_task, set_due
from firstline.work.tasks.actions.say import remark_on, spend
from firstline.work.tasks.models import Task
from firstline.work.tasks.queries import lines_of, tasks_of, visible_to
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to as tickets_visible_to
from firstline.work.tickets.rules import reads_internals

from .once import once
from .shapes import Named, PersonShape
from .verbs import TROUBLE

Asked: Any = Query  # what the address asks for
LARGEST_PAGE, LARGEST_NUMBER = 100, 2**63 - 1
WAYS = ("begin", "review", "block", "rest", "done", "drop", "reopen")


class TaskShape(Schema):
    id: int
    ticket: int
    title: str
    text: str
    state: str
    reason: str
    people: list[PersonShape]
    team: Named | None
    due_at: datetime | None
    needs: list[int]
    blocks_closing: bool
    is_shown_to_requester: bool
    minutes: int
    opened_at: datetime
    ended_at: datetime | None
    ended_by: PersonShape | None

    @classmethod
    def of(cls, task: Task) -> "TaskShape":
        return cls(
            id=task.pk, ticket=task.ticket_id, title=task.title, text=task.text, state=task.state, reason=task.reason,
            people=[PersonShape.of(each.person) for each in task.assignees.all()],
            team=Named(id=task.team.pk, name=task.team.name) if task.team is not None else None, due_at=task.due_at,
            needs=[each.pk for each in task.needs.all()], blocks_closing=task.blocks_closing,
            is_shown_to_requester=task.is_shown_to_requester, minutes=task.minutes, opened_at=task.opened_at,
            ended_at=task.ended_at,
            ended_by=PersonShape.of(task.ended_by) if task.ended_by is not None else None,
        )  # fmt: skip


class TaskLine(Schema):
    id: int
    ticket: int
    title: str
    state: str
    due_at: datetime | None


class TaskPage(Schema):
    items: list[TaskLine]
    next: str | None


class NewTask(Schema):
    title: str
    text: str = ""
    people: list[str] = Field(default_factory=list)  # addresses
    team: int | None = None
    due_at: datetime | None = None
    needs: list[int] = Field(default_factory=list)
    blocks_closing: bool = True
    is_shown_to_requester: bool = False


class Step(Schema):
    to: str
    words: str = ""


class Whose(Schema):
    people: list[str] = Field(default_factory=list)
    team: int | None = None


class Due(Schema):
    due_at: datetime | None


class Words(Schema):
    text: str


class Time(Schema):
    minutes: int


def add_tasks(api: NinjaAPI) -> None:
    """Add what one may read and change."""

    @api.get("/tasks", response={200: TaskPage, **TROUBLE}, tags=["tasks"])
    def my_tasks(
        request: HttpRequest,
        show: str = Asked("waiting", description="waiting, done"),
        after: str = Asked("", max_length=500, description="`next` of the page before"),
        limit: int = Asked(50, ge=1, le=LARGEST_PAGE),
    ) -> TaskPage:
        """What waits for you or your teams, the next due first; or what you have done."""
        if show not in {"waiting", "done"}:
            raise Refused("Show is one of: waiting, done.")
        rows, order = lines_of(request.user, show)
        page = page_of(rows, order, size=limit, after=after)
        items = [
            TaskLine(
                id=row["id"], ticket=row["ticket_id"], title=row["title"], state=row["state"], due_at=row["due_at"]
            )
            for row in page.rows
        ]
        return TaskPage(items=items, next=page.older or None)

    @api.get("/tickets/{int:number}/tasks", response={200: list[TaskShape], **TROUBLE}, tags=["tasks"])
    def tasks(request: HttpRequest, number: int) -> list[TaskShape]:
        """All tasks of a ticket in their order."""
        return [TaskShape.of(task) for task in tasks_of(_ticket(request, number))]

    @api.post("/tickets/{int:number}/tasks", response={200: TaskShape, **TROUBLE}, tags=["tasks"])
    @once
    def add_one(request: HttpRequest, number: int, said: NewTask) -> TaskShape:
        """Put a task on a ticket."""
        ticket = _ticket(request, number)
        needs = [task for task in tasks_of(ticket) if task.pk in set(said.needs)]
        if len(needs) != len(set(said.needs)):
            raise Refused("A task waits only for tasks of the same ticket.")
        made = add_task(
            ticket, said.title, text=said.text, people=_people(said.people), team=_team(said.team),
            due_at=said.due_at, needs=needs, blocks_closing=said.blocks_closing,
            is_shown_to_requester=said.is_shown_to_requester, by=request.user,
        )  # fmt: skip
        return TaskShape.of(_task(request, made.pk))

    @api.get("/tasks/{int:number}", response={200: TaskShape, **TROUBLE}, tags=["tasks"])
    def task(request: HttpRequest, number: int) -> TaskShape:
        """One task."""
        return TaskShape.of(_task(request, number))

    @api.post("/tasks/{int:number}/progress", response={200: TaskShape, **TROUBLE}, tags=["tasks"])
    @once
    def move_one(request: HttpRequest, number: int, said: Step) -> TaskShape:
        """Say how it goes on: begin, review, block (with words), rest, done, drop (with words), reopen."""
        found, by = _task(request, number), request.user
        match said.to:
            case "begin":
                verbs.begin(found, by=by)
            case "review":
                verbs.ask_review(found, by=by)
            case "block":
                verbs.block(found, said.words, by=by)
            case "rest":
                verbs.rest(found, by=by)
            case "done":
                verbs.finish(found, said.words, by=by)
            case "drop":
                verbs.drop(found, said.words, by=by)
            case "reopen":
                verbs.reopen(found, by=by)
            case _:
                raise Refused(f"To is one of: {', '.join(WAYS)}.")
        return TaskShape.of(_task(request, number))

    @api.post("/tasks/{int:number}/people", response={200: TaskShape, **TROUBLE}, tags=["tasks"])
    @once
    def give_one(request: HttpRequest, number: int, said: Whose) -> TaskShape:
        """Give it to people, by their addresses, or to a team."""
        found = _task(request, number)
        if not may(
            request.user, "task.edit", found
        ):  # before anybody is looked up: who is known is not theirs to learn
            raise NotAllowed("task.edit is not allowed here.")
        assign_task(found, _people(said.people), _team(said.team), by=request.user)
        return TaskShape.of(_task(request, number))

    @api.post("/tasks/{int:number}/due", response={200: TaskShape, **TROUBLE}, tags=["tasks"])
    @once
    def date_one(request: HttpRequest, number: int, said: Due) -> TaskShape:
        """Say until when it is to be done, or take the date away."""
        set_due(_task(request, number), said.due_at, by=request.user)
        return TaskShape.of(_task(request, number))

    @api.post("/tasks/{int:number}/remarks", response={200: TaskShape, **TROUBLE}, tags=["tasks"])
    @once
    def remark_on_one(request: HttpRequest, number: int, said: Words) -> TaskShape:
        """Write a remark on it."""
        remark_on(_task(request, number), said.text, by=request.user)
        return TaskShape.of(_task(request, number))

    @api.post("/tasks/{int:number}/time", response={200: TaskShape, **TROUBLE}, tags=["tasks"])
    @once
    def spend_on_one(request: HttpRequest, number: int, said: Time) -> TaskShape:
        """Note how many minutes you have worked on it."""
        spend(_task(request, number), said.minutes, by=request.user)
        return TaskShape.of(_task(request, number))


def _ticket(request: HttpRequest, number: int) -> Ticket:
    seen = tickets_visible_to(request.user).select_related("team")
    found = seen.filter(pk=number).first() if 0 <= number <= LARGEST_NUMBER else None
    if found is None or not reads_internals(request.user, found):
        raise Http404
    return found


def _task(request: HttpRequest, number: int) -> Task:
    seen = visible_to(request.user).select_related("ticket__team", "team", "ended_by")
    seen = seen.prefetch_related("assignees__person", "needs")
    found = seen.filter(pk=number).first() if 0 <= number <= LARGEST_NUMBER else None
    if found is None:
        raise Http404
    return found


def _people(addresses: list[str]) -> list[Any]:
    found = []
    for address in addresses[:100]:
        person = by_email(address)
        if person is None:
            raise Refused(f"There is no person “{address}” that you can see.")
        found.append(person)
    return found


def _team(number: int | None) -> Team | None:
    if number is None:
        return None
    found = Team.objects.filter(pk=number, is_active=True).first() if 0 <= number <= LARGEST_NUMBER else None
    if found is None:
        raise Refused(f"There is no team “{number}” that you can see.")
    return found
