from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from firstline.core.ui.environment import Components, environment


@pytest.fixture
def hurried_threads() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_the_first_pages_may_be_drawn_in_several_threads_at_once(hurried_threads: None) -> None:
    components, start = Components(environment()), Barrier(6)

    def draw(name: str, seconds: float) -> object:
        start.wait()
        time.sleep(seconds)  # one comes while another is still looking for the components
        return getattr(components, name)

    with ThreadPoolExecutor(6) as pool:
        found = list(
            pool.map(draw, ["toast", "avatar", "logo", "toast", "avatar", "logo"], [0, 0.02, 0.04, 0.06, 0.08, 0.1])
        )

    assert all(found)
