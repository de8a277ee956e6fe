from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django_ox.models import OxTask

from firstline.channels.transfer.engine import tables
from firstline.channels.transfer.models import ImportedRow, ImportRun
from firstline.channels.transfer.tests.logs import history, import_, row, write
from firstline.core import search
from firstline.core.actions import acting
from firstline.core.events import listeners
from firstline.core.events.models import Event
from firstline.core.jobs.dispatch import dispatch
from firstline.core.leases.leadership import Leadership
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.events import TicketOpened
from firstline.work.tickets.models import Category, CustomField, Status, Ticket

pytestmark = pytest.mark.django_db


def everything() -> list[Any]:
    models = (Ticket, Event, ImportedRow, Person, Team, Category, Status, CustomField)
    return [list(model.objects.order_by("pk").values()) for model in models]


def many(folder: Path, tickets: int = 9) -> Path:
    rows = [
        line
        for number in range(tickets)
        for line in (
            row(0, number=f"INC{number:02}", caller_id=f"Caller {number % 4}"),
            row(1, number=f"INC{number:02}", caller_id=f"Caller {number % 4}", incident_state="Resolved"),
        )
    ]
    return write(folder / "many.csv", *rows)


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    log = many(tmp_path)
    import_(log)
    before = everything()

    account = import_(log)

    after = everything()
    finished = after[1].pop()
    assert finished["kind"] == "import.finished"
    assert after == before
    assert account.written == {"tickets unchanged": 9, "rows known": 18}
    assert account.is_good


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    log = many(tmp_path)
    before = everything()

    told = import_(log, dry_run=True, batch_size=2)

    assert everything() == before
    assert not ImportRun.objects.exists()
    assert told.written == import_(log).written


def test_a_longer_file_adds_only_what_is_new(tmp_path: Path) -> None:
    first = [row(0), row(1, incident_state="Active", assigned_to="Resolver 3")]
    more = row(2, incident_state="Resolved", assigned_to="Resolver 3", resolved_at="1/3/2016 09:02")
    import_(write(tmp_path / "first.csv", *first))
    before = history(Ticket.objects.get())
    enriched = [{**old, "resolved_at": "1/3/2016 09:02"} for old in first]  # a later export knows the end everywhere

    account = import_(write(tmp_path / "longer.csv", *enriched, more, row(0, number="INC02")))

    ticket = Ticket.objects.get(external_reference="INC01")
    assert history(ticket) == [
        *before,
        ("09:02", "Updated by 21", "changed the status from In progress to Resolved"),
    ]
    assert (ticket.state, ticket.owner.name if ticket.owner else "") == ("resolved", "Resolver 3")
    assert f"{ticket.resolved_at:%H:%M}" == "09:02"
    assert account.written["tickets updated"] == account.written["tickets made"] == 1
    assert account.is_good


def test_a_file_with_only_the_new_rows_does_as_well(tmp_path: Path) -> None:
    import_(write(tmp_path / "first.csv", row(0), row(1, incident_state="Active", assigned_to="Resolver 3")))

    account = import_(write(tmp_path / "new.csv", row(2, incident_state="Resolved", assigned_to="?")))

    assert [what for *_, what in history(Ticket.objects.get())][3:] == [
        "took it from Resolver 3; nobody has it now",
        "changed the status from In progress to Resolved",
    ]
    assert account.is_good


def test_what_was_changed_here_in_the_meantime_stays(tmp_path: Path) -> None:
    import_(write(tmp_path / "first.csv", row(0)))
    with acting():
        Ticket.objects.update(priority=1, subject="Known by its own name")

    import_(write(tmp_path / "new.csv", row(0), row(1, incident_state="Active")))

    ticket = Ticket.objects.get()
    assert (ticket.priority, ticket.subject, ticket.state) == (1, "Known by its own name", "open")


