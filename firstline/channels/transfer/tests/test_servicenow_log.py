from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firstline.channels.transfer.sources import Options
from firstline.channels.transfer.tests.logs import history, import_, row, write
from firstline.core.actions import acting
from firstline.core.events.models import Event
from firstline.people.access.actions.grant import grant
from firstline.people.access.models import Grant
from firstline.people.accounts.models import Person
from firstline.people.accounts.queries import find
from firstline.people.teams.models import Team, TeamMember
from firstline.work.conversations.models import Message
from firstline.work.tickets.models import Category, CustomField, Status, Ticket

pytestmark = pytest.mark.django_db


def test_a_ticket_comes_in_as_it_stood_in_the_end(tmp_path: Path) -> None:
    solved = {"resolved_at": "1/3/2016 10:00", "closed_at": "1/3/2016 10:05"}
    log = write(
        tmp_path / "log.csv",
        {**solved},
        row(1, incident_state="Active", assigned_to="Resolver 3", **solved),
        row(61, incident_state="Resolved", assigned_to="Resolver 3", priority="2 - High", urgency="1 - High", **solved),
        row(65, incident_state="Closed", assigned_to="Resolver 3", priority="2 - High", urgency="1 - High",
            reassignment_count="4", **solved),
    )  # fmt: skip

    import_(log)

    ticket = Ticket.objects.get()
    category = Category.objects.get(name="Subcategory 170")
    assert (ticket.kind, ticket.external_reference, ticket.source) == ("incident", "INC01", "phone")
    assert ticket.subject == "Category 55 · Subcategory 170 · Symptom 72"
    assert (ticket.requester.name, str(ticket.opened_by)) == ("Caller 7", "Opened by 8")
    assert (str(ticket.owner), str(ticket.team)) == ("Resolver 3", "Group 56")
    assert (ticket.category, str(category.parent)) == (category, "Category 55")
    assert category.path == f"/{category.parent_id}/{category.pk}/"
    assert (ticket.impact, ticket.urgency, ticket.priority) == (2, 1, 2)
    assert (ticket.state, ticket.is_unsolved, ticket.turn) == ("closed", False, "desk")
    assert ticket.created_at == datetime(2016, 3, 1, 8, 0, tzinfo=UTC)
    assert ticket.updated_at == datetime(2016, 3, 1, 10, 5, tzinfo=UTC)
    assert ticket.resolved_at == datetime(2016, 3, 1, 10, 0, tzinfo=UTC)
    assert ticket.closed_at == datetime(2016, 3, 1, 10, 5, tzinfo=UTC)
    assert ticket.custom == {
        "symptom": "Symptom 72", "location": "Location 143", "closure_code": "code 5", "resolved_by": "Resolved by 149",
        "reassignments": 4, "met_sla_there": True, "knowledge": True, "priority_confirmed": False,
    }  # fmt: skip
    assert set(ticket.custom) <= set(CustomField.objects.values_list("key", flat=True))


def test_every_row_becomes_what_it_changed_when_and_by_whom(tmp_path: Path) -> None:
    log = write(
        tmp_path / "log.csv",
        {},
        row(1, incident_state="Active", assigned_to="Resolver 3", sys_updated_by="Updated by 2"),
        row(2, incident_state="Active", assigned_to="Resolver 3", sys_updated_by="Updated by 9"),
        row(3, incident_state="Awaiting Vendor", assignment_group="Group 9", u_symptom="?", vendor="Vendor 1",
            category="Category 1", subcategory="?", impact="1 - High", priority="2 - High"),
        row(4, incident_state="Resolved", assignment_group="Group 9", u_symptom="?", vendor="Vendor 1",
            category="Category 1", subcategory="?", impact="1 - High", priority="2 - High"),
        row(5, incident_state="Active", assignment_group="Group 9", u_symptom="?", vendor="Vendor 1", reopen_count="1",
            category="Category 1", subcategory="?", impact="1 - High", priority="2 - High"),
    )  # fmt: skip

    account = import_(log)

    ticket = Ticket.objects.get()
    assert history(ticket) == [
        ("08:00", "Opened by 8", "opened it after a call"),
        ("09:01", "Updated by 2", "gave it to Resolver 3"),
        ("09:01", "Updated by 2", "changed the status from New to In progress"),
        (
            "09:03", "Updated by 21",
            "changed the impact from “A department or a group” to “Everybody, or a whole site”; set vendor to “Vendor 1”; changed symptom from “Symptom 72” to —",  # noqa: E501 -- one sentence
        ),
        ("09:03", "Updated by 21", "set the priority from Medium to High"),
        ("09:03", "Updated by 21", "moved it to the category Category 1"),
        ("09:03", "Updated by 21", "handed it to Group 9"),
        ("09:03", "Updated by 21", "took it from Resolver 3; nobody has it now"),
        ("09:03", "Updated by 21", "changed the status from In progress to Awaiting Vendor"),
        ("09:04", "Updated by 21", "changed the status from Awaiting Vendor to Resolved"),
        ("09:05", "Updated by 21", "changed the status from Resolved to In progress"),
        ("09:05", "Updated by 21", "reopened it"),
    ]  # fmt: skip
    assert (ticket.reopen_count, ticket.resolved_at, ticket.closed_at) == (1, None, None)
    assert account.written["rows without changes"] == 1
    assert account.is_good


