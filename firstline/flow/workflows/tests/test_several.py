"""Steps that ask several people or teams at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from firstline.core.actions import NotAllowed, Refused
from firstline.core.jobs.draining import drain
from firstline.flow.workflows.actions._replaying import replayed
from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.publish import publish
from firstline.flow.workflows.actions.repair import cancel
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.engine.bpmn.exporting import exported
from firstline.flow.workflows.engine.bpmn.importing import imported
from firstline.flow.workflows.engine.definition import read
from firstline.flow.workflows.engine.differences import differences
from firstline.flow.workflows.engine.layout import svg
from firstline.flow.workflows.engine.lint import lint
from firstline.flow.workflows.engine.quorum import needed, verdict
from firstline.flow.workflows.engine.soundness import prove
from firstline.flow.workflows.models import Party, Run, Step, Version
from firstline.flow.workflows.rules import LANGUAGE
from firstline.people.teams.actions.team import open_team
from firstline.work.tasks.actions.progress import finish
from firstline.work.tasks.models import Task
from firstline.work.tickets.actions.open import open_ticket
from tests.cast import works_in

db = pytest.mark.django_db
ASKED = """\
workflow: several
name: Several look
fields: [{key: subject}, {key: found}]
steps:
  - {kind: start, id: begin, next: look}
  - kind: task
    id: look
    title: "Look at {subject}"
    who: ["person:ada@example.org", "person:lin@example.org", "team:Network"]
    needs: NEEDS
    ANSWERS
    next: [{to: end, outcome: FIRST}, {to: bad, otherwise: true}]
  - {kind: end, id: end}
  - {kind: end, id: bad, outcome: bad}
