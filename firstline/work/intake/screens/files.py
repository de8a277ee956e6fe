from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from firstline.core.entry import signed_in
from firstline.core.files.serve import download
from firstline.work.intake.models import AnswerFile
from firstline.work.intake.rules import may_read


@signed_in
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file that answers a question: for who added it, and for who sees what became of it."""
    found = AnswerFile.objects.select_related("draft", "submission").filter(pk=pk).first()
    if found is None:
        raise Http404
    is_mine = found.submission is None and found.draft is not None and found.draft.person_id == request.user.pk
    if not is_mine and (found.submission is None or not may_read(request.user, found.submission)):
        raise Http404
    return download(request, found.sha256, found.name, found.type)
