"""Slow things, done by a worker: `@job` functions, the dispatcher of events, loops, dead letters.

@job(max_attempts=5)
def fetch_avatar(person_id: int) -> None: ...

fetch_avatar.enqueue(person.pk)  # commits or rolls back with the caller's transaction
fetch_avatar.using(run_after=clock.now() + timedelta(hours=1)).enqueue(person.pk)
"""

from .declaring import Backoff, Hopeless, job

__all__ = ["Backoff", "Hopeless", "job"]
