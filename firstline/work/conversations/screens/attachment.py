from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from firstline.core.entry import signed_in
from firstline.core.files.serve import download
from firstline.work.conversations.queries import attachment_visible_to


@signed_in
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file, for whoever may read the message it hangs on."""
    found = attachment_visible_to(request.user, pk)
    if found is None:
        raise Http404
    return download(request, found.sha256, found.name, found.type, inline="inline" in request.GET)
