"""The flows that ship, each as people live it: from the beginning to the end, with those who are asked and told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.flow.approvals.actions.decide import decide
from firstline.flow.approvals.models import Approval
from firstline.flow.workflows.actions._replaying import replayed
from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.actions.draft import save_draft
from firstline.flow.workflows.actions.move import move_run
from firstline.flow.workflows.actions.publish import publish
from firstline.flow.workflows.actions.repair import skip
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.engine.definition import leaving
from firstline.flow.workflows.jobs import start_what_is_due
from firstline.flow.workflows.models import Run, Step, Version
from firstline.flow.workflows.rules import definition_of, net_of
from firstline.people.notifications.models import Notice
from firstline.people.organisations.actions.belong import belong
from firstline.people.organisations.actions.organisation import save_organisation
from firstline.people.teams.models import Team
from firstline.work.catalog.actions.ready import install as install_offerings
from firstline.work.conversations.models import Message
from firstline.work.tickets.actions.file import file_offering
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import close, resolve
from firstline.work.tickets.models import Ticket
from tests.cast import person

from .documents import PLAIN
from .doing import do_all
from .shelving import put_in_use

pytestmark = pytest.mark.django_db


def steps_of(done: list[str]) -> list[str]:
    """What was done, without who did it; several who agree to one thing count once."""
    return list(dict.fromkeys(line.partition(": ")[2] for line in done))


@pytest.fixture
def mia(rosa: Any) -> Any:
    """Rosa's manager."""
    mia = person("Mia")
    house = save_organisation(None, name="Meridian", by=None)
    belong(mia, organisation=house, by=None)
    belong(rosa, organisation=house, manager=mia, by=None)
    return mia


def asked(rosa: Any, subject: str, kind: str = "request") -> Ticket:
    return open_ticket(rosa, subject, kind=kind, by=rosa)


def planned(**said: Any) -> dict[str, Any]:
    """A change as its form is filled in: tonight, and it can be taken back."""
    begins = clock.now()
    common = {
        "reason": "Full", "kind": "normal", "implementer": "ada@example.org", "can_go_back": "tested",
        "window": begins.isoformat(), "window_end": (begins + timedelta(hours=2)).isoformat(),
    }  # fmt: skip
    return common | said


HANDED_ON = {
    "what": "No light at the switch", "priority": 1, "to": "Network", "cause": "A cable", "solution": "Plugged in again"
}  # fmt: skip


def told(somebody: Any, *kinds: str) -> list[str]:
    drain()
    rows = Notice.objects.filter(person=somebody, kind__in=kinds or ["workflow.told"]).order_by("pk")
    return [str(row.facts.get("told") or row.facts.get("task")) for row in rows]


@pytest.mark.accepts("S0.67")
def test_a_small_and_a_large_company_approve_a_change_by_the_same_template(
    ada: Any, lin: Any, bea: Any, rosa: Any, mia: Any
) -> None:
    said = {"title": "A new switch", "reason": "Too slow", "implementer": "ada@example.org"}
    small = put_in_use("change-control", "small", bea, lin, ada)
    run = start(asked(rosa, "A new switch", "change"), small, said, by=lin)
    assert steps_of(do_all(run)) == ["cab=yes", "implement=done"]
    assert Approval.objects.get().stages.count() == 1
    assert told(rosa) == ["Done: A new switch"]

    put_in_use("change-control", "large", bea, lin, ada)
    large = publish(small.workflow, by=bea)
    assert large.number == 2
    run = start(
        asked(rosa, "Another one", "change"), large,
        planned(**said), by=lin,
    )  # fmt: skip
    done = do_all(
        run, {"risk": "high", "plan": ["Do it | Ada | 30"], "back_out": "Put the old one in", "reached": True}
    )
    # Its window opens now: whether that has to be waited for is a matter of milliseconds.
    assert [step for step in steps_of(done) if step != "window_opens"] == [
        "impact=done", "peer=yes", "cab=yes", "plan_it=done", "test_it=done", "implement=done",
        "look_back=done",
    ]  # fmt: skip
    assert run.outcome == "done"
    assert replayed(run) == Run.objects.get(pk=run.pk).state


