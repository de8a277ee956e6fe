"""Scenarios of another help desk, played through our clocks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from firstline.core.calendars.engine.answering import read_hours
from firstline.core.calendars.engine.working import working_time
from firstline.flow.sla.engine.replay import replay_all

ROOT = Path(__file__).resolve().parents[4]
SCENARIOS = Path(os.environ.get("FIRSTLINE_SHARED", ROOT / "../shared")) / "data/04_sla/zammad_sla_scenarios.json"
ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def play(*steps: tuple[str, str, dict[str, Any]], **minutes: Any) -> dict[str, Any]:
    (played,) = replay_all(
        [
            {
                "id": 1,
                "calendar": {"time_zone": "UTC", "hours": ALWAYS},
                "sla_minutes": minutes,
                "steps": [
                    *({"at": f"2026-01-05T{at}:00Z", "event": event, **more} for at, event, more in steps),
                    {"expect": {}},
                ],
            }
        ]
    )
    assert "error" not in played, played
    checkpoint: dict[str, Any] = played["checkpoints"][0]
    return {key: value for key, value in checkpoint.items() if value is not None}


def same(expected: Any, found: Any, calendar: Any) -> bool:
    """Equal, or two instants with no working time between them: a closing and the next opening."""
    if expected == found or not (isinstance(expected, str) and isinstance(found, str)):
        return bool(expected == found)
    working = working_time(read_hours(calendar))
    return not working.between(datetime.fromisoformat(found), datetime.fromisoformat(expected))


def test_every_recorded_scenario_comes_out_the_same() -> None:
    if not SCENARIOS.exists():
        pytest.skip("The recorded scenarios are not here: they are not part of the repository.")
    scenarios = json.loads(SCENARIOS.read_text())

    wrong = [
        (scenario["id"], key, expected, found[key])
        for scenario, played in zip(scenarios, replay_all(scenarios), strict=True)
        for step, found in zip(
            [step for step in scenario["steps"] if "expect" in step], played["checkpoints"], strict=True
        )
        for key, expected in step["expect"].items()
        if not same(expected, found[key], scenario["calendar"])
    ]

    assert wrong == []


def test_a_reopened_ticket_goes_on_and_the_time_it_was_closed_does_not_count() -> None:
    created, closed = ("08:00", "ticket_created", {"state": "new"}), ("09:00", "state", {"state": "closed"})
    reopened = ("12:00", "state", {"state": "open"})

    assert play(created, closed, solution=120) == {"solution_minutes": 60, "solution_left": 60}
    assert play(created, closed, reopened, solution=120) == {
        "next_due": "2026-01-05T13:00:00Z", "solution_due": "2026-01-05T13:00:00Z",
    }  # fmt: skip


def test_notes_answer_nobody() -> None:
    created: tuple[str, str, dict[str, Any]] = ("08:00", "ticket_created", {})
    note = ("08:10", "agent_message", {"channel": "note"})
    internal = ("08:10", "agent_message", {"internal": True})

    for unread in (note, internal):
        assert play(created, unread, first_response=60)["first_response_due"] == "2026-01-05T09:00:00Z"
    assert play(created, ("08:10", "agent_message", {"channel": "email"}), first_response=60) == {
        "first_response_minutes": 10, "first_response_left": 50,
    }  # fmt: skip


def test_a_solution_noted_without_a_state_ends_only_the_solution() -> None:
    played = play(
        ("08:00", "ticket_created", {}), ("08:00", "customer_message", {}), ("10:00", "closed", {}),
        response=240, solution=60,
    )  # fmt: skip

    assert played == {
        "next_due": "2026-01-05T12:00:00Z", "response_due": "2026-01-05T12:00:00Z",
        "solution_minutes": 120, "solution_left": -60,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("nonsense", "A scenario is an object"),
        ({"steps": ["later"], "calendar": {}, "sla_minutes": {}}, "A step is an object"),
        ({"steps": [], "calendar": {}, "sla_minutes": {"coffee": 5}}, "“coffee” is not promised"),
        ({"steps": [], "calendar": {}, "sla_minutes": {"solution": 0}}, "give minutes from 1"),
        ({"steps": [], "calendar": {}, "sla_minutes": {"solution": -5}}, "give minutes from 1"),
        ({"steps": [], "calendar": {}, "sla_minutes": {"solution": 6e10}}, "give minutes from 1"),
        ({"steps": [], "calendar": {"time_zone": "Nowhere"}, "sla_minutes": {}}, "“Nowhere” is not a time zone"),
        (
            {"steps": [{"at": "2026-01-05T08:00:00Z", "event": "ticket_created"}, {"expect": {}}],
             "calendar": {"hours": {}}, "sla_minutes": {"solution": 5}},
            "does not hold",
        ),
        (
            {"steps": [{"at": "soon", "event": "ticket_created"}, {"expect": {}}],
             "calendar": {"hours": ALWAYS}, "sla_minutes": {"solution": 5}},
            "“soon” is not a moment",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_answered_with_a_sentence(scenario: Any, words: str) -> None:
    (played,) = replay_all([scenario])

    assert words in played["error"]


def test_the_command_plays_a_file(tmp_path: Path) -> None:
    scenario = {
        "id": "x", "calendar": {"hours": ALWAYS}, "sla_minutes": {"solution": 30},
        "steps": [{"at": "2026-01-05T08:00:00Z", "event": "ticket_created"}, {"expect": {"next_due": "?"}}],
    }  # fmt: skip
    (tmp_path / "scenarios.json").write_text(json.dumps([scenario]))

    done = subprocess.run(
        [sys.executable, "-m", "firstline", "sla", "replay", str(tmp_path / "scenarios.json")],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip

    (played,) = json.loads(done.stdout)
    assert played["checkpoints"][0]["next_due"] == "2026-01-05T08:30:00Z"
