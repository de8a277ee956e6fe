"""The public BPMN sets, when they are there: at least four of five processes right, none wrong, none that breaks."""

from __future__ import annotations

from collections import defaultdict

import pytest

from firstline.flow.workflows.engine.bpmn.importing import imported
from firstline.flow.workflows.engine.bpmn.tracing import trace
from tests.realdata.workflows import BETSY, MIWG, outcomes


@pytest.mark.skipif(not BETSY.is_dir(), reason="The BPMN files are not beside the repository (FIRSTLINE_SHARED).")
def test_the_executable_set_runs_right_and_nothing_runs_wrong() -> None:
    by_process = defaultdict(list)
    for outcome in outcomes():
        by_process[outcome.process].append(outcome)

    right = [process for process, cases in by_process.items() if all(case.is_right for case in cases)]

    assert [f"{one.process}: {one.answer}" for cases in by_process.values() for one in cases if one.is_wrong] == []
    assert len(right) >= 0.95 * len(by_process)


@pytest.mark.skipif(not MIWG.is_dir(), reason="The BPMN files are not beside the repository (FIRSTLINE_SHARED).")
def test_the_files_other_tools_exchange_are_taken_in_or_refused_in_a_sentence_with_a_line() -> None:
    files = sorted(MIWG.rglob("*.bpmn"))

    for file in files:
        definition, problems = imported(file.read_bytes())
        assert definition is not None or problems, file.name
        assert all(problem.sentence and problem.line for problem in problems), (file.name, problems)
        answer = trace(file.read_bytes())
        assert answer["status"] != "refused" or answer["reason"], file.name
    assert len(files) > 20