def test_a_change_from_before_the_last_known_one_is_left_out_and_named(tmp_path: Path) -> None:
    import_(write(tmp_path / "first.csv", row(0), row(9, incident_state="Resolved")))
    before = everything()

    account = import_(
        write(tmp_path / "new.csv", row(0), row(3, incident_state="Active"), row(9, incident_state="Resolved"))
    )

    assert everything()[0] == before[0]
    assert account.refused == [(3, "INC01 has later changes in its history already; one cannot be slipped in.")]
    assert (account.is_balanced, account.is_good) == (True, False)


class Stopped(Exception):
    pass


class StopsAfter:
    """Somebody pulls the plug after so many rows."""

    def __init__(self, rows: int) -> None:
        self.left = rows
        self.is_writing = False

    def stage(self, what: str, total: int) -> None:
        self.is_writing = what.startswith("Bringing")

    def advance(self, amount: int) -> None:
        self.left -= amount if self.is_writing else 0
        if self.left < 0:
            raise Stopped


@pytest.mark.parametrize("rows", [0, 5, 12, 17])
def test_an_interrupted_import_goes_on_and_doubles_nothing(tmp_path: Path, rows: int) -> None:
    log = many(tmp_path)
    with pytest.raises(Stopped):
        import_(log, batch_size=2, watcher=StopsAfter(rows))
    half = Ticket.objects.count()

    account = import_(log, batch_size=2)

    assert half < 9
    assert Ticket.objects.count() == account.written["tickets made"] == 9
    assert Event.objects.filter(subject_noun="ticket").count() == account.written["events"] == 18
    assert Person.objects.filter(name__startswith="Caller").count() == 4
    assert account.went_on
    assert account.is_good
    assert ImportRun.objects.get().finished_at is not None


def test_the_rows_of_a_ticket_may_stand_anywhere_in_a_file_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = many(tmp_path)
    header, *lines = log.read_text().splitlines()
    log.write_text("\n".join([header, *lines[::2], *reversed(lines[1::2])]) + "\n")
    monkeypatch.setattr(tables, "ROWS_SORTED_AT_ONCE", 4)

    account = import_(log, batch_size=3)

    assert account.read["tickets"] == account.written["tickets made"] == 9
    assert Event.objects.filter(subject_noun="ticket").count() == 18
    assert account.is_good


def test_our_own_teams_and_categories_are_used_where_they_have_the_same_name(tmp_path: Path) -> None:
    with acting():
        team = Team.objects.create(name="Group 56")
        root = Category.objects.create(name="Category 55")

    import_(write(tmp_path / "log.csv", {}))

    ticket = Ticket.objects.get()
    assert ticket.team == team
    assert ticket.category is not None
    assert ticket.category.parent == root


def test_what_came_in_is_found(tmp_path: Path) -> None:
    import_(write(tmp_path / "log.csv", {}, row(0, number="INC02", u_symptom="Symptom 99")))

    assert Ticket.objects.get(search.query("ticket", "symptom 99", internal=False)).external_reference == "INC02"


def test_history_is_sealed_but_makes_no_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(listeners._later, TicketOpened.key, {"tests:hear": print})
    import_(write(tmp_path / "log.csv", {}))
    leader = Leadership("loops", holder="test")
    leader.take()

    dispatch(leader)

    assert OxTask.objects.count() == 0
    assert not Event.objects.filter(position=None).exists()
    assert set(Event.objects.values_list("via", flat=True)) == {"import"}
    open_ticket(Person.objects.get(name="Caller 7"), "What happens now is heard", by=None)
    dispatch(leader)
    assert OxTask.objects.count() == 1


def test_the_report_is_kept_and_every_row_has_its_place_in_it(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", row(0), row(1), row(2, priority="?"), row(2, priority="x"))

    account = import_(log)

    report = Path(account.kept_at).read_text()
    assert Path(account.kept_at).parent == Path(settings.DATA) / "imports"
    assert "Rows read                                   4" in report
    assert "line 5: “x” in priority is not a level" in report
    assert "Balanced: every row has its place." in report
    assert ImportRun.objects.get().report == report.strip()
    assert Event.objects.get(kind="import.finished").describe() == "brought in log.csv: 1 tickets made, 0 updated"
