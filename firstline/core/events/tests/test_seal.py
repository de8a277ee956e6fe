from __future__ import annotations

import random

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstline.core.actions import acting
from firstline.core.events import seal as sealing
from firstline.core.events.forget import forget
from firstline.core.events.models import Event
from firstline.core.events.seal import head, seal, verify_chain
from firstline.core.leases.leadership import Leadership, LeaseLost

from .happenings import ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader() -> Leadership:
    lead = Leadership("loops")
    lead.take()
    return lead


def seal_all(leader: Leadership) -> None:
    with transaction.atomic():
        seal(leader)


def sql(statement: str, *parameters: str | int) -> None:
    """As an intruder with the database's password would: the triggers are off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS never_change_event")
            cursor.execute("DROP TRIGGER IF EXISTS never_remove_event")
        cursor.execute(statement, parameters)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


def test_sealed_events_are_numbered_without_gaps_and_the_chain_is_whole(leader: Leadership) -> None:
    for number in range(5):
        ring(number, loud=True, caller="Rosa Ruiz")

    seal_all(leader)

    assert list(Event.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    report = verify_chain()
    assert (report.is_whole, report.checked) == (True, 5)
    assert head() == (5, report.head)


def test_an_event_committed_late_with_a_lower_number_is_sealed_too(leader: Leadership) -> None:
    early, late = ring(), ring()
    with transaction.atomic():  # as the sealer does it while the transaction of `early` is still open
        rows = sealing._read("position IS NULL AND id > %s ORDER BY id LIMIT %s", [early.pk, 10])
        first = rows[0]._replace(position=1, digest=sealing.next_digest("", rows[0], 1))
        sealing._write([first])

    seal_all(leader)

    early.refresh_from_db()
    late.refresh_from_db()
    assert (late.position, early.position) == (1, 2)
    assert verify_chain().is_whole


def test_events_are_sealed_only_by_the_holder_of_the_lease(leader: Leadership) -> None:
    ring()
    leader.release()

    with pytest.raises(LeaseLost), transaction.atomic():
        seal(leader)

    assert head() == (0, "")


TAMPERINGS = ("fact", "actor", "kind", "moment", "digest", "remove", "swap", "insert", "salt", "hops")


@given(st.sampled_from(TAMPERINGS), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_tampering_is_found(leader: Leadership, tampering: str, seed: int) -> None:
    with transaction.atomic():
        chance = random.Random(seed)
        for number in range(12):
            ring(number, loud=False, caller=f"caller {number}")
        seal_all(leader)
        start = (head()[0] or 12) - 12
        victim, other = sorted(chance.sample(range(start + 1, start + 12), 2))  # the last needs a checkpoint

        {
            "fact": lambda: sql(
                "UPDATE event SET facts = %s WHERE position = %s", '{"loud": true, "caller": "x"}', victim
            ),
            "actor": lambda: sql("UPDATE event SET cause_id = id WHERE position = %s", victim),
            "kind": lambda: sql("UPDATE event SET kind = 'bell.fell' WHERE position = %s", victim),
            "moment": lambda: sql("UPDATE event SET at = '2020-01-01 00:00:00' WHERE position = %s", victim),
            "digest": lambda: sql("UPDATE event SET digest = %s WHERE position = %s", "0" * 64, victim),
            "remove": lambda: sql("DELETE FROM event WHERE position = %s", victim),
            "swap": lambda: _swap(victim, other),
            "insert": lambda: _insert(victim),
            "salt": lambda: sql("UPDATE event SET salts = '{}' WHERE position = %s", victim),
            "hops": lambda: sql("UPDATE event SET hops = 7 WHERE position = %s", victim),
        }[tampering]()

        fault = verify_chain().fault
        assert fault is not None
        # A forged row can be made to fit what stands before it; the next one then does not rest on it.
        assert fault.position == (victim + 1 if tampering == "insert" else victim)
        transaction.set_rollback(True)


def _swap(one: int, other: int) -> None:
    sql("UPDATE event SET position = -1 WHERE position = %s", one)
    sql("UPDATE event SET position = %s WHERE position = %s", one, other)
    sql("UPDATE event SET position = %s WHERE position = -1", other)


def _insert(position: int) -> None:
    sql("UPDATE event SET position = -position WHERE position >= %s", position)
    sql("UPDATE event SET position = 1 - position WHERE position < 0")
    forged = ring(99)
    digest = Event.objects.filter(position=position - 1).values_list("digest", flat=True).first() or ""
    row = sealing._read("id = %s LIMIT %s", [forged.pk, 1])[0]
    sql(
        "UPDATE event SET position = %s, digest = %s WHERE id = %s",
        position, sealing.next_digest(digest, row, position), forged.pk,
    )  # fmt: skip


def test_a_chain_cut_off_at_its_end_is_found_by_a_checkpoint(leader: Leadership) -> None:
    for number in range(4):
        ring(number)
    seal_all(leader)
    known = head()
    sql("DELETE FROM event WHERE position > 2")

    assert verify_chain().is_whole
    fault = verify_chain(checkpoints=[known]).fault
    assert fault is not None
    assert fault.position == 4


def test_a_person_can_be_forgotten_and_the_chain_stays_whole(leader: Leadership) -> None:
    event = ring(caller="Rosa Ruiz", loud=True)
    seal_all(leader)

    with acting():
        assert forget(event)

    event.refresh_from_db()
    assert event.facts["loud"] is True
    assert "Rosa" not in str(event.facts)
    assert event.salts == {"caller": ""}
    assert verify_chain().is_whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'x'",
        "UPDATE event SET facts = '{}'",
        "UPDATE event SET digest = 'x'",
        "UPDATE event SET position = 77",
        "DELETE FROM event",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_sealed_event(leader: Leadership, statement: str) -> None:
    ring(caller="Rosa")
    seal_all(leader)

    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert verify_chain().is_whole


def test_the_canonical_row_never_changes() -> None:
    """Every chain ever written depends on it."""
    row = sealing.Row(
        7, None, "", "ticket.opened", "ticket", 42, None, "2026-11-22 10:00:00.000000",
        '{"to": "Łukasz", "a": [1, 2.5]}', "{}", 3, "abc", "web", 0,
    )  # fmt: skip

    assert sealing.canonical(row, 9) == (
        '[9,7,"ticket.opened","ticket",42,null,"2026-11-22 10:00:00.000000",'
        '{"a": [1, 2.5], "to": "Łukasz"},3,"abc","web",0]'
    )
