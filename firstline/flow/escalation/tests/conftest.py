from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import pytest

from firstline.core import clock


class Hands:
    """The hands of the clock, for a test that lets hours pass."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def move_to(self, moment: datetime) -> None:
        self._stack.enter_context(clock.set_to(moment))


@pytest.fixture
def at() -> Callable[[datetime], object]:
    @contextmanager
    def turned(moment: datetime) -> Iterator[Hands]:
        with ExitStack() as stack:
            hands = Hands(stack)
            hands.move_to(moment)
            yield hands

    return turned
