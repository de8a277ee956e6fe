"""Events are the spine: every change records one, in the same transaction.

`@on(Kind)` runs in the same transaction (database only, fast). `@later(Kind)` goes through the
outbox to a worker. Import models and `record` from their modules; this page holds the words.
"""

from .kinds import Audience, EventKind, all_kinds, kind_of
from .listeners import later, on

__all__ = ["Audience", "EventKind", "all_kinds", "kind_of", "later", "on"]
