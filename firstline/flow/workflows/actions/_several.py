"""A step that asks several at once: each answers for themselves, and enough answers are the answer of the step.

What each says is kept in a row of theirs (`Party`); the engine hears only the answer they give together, so the proof,
the replay and moving to another version know nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.events.record import record
from firstline.flow.workflows.engine.definition import Form
from firstline.flow.workflows.engine.definition import Task as TaskStep
from firstline.flow.workflows.engine.quorum import needed, verdict
from firstline.flow.workflows.events import PartyAnswered
from firstline.flow.workflows.models import Party, Step
from firstline.people.access.rules import teams_of
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tasks.actions.add import add_task
from firstline.work.tasks.actions.progress import settle
from firstline.work.tasks.models import State, Task

if TYPE_CHECKING:
    from ._moving import Move

CALLER = "workflow"
MOST_ASKED, MOST_SHARED = 50, 20


def reference_of(row: Step) -> str:
    return f"{row.run_id}:{row.number}"


def ask_several(
    move: Move, row: Step, step: TaskStep | Form, people: Sequence[Person], teams: Sequence[Team], text: str
) -> None:
    """A task for each of them; where anybody of several people is enough, one task that they share."""
    whom: list[Any] = [*people, *teams][:MOST_ASKED]
    is_shared = step.needs == "any" and not teams and len(people) <= MOST_SHARED
    row.needs = needed(step.needs or "all", len(whom))
    if Party.objects.filter(run=move.run, number=row.number).exists():
        return  # it is tried again
    parties = [
        Party(
            run=move.run, number=row.number, place=place, person=each if isinstance(each, Person) else None,
            team=each if isinstance(each, Team) else None,
        )
        for place, each in enumerate(whom, 1)
    ]  # fmt: skip
    Party.objects.bulk_create(parties)
    common: dict[str, Any] = {
        "text": text, "due_at": row.due_at, "caller": CALLER, "by": None,
        "is_answered_there": bool(step.fields) or step.outcomes != ("done",),
    }  # fmt: skip
    if is_shared:
        add_task(move.ticket, row.title, people=list(people), reference=reference_of(row), **common)
        return
    for party in parties:
        add_task(
            move.ticket, row.title, people=[party.person] if party.person is not None else (), team=party.team,
            reference=f"{reference_of(row)}:{party.place}", **common,
        )  # fmt: skip


def heard(
    move: Move, row: Step, outcome: str, data: Mapping[str, Any], remark: str, *, place: int | None, by: Any
) -> tuple[str, dict[str, Any], str] | None:
    """Keep what one of them says. What all of them say together, or None while others are still waited for."""
    step = move.steps[row.step]
    outcome = outcome or step.outcomes[0]
    if outcome not in step.outcomes:
        raise Refused(_("It can be answered with: %(answers)s.") % {"answers": ", ".join(step.outcomes)})
    if unknown := set(data) - set(getattr(step, "fields", ())):
        raise Refused(_("It does not ask for: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    parties = list(Party.objects.filter(run=move.run, number=row.number).select_related("person", "team"))
    party = _party_of(parties, by, place)
    party.outcome, party.remark, party.data = outcome, remark, dict(data)
    party.answered_at, party.answered_by = clock.now(), by
    party.save(update_fields=["outcome", "remark", "data", "answered_at", "answered_by"])
    said = [each for each in parties if each.answered_at is not None]
    together = verdict(step.outcomes, [each.outcome for each in said], need=row.needs, asked=len(parties))
    if together is None:
        _settle(move, Q(reference=f"{reference_of(row)}:{party.place}"), State.DONE, remark, by)
        record(
            move.ticket, PartyAnswered, by=by, run=row.run_id, number=row.number, title=row.title, outcome=outcome,
            remark=remark, answered=len(said), asked=len(parties),
        )  # fmt: skip
        return None
    said.sort(key=lambda each: (each.answered_at, each.place))
    merged: dict[str, Any] = {}
    for each in said:  # whoever answers later has seen what is there
        merged |= {key: value for key, value in each.data.items() if value not in (None, "", [])}
    words = "\n".join(f"{each.answered_by or each.name}: {each.remark}" for each in said if each.remark)
    return together, merged, words


def close_several(move: Move, row: Step) -> None:
    """Whoever has answered is done; nobody needs the others any more."""
    ours, theirs = Q(reference=reference_of(row)), Q(reference__startswith=f"{reference_of(row)}:")
    if row.how == Step.How.DONE:
        places = Party.objects.filter(run=move.run, number=row.number, answered_at__isnull=False)
        done = [f"{reference_of(row)}:{place}" for place in places.values_list("place", flat=True)]
        _settle(move, ours | Q(reference__in=done), State.DONE, "", move.by)
    why = _("Enough others have answered.") if row.how == Step.How.DONE else str(Step.How(row.how).label)
    _settle(move, ours | theirs, State.NOT_NEEDED, why, move.by)


def waited_for(row: Step) -> tuple[list[int], list[Team]]:
    """Who has not answered yet: people, and teams."""
    rows = Party.objects.filter(run=row.run_id, number=row.number, answered_at__isnull=True).select_related("team")
    parties = list(rows)
    people = [each.person_id for each in parties if each.person_id is not None]
    return people, [each.team for each in parties if each.team is not None]


def _party_of(parties: Sequence[Party], by: Any, place: int | None) -> Party:
    """As whom somebody answers: themselves before a team of theirs."""
    if place is not None:
        found = [each for each in parties if each.place == place]
    elif by is None:
        found = []
    else:
        teams = teams_of(by)
        found = [each for each in parties if each.person_id == by.pk]
        found += [each for each in parties if each.team_id is not None and each.team_id in teams]
    for each in found:
        if each.answered_at is None:
            return each
    if found:
        raise Refused(_("This was answered already. The others are still waited for."))
    raise Refused(_("Others are asked here, each for themselves."))


def _settle(move: Move, which: Q, state: State, reason: str, by: Any) -> None:
    for task in Task.objects.filter(which, caller=CALLER, is_open=True):
        task.ticket = move.ticket
        settle(task, state, reason, by, by=None)