def test_statuses_become_ours_by_their_type_and_keep_their_word(tmp_path: Path) -> None:
    log = write(
        tmp_path / "log.csv",
        row(0),
        row(1, incident_state="Awaiting User Info"),
        row(2, incident_state="Awaiting Evidence"),
        row(3, incident_state="Resolved"),
    )

    import_(log)

    made = Status.objects.get(key="awaiting-evidence-other")
    assert (made.kind, made.type, made.name) == ("incident", "waiting", "Awaiting Evidence")
    events = Event.objects.filter(kind="ticket.status_changed").order_by("id")
    keys = dict(Status.objects.values_list("pk", "key"))
    assert [(keys[event.facts["to"]], event.facts["type"], event.facts["word"]) for event in events] == [
        ("waiting-requester", "waiting", "Awaiting User Info"),
        ("awaiting-evidence-other", "waiting", "Awaiting Evidence"),
        ("resolved", "resolved", "Resolved"),
    ]


@pytest.mark.parametrize(
    ("word", "state", "turn"),
    [("Awaiting User Info", "waiting", "requester"), ("Awaiting Problem", "waiting", "other"),
     ("Resolved", "resolved", "requester"), ("Active", "open", "desk"), ("Something Own", "open", "desk")],
)  # fmt: skip
def test_whose_turn_it_is_follows_the_status(tmp_path: Path, word: str, state: str, turn: str) -> None:
    import_(write(tmp_path / "log.csv", row(0), row(1, incident_state=word)))

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.turn, ticket.is_unsolved) == (state, turn, state != "resolved")


def test_a_ticket_first_seen_as_resolved_was_opened_first(tmp_path: Path) -> None:
    import_(write(tmp_path / "log.csv", row(0, incident_state="Resolved")))

    ticket = Ticket.objects.get()
    assert history(ticket) == [
        ("08:00", "Opened by 8", "opened it after a call"),
        ("09:00", "Updated by 21", "changed the status from New to Resolved"),
    ]
    assert ticket.resolved_at == datetime(2016, 3, 1, 9, 0, tzinfo=UTC)


