"""The questions and answers that other systems gave us, and what happens to nonsense."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from firstline.core.calendars.engine.answering import answer_all, read_hours
from firstline.core.calendars.engine.working import WorkingTime

ROOT = Path(__file__).resolve().parents[4]
CASES = Path(os.environ.get("FIRSTLINE_SHARED", ROOT / "../shared")) / "data/04_sla"
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def ask(op: str, calendar: Any = None, **args: Any) -> Any:
    (found,) = answer_all([{"id": 1, "op": op, "args": args, "calendar": calendar or {"hours": OFFICE}}])
    return found.get("error") or found["answer"]


@pytest.mark.parametrize("name", ["biz_oracle_cases.json", "gem_spec_cases.json"])
def test_every_recorded_case_that_its_reference_agrees_with_is_answered_the_same(name: str) -> None:
    if not (CASES / name).exists():
        pytest.skip("The recorded cases are not here: they are not part of the repository.")
    cases = json.loads((CASES / name).read_text())

    answers = answer_all(cases)

    assert [answer["id"] for answer in answers] == [case["id"] for case in cases]
    wrong = [
        (case["id"], case["expect"], answer)
        for case, answer in zip(cases, answers, strict=True)
        if case["agreement"] in {"agree", "equivalent_instant"} and not _same(case, answer["answer"])
    ]
    assert wrong == []


def _same(case: dict[str, Any], answer: Any) -> bool:
    """Closing and next opening are the same instant of working time."""
    if answer == case["expect"] or case["agreement"] == "agree":
        return bool(answer == case["expect"])
    between = {**case, "op": "working_seconds_between", "args": {"from": answer, "to": case["expect"]}}
    return answer_all([between])[0]["answer"] == 0


def test_the_command_reads_questions_and_prints_answers_in_order() -> None:
    questions = [
        {"id": "b", "op": "add_working_seconds", "args": {"from": "2024-03-29T16:00:00Z", "seconds": 7200},
         "calendar": {"time_zone": "UTC", "hours": OFFICE}},
        {"id": "a", "op": "is_open", "args": {"at": "2024-03-30T12:00:00Z"}, "calendar": {"hours": OFFICE}},
        {"id": None, "op": "dance", "args": {}, "calendar": {}},
    ]  # fmt: skip

    done = subprocess.run(
        [sys.executable, "-m", "firstline", "calendar", "answer"],
        input=json.dumps(questions), capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip

    answers = json.loads(done.stdout)
    assert [(answer["id"], answer["answer"]) for answer in answers] == [
        ("b", "2024-04-01T10:00:00Z"), ("a", False), (None, None),
    ]  # fmt: skip
    assert "“dance” is not among the operations" in answers[2]["error"]


def test_a_night_shift_belongs_to_the_day_it_begins() -> None:
    night = {"time_zone": "UTC", "hours": {"fri": [["22:00", "06:00"]]}, "holidays": ["2024-03-08", "2024-03-16"]}

    def worked(start: str, end: str) -> Any:
        return ask("working_seconds_between", night, **{"from": start, "to": end})

    assert worked("2024-03-01T12:00:00Z", "2024-03-02T12:00:00Z") == 8 * 3600
    assert worked("2024-03-08T12:00:00Z", "2024-03-09T12:00:00Z") == 0  # no shift begins on a holiday
    assert worked("2024-03-15T12:00:00Z", "2024-03-16T12:00:00Z") == 2 * 3600  # and none goes on into one


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        ({"time_zone": "Mars/Olympus", "hours": OFFICE}, "“Mars/Olympus” is not a time zone"),
        ({"time_zone": "../../etc/passwd", "hours": OFFICE}, "is not a time zone"),
        ({"time_zone": "Europe", "hours": OFFICE}, "is not a time zone"),
        ({"time_zone": 7, "hours": OFFICE}, "is not a time zone"),
        ({"hours": {"mon": [["09:00", "25:00"]]}}, "“25:00” is not a time of day"),
        ({"hours": {"mon": [["9", "17"]]}}, "“9” is not a time of day"),
        ({"hours": {"mon": [["09:00", "09:00"]]}}, "is no time at all"),
        ({"hours": {"mon": [["09:00"]]}}, "a start and an end"),
        ({"hours": {"someday": []}}, "“someday” is not a day"),
        ({"hours": {"mon": [["00:00", "00:01"]] * 49}}, "at most 48"),
        ({"hours": {}}, "does not hold"),
        ({"hours": OFFICE, "holidays": ["Christmas"]}, "“Christmas” is not a date"),
        ("nine to five", "A calendar is an object"),
    ],
)
def test_a_calendar_that_cannot_be_is_answered_with_a_sentence(calendar: Any, words: str) -> None:
    assert words in ask("add_working_seconds", calendar, **{"from": "2024-01-01T00:00:00Z", "seconds": 60})


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"from": "yesterday", "seconds": 60}, "“yesterday” is not a moment"),
        ({"seconds": 60}, "“from” is missing"),
        ({"from": "2024-01-01T00:00:00Z", "seconds": "many"}, "is not a number of seconds"),
        ({"from": "2024-01-01T00:00:00Z", "seconds": 1e9 * 3600}, "does not hold"),
        ({"from": "2024-01-01T00:00:00Z", "seconds": -1e9 * 3600}, "does not hold"),
        ({"from": "2024-01-01T00:00:00Z", "seconds": 1e300}, "is not a number of seconds"),
        ({"from": "0001-01-01T00:00:00Z", "seconds": 60}, "too far away"),
        ({"from": "9999-12-31T23:59:59Z", "seconds": 60}, "too far away"),
    ],
)
def test_amounts_and_moments_beyond_reason_are_answered_with_a_sentence_and_soon(args: Any, words: str) -> None:
    begun = time.monotonic()

    assert words in ask("add_working_seconds", **args)
    assert time.monotonic() - begun < 20


def test_a_calendar_whose_every_day_is_a_holiday_holds_no_working_time_and_does_not_spin() -> None:
    every_day = WorkingTime(
        read_hours({"hours": OFFICE, "holidays": [f"20{y:02}-{m:02}-{d:02}" for y in range(100) for m in range(1, 13)
                                                  for d in range(1, 29)]})
    )  # fmt: skip
    start = read_moment("2024-06-03T09:00:00+00:00")

    assert every_day.add(start, timedelta(hours=2)) > start  # the 29th and 30th are left

    nothing = ask("next_open_instant", {"hours": {}, "special_hours": {"2020-01-01": [["09:00", "10:00"]]}},
                  at="2024-01-01T00:00:00Z")  # fmt: skip
    assert "does not hold any working time" in nothing


def test_nothing_added_is_now_or_the_next_opening() -> None:
    assert ask("add_working_seconds", **{"from": "2024-01-06T12:00:00Z", "seconds": 0}) == "2024-01-08T09:00:00Z"
    assert ask("add_working_seconds", **{"from": "2024-01-08T12:00:00Z", "seconds": 0}) == "2024-01-08T12:00:00Z"
    assert ask("add_working_seconds", **{"from": "2024-01-08T10:00:00Z", "seconds": -3600}) == "2024-01-08T09:00:00Z"


def read_moment(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)
