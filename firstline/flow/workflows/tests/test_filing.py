"""A change is filed over HTTP by whoever needs it, one by one or many in a table; its plan is ticked off."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from firstline.core import clock
from firstline.core.actions import acting
from firstline.core.text import tables
from firstline.flow.approvals.actions.meet import plan_meeting
from firstline.flow.approvals.models import Approval, Meeting
from firstline.flow.workflows.models import Change, PlanStep, Run, Step, Version
from firstline.people.organisations.models import Membership
from firstline.people.teams.models import Team
from firstline.work.catalog.models import Offering
from firstline.work.conversations.models import Message
from firstline.work.tickets.models import Ticket

from .doing import do_all
from .shelving import put_in_use

pytestmark = pytest.mark.django_db
FORM, SHEET, SHEETS = (f"/workflows/change-control/filing{rest}" for rest in ("", "/sheet", "/sheets"))
FILLED = {
    "field_title": "New disks", "field_reason": "Full", "field_details": "Two of them\nin the cellar",
    "field_kind": "normal", "field_affected": "The old server", "field_affected__services": ["service:mail"],
    "field_window": "2031-03-11T22:00", "field_window_end": "2031-03-11T23:30", "field_implementer": "ada@example.org",
    "field_can_go_back": "written", "once": "one",
}  # fmt: skip


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    with clock.set_to(datetime(2031, 3, 3, 8, tzinfo=UTC)):
        yield


@pytest.fixture
def version(ada: Any, lin: Any, bea: Any, rosa: Any) -> Version:
    with acting():
        Offering(key="mail", names={"en": "Mail"}, state="published", impact=1).save(force_insert=True)
        Membership(person=rosa, manager=lin).save(force_insert=True)
    return put_in_use("change-control", "large", bea, ada, lin)


@pytest.fixture
def as_rosa(version: Version, rosa: Any) -> Client:
    client = Client()
    client.force_login(rosa)
    return client


@pytest.mark.accepts("S1.18")
def test_a_requester_files_a_change_with_reason_items_and_window_and_sees_it(as_rosa: Client, rosa: Any) -> None:
    offered = as_rosa.get("/services").content.decode()
    assert FORM in offered
    shown = as_rosa.get(FORM).content.decode()
    for words in ("What is changed", "Why", "Affected items", "Mail", "Beginning of the window", "End of the window"):
        assert words in shown, words

    wrong = as_rosa.post(FORM, {**FILLED, "field_window_end": "2031-03-11T21:00", "field_implementer": "Nobody"})
    assert wrong.status_code == 422
    assert "It has to come after “Beginning of the window”." in wrong.content.decode()
    assert not Ticket.objects.exists()

    sent = as_rosa.post(FORM, FILLED)
    again = as_rosa.post(FORM, FILLED)

    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.subject, ticket.requester) == ("change", "New disks", rosa)
    assert sent.headers["Location"] == again.headers["Location"] == f"/requests/{ticket.pk}"
    data = Run.objects.get().state["data"]
    assert data["affected"] == ["service:mail", "The old server"]
    assert (data["window"][:16], data["window_end"][:16]) == ("2031-03-11T22:00", "2031-03-11T23:30")
    assert Change.objects.get().ends_at - Change.objects.get().begins_at == timedelta(minutes=90)
    page = as_rosa.get(f"/requests/{ticket.pk}").content.decode()
    assert "Affected items: Mail, The old server" in page


def test_what_is_not_open_to_everybody_is_not_filed_by_everybody(version: Version, rosa: Any, ada: Any) -> None:
    client = Client()
    client.force_login(rosa)
    with acting():
        document = version.document
        assert document is not None
        document["steps"][0]["trigger"]["open_to"] = "desk"
        Version.objects.filter(pk=version.pk).update(document=document, published_at=clock.now() + timedelta(seconds=1))

    assert [client.get(path).status_code for path in (FORM, SHEET, SHEETS)] == [404, 404, 404]
    assert FORM not in client.get("/services").content.decode()
    client.force_login(ada)
    assert client.get(FORM).status_code == 200


def rows_of(client: Client) -> list[list[str]]:
    answer = client.get(SHEET)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def filled(headings: list[str], **said: str) -> list[str]:
    common = {
        "Why": "Old", "Kind": "Normal", "Beginning of the window": "2031-03-12 22:00",
        "End of the window": "2031-03-12 23:00", "Who carries it out": "ada@example.org",
        "Can it be taken back?": "yes and it was tried",
        "Affected items": "mail; The old server",
    }  # fmt: skip
    return [said.get(heading, common.get(heading, "")) for heading in headings]


@pytest.mark.accepts("S1.19")
def test_a_template_is_downloaded_filled_in_and_imported_row_by_row(as_rosa: Client) -> None:
    headings, explained, example = rows_of(as_rosa)
    assert explained[headings.index("Kind")] == "Standard / Normal / Emergency (required)"
    assert example[0].startswith("#")
    what = headings.index("What is changed")
    table = [headings, explained, example]
    for name in ("New disks", "=HYPERLINK(0)", "", "New cables"):
        row = filled(headings)
        row[what] = name
        table.append(row)
    table[-1][headings.index("Beginning of the window")] = "soon"
    file = SimpleUploadedFile("changes.csv", tables.written(table, delimiter=";").encode("utf-8-sig"))

    looked = as_rosa.post(SHEETS, {"file": file, "once": "a"}).content.decode()

    assert not Ticket.objects.exists()  # first everything is shown
    for words in ("2 rows can be filed", "2 rows have to be mended", "This is no moment. Write it as", "New cables"):
        assert words in looked, words
    kept = looked.partition('name="text"')[2].partition(">")[2].partition("</textarea>")[0]
    text = kept.replace("&#x27;", "'").replace("&#39;", "'").replace("&quot;", '"').strip()
    filed = as_rosa.post(SHEETS, {"text": text, "once": "b", "file_them": "1"}).content.decode()
    as_rosa.post(SHEETS, {"text": text, "once": "b", "file_them": "1"})

    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["=HYPERLINK(0)", "New disks"]
    assert Run.objects.count() == 2  # sent twice, filed once
    assert Run.objects.order_by("pk")[0].state["data"]["affected"] == ["service:mail", "The old server"]
    for ticket in Ticket.objects.all():
        assert f"/requests/{ticket.pk}" in filed
    assert "New cables" in filed  # what was not filed stays in the box
    assert "soon" in filed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 what Excel keeps", "This is a spreadsheet"),
        (b"What is changed\r\n\xe9t\xe9", "Save it as “CSV UTF-8”"),
        (b"What is changed,Colour\nDisks,blue\n", "Nobody asks for these columns: Colour."),
        (b"What is changed\nDisks\n", "These columns are missing: Why"),
        (b"   ", "The submitted file is empty|The file is empty"),
        (b"#,Why\n", "These columns are missing"),
        (b'What is changed,"Why\nDisks', "These columns are missing"),
        (b"\x00\x00\x00", "cannot be read as a table"),
    ],
)
def test_what_is_no_such_table_is_refused_in_a_sentence(as_rosa: Client, content: bytes, said: str) -> None:
    answer = as_rosa.post(SHEETS, {"file": SimpleUploadedFile("changes.csv", content), "file_them": "1", "once": "a"})

    assert answer.status_code == 422
    assert any(words in answer.content.decode() for words in said.split("|")), said
    assert not Ticket.objects.exists()


def test_cells_come_back_as_they_went_out_and_none_is_a_formula() -> None:
    cells = ["=1+1", "+49 30", "-5", "@sum", "\tx", "'=1", "it's", "a;b,c", 'say "so"', "two\nlines", "＝1"]

    text = tables.written([cells])

    assert not [cell for cell in next(csv.reader(io.StringIO(text))) if cell.startswith(tables.FORMULA)]
    assert tables.read(text, most=5)[0][1] == cells


@pytest.mark.accepts("S1.24")
@pytest.mark.accepts("S1.26")
def test_a_plan_is_ticked_off_with_real_times_and_the_document_holds_them(
    as_rosa: Client, version: Version, ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    as_rosa.post(
        FORM, {**FILLED, "field_kind": "standard", "field_affected__services": [], "field_can_go_back": "tested"}
    )
    run = Run.objects.select_related("ticket", "version").get()
    as_ada = Client()
    as_ada.force_login(ada)

    def task(step: str) -> str:
        return f"/runs/steps/{Step.objects.get(run=run, step=step, is_open=True).pk}"

    impact = task("impact")
    assert "of 100" in as_ada.get(impact).content.decode()
    as_ada.post(impact, {"outcome": "done", "field_risk": "low", "field_can_go_back": "tested",
                         "field_window": "2031-03-11T22:00", "field_window_end": "2031-03-11T23:30",
                         "field_affected": "The old server"})  # fmt: skip
    plan = task("plan_it")
    wrong = as_ada.post(plan, {"outcome": "done", "field_plan": "Stop it | Ada | soon"})
    assert "Line 1: “soon” is no number of minutes." in wrong.content.decode()
    as_ada.post(
        plan,
        {"outcome": "done", "field_plan": "Stop it | Ada | 15\nCopy | Ada | 30\nSing", "field_back_out": "Old disks"},
    )
    as_ada.post(task("test_it"), {"outcome": "done"})
    begins = datetime(2031, 3, 11, 22, tzinfo=UTC)
    with clock.set_to(begins):
        from firstline.flow.workflows.jobs import fire_due

        fire_due()
        steps = PlanStep.objects.order_by("place")
        assert [step.planned_begin for step in steps] == [begins, *[begins + timedelta(minutes=m) for m in (15, 45)]]
        doing = task("implement")
        shown = as_ada.get(doing).content.decode()
        assert "Stop it" in shown
    for minute, place, how in ((2, 1, "began"), (20, 1, "ended"), (21, 2, "ended")):
        with clock.set_to(begins + timedelta(minutes=minute)):
            as_ada.post(f"{doing}/plan", {"place": place, "how": how})
    with clock.set_to(begins + timedelta(minutes=50)):
        early = as_ada.post(doing, {"outcome": "done"})
        assert "“Sing”" in early.content.decode()
        as_ada.post(f"{doing}/plan", {"place": 3, "how": "left_out"})
        assert not steps[2].has_ended  # not without a reason
        as_ada.post(f"{doing}/plan", {"place": 3, "how": "left_out", "reason": "Too late"})
        as_rosa.post(f"{doing}/plan", {"place": 3, "how": "undone"})
        assert PlanStep.objects.get(place=3).left_out == "Too late"  # whoever is not asked ticks nothing
        as_ada.post(doing, {"outcome": "done"})
    assert [step.late for step in PlanStep.objects.order_by("place")] == [5, -24, None]

    do_all(run, {"reached": True})
    document = Message.objects.filter(ticket=run.ticket, visibility="internal").last()
    assert document is not None
    for line in (
        "1. Stop it (Ada): planned 2031-03-11 22:00–22:15, really 2031-03-11 22:02–22:20 (+5 min)",
        "3. Sing: planned 2031-03-11 22:45–22:45, left out: Too late",
    ):
        assert line in document.text, document.text
    shown = as_ada.get(f"/runs/{run.pk}").content.decode()
    assert "Too late" in shown


@pytest.mark.accepts("S1.20")
def test_peers_the_board_and_the_schedule_show_risk_window_and_overlaps(
    as_rosa: Client, version: Version, ada: Any, lin: Any, bea: Any, rosa: Any
) -> None:
    as_rosa.post(FORM, {**FILLED, "field_title": "New disks", "once": "1"})
    as_rosa.post(FORM, {**FILLED, "field_title": "New mail", "once": "2", "field_can_go_back": "none"})
    first, second = Ticket.objects.order_by("pk")
    run = Run.objects.get(ticket=second)
    as_ada = Client()
    as_ada.force_login(ada)
    change = Change.objects.get(ticket=second)
    what = [f"Why {change.score}?", f"#{first.pk} New disks (Mail, The old server)", "Mail, The old server"]

    panel = as_ada.get(f"/tickets/{second.pk}/panels").content.decode()
    run_page = as_ada.get(f"/runs/{run.pk}").content.decode()
    for page in (panel, run_page):
        for words in (f"Why {change.score}?", f"#{first.pk} New disks", f"{change.score} of 100"):
            assert words in page, words

    do_all_until(run, "peer")
    peers = Approval.objects.get(ticket=second, is_open=True)
    for words in what:
        assert words in as_ada.get(f"/approvals/{peers.pk}").content.decode(), words
    do_all_until(run, "cab")
    board = Approval.objects.get(ticket=second, is_open=True)
    owner_stage = board.stages.order_by("position")[0]
    assert owner_stage.standing == "asking"
    from firstline.flow.approvals.actions.decide import decide

    decide(board, True, by=lin)
    cab = Team.objects.get(name="Cab")
    with acting():
        cab.memberships.update(is_lead=True)
    meeting = plan_meeting(lin, Meeting(name="CAB", team=cab, at=clock.now() + timedelta(days=1)), by=lin)
    as_lin = Client()
    as_lin.force_login(lin)
    agenda = as_lin.get(f"/approvals/meetings/{meeting.pk}").content.decode()
    for words in what:
        assert words in agenda, words

    schedule = as_ada.get("/changes").content.decode()
    assert schedule.count("1 overlap") == 2
    assert "Tuesday 11 March 2031" in schedule
    assert "New mail" not in as_ada.get("/changes?from=2032-01-01").content.decode()
    assert as_rosa.get("/changes").status_code == 403


def do_all_until(run: Run, step: str) -> None:
    """Go on until this step is open."""
    from .doing import _one

    for _turn in range(20):
        if Step.objects.filter(run=run, step=step, is_open=True).exists():
            return
        run.refresh_from_db()
        _one(run, {"risk": "high"}, {})
    raise AssertionError(step)
