"""Approvals in the API: what waits for you, one of them, and your word."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Query, Schema

from firstline.core.actions import Refused
from firstline.core.paging import page_of
from firstline.flow.approvals.actions.decide import answer, ask_for_more, decide
from firstline.flow.approvals.models import Approval, Seat
from firstline.flow.approvals.queries import lists
from firstline.flow.approvals.queries.shown import Shown, ShownStage, shown

from .once import once
from .shapes import PersonShape
from .verbs import TROUBLE

Asked: Any = Query  # what the address asks for
LARGEST_PAGE, LARGEST_NUMBER = 100, 2**63 - 1
SHOWN: dict[str, tuple[Any, tuple[str, ...], str]] = {
    "waiting": (lists.waiting_for, lists.WAITING_ORDER, "stage__approval_id"),
    "decided": (lists.decided_by, lists.DECIDED_ORDER, "stage__approval_id"),
    "asked": (lists.asked_for_by, lists.ASKED_ORDER, "id"),
}


class SeatShape(Schema):
    person: PersonShape
    in_place_of: PersonShape | None
    says: str
    comment: str
    is_waited_for: bool
    asked_at: datetime
    decided_at: datetime | None

    @classmethod
    def of(cls, seat: Seat) -> "SeatShape":
        return cls(
            person=PersonShape.of(seat.person),
            in_place_of=PersonShape.of(seat.for_person) if seat.for_person is not None else None,
            says=seat.says,
            comment=seat.comment,
            is_waited_for=seat.is_open,
            asked_at=seat.asked_at,
            decided_at=seat.decided_at,
        )


class StageShape(Schema):
    id: int
    name: str
    standing: str
    is_stuck: bool
    expires_at: datetime | None
    seats: list[SeatShape]

    @classmethod
    def of(cls, each: ShownStage) -> "StageShape":
        stage = each.stage
        return cls(
            id=stage.pk, name=stage.name, standing=stage.standing, is_stuck=stage.is_stuck,
            expires_at=stage.expires_at, seats=[SeatShape.of(seat) for seat in each.seats],
        )  # fmt: skip


class ApprovalShape(Schema):
    id: int
    ticket: int
    title: str
    words: str
    cost: float | None
    state: str
    how: str
    requester: PersonShape
    caller: str
    reference: str
    asked_at: datetime
    decided_at: datetime | None
    stages: list[StageShape]

    @classmethod
    def of(cls, found: Shown) -> "ApprovalShape":
        approval = found.approval
        return cls(
            id=approval.pk, ticket=approval.ticket_id, title=approval.title, words=approval.words,
            cost=float(approval.cost) if approval.cost is not None else None, state=approval.state, how=approval.how,
            requester=PersonShape.of(approval.requester), caller=approval.caller, reference=approval.reference,
            asked_at=approval.asked_at, decided_at=approval.decided_at,
            stages=[StageShape.of(each) for each in found.stages],
        )  # fmt: skip


class ApprovalLine(Schema):
    id: int
    asked_at: datetime


class ApprovalPage(Schema):
    items: list[ApprovalLine]
    next: str | None


class Decision(Schema):
    grants: bool
    comment: str = ""
    stage: int | None = None


class Said(Schema):
    words: str


def add_approvals(api: NinjaAPI) -> None:
    """Add what one may read and decide."""

    @api.get("/approvals", response={200: ApprovalPage, **TROUBLE}, tags=["approvals"])
    def approvals(
        request: HttpRequest,
        show: str = Asked("waiting", description=", ".join(SHOWN)),
        q: str = Asked("", max_length=200),
        after: str = Asked("", max_length=500, description="`next` of the page before"),
        limit: int = Asked(50, ge=1, le=LARGEST_PAGE),
    ) -> ApprovalPage:
        """What waits for you, what you decided, or what you asked for; page by page."""
        if show not in SHOWN:
            raise Refused(f"Show is one of: {', '.join(SHOWN)}.")
        find, order, number = SHOWN[show]
        page = page_of(find(request.user, q), order, size=limit, after=after)
        items = [ApprovalLine(id=row[number], asked_at=row["asked_at"]) for row in page.rows]
        return ApprovalPage(items=items, next=page.older or None)

    @api.get("/approvals/{int:number}", response={200: ApprovalShape, **TROUBLE}, tags=["approvals"])
    def approval(request: HttpRequest, number: int) -> ApprovalShape:
        """One approval with its stages and what was said."""
        return ApprovalShape.of(shown(_load(request, number)))

    @api.post("/approvals/{int:number}/decision", response={200: ApprovalShape, **TROUBLE}, tags=["approvals"])
    @once
    def decide_one(request: HttpRequest, number: int, said: Decision) -> ApprovalShape:
        """Approve or refuse; a refusal needs a comment."""
        found = _load(request, number)
        decide(found, said.grants, comment=said.comment, stage=said.stage, by=request.user)
        return ApprovalShape.of(shown(_load(request, number)))

    @api.post("/approvals/{int:number}/question", response={200: ApprovalShape, **TROUBLE}, tags=["approvals"])
    @once
    def ask_about_one(request: HttpRequest, number: int, said: Said) -> ApprovalShape:
        """Ask the requester for more before deciding."""
        ask_for_more(_load(request, number), said.words, by=request.user)
        return ApprovalShape.of(shown(_load(request, number)))

    @api.post("/approvals/{int:number}/answer", response={200: ApprovalShape, **TROUBLE}, tags=["approvals"])
    @once
    def answer_one(request: HttpRequest, number: int, said: Said) -> ApprovalShape:
        """Answer the approver's question."""
        answer(_load(request, number), said.words, by=request.user)
        return ApprovalShape.of(shown(_load(request, number)))


def _load(request: HttpRequest, number: int) -> Approval:
    seen = lists.visible_to(request.user).select_related("ticket", "requester")
    found = seen.filter(pk=number).first() if 0 <= number <= LARGEST_NUMBER else None
    if found is None:
        raise Http404
    return found