@pytest.mark.accepts("S1.23")
@pytest.mark.accepts("S1.25")
@pytest.mark.accepts("S1.26")
@pytest.mark.accepts("S1.27")
def test_a_change_of_high_risk_goes_the_long_way_and_leaves_one_document(
    ada: Any, lin: Any, bea: Any, rosa: Any, mia: Any
) -> None:
    version = put_in_use("change-control", "large", bea, ada, lin)
    said = planned(title="A new mail server", kind="standard")
    ticket = asked(rosa, "A new mail server", "change")
    run = start(ticket, version, said, by=lin)

    # A standard change takes the short way only when its risk is low.
    done = do_all(run, {"risk": "high", "plan": ["Do it | Ada | 30"], "back_out": "Point back", "reached": True})

    steps = steps_of(done)
    assert steps.index("cab=yes") < steps.index("plan_it=done") < steps.index("implement=done")
    assert steps[-1] == "look_back=done"
    document = Message.objects.get(ticket=ticket).text
    for part in ("A new mail server", "1. Do it (Ada): planned", "Point back", "risk: High", "Result reached: yes"):
        assert part in document
    ticket.refresh_from_db()
    assert ticket.state == "resolved"

    low = start(asked(rosa, "A patch", "change"), version, {**said, "title": "A patch"}, by=lin)
    done = do_all(low, {"risk": "low", "plan": ["Do it | Ada | 30"], "back_out": "Unpatch", "reached": True})
    assert not [line for line in done if "cab" in line or "peer" in line]
    refused = start(asked(rosa, "No", "change"), version, {**said, "title": "No", "kind": "normal"}, by=lin)
    do_all(refused, {"risk": "high"}, {"cab": "refused"})
    assert refused.outcome == "refused"
    assert "Not done: No" in told(rosa)


@pytest.mark.accepts("S1.21")
@pytest.mark.accepts("S1.22")
def test_peers_then_the_board_decide_a_change_and_all_see_how_many_must_agree_and_who_may_stop_it(
    client: Client, ada: Any, lin: Any, bea: Any, rosa: Any, mia: Any
) -> None:
    version = put_in_use("change-control", "large", bea, ada, lin)
    said = planned(title="A new mail server")
    ticket = asked(rosa, "A new mail server", "change")
    run = start(ticket, version, said, by=lin)

    done = do_all(
        run,
        {"risk": "high", "plan": ["Do it | Ada | 30"], "back_out": "Point back", "reached": True},
        {"cab": "refused"},
    )

    steps = steps_of(done)
    assert steps.index("impact=done") < steps.index("peer=yes") < steps.index("cab=no")
    assert run.outcome == "refused"
    peers, board = Approval.objects.filter(ticket=ticket).order_by("pk")
    client.force_login(ada)
    page = client.get(f"/approvals/{board.pk}").content.decode()
    for words in ("Service owner", "60 % have to agree; one refusal ends it"):
        assert words in page, page
    assert client.get(f"/approvals/{peers.pk}").status_code == 200
    panel = client.get(f"/tickets/{ticket.pk}/panels").content.decode()
    assert "Review “A new mail server”" in panel
    assert "CAB: “A new mail server”" in panel


