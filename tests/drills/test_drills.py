"""The short form of each drill: real processes are broken, nothing is lost, and the drill can fail."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.drills.drill import Drill, carry_out, drills
from tests.drills.grounds import Grounds

pytestmark = pytest.mark.slow
KIND = os.environ.get("FIRSTLINE_TEST_DB", "sqlite")
SEED = 20261


def _grounds_of(drill: Drill) -> str:
    """A drill that is about one database needs that one, whatever the other tests run on."""
    return KIND if KIND in drill.databases else drill.databases[0]


@pytest.fixture(scope="module")
def grounds() -> Iterator[dict[str, Grounds]]:
    """Made when first asked for."""
    made: dict[str, Grounds] = {}
    yield made
    for each in made.values():
        each.__exit__()


SHOWS = {"DR30": [pytest.mark.abuse("D17", "H5")]}


@pytest.mark.parametrize(
    "drill", [pytest.param(drill, id=name, marks=SHOWS.get(name, ())) for name, drill in drills().items()]
)
def test_nothing_is_lost_or_doubled_and_the_drill_can_fail(drill: Drill, grounds: dict[str, Grounds]) -> None:
    kind = _grounds_of(drill)
    if kind not in grounds:
        grounds[kind] = Grounds(kind, warm=True).__enter__()

    finding = carry_out(drill, grounds[kind], SEED, drill.short)

    print(finding.line)
    if finding.outcome is None:
        pytest.skip(finding.lacking)
    assert finding.outcome.has_held, (finding.line, finding.outcome.faults)
    assert finding.control is not None
    assert not finding.control.has_held, finding.line
