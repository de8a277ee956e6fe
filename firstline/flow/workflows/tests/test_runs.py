"""Runs on tickets: from the start to the end, with people, approvals, timers and failures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, acting
from firstline.core.jobs.draining import drain
from firstline.flow.approvals.actions.decide import decide
from firstline.flow.approvals.models import Approval
from firstline.flow.workflows.actions._replaying import read_input
from firstline.flow.workflows.actions.answer import answer, fire_timer
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.publish import publish, retire
from firstline.flow.workflows.actions.repair import cancel, retry, skip
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.engine.replaying import replay
from firstline.flow.workflows.jobs import fire_due
from firstline.flow.workflows.models import Given, Run, Step, Timer, Version
from firstline.flow.workflows.rules import net_of
from firstline.people.notifications.models import Notice
from firstline.work.conversations.actions.say import reply
from firstline.work.tasks.queries import lines_of
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.models import Status, Ticket
from tests.cast import works_in

from .documents import LAPTOP, PLAIN, workflow

pytestmark = pytest.mark.django_db


def published(text: str, bea: Any) -> Version:
    draft, problems = save_draft(None, text, by=bea)
    assert problems == []
    return publish(draft.workflow, by=bea)


def standing(run: Run) -> set[str]:
    return set(Step.objects.filter(run=run, is_open=True).values_list("step", flat=True))


def open_one(run: Run, step: str) -> Step:
    return Step.objects.select_related("run__ticket").get(run=run, step=step, is_open=True)


@pytest.fixture
def ticket(rosa: Any, network: Any) -> Ticket:
    return open_ticket(rosa, "A new laptop", kind="request", team=network, by=rosa)


def test_a_run_goes_from_a_ticket_through_approval_tasks_and_a_timer_to_its_end(
    ticket: Ticket, ada: Any, lin: Any, bea: Any, network: Any
) -> None:
    works_in(network, ada)
    works_in(network, lin)
    version = published(LAPTOP, bea)

    run = start(ticket, version, {"cost": 1500}, by=ada)

    assert standing(run) == {"manager"}
    approval = Approval.objects.select_related("ticket").get(caller="workflow")
    assert approval.title == "A laptop for Rosa"
    decide(approval, True, by=lin)
    assert standing(run) == {"order", "account"}
    answer(open_one(run, "order"), data={"asset": "LT-7"}, remark="Came today.", by=ada)
    answer(open_one(run, "account"), by=lin)
    assert standing(run) == {"settle"}
    with clock.set_to(clock.now() + timedelta(days=3)):
        fire_due()
    run.refresh_from_db()
    assert (run.status, run.outcome, run.is_open) == ("ended", "done", False)
    assert not Step.objects.filter(run=run, is_open=True).exists()
    assert not Timer.objects.filter(run=run).exists()
    order = Step.objects.get(run=run, step="order")
    assert (order.closed_by, order.outcome, order.remark) == (ada, "done", "Came today.")
    ticket.refresh_from_db()
    assert list(ticket.tags.values_list("name", flat=True)) == ["laptop"]
    drain()
    told = Notice.objects.get(kind="workflow.told", person=ticket.requester_id)
    assert told.facts["told"] == "Your laptop LT-7 is ready"


def test_the_recorded_inputs_give_the_stored_state_again(ticket: Ticket, ada: Any, lin: Any, bea: Any) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 20}, by=ada)
    skip(run, open_one(run, "order").number, "Nobody sells it.", by=lin)
    answer(open_one(run, "account"), by=lin)

    given = Given.objects.filter(run=run)
    state, _effects = replay(net_of(run.version), [(read_input(each), each.at) for each in given])

    run.refresh_from_db()
    assert state == run.state
    assert [each.number for each in given] == list(range(1, run.inputs + 1))


def test_a_second_answer_is_refused_and_changes_nothing(ticket: Ticket, lin: Any, bea: Any) -> None:
    run = start(ticket, published(PLAIN, bea), by=lin)
    first, second = open_one(run, "look"), open_one(run, "look")
    answer(first, "done", by=lin)

    with pytest.raises(Refused, match="answered already"):
        answer(second, "done", by=lin)

    run.refresh_from_db()
    assert run.status == "ended"
    assert Step.objects.filter(run=run, step="look").count() == 1


def test_an_answer_that_fails_half_way_leaves_everything_as_it_was(
    ticket: Ticket, lin: Any, bea: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 20}, by=lin)
    before = _everything(run)

    def die(*_args: Any, **_more: Any) -> None:
        raise SystemExit("The power is gone.")

    with monkeypatch.context() as patched:
        patched.setattr(Given.objects, "bulk_create", die)
        with pytest.raises(SystemExit):
            answer(open_one(run, "order"), data={"asset": "LT-7"}, by=lin)

    assert _everything(run) == before
    answer(open_one(run, "order"), data={"asset": "LT-7"}, by=lin)
    assert standing(run) == {"account"}


def _everything(run: Run) -> list[Any]:
    run = Run.objects.get(pk=run.pk)
    return [
        run.state, run.status, run.inputs, list(Step.objects.filter(run=run).values()),
        list(Given.objects.filter(run=run).values()), list(Timer.objects.filter(run=run).values()),
        Ticket.objects.filter(pk=run.ticket_id).values().get(),
    ]  # fmt: skip


def test_only_whoever_is_asked_answers(ticket: Ticket, ada: Any, omar: Any, lin: Any, bea: Any, network: Any) -> None:
    run = start(ticket, published(PLAIN, bea), by=lin)
    for person in (omar, ada):
        with pytest.raises(NotAllowed):
            answer(open_one(run, "look"), by=person)

    works_in(network, ada)
    ada = type(ada).objects.get(pk=ada.pk)

    assert [row["title"] for row in lines_of(ada, "waiting")[0]] == ["Look at A new laptop"]
    answer(open_one(run, "look"), by=ada)
    assert list(lines_of(ada, "waiting")[0]) == []


def test_a_refused_approval_takes_the_other_way(ticket: Ticket, ada: Any, lin: Any, bea: Any) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 1500}, by=ada)

    decide(Approval.objects.select_related("ticket").get(caller="workflow"), False, comment="Too dear.", by=lin)

    run.refresh_from_db()
    assert (run.status, run.outcome) == ("ended", "refused")


def test_an_approval_is_withdrawn_when_its_time_is_over(ticket: Ticket, ada: Any, lin: Any, bea: Any) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 1500}, by=ada)

    with clock.set_to(clock.now() + timedelta(days=31)):
        fire_due()

    run.refresh_from_db()
    assert run.outcome == "refused"
    assert Approval.objects.get(caller="workflow").state == "withdrawn"
    assert Step.objects.get(run=run, step="manager").how == "timed_out"


def test_a_step_that_fails_stands_still_in_sight_until_it_is_repaired(
    ticket: Ticket, ada: Any, lin: Any, bea: Any
) -> None:
    text = workflow("steps:", "- {kind: start, id: begin, next: solve}",
                    "- {kind: action, id: solve, action: ticket.assign, with: {to: '{chosen}'}, next: end}",
                    "- {kind: end, id: end}", fields="fields: [{key: chosen, type: person}]")  # fmt: skip
    run = start(ticket, published(text, bea), {"chosen": "nobody@example.org"}, by=ada)

    run.refresh_from_db()
    assert run.status == "stuck"
    stuck = open_one(run, "solve")
    assert "nobody@example.org" in stuck.trouble
    retry(run, stuck.number, by=lin)
    assert open_one(run, "solve").trouble
    with pytest.raises(Refused):
        skip(run, stuck.number, "  ", by=lin)
    with pytest.raises(NotAllowed):
        skip(run, stuck.number, "I say so.", by=ada)
    skip(run, stuck.number, "Nobody is there.", by=lin)
    run.refresh_from_db()
    assert (run.status, Step.objects.get(run=run, step="solve").how) == ("ended", "skipped")


def test_cancelling_closes_every_step(ticket: Ticket, ada: Any, lin: Any, bea: Any) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 20}, by=ada)

    cancel(run, "Not wanted any more.", by=lin)

    run.refresh_from_db()
    assert (run.status, run.reason, run.is_open) == ("cancelled", "Not wanted any more.", False)
    assert set(Step.objects.filter(run=run).exclude(how="done").values_list("how", flat=True)) == {"called_off"}
    assert not Timer.objects.filter(run=run).exists()


def test_a_ticket_that_fits_starts_a_run_and_another_does_not(rosa: Any, bea: Any, network: Any) -> None:
    trigger = "trigger: {by: event, event: ticket.opened, when: 'kind:request'}"
    published(PLAIN.replace("id: begin", f"id: begin, {trigger}"), bea)

    fits = open_ticket(rosa, "A badge", kind="request", team=network, by=rosa)
    other = open_ticket(rosa, "Broken", kind="incident", team=network, by=rosa)

    assert [run.ticket_id for run in Run.objects.all()] == [fits.pk]
    assert not Run.objects.filter(ticket=other).exists()


def test_a_reply_of_the_requester_ends_the_wait_for_it(ticket: Ticket, ada: Any, rosa: Any, bea: Any) -> None:
    text = workflow("steps:", "- {kind: start, id: begin, next: hear}",
                    "- {kind: wait, id: hear, until: reply, next: end}",
                    "- {kind: end, id: end}")  # fmt: skip
    run = start(ticket, published(text, bea), by=ada)
    reply(ticket, "How large shall it be?", author=ada, by=ada)
    assert standing(run) == {"hear"}

    reply(ticket, "Fourteen inches.", author=rosa, by=rosa)

    run.refresh_from_db()
    assert run.status == "ended"


def test_another_run_is_waited_for(ticket: Ticket, lin: Any, bea: Any) -> None:
    published(PLAIN, bea)
    text = workflow("steps:", "- {kind: start, id: begin, next: inner}",
                    "- {kind: sub_workflow, id: inner, workflow: plain, next: end}", "- {kind: end, id: end}",
                    key="outer")  # fmt: skip
    run = start(ticket, published(text, bea), by=lin)
    inner = Run.objects.get(parent__run=run)

    answer(open_one(inner, "look"), by=lin)

    run.refresh_from_db()
    inner.refresh_from_db()
    assert (run.status, inner.status) == ("ended", "ended")


def test_a_closed_ticket_takes_its_run_with_it(ticket: Ticket, ada: Any, lin: Any, bea: Any) -> None:
    run = start(ticket, published(PLAIN, bea), by=ada)

    change_status(ticket, Status.objects.filter(kind="request", type="closed")[0], by=lin)

    run.refresh_from_db()
    assert run.status == "cancelled"


def test_runs_keep_the_version_they_began_with(ticket: Ticket, lin: Any, bea: Any) -> None:
    old = published(PLAIN, bea)
    run = start(ticket, old, by=lin)
    _draft, problems = save_draft(
        old.workflow, PLAIN.replace("id: look", "id: see").replace("next: look", "next: see"), by=bea
    )
    assert problems == []
    new = publish(old.workflow, by=bea)

    answer(open_one(run, "look"), by=lin)

    run.refresh_from_db()
    old.refresh_from_db()
    assert (run.status, old.state, new.number) == ("ended", "retired", 2)
    retire(old.workflow, by=bea)
    with pytest.raises(Refused):
        start(ticket, Version.objects.get(pk=new.pk), by=lin)


def test_a_draft_is_kept_as_it_was_typed_and_its_problems_are_told_with_their_lines(bea: Any) -> None:
    text = PLAIN.replace("next: end}", "next: nowhere}")

    draft, problems = save_draft(None, text, by=bea)

    assert draft.text == text
    assert any("nowhere" in str(problem) and problem.line for problem in problems)
    with pytest.raises(Refused, match="nowhere"):
        publish(draft.workflow, by=bea)


def test_a_draft_from_which_a_run_could_not_end_is_refused_with_the_way_there(bea: Any) -> None:
    again = "  - {kind: task, id: again, next: look}"
    loop = PLAIN.replace("next: end}", "next: again}").replace("  - {kind: end, id: end}", again)

    draft, problems = save_draft(None, loop, by=bea)

    assert any("look" in problem.sentence for problem in problems)
    with pytest.raises(Refused):
        publish(draft.workflow, by=bea)


def test_an_action_that_does_not_exist_or_is_not_for_tickets_is_told(bea: Any) -> None:
    def told(action: str) -> str:
        text = workflow("steps:", "- {kind: start, id: begin, next: do}",
                        f"- {{kind: action, id: do, action: {action}, next: end}}", "- {kind: end, id: end}",
                        key=action.replace(".", "-").replace("_", "-"))  # fmt: skip
        return " ".join(str(problem) for problem in save_draft(None, text, by=bea)[1])

    assert "There is no action" in told("ticket.explode")
    assert "nothing that is done to a ticket" in told("team.open")
    assert "needs “to”" in told("ticket.assign")


def test_a_timer_fires_once(ticket: Ticket, ada: Any, lin: Any, bea: Any) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 1500}, by=ada)
    timer = Timer.objects.select_related("run__ticket").get(run=run, key="manager.late")
    again = Timer.objects.select_related("run__ticket").get(pk=timer.pk)

    assert fire_timer(timer, by=None) is False
    with clock.set_to(timer.due_at):
        assert fire_timer(timer, by=None) is True
        assert fire_timer(again, by=None) is False


def test_a_timer_whose_clock_was_set_back_is_not_forgotten(ticket: Ticket, ada: Any, lin: Any, bea: Any) -> None:
    run = start(ticket, published(LAPTOP, bea), {"cost": 20}, by=ada)
    for step in ("order", "account"):
        answer(open_one(run, step), by=lin)
    timer = Timer.objects.select_related("run__ticket").get(run=run, key="settle")
    right = timer.due_at
    with acting():
        Timer.objects.filter(pk=timer.pk).update(due_at=clock.now())  # as a clock of yesterday has said

    assert fire_timer(timer, by=None) is False

    assert Timer.objects.get(run=run, key="settle").due_at == right
    assert standing(run) == {"settle"}
