"""What keeps a document from being published, beyond what the engine itself asks: things only this house knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Count, Q

from firstline.core import clock
from firstline.core.actions import all_actions, find
from firstline.core.conditions import parse
from firstline.core.events import all_kinds, kind_of
from firstline.core.fields import ConditionError, Context
from firstline.flow.workflows.engine.definition import Action, Definition, Problem, Start, all_steps, read
from firstline.flow.workflows.engine.definition.steps import EventTrigger, ScheduleTrigger
from firstline.flow.workflows.engine.findings import Finding
from firstline.flow.workflows.engine.lint import Known, lint
from firstline.flow.workflows.engine.soundness import prove
from firstline.flow.workflows.models import System, Workflow
from firstline.flow.workflows.rules import LANGUAGE, next_moment, person_of
from firstline.people.access.models import Grant
from firstline.people.teams.models import Team
from firstline.work.intake.models import Form
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket

MOST_SITUATIONS = 5_000  # looked at within a request
OF_THE_TICKET = ("subject",)  # fields of a run that its ticket fills in
# Here a task without a name is for the team of the ticket; who is in a team, and what is late, changes by itself.
NOT_FATAL = {"nobody-asked", "chain-too-long", "empty-group", "unknown-system"}


def checked(text: str, *, key: str = "") -> tuple[Definition | None, list[Problem]]:
    """The definition, as far as it can be read, and all that is wrong with it. `key`: whose versions these are."""
    definition, problems = read(text, LANGUAGE)
    if definition is None:
        return None, problems
    found = problems + list(_house(definition, key))
    if not found:
        found = list(_unsound(definition)) or list(_mistaken(definition))
    lines = {problem.step: problem.line for problem in problems}
    return definition, [
        Problem(each.step, each.part, each.sentence, each.line or _line(text, each.step, lines)) for each in found
    ]


def _unsound(definition: Definition) -> Iterator[Problem]:
    """What the proof has against it, each with the way that shows it. What is too large to see whole is let through."""
    for finding in prove(definition, LANGUAGE, most=MOST_SITUATIONS).findings:
        if finding.severity == "error":
            way = f" ({' → '.join(finding.path)})" if finding.path else ""
            yield Problem(finding.step, "", f"{finding.said()}{way}")


def findings_of(definition: Definition) -> list[Finding]:
    """What the lint has to say, knowing this house. The worst first."""
    return lint(definition, _known())


def advice_on(definition: Definition) -> list[Finding]:
    """What does not keep it from being published, but should be seen before."""
    found = findings_of(definition)
    return [each for each in found if each.severity != "error" or each.code in NOT_FATAL - {"nobody-asked"}]


def _mistaken(definition: Definition) -> Iterator[Problem]:
    for finding in findings_of(definition):
        if finding.severity == "error" and finding.code not in NOT_FATAL:
            yield Problem(finding.step, "", finding.said())


def _line(text: str, step: str, known: dict[str, int | None]) -> int | None:
    if step in known:
        return known[step]
    for number, line in enumerate(text.splitlines(), 1):
        if step and f"id: {step}" in line:
            return number
    return None


def _house(definition: Definition, key: str) -> Iterator[Problem]:
    if key and definition.workflow != key:
        yield Problem("", "workflow", f"This is “{key}”; another name would be another workflow.")
    for step in all_steps(definition.steps):
        if isinstance(step, Action):
            yield from _action(step)
        if isinstance(step, Start) and isinstance(step.trigger, EventTrigger):
            yield from _trigger(step.id, step.trigger)
        if isinstance(step, Start) and isinstance(step.trigger, ScheduleTrigger):
            yield from _schedule(step.id, step.trigger.cron)
            if any(datum.required for datum in definition.fields):
                yield Problem(step.id, "trigger", "Nobody fills in what is required when the calendar starts it.")


def _action(step: Action) -> Iterator[Problem]:
    try:
        found = find(step.action)
    except KeyError:
        yield Problem(step.id, "action", f"There is no action “{step.action}”.")
        return
    names = list(found.parameters)
    if not names or found.types.get(names[0]) is not Ticket:
        yield Problem(step.id, "action", f"“{step.action}” is nothing that is done to a ticket.")
        return
    for name in step.with_:
        if name not in names[1:]:
            yield Problem(step.id, f"with.{name}", f"“{step.action}” has no “{name}”; it has: {', '.join(names[1:])}.")
    for name in names[1:]:
        if found.parameters[name].default is found.parameters[name].empty and name not in step.with_:
            yield Problem(step.id, "with", f"“{step.action}” needs “{name}”.")


def _schedule(step: str, said: str) -> Iterator[Problem]:
    try:
        never = next_moment(said, clock.now()) is None
    except (ValueError, TypeError):
        yield Problem(
            step, "trigger.cron", f"“{said}” is no schedule; write “0 9 * * 1” or “FREQ=MONTHLY;BYMONTHDAY=1”."
        )
        return
    if never:
        yield Problem(step, "trigger.cron", "This schedule is over: it starts nothing any more.")


def _trigger(step: str, trigger: EventTrigger) -> Iterator[Problem]:
    kind = kind_of(trigger.event)
    if kind is None or kind.noun != "ticket":
        yield Problem(step, "trigger.event", f"“{trigger.event}” is nothing that happens to a ticket.")
    if trigger.when:
        try:
            parse(trigger.when, catalogue, Context(viewer=None, trusted=True))
        except ConditionError as error:
            yield Problem(step, "trigger.when", error.sentence)


def _known() -> Known:
    return Known(
        actions={action.name for action in all_actions()},
        events={kind.key for kind in all_kinds()},
        forms=dict.fromkeys(Form.objects.values_list("key", flat=True), ()),
        given=OF_THE_TICKET,
        workflows=set(Workflow.objects.filter(state=Workflow.State.PUBLISHED).values_list("key", flat=True)),
        systems=set(System.objects.filter(is_active=True).values_list("key", flat=True)),
        people=_counting(),
    )


def _counting() -> Callable[[str], int | None]:
    """How many stand behind a word; two queries for all teams and roles."""
    members = Count("memberships", filter=Q(memberships__person__is_active=True), distinct=True)
    teams: dict[str, int] = {}
    for pk, name, count in (
        Team.objects.filter(is_active=True).annotate(count=members).values_list("pk", "name", "count")
    ):
        teams[name.lower()] = teams[str(pk)] = count
    grants = (
        Grant.objects.filter(person__is_active=True).values_list("role").annotate(count=Count("person", distinct=True))
    )
    roles = dict(grants.order_by())

    def people(who: str) -> int | None:
        word, _colon, name = who.partition(":")
        match word:
            case "team" if name:
                return teams.get(name.lower(), 0)
            case "role":
                return int(roles.get(name, 0))
            case "person":
                return int(person_of(name) is not None)
        return None

    return people
