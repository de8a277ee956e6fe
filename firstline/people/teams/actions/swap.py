from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.teams.events import SwapAnswered, SwapAsked
from firstline.people.teams.models import Override, Shift, Swap, TeamMember
from firstline.people.teams.queries.rota import duties_between, pattern_of, shifts_of


@action("swap.ask", permission="own.edit")
def ask_swap(asker: Any, shift: Shift, day: date, to: Any, *, note: str = "", by: Any) -> Swap:
    """Ask somebody of the team to take over one's shift of a day."""
    if to.pk == asker.pk:
        raise Refused(_("Ask somebody else."))
    if not to.is_active or not TeamMember.objects.filter(team=shift.team_id, person=to).exists():
        raise Refused(_("%(person)s is not a member of the team.") % {"person": to})
    begin, end = _span(shift, day)
    if end <= clock.now():
        raise Refused(_("This shift is over."))
    if not _has_it(asker, shift, day):
        raise Refused(_("This is not your shift."))
    if any(
        duty.person == to.pk
        for duty in duties_between([shift.team], begin, end)
        if duty.is_on_call == _is_on_call(shift)
    ):
        raise Refused(_("%(person)s works then already.") % {"person": to})
    if Swap.objects.filter(shift=shift, day=day, asker=asker, asked=to, state=Swap.State.ASKED).exists():
        raise Refused(_("You have asked already."))
    swap = Swap.objects.create(shift=shift, day=day, asker=asker, asked=to, note=note.strip()[:200])
    record(swap, SwapAsked, by=by, asker=asker.pk, asked=to.pk, shift=shift.pk, day=day.isoformat())
    return swap


@action("swap.answer", permission="own.edit")
def answer_swap(swap: Swap, is_accepted: bool, *, by: Any) -> Swap:
    """Take over somebody's shift, or decline."""
    _lock(swap)
    if by is not None and by.pk != swap.asked_id:
        raise Refused(_("Only who was asked can answer."))
    if is_accepted:
        if not _has_it(swap.asker, swap.shift, swap.day):
            raise Refused(_("This shift is not theirs any more."))
        begin, end = _span(swap.shift, swap.day)
        Override.objects.create(
            team=swap.shift.team, kind=swap.shift.kind, person=swap.asked, replaces=swap.asker, begins_at=begin,
            ends_at=end, note=_("swapped"),
        )  # fmt: skip
        # Whoever else was asked for the same need not answer any more.
        others = Swap.objects.filter(shift=swap.shift, day=swap.day, asker=swap.asker, state=Swap.State.ASKED)
        others.exclude(pk=swap.pk).update(state=Swap.State.WITHDRAWN, answered_at=clock.now())
    return _end(swap, Swap.State.ACCEPTED if is_accepted else Swap.State.DECLINED, by=by)


@action("swap.withdraw", permission="own.edit")
def withdraw_swap(swap: Swap, *, by: Any) -> Swap:
    """Take a question for a swap back, while nobody has answered."""
    _lock(swap)
    if by is not None and by.pk != swap.asker_id:
        raise Refused(_("Only who asked can take it back."))
    return _end(swap, Swap.State.WITHDRAWN, by=by)


def _lock(swap: Swap) -> None:
    swap.refresh_from_db(from_queryset=Swap.objects.select_for_update(of=("self",)))
    if swap.state != Swap.State.ASKED:
        raise Refused(_("This has been answered already."))


def _end(swap: Swap, state: str, *, by: Any) -> Swap:
    swap.state, swap.answered_at = state, clock.now()
    swap.save(update_fields=["state", "answered_at"])
    record(
        swap, SwapAnswered, by=by, asker=swap.asker_id, asked=swap.asked_id, shift=swap.shift_id,
        day=swap.day.isoformat(), state=state,
    )  # fmt: skip
    return swap


def _span(shift: Shift, day: date) -> Any:
    """The time of a shift on a day; refuses days on which it does not run."""
    pattern = pattern_of(shifts_of([shift.team]).get(pk=shift.pk))
    if not pattern.runs_on(day):
        raise Refused(_("This shift does not run on that day."))
    return pattern.span(day)


def _has_it(person: Any, shift: Shift, day: date) -> bool:
    begin, end = _span(shift, day)
    return any(
        duty.person == person.pk and duty.pattern == shift.pk and duty.day == day
        for duty in duties_between([shift.team], begin, end, with_absences=False)
    )


def _is_on_call(shift: Shift) -> bool:
    return shift.kind == Shift.Kind.ON_CALL
