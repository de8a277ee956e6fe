"""As many tests as fit into some minutes, in an order of a seed: `-p tests.plugins.sample --for 120 --in-order-of 7`.

For `bin/prove`, which has a quarter of an hour for everything. What was not reached is skipped in sight, so a card
never counts it as passed. Slow and quick tests take part alike; nothing is chosen by whether it is known to hold.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Generator

import pytest

_until: list[float] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--for", type=float, default=0.0, dest="sample_seconds",
        help="Begin no test so many seconds after the first has begun.",
    )  # fmt: skip
    parser.addoption("--in-order-of", type=int, default=0, dest="sample_seed", help="The seed of the order.")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    # Before all others: pytest-django then puts those last that leave an empty database behind.
    # One of each file, then the second of each: however little time there is, something of everything is tried.
    chance = random.Random(config.getoption("sample_seed"))
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    order = list(files.values())
    chance.shuffle(order)
    for tests in order:
        chance.shuffle(tests)
    items[:] = [item for turn in itertools.zip_longest(*order) for item in turn if item is not None]
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if _until and time.monotonic() > _until[0]:
        pytest.skip("no time was left for it")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    seconds: float = item.config.getoption("sample_seconds")
    if seconds and not _until:  # not before: making the database is no test
        _until.append(time.monotonic() + seconds)
