"""Words of strangers on their way to directories and calendars: they stay words (TRUST G13, G14)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ldap3
import pytest
from icalendar import Calendar

from firstline.flow.workflows.engine.appointments import Appointment, ical
from firstline.flow.workflows.jobs.asking import Failed
from firstline.flow.workflows.jobs.ldap import _one, _within
from firstline.flow.workflows.models import System

BASE = "ou=people,dc=example,dc=org"
HOSTILE = [
    "*", "rosa*", "*)(uid=*", "rosa@example.org)(|(uid=*", "(&)", "\\2a", "\\", "\x00", ")(objectClass=*)",
    "a" * 10_000, "rosa@example.org)(mail=rosa@example.org", "|", "!", "\u202e*",
]  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Any:
    """A directory of ldap3's own, which reads filters as RFC 4515 has them."""
    server = ldap3.Server("directory", get_info=ldap3.NONE)
    made = ldap3.Connection(
        server, "cn=a,dc=example,dc=org", "x", client_strategy=ldap3.MOCK_SYNC, auto_range=False, check_names=False
    )
    made.strategy.add_entry("cn=a,dc=example,dc=org", {"userPassword": "x"})
    for uid, number in (("rosa", "4711"), ("omar", "4712")):
        facts = {"uid": uid, "mail": f"{uid}@example.org", "employeeNumber": number, "objectClass": "inetOrgPerson"}
        made.strategy.add_entry(f"uid={uid},{BASE}", facts)
    made.bind()
    return made


@pytest.mark.abuse("G13")
@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_widen_what_a_directory_is_asked_for(words: str, connection: Any) -> None:
    assert _one(connection, BASE, {"mail": "rosa@example.org"}) == f"uid=rosa,{BASE}"
    for known in ({"mail": words}, {"mail": "rosa@example.org", "employeeNumber": words}, {"uid": words}):
        with pytest.raises(Failed) as failed:
            _one(connection, BASE, known)
        assert failed.value.code == "not_found"


@pytest.mark.abuse("G13")
@pytest.mark.parametrize(
    "name",
    [
        "cn=admin,dc=example,dc=org", "uid=rosa,ou=others,dc=example,dc=org", BASE, "", "uid=", "rosa", "\x00",
        f"cn=x\\,{BASE}", f"cn=x\\2c{BASE}", f"uid=rosa,x{BASE}", f"uid=rosa,{BASE},dc=evil", f"uid=rosa+{BASE}",
        f"uid=rosa\\,{BASE}", f'"uid=rosa,{BASE}', f"uid=rosa;{BASE}", "#04024869",
    ],
)  # fmt: skip
def test_no_name_of_an_entry_leads_out_of_the_place_that_was_set_up(name: str) -> None:
    system = System(kind="ldap", base=BASE)
    assert _within(system, f"UID=rosa,{BASE.upper()}")

    with pytest.raises(Failed) as failed:
        _within(system, name)

    assert failed.value.code == "wrong"


LINES = '\r\nEND:VEVENT\nBEGIN:VEVENT\rUID:evil\r\nATTACH:file:///etc/passwd\u2028;X="y":z,\\n\x0b\x00'


@pytest.mark.abuse("G14")
@pytest.mark.parametrize("where", ["title", "text", "place", "organizer", "attendee", "zone"])
def test_no_field_of_an_appointment_becomes_a_line_of_its_own(where: str) -> None:
    moment = datetime(2031, 5, 1, 9, tzinfo=UTC)
    said: dict[str, Any] = {
        "uid": "one@desk.example", "sequence": 0, "title": "Talk", "text": "About it", "place": "Room 1",
        "begins_at": moment, "ends_at": moment, "zone": "UTC", "organizer": ("Ada", "ada@example.org"),
        "attendee": ("Rosa", "rosa@example.org"),
    }  # fmt: skip
    match where:
        case "organizer" | "attendee":
            said[where] = (LINES, said[where][1])
        case _:
            said[where] = LINES

    text = ical(Appointment(**said), "REQUEST", stamp=moment)

    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["UID"]) == "one@desk.example"
    assert "ATTACH" not in event
    assert [line for line in text.splitlines() if line.startswith(("ATTACH", "UID:evil"))] == []
    assert text.count("BEGIN:VEVENT\r\n") == 1