@pytest.mark.accepts("S1.28")
@pytest.mark.accepts("S1.29")
@pytest.mark.accepts("S1.30")
@pytest.mark.accepts("S1.34")
@pytest.mark.accepts("S1.35")
def test_hr_files_one_form_and_a_colleague_begins(ada: Any, lin: Any, bea: Any, rosa: Any, mia: Any) -> None:
    version = put_in_use("onboarding", "large", bea, ada, lin)
    offering = install_offerings(["onboarding"], team=Team.objects.get(name="Service desk"), owner=bea, by=bea)[0]
    begins = (clock.now() + timedelta(days=9)).date().isoformat()
    people = [
        {"name": "Ngô Lan", "title": "Accountant", "begins": begins, "private_email": "lan@example.net"},
        {"name": "Piotr Nowak", "begins": begins},
    ]
    answers = {
        "department": "Finance", "manager": "Mia", "people": people, "devices": ["laptop", "headset"],
        "access": ["mail", "finance"],
    }  # fmt: skip

    _parent, first, second = file_offering(offering, answers, once="one", requester=rosa, by=rosa)

    runs = {run.ticket_id: run for run in Run.objects.select_related("version", "ticket")}
    assert set(runs) == {first.pk, second.pk}
    run = runs[first.pk]
    assert run.version == version
    data = run.state["data"]
    assert (data["name"], data["devices"], data["begins"]) == ("Ngô Lan", ["laptop", "headset"], begins)
    # Finance goes beyond the role: manager and security are asked, and nothing is done before they agree.
    assert set(Step.objects.filter(run=run, is_open=True).values_list("step", flat=True)) == {"agree"}
    with pytest.raises(Exception, match="approval"):
        resolve(Ticket.objects.get(pk=first.pk), by=lin)
    done = do_all(run, {"account": "lan", "mail": "lan@example.org"})
    steps = steps_of(done)
    assert [line.partition(": ")[0] for line in done if line.endswith("agree=yes")] == ["Mia", "Ada"]
    assert {"name_it=done", "give_device=done", "desk=done", "by_hand=done", "mailbox_by_hand=done"} <= set(steps)
    assert Step.objects.filter(run=run, step="give_device", how="done").count() == 2
    assert run.outcome == "done"
    teams = set(Step.objects.filter(run=run, team__isnull=False).values_list("team__name", flat=True))
    assert {"Accounts", "Devices", "Facilities"} <= teams
    failed = Step.objects.get(run=run, step="directory")
    assert failed.how == "failed"  # no directory is connected here: people did it, and both are seen
    lan = Notice.objects.get(person__email="lan@example.net")
    assert lan.kind == "workflow.told_beside"
    assert "lan@example.org" in lan.facts["details"]
    assert told(rosa)[-1] == "Welcome, Ngô Lan"
    first.refresh_from_db()
    assert first.state == "resolved"
    # Sent again, nothing begins twice.
    file_offering(offering, answers, once="one", requester=rosa, by=rosa)
    assert Run.objects.count() == 2


@pytest.mark.accepts("S1.47")
@pytest.mark.accepts("S1.48")
@pytest.mark.accepts("S1.50")
@pytest.mark.accepts("S1.51")
def test_an_order_is_approved_by_its_price_made_by_several_and_told_at_each_stage(
    ada: Any, lin: Any, bea: Any, rosa: Any, mia: Any
) -> None:
    version = put_in_use("service-request", "large", bea, ada, lin)
    ticket = asked(rosa, "A plotter")
    run = start(ticket, version, {"price": 6000, "kind": "device", "why": "Plans"}, by=ada)
    done = steps_of(do_all(run))
    assert done == [
        "money=yes", "buy=done", "comes=done", "set_up=done", "hand_over=done",
        "is_it_good=good",
    ]  # fmt: skip
    assert told(rosa) == ["We have your request: A plotter", "It is there: A plotter"]
    ticket.refresh_from_db()
    assert ticket.state == "resolved"

    small = asked(rosa, "A cable")
    cheap = start(small, version, {"price": 9, "kind": "device"}, by=ada)
    assert not [line for line in do_all(cheap) if "yes" in line]
    refused = asked(rosa, "A yacht")
    no = start(refused, version, {"price": 900}, by=ada)
    do_all(no, says={"manager": "refused"})
    assert (no.outcome, told(rosa)[-1]) == ("refused", "Not this time: A yacht")


