"""As many tests as fit into some minutes, in an order of a seed: `-p tests.plugins.sample --for 120 --in-order-of 7`.

For `bin/prove`, which has a quarter of an hour for everything. What was not reached is skipped in sight, so a card
never counts it as passed. Slow and quick tests take part alike; nothing is chosen by whether it is known to hold.
"""

from __future__ import annotations

import random
import time

import pytest

_until: list[float] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--for", type=float, default=0.0, dest="sample_seconds", help="Begin no test after so many seconds."
    )
    parser.addoption("--in-order-of", type=int, default=0, dest="sample_seed", help="The seed of the order.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # By file, so that what a file sets up is set up once; files and the tests in them in an order of the seed.
    chance = random.Random(config.getoption("sample_seed"))
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    order = list(files.values())
    chance.shuffle(order)
    for tests in order:
        chance.shuffle(tests)
    items[:] = [item for tests in order for item in tests]
    if seconds := config.getoption("sample_seconds"):
        _until[:] = [time.monotonic() + seconds]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if _until and time.monotonic() > _until[0]:
        pytest.skip("no time was left for it")
