"""What automations hear of: everything that happens to a ticket, gathered until the end of the change."""

from __future__ import annotations

from firstline.core import live
from firstline.core.events import kind_of, on

from .actions.fire import hear
from .fields import LISTENED

# Rooms on other floors and lines are named by their events' keys; what does not exist here is not heard.
on(*(kind for key in sorted(LISTENED) if (kind := kind_of(key)) is not None))(hear)

live.harmless("automation")
live.harmless("macro")
live.harmless("canned_reply")
