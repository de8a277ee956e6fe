from __future__ import annotations

from django.utils.translation import gettext as _

from firstline.core.events import Audience, EventKind
from firstline.core.events.models import Event


class ImportFinished(EventKind):
    """Facts: {"source": key, "file": name, "sha256": digest, "counts": {what: how many}}."""

    key = "import.finished"
    noun = "import"
    icon = "import"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        counts = event.facts["counts"]
        return _("brought in %(file)s: %(made)s tickets made, %(updated)s updated") % {
            "file": event.facts["file"],
            "made": counts.get("tickets made", 0),
            "updated": counts.get("tickets updated", 0),
        }