def test_an_incident_starts_by_itself_goes_through_the_tiers_and_the_requester_hears_of_it(
    ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    put_in_use("incident", "large", bea, ada, lin)
    ticket = asked(rosa, "No network on floor 2", "incident")
    asked(rosa, "A request starts none")

    run = Run.objects.get()
    done = do_all(
        run, {"impact": "team", "urgency": "hinders", **HANDED_ON}, {"first_tier": "hand_on"},
    )  # fmt: skip

    assert steps_of(done) == [
        "sort_in=done", "first_tier=hand_on", "identify=done", "assess=done", "route=done", "second_tier=mended",
        "record=done",
    ]  # fmt: skip
    assert told(rosa) == ["It should work again: No network on floor 2"]
    ticket.refresh_from_db()
    assert ticket.state == "resolved"


STAGES = {
    "S2.26": "identify", "S2.27": "assess", "S2.28": "route", "S2.29": "second_tier", "S2.30": "record",
}  # fmt: skip


@pytest.mark.accepts("S2.26")
@pytest.mark.accepts("S2.27")
@pytest.mark.accepts("S2.28")
@pytest.mark.accepts("S2.29")
@pytest.mark.accepts("S2.30")
def test_what_is_handed_on_passes_five_stages_and_nobody_skips_one(ada: Any, lin: Any, bea: Any, rosa: Any) -> None:
    version = put_in_use("incident", "large", bea, ada, lin)
    steps = {step.id: step for step in definition_of(net_of(version)).steps}
    ends = {step.id for step in steps.values() if step.kind == "end"}
    for stage in STAGES.values():  # no way past it: without it, nothing that was handed on ever ends
        reached, ahead = set(), ["identify"]
        while ahead:
            here = ahead.pop()
            if here not in reached and here != stage:
                reached.add(here)
                ahead += [edge.to for edge in leaving(steps[here])]
        assert not reached & ends, stage
        assert steps[stage].required, stage
    ticket = asked(rosa, "No network on floor 2", "incident")
    run = Run.objects.select_related("ticket").get()

    passed = []
    for _turn in range(20):
        open_ = Step.objects.filter(run=run, is_open=True).select_related("run__ticket", "person", "team").get()
        if open_.step == "record":
            with pytest.raises(Refused, match="Say this first: Cause"):
                answer(open_, "done", by=bea)
        if open_.step in STAGES.values():
            passed.append(open_.step)
            with pytest.raises(Refused, match="cannot be skipped"):
                skip(run, open_.number, "No time", by=bea)
            with pytest.raises(Refused):
                resolve(Ticket.objects.get(pk=ticket.pk), by=bea)
        step = steps[open_.step]
        outcome = "hand_on" if open_.step == "first_tier" else step.outcomes[0]
        asks = getattr(step, "fields", ()) if open_.step != "second_tier" else ()
        answer(open_, outcome, {key: HANDED_ON[key] for key in asks if key in HANDED_ON}, by=bea)
        if not Run.objects.filter(pk=run.pk, is_open=True).exists():
            break

    assert passed == list(STAGES.values())
    ticket = Ticket.objects.select_related("team").get(pk=ticket.pk)
    assert (ticket.priority, ticket.team.name if ticket.team else "", ticket.state) == (1, "Network", "resolved")


def test_everybody_standing_still_is_declared_major(ada: Any, lin: Any, bea: Any, rosa: Any) -> None:
    put_in_use("incident", "large", bea, ada, lin)
    asked(rosa, "Nothing works", "incident")

    do_all(Run.objects.get(), {"impact": "all", "urgency": "stops", "cause": "Power", "solution": "Generator"})

    assert (
        Event.objects.filter(kind="ticket.major_declared").exists()
        or Event.objects.filter(kind__contains="major").exists()
    )


def test_what_nobody_has_is_offered_to_a_team_and_the_requester_hears_of_it(
    ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    put_in_use("routing", "small", bea, ada, lin)
    asked(rosa, "No sound", "incident")

    done = do_all(Run.objects.get())

    assert steps_of(done) == ["by_hand=done"]
    assert told(rosa) == ["Somebody has it: No sound"]


def test_after_closing_the_requester_is_asked_once_and_a_bad_word_is_answered(
    ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    put_in_use("feedback", "small", bea, ada, lin)
    ticket = asked(rosa, "A black screen", "incident")
    close(ticket, by=lin)

    run = Run.objects.get()
    done = do_all(run, {"score": "bad", "words": "Three weeks!", "learnt": "Ask sooner"})

    assert [line.partition(": ")[2] for line in done if not line.startswith("time")] == ["ask=done", "ring=done"]
    run.refresh_from_db()
    assert (run.outcome, run.state["data"]["learnt"]) == ("done", "Ask sooner")


def test_without_a_directory_a_password_is_reset_by_a_person(ada: Any, lin: Any, bea: Any, rosa: Any) -> None:
    version = put_in_use("password-reset", "small", bea, ada, lin)
    run = start(asked(rosa, "Password"), version, {"account": "computer"}, by=None)

    done = do_all(run, {"staff_number": "4711"})

    assert steps_of(done) == ["who_are_you=done", "by_hand=done"]
    assert Version.objects.count() == 1


@pytest.mark.accepts("S0.68")
def test_a_small_flow_grows_into_a_large_one_and_the_runs_under_way_go_with_it(
    ada: Any, lin: Any, bea: Any, rosa: Any, mia: Any
) -> None:
    small = put_in_use("service-request", "small", bea, ada, lin)
    waiting, working = (start(asked(rosa, name), small, {"price": 700}, by=ada) for name in ("A desk", "A chair"))
    decide(Approval.objects.select_related("ticket").get(ticket=working.ticket), True, by=mia)
    gone = start(asked(rosa, "A lamp"), small, by=ada)
    do_all(gone)
    put_in_use("service-request", "large", bea, ada, lin)
    client = Client()
    client.force_login(bea)

    draft = client.get("/workflows/service-request/draft").content.decode()
    assert "Added the approval “Money is given”" in draft
    client.post("/workflows/service-request/publication")
    large = Version.objects.get(number=2)
    assert large.state == "published"
    assert "2 runs go by an older version" in client.get("/workflows/service-request").content.decode()
    preview = client.get("/workflows/service-request/moves").content.decode()
    assert "“Do it”" in preview or "“Hand it over” stays open." in preview
    answered = client.post("/workflows/service-request/moves", {"run": [waiting.pk, working.pk, gone.pk, 999]})
    assert answered.status_code == 302

    for run in (waiting, working):
        moved = Run.objects.select_related("version", "ticket").get(pk=run.pk)
        assert moved.version == large
        assert replayed(moved) == moved.state
        assert Step.objects.filter(run=run, is_open=True).count() == 1  # what was open stayed open, as it was
        assert Event.objects.filter(kind="ticket.workflow_moved", subject_id=run.ticket_id).count() == 1
        done = steps_of(do_all(moved))
        assert done[-2:] == ["hand_over=done", "is_it_good=good"]  # a step that only the large one has
    assert Run.objects.get(pk=gone.pk).version == small


def test_a_run_that_stands_where_the_new_version_has_nothing_stays_and_says_why(ada: Any, bea: Any, rosa: Any) -> None:
    text = PLAIN.replace("who: [team]", 'who: ["person:ada@example.org"]')
    draft, _problems = save_draft(None, text, by=bea)
    version = publish(draft.workflow, by=bea)
    run = start(asked(rosa, "Look"), version, by=ada)
    save_draft(draft.workflow, text.replace("look", "see"), by=bea)
    newer = publish(draft.workflow, by=bea)

    with pytest.raises(Refused, match="which the new version does not have"):
        move_run(run, newer, by=bea)
    with pytest.raises(NotAllowed):
        move_run(run, newer, by=ada)

    run.refresh_from_db()
    assert run.version == version


@pytest.mark.parametrize("said", ["0 9 1 * *", "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=9;BYMINUTE=0;BYSECOND=0"])
def test_the_calendar_starts_a_workflow_once_for_each_moment_and_does_not_catch_up(said: str, bea: Any) -> None:
    text = PLAIN.replace(
        "{kind: start, id: begin,", f'{{kind: start, id: begin, trigger: {{by: schedule, cron: "{said}"}},'
    )
    text = text.replace("who: [team]", "who: [requester]")
    with clock.set_to(datetime(2031, 3, 15, tzinfo=UTC)):
        draft, problems = save_draft(None, text, by=bea)
        assert problems == []
        publish(draft.workflow, by=bea)
        start_what_is_due()
    assert not Run.objects.exists()

    for moment in (datetime(2031, 4, 1, 12, tzinfo=UTC), datetime(2031, 4, 1, 13, tzinfo=UTC)):
        with clock.set_to(moment):
            start_what_is_due()
    assert Run.objects.count() == 1
    with clock.set_to(datetime(2031, 9, 20, tzinfo=UTC)):  # months without a worker: one run, not five
        start_what_is_due()
        start_what_is_due()

    assert Run.objects.count() == 2
    assert {run.ticket.requester for run in Run.objects.select_related("ticket__requester")} == {bea}
    _draft, problems = save_draft(draft.workflow, text.replace(said, "every full moon"), by=bea)
    assert "is no schedule" in str(problems[0])
