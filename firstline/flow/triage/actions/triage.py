from __future__ import annotations

from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.flow.triage.fields import SURE_ENOUGH
from firstline.flow.triage.models import AUTOMATIC, Decision
from firstline.flow.triage.queries.book import Contents, contents, team_for
from firstline.flow.triage.queries.considering import Outcome, consider
from firstline.flow.triage.queries.suggesting import suggestion_for
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.convert import convert
from firstline.work.tickets.actions.edit import assess, categorise, set_custom, set_tags
from firstline.work.tickets.actions.judge import judge_again
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.models import Category, CustomField, Ticket

from .pick import pick_for

How = Decision.How


@action("ticket.triage", permission="ticket.edit")
def triage(ticket: Ticket, *, by: Any) -> Ticket:
    """Ask the rules again, and hand the ticket to the team and person they lead to."""
    book = contents(knowing=ticket.category_id)
    decisions: list[Decision] = []
    ticket.is_being_sorted = True
    try:
        _apply(ticket, consider(ticket, book), decisions)
        if ticket.category_id is None:
            _take_suggestion(ticket, decisions)
        if ticket.team_id is None:
            _send_to_a_team(ticket, book, decisions)
    finally:
        ticket.is_being_sorted = False
    if decisions:
        Decision.objects.bulk_create(decisions)
        judge_again(ticket, by=None)
    if book.modes.get(ticket.team_id or 0) in AUTOMATIC and ticket.owner_id is None and not ticket.is_spoken_for:
        pick_for(ticket)
    return ticket


def _apply(ticket: Ticket, outcome: Outcome, decisions: list[Decision]) -> None:
    changes = outcome.changes
    decisions.extend(
        _decision(ticket, each.field, each.before, each.after, How.RULE, rule=each.rule.pk, name=each.rule.name)
        for each in changes.values()
    )
    if "kind" in changes:
        convert(ticket, changes["kind"].after, by=None)
    if "category" in changes:
        categorise(ticket, Category.objects.filter(pk=changes["category"].after).first(), by=None)
    if not {"impact", "urgency", "risk"}.isdisjoint(changes):
        draft = outcome.ticket
        assess(ticket, impact=draft.impact, urgency=draft.urgency, risk=draft.risk, by=None)
    if "tags" in changes:
        set_tags(ticket, changes["tags"].after, by=None)
    for field in CustomField.objects.filter(key__in=_custom_keys(changes)) if _custom_keys(changes) else ():
        set_custom(ticket, field, changes[f"custom.{field.key}"].after, by=None)
    if "team" in changes and (team := Team.objects.filter(pk=changes["team"].after, is_active=True).first()):
        route(ticket, team, by=None)


def _custom_keys(changes: dict[str, Any]) -> list[str]:
    return [name.removeprefix("custom.") for name in changes if name.startswith("custom.")]


def _take_suggestion(ticket: Ticket, decisions: list[Decision]) -> None:
    found = suggestion_for(ticket)
    if found is None or found.confidence * 100 < SURE_ENOUGH.get():
        return
    category = Category.objects.filter(pk=found.category, is_active=True).first()
    if category is not None:
        categorise(ticket, category, by=None)
        decisions.append(
            _decision(
                ticket, "category", None, category.pk, How.SUGGESTION, name=found.source, confidence=found.confidence
            )
        )


def _send_to_a_team(ticket: Ticket, book: Contents, decisions: list[Decision]) -> None:
    """By the nearest category that has a team, or to the team for everything else."""
    if not book.teams:
        return
    number, category = team_for(book.paths.get(ticket.category_id or 0, ()), book)
    team = Team.objects.filter(pk=number, is_active=True).first() if number else None
    if team is not None:
        how = How.MAP if category else How.DEFAULT
        decisions.append(_decision(ticket, "team", None, team.pk, how, category=category))
        route(ticket, team, by=None)


def _decision(
    ticket: Ticket, field: str, before: Any, after: Any, how: str, *, rule: int | None = None, **facts: Any
) -> Decision:
    return Decision(
        ticket=ticket, field=field, before=before, after=after, how=how, rule_id=rule, facts=facts, at=clock.now()
    )
