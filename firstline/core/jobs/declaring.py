"""Declare a job: a function at the top of a module that takes ids and may be repeated safely."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.tasks import Task, TaskResult, task

MAX_ATTEMPTS = 8


class Hopeless(Exception):
    """Trying again cannot help: the job becomes a dead letter now."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait after a failed attempt: `first` seconds, doubled each time, never above `most`.

    A quarter of it is chance, so that jobs which failed together do not come back together.
    """

    first: float = 5.0
    most: float = 3600.0
    jitter: float = 0.25

    def __call__(self, error: BaseException, result: TaskResult[Any, Any]) -> timedelta | None:
        if isinstance(error, Hopeless):
            return None
        return timedelta(seconds=self.seconds(result.attempts))

    def seconds(self, attempts: int) -> float:
        """Seconds to wait after this many attempts."""
        whole = min(self.most, self.first * 2.0 ** min(attempts - 1, 60))
        return whole * (1 + self.jitter * random.uniform(-1, 1))  # noqa: S311 -- jitter, not a secret


def job[**P, R](
    *,
    queue: str = "default",
    max_attempts: int = MAX_ATTEMPTS,
    backoff: Backoff | None = None,
    timeout: int | None = None,
    priority: int = 0,
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function a job. It runs at least once; a worker that dies is replaced after its lease.

    `timeout` in whole seconds, for one attempt; `priority` from -100 to 100, higher first.
    """

    def declare(function: Callable[P, R]) -> Task[P, R]:
        declared: Task[P, R] = task(  # type: ignore[call-overload]
            queue_name=queue,
            priority=priority,
            max_attempts=max_attempts,
            backoff=backoff or Backoff(),
            timeout=timeout,
        )(function)
        return declared

    return declare