def test_a_state_that_is_a_bare_number_leaves_the_ticket_as_it_was(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", row(0), row(1, incident_state="-100"), row(2, incident_state="Resolved"))

    account = import_(log)

    assert Event.objects.filter(kind="ticket.status_changed").count() == 1
    assert sum(account.notes.values()) == 1


def test_rows_out_of_order_are_put_in_the_order_of_the_clock(tmp_path: Path) -> None:
    rows = [row(0), row(1, incident_state="Active"), row(2, incident_state="Resolved")]
    first = dict(rows[0], sys_mod_count="2")  # the count of a first row is wrong in some real logs

    import_(write(tmp_path / "log.csv", rows[2], first, rows[1]))

    assert [what for *_, what in history(Ticket.objects.get())] == [
        "opened it after a call",
        "changed the status from New to In progress",
        "changed the status from In progress to Resolved",
    ]


def test_a_row_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", row(0), row(1, incident_state="Active"), row(1, incident_state="Active"))

    account = import_(log)

    assert account.read["rows said twice"] == 1
    assert Event.objects.filter(subject_noun="ticket").count() == 2
    assert account.is_good


def test_two_different_rows_with_the_same_count_both_count(tmp_path: Path) -> None:
    twin = row(1, incident_state="Active", assigned_to="Resolver 3")

    import_(write(tmp_path / "log.csv", row(0), row(1, incident_state="Active"), twin))

    assert [what for *_, what in history(Ticket.objects.get())][1:] == [
        "changed the status from New to In progress",
        "gave it to Resolver 3",
    ]


def test_what_is_missing_stays_empty(tmp_path: Path) -> None:
    nothing = dict.fromkeys(
        ["caller_id", "opened_by", "sys_created_by", "assignment_group", "category", "subcategory", "u_symptom",
         "location", "impact", "urgency", "priority", "contact_type", "closed_code", "resolved_by", "opened_at",
         "sys_updated_by", "made_sla", "knowledge", "u_priority_confirmation"], "?",
    )  # fmt: skip

    account = import_(write(tmp_path / "log.csv", row(0, **nothing)))

    ticket = Ticket.objects.get()
    assert account.is_good
    assert (ticket.requester.name, ticket.opened_by, ticket.team, ticket.category) == (
        "Unknown caller", None, None, None,
    )  # fmt: skip
    assert (ticket.subject, ticket.impact, ticket.priority, ticket.source) == ("INC01", None, 3, "import")
    assert ticket.custom == {"reassignments": 0}
    assert ticket.created_at == datetime(2016, 3, 1, 9, 0, tzinfo=UTC)
    assert Message.objects.get().text == "Reported."


def test_the_first_message_says_only_what_the_log_says_and_that_nobody_wrote_it(tmp_path: Path) -> None:
    import_(write(tmp_path / "log.csv", {}))

    message = Message.objects.get()
    assert message.text == "Reported by phone. Category 55 › Subcategory 170, Symptom 72, Location 143."
    assert (message.source, message.author, message.visibility) == ("import", None, "public")
    assert message.created_at == datetime(2016, 3, 1, 8, 0, tzinfo=UTC)


def test_whoever_had_a_ticket_works_on_the_desk_and_in_its_team(tmp_path: Path) -> None:
    log = write(
        tmp_path / "log.csv",
        row(0, assigned_to="Resolver 3"),
        row(1, assigned_to="Resolver 3", assignment_group="Group 9"),
    )

    import_(log)

    agents = {str(grant.person): grant.role for grant in Grant.objects.all()}
    members = {(str(member.person), str(member.team)) for member in TeamMember.objects.all()}
    assert agents == {"Resolver 3": "agent", "Resolved by 149": "agent"}
    assert members == {("Resolver 3", "Group 56"), ("Resolver 3", "Group 9"), ("Resolved by 149", "Group 9")}
    kinds = Counter(Event.objects.exclude(subject_noun="ticket").values_list("kind", flat=True))
    assert (kinds["access.granted"], kinds["team.member_added"], kinds["team.saved"]) == (2, 3, 2)


def test_no_file_makes_anybody_a_member_of_a_private_team(tmp_path: Path) -> None:
    with acting():
        secret = Team.objects.create(name="Group 56", is_private=True)

    import_(write(tmp_path / "log.csv", row(0, assigned_to="Resolver 3")))

    assert Ticket.objects.get().team == secret
    assert not TeamMember.objects.exists()


def test_people_who_come_in_have_no_address_and_cannot_log_in(tmp_path: Path) -> None:
    import_(write(tmp_path / "log.csv", {}))

    people = Person.objects.order_by("name")
    assert [(person.name, person.email, person.has_usable_password()) for person in people] == [
        (name, None, False) for name in ("Caller 7", "Opened by 8", "Resolved by 149", "Updated by 21")
    ]
    grant(people[1], "agent", by=None)
    assert find(people[1], "calle 7") == [people[0]]
    assert Event.objects.filter(kind="person.opened").count() == 4


def test_times_are_read_in_the_zone_of_the_file(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", {"opened_at": "1/7/2016 08:00", "sys_updated_at": "2016-07-01 08:05:30"})

    import_(log, Options(ZoneInfo("Europe/Warsaw")))

    assert Ticket.objects.get().created_at == datetime(2016, 7, 1, 6, 0, tzinfo=UTC)
    assert Ticket.objects.get().updated_at == datetime(2016, 7, 1, 6, 5, 30, tzinfo=UTC)


def test_a_ticket_changed_before_it_was_opened_counts_as_opened_then(tmp_path: Path) -> None:
    account = import_(write(tmp_path / "log.csv", {"opened_at": "1/3/2016 12:00"}))

    assert Ticket.objects.get().created_at == datetime(2016, 3, 1, 8, 5, tzinfo=UTC)
    assert sum(account.notes.values()) == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"sys_updated_at": "32/3/2016 09:00"}, "“32/3/2016 09:00” is not a time such as 29/2/2016 01:16."),
        ({"sys_updated_at": "?"}, "The time of the change (sys_updated_at) is missing."),
        ({"closed_at": "soon"}, "“soon” is not a time such as 29/2/2016 01:16."),
        ({"incident_state": "?"}, "The state is missing."),
        ({"number": "?"}, "The number of the incident is missing or too long."),
        ({"sys_mod_count": "one"}, "“one” in sys_mod_count is not a number."),
        ({"sys_mod_count": "²"}, "“²” in sys_mod_count is not a number."),
        ({"priority": "High"}, "“High” in priority is not a level such as “2 - Medium”."),
        ({"impact": "9 - Vast"}, "“9 - Vast” in impact is not a level such as “2 - Medium”."),
    ],
)
def test_a_row_that_makes_no_sense_is_left_out_and_named(tmp_path: Path, wrong: dict[str, str], why: str) -> None:
    log = write(tmp_path / "log.csv", row(0), row(1, **wrong), row(2, incident_state="Resolved"))

    account = import_(log)

    assert account.refused == [(3, why)]
    assert (account.is_good, account.is_balanced) == (False, True)
    assert Ticket.objects.get().state == "resolved"


def test_columns_we_can_do_without_may_be_missing_and_others_be_there(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", {})
    lines = [line.split(",") for line in log.read_text().splitlines()]
    keep = [place for place, name in enumerate(lines[0]) if name not in {"vendor", "made_sla", "notify"}]
    log.write_text("".join(",".join([*(line[place] for place in keep), "more"]) + "\n" for line in lines))

    assert import_(log).is_good


def test_semicolons_do_as_well(tmp_path: Path) -> None:
    assert import_(write(tmp_path / "log.csv", {}, delimiter=";")).written["tickets made"] == 1
