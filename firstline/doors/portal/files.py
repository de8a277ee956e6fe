"""Files that a requester sends along."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from firstline.core.actions import Refused
from firstline.core.files import store
from firstline.work.conversations.actions.say import NewFile

LARGEST_FILE = 25 * 1024 * 1024  # bytes; what most mail servers carry


def uploaded(request: HttpRequest) -> list[NewFile]:
    """Store what was uploaded, before any row speaks of it; Refused where a file is too large."""
    files = []
    for upload in request.FILES.getlist("files"):
        if (upload.size or 0) > LARGEST_FILE:
            raise Refused(_("“%(name)s” is larger than 25 MB. Share a link to it instead.") % {"name": upload.name})
        stored = store(upload.chunks())
        files.append(
            NewFile(
                name=upload.name or _("file"),
                type=upload.content_type or "application/octet-stream",
                size=stored.size,
                sha256=stored.sha256,
            )
        )
    return files