"""


def text_with(needs: str, answers: str = "") -> str:
    said = f"answers: [{answers}]\n    fields: [found]" if answers else "checklist: [All of it]"
    text = ASKED.replace("NEEDS", needs).replace("ANSWERS", said).replace("FIRST", answers.partition(",")[0] or "done")
    return text if answers else text.replace("[{to: end, outcome: done}, {to: bad, otherwise: true}]", "end").replace(
        "  - {kind: end, id: bad, outcome: bad}\n", ""
    )  # fmt: skip


@pytest.fixture
def network(rosa: Any, omar: Any, ada: Any) -> Any:
    found = open_team("Network", by=None)
    works_in(found, omar)
    return found


def begun(text: str, bea: Any, rosa: Any, ada: Any) -> Run:
    draft, problems = save_draft(None, text, by=bea)
    assert not problems
    version: Version = publish(draft.workflow, by=bea)
    return start(open_ticket(rosa, "Smoke", kind="request", by=rosa), version, by=ada)


def step_of(run: Run) -> Step:
    return Step.objects.select_related("run__ticket").get(run=run, step="look")


@db
def test_all_must_answer_each_on_their_own_page_and_then_it_goes_on_once(
    network: Any, ada: Any, lin: Any, omar: Any, bea: Any, rosa: Any
) -> None:
    run = begun(text_with("all", "fine, burnt"), bea, rosa, ada)
    tasks = Task.objects.filter(ticket=run.ticket).order_by("pk")
    assert [task.team.name if task.team else task.assignees.get().person.name for task in tasks] == [
        "Ada", "Lin", "Network",
    ]  # fmt: skip
    client = Client()
    client.force_login(ada)
    page = f"/runs/steps/{step_of(run).pk}"

    shown = client.get(page).content.decode()
    assert ("Network" in shown, "3 equal answers are needed." in shown) == (True, True)
    client.post(page, {"outcome": "fine", "field_found": "A fuse", "remark": "Looked"})
    assert not Task.objects.get(pk=tasks[0].pk).is_open
    with pytest.raises(Refused, match="answered already"):
        answer(step_of(run), "fine", by=ada)
    with pytest.raises(NotAllowed):
        answer(step_of(run), "fine", by=rosa)
    answer(step_of(run), "fine", by=lin)
    run.refresh_from_db()
    assert (run.is_open, Party.objects.filter(answered_at__isnull=True).count()) == (True, 1)
    answer(step_of(run), "fine", {"found": "Two fuses"}, by=omar)

    run.refresh_from_db()
    assert (run.outcome, run.state["data"]["found"]) == ("done", "Two fuses")
    assert step_of(run).remark == "Ada: Looked"
    assert not Task.objects.filter(ticket=run.ticket, is_open=True).exists()
    assert replayed(run) == run.state


@db
def test_one_who_says_otherwise_keeps_all_from_being_reached(
    network: Any, ada: Any, lin: Any, omar: Any, bea: Any, rosa: Any
) -> None:
    run = begun(text_with("all", "fine, burnt"), bea, rosa, ada)

    for person, says in ((ada, "fine"), (lin, "burnt"), (omar, "fine")):
        answer(step_of(run), says, by=person)

    run.refresh_from_db()
    assert run.outcome == "bad"


@db
def test_two_of_three_are_enough_and_the_third_is_not_waited_for(
    network: Any, ada: Any, lin: Any, omar: Any, bea: Any, rosa: Any
) -> None:
    run = begun(text_with("2"), bea, rosa, ada)
    first, second, third = Task.objects.filter(ticket=run.ticket).order_by("pk")

    finish(first, "Looked", by=ada)  # on the page of the task itself
    run.refresh_from_db()
    assert run.is_open
    finish(third, by=omar)

    run.refresh_from_db()
    second.refresh_from_db()
    assert (run.outcome, second.state, second.reason) == ("done", "not_needed", "Enough others have answered.")
    drain()


@db
def test_anybody_of_several_shares_one_task(ada: Any, lin: Any, bea: Any, rosa: Any) -> None:
    text = text_with("any").replace(', "team:Network"', "")
    run = begun(text, bea, rosa, ada)
    task = Task.objects.get(ticket=run.ticket)
    assert {each.person.name for each in task.assignees.all()} == {"Ada", "Lin"}

    finish(task, by=lin)

    run.refresh_from_db()
    assert (run.outcome, step_of(run).closed_by) == ("done", lin)


@db
def test_calling_it_off_calls_off_what_everybody_was_asked(
    network: Any, ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    run = begun(text_with("all"), bea, rosa, ada)
    answer(step_of(run), by=ada)

    cancel(run, "Not needed", by=bea)

    assert sorted(Task.objects.filter(ticket=run.ticket).values_list("state", flat=True)) == [
        "done", "not_needed", "not_needed",
    ]  # fmt: skip


def test_it_is_drawn_listed_compared_exchanged_and_proven() -> None:
    definition, problems = read(text_with("all", "fine, burnt"), LANGUAGE)
    before, _problems = read(text_with("2", "fine, burnt"), LANGUAGE)
    assert definition is not None
    assert before is not None
    assert problems == []

    assert not prove(definition, LANGUAGE).findings
    assert "⦀ all" in svg(definition)
    assert "how many must answer" in " ".join(each.said() for each in differences(before, definition))
    again, refused = imported(exported(definition), LANGUAGE)
    assert (again, refused) == (definition, [])
    too_many, _problems = read(text_with("4", "fine, burnt"), LANGUAGE)
    assert too_many is not None
    assert "quorum" in {finding.code for finding in lint(too_many)}
    assert "quorum" not in {finding.code for finding in lint(before)}


@given(
    outcomes=st.integers(1, 4), said=st.lists(st.integers(0, 3), max_size=8), more=st.integers(0, 3),
    needs=st.sampled_from(["any", "all", "1", "2", "3", "9"]),
)  # fmt: skip
def test_enough_equal_answers_are_the_answer_and_everybody_always_ends_it(
    outcomes: int, said: list[int], more: int, needs: str
) -> None:
    names = [f"o{number}" for number in range(outcomes)]
    voices = [names[each % outcomes] for each in said]
    asked = len(voices) + more
    if asked == 0:
        return
    need = needed(needs, asked)

    found = verdict(names, voices, need=need, asked=asked)

    assert 1 <= need <= asked
    if any(voices.count(name) >= need for name in names):
        assert found is not None
        assert voices.count(found) >= need
    elif more == 0:
        assert found in voices or found in names[1:]
        assert found != names[0] or outcomes == 1
    else:
        assert found is None
