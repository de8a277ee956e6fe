"""The public BPMN sets, when they are there: at least four of five processes right, none wrong, none that breaks."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.realdata.workflows import BETSY, outcomes


@pytest.mark.skipif(not BETSY.is_dir(), reason="The BPMN files are not beside the repository (FIRSTLINE_SHARED).")
def test_the_executable_set_runs_right_and_nothing_runs_wrong() -> None:
    by_process = defaultdict(list)
    for outcome in outcomes():
        by_process[outcome.process].append(outcome)

    right = [process for process, cases in by_process.items() if all(case.is_right for case in cases)]

    assert [f"{one.process}: {one.answer}" for cases in by_process.values() for one in cases if one.is_wrong] == []
    assert len(right) >= 0.95 * len(by_process)
