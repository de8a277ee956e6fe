"""Filling in a form page by page: kept as it is typed, checked where it stands, read once more before it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages as toasts
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused, may, via
from firstline.core.entry import access
from firstline.core.files import store
from firstline.core.text import whole_number
from firstline.core.ui.render import page
from firstline.doors.portal import catalog
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import records_of, visible_to
from firstline.work.intake.actions.fill import attach, detach, discard, keep
from firstline.work.intake.actions.submit import Unanswered
from firstline.work.intake.engine.answers import Cleaned
from firstline.work.intake.engine.outline import Page, pages, to_fill_in
from firstline.work.intake.engine.questions import Question
from firstline.work.intake.engine.reading import Unfit, fits, from_page
from firstline.work.intake.models import AnswerFile, Draft, Submission
from firstline.work.intake.queries.forms import Asking, asking
from firstline.work.intake.queries.shown import controls, problems_in_words, rules_as_json
from firstline.work.intake.queries.words import language, lines, sentence_of
from firstline.work.tickets.actions.file import file_offering
from firstline.work.tickets.queries import made_of


@dataclass
class Filling:
    """What somebody is filling in, with everything the pages of it need."""

    draft: Draft
    offering: Offering

    @cached_property
    def asking(self) -> Asking:
        return asking(self.draft.version, self.draft.requester, draft=self.draft)

    @cached_property
    def cleaned(self) -> Cleaned:
        return self.asking.clean(self.draft.answers)

    def anew(self) -> None:
        """Answers or files have changed."""
        self.__dict__.pop("asking", None)
        self.__dict__.pop("cleaned", None)

    @property
    def pages(self) -> list[Page]:
        return to_fill_in(self.asking.questions, self.cleaned.shown) or pages(self.asking.questions)[:1]

    def page(self, number: int) -> Page:
        """The page of that number, or the next one there is; the last one where none follows."""
        found = self.pages
        return next((each for each in found if each.number >= number), found[-1])

    def after(self, current: Page) -> Page | None:
        return next((each for each in self.pages if each.number > current.number), None)

    def before(self, current: Page) -> Page | None:
        return next((each for each in reversed(self.pages) if each.number < current.number), None)

    def problems_on(self, current: Page) -> list[Any]:
        keys = {each.key for each in current.questions}
        return [each for each in self.cleaned.problems if each.path.partition(".")[0] in keys]

    def url(self, at: Page | None) -> str:
        if at is None:
            return reverse("portal:review", args=[self.draft.pk])
        return reverse("portal:draft", args=[self.draft.pk]) + f"?page={at.number}"


@access("ticket.ask")
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """One page of the form."""
    filling = _mine(request, pk)
    current = filling.page(whole_number(request.GET.get("page", "")) or filling.draft.last_page)
    if request.method != "POST":
        return _drawn(request, filling, current, tell=False)
    try:
        _keep(request, filling, current)
    except Refused as error:
        return _drawn(request, filling, current, tell=True, trouble=str(error))
    if (answer := _turned(request, filling, current)) is not None:
        return answer
    if filling.problems_on(current):
        return _drawn(request, filling, current, tell=True)
    seen = set(request.POST.get("seen", "").split())
    if any(each.key not in seen and each.key in filling.cleaned.shown and each.is_asked for each in current.questions):
        return _drawn(request, filling, current, tell=False, more=True)
    return HttpResponseRedirect(filling.url(filling.after(current)))


@access("ticket.ask")
@require_POST
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed."""
    filling = _mine(request, pk)
    current = filling.page(whole_number(request.POST.get("page", "")) or 1)
    raw = from_page(current.questions, request.POST, request.POST.getlist)
    try:
        keep(filling.draft, raw, last_question=request.POST.get("last", "")[:40], page=current.number, by=request.user)
    except Refused as error:
        return HttpResponse(str(error), status=422, content_type="text/plain")
    return HttpResponse(status=204)


@access("ticket.ask")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything once more before it is sent; POST sends it. Sent twice, it is filed once."""
    if request.method == "POST" and (sent := _sent_already(request, pk)) is not None:
        return sent
    filling = _mine(request, pk)
    trouble = ""
    if request.method == "POST":
        try:
            with via("portal"):
                file_offering(
                    filling.offering, filling.draft.answers, once=f"draft:{pk}", requester=filling.draft.requester,
                    draft=filling.draft, by=request.user,
                )  # fmt: skip
        except Unanswered:
            filling.anew()
        except Refused as error:
            trouble = str(error)
        else:
            submission = Submission.objects.get(once=f"draft:{pk}")
            return HttpResponseRedirect(reverse("portal:sent", args=[submission.pk]))
    return _reviewed(request, filling, trouble)


@access("ticket.ask")
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it up."""
    filling = _mine(request, pk)
    discard(filling.draft, by=request.user)
    toasts.success(request, _("What you had begun is thrown away."))
    return HttpResponseRedirect(reverse("portal:services"))


@access("ticket.ask")
def sent(request: HttpRequest, pk: int) -> HttpResponse:
    """It has arrived: the number, and what happens next."""
    person: Any = request.user
    submission = Submission.objects.select_related("version__form", "requester").filter(pk=pk, person=person).first()
    if submission is None:
        raise Http404
    tickets = made_of(submission, person)
    key = submission.purpose.partition(":")[2]
    offering = Offering.objects.select_related("team").filter(key=key).first()
    names = {
        "submission": submission,
        "tickets": tickets,
        "offering": offering,
        "facts": catalog.facts(offering, records_of([offering])[offering.pk]) if offering else [],
        "for_somebody_else": submission.requester_id != person.pk,
        "to_desk": may(person, "desk.enter"),
    }
    return page(request, "portal/sent.html", names)


def _mine(request: HttpRequest, pk: int) -> Filling:
    """What this person has begun, of an offering that is still offered to whom it is for; 404 for everything else."""
    person: Any = request.user
    found = (
        Draft.objects.filter(person=person, pk=pk, ended_at=None).select_related("version__form", "requester").first()
    )
    if found is None or (found.requester_id != person.pk and not may(person, "ticket.open")):
        raise Http404
    offering = visible_to(found.requester).filter(key=found.purpose.partition(":")[2]).first()
    if offering is None:
        raise Http404
    return Filling(found, offering)


def _sent_already(request: HttpRequest, pk: int) -> HttpResponse | None:
    found = Submission.objects.filter(once=f"draft:{pk}", person=request.user.pk).first()
    return HttpResponseRedirect(reverse("portal:sent", args=[found.pk])) if found else None


def _keep(request: HttpRequest, filling: Filling, current: Page) -> None:
    """What was typed and the files that came with it."""
    raw = from_page(current.questions, request.POST, request.POST.getlist)
    last = next((each.key for each in reversed(current.questions) if raw.get(each.key)), "")
    keep(filling.draft, raw, last_question=last, page=current.number, by=request.user)
    try:
        for question in current.questions:
            for upload in request.FILES.getlist(f"file:{question.key}") if question.type == "file" else ():
                _attach(request, filling, question, upload)
    finally:
        filling.anew()


def _attach(request: HttpRequest, filling: Filling, question: Question, upload: UploadedFile[Any]) -> None:
    name, size = upload.name or str(_("file")), upload.size or 0
    try:
        fits(question, name, size)  # before a byte of it is kept
    except Unfit as unfit:
        raise Refused(f"{question.said(language())}: {sentence_of(unfit.code, unfit.facts)}") from unfit
    stored = store(upload.chunks())
    attach(
        filling.draft, question, name=name, type=upload.content_type or "application/octet-stream",
        size=stored.size, sha256=stored.sha256, by=request.user,
    )  # fmt: skip


def _turned(request: HttpRequest, filling: Filling, current: Page) -> HttpResponse | None:
    """The other buttons of the page: rows, files, back, later. None: go on."""
    said = request.POST
    if table := said.get("add_row"):
        rows = filling.draft.answers.get(table)
        _put_rows(request, filling, current, table, [*(rows if isinstance(rows, list) else []), {}])
        return HttpResponseRedirect(f"{filling.url(current)}#field-{table}")
    if row := said.get("remove_row"):
        table, _dot, place = row.rpartition(".")
        rows = filling.draft.answers.get(table)
        kept = [each for at, each in enumerate(rows) if str(at) != place] if isinstance(rows, list) else []
        _put_rows(request, filling, current, table, kept)
        return HttpResponseRedirect(f"{filling.url(current)}#field-{table}")
    if (file := whole_number(said.get("detach", ""))) is not None:
        found = AnswerFile.objects.filter(pk=file, draft=filling.draft).first()
        if found is not None:
            detach(filling.draft, found, by=request.user)
        return HttpResponseRedirect(filling.url(current))
    if said.get("go") == "back":
        return HttpResponseRedirect(filling.url(filling.before(current) or current))
    if said.get("go") == "later":
        toasts.success(request, _("Kept. You find it under what you have begun, on any device."))
        return HttpResponseRedirect(reverse("portal:services"))
    return None


def _put_rows(request: HttpRequest, filling: Filling, current: Page, table: str, rows: list[Any]) -> None:
    if any(each.key == table and each.type == "table" for each in current.questions):
        keep(filling.draft, {table: rows[:60]}, page=current.number, by=request.user)


def _drawn(
    request: HttpRequest, filling: Filling, current: Page, *, tell: bool, trouble: str = "", more: bool = False
) -> HttpResponse:
    shown = controls(filling.asking, current.questions, filling.draft.answers, filling.cleaned, tell=tell)
    steps = filling.pages
    here = {each.key for each in current.questions}
    problems = problems_in_words(filling.problems_on(current)) if tell else []
    names = {
        "filling": filling,
        "offering": filling.offering,
        "page": current,
        "title": current.mark.said(language()) if current.mark else "",
        "about": current.mark.helped(language()) if current.mark else "",
        "controls": shown,
        "problems": problems,
        "trouble": trouble,
        "more": more,
        "seen": " ".join(key for key in filling.cleaned.shown if key in here),
        "rules": rules_as_json(filling.asking),
        "elsewhere": json.dumps({k: v for k, v in filling.cleaned.answers.items() if k not in here}),
        "steps": _steps(steps, current),
        "back": filling.before(current),
        "is_last": filling.after(current) is None,
        "for_somebody_else": filling.draft.requester if filling.draft.requester_id != request.user.pk else None,
    }
    return page(request, "portal/draft.html", names, status=422 if problems or trouble else 200)


def _steps(found: list[Page], current: Page | None) -> list[tuple[str, str, str | None]]:
    """Where one stands; nothing for a form of one page."""
    if len(found) < 2:
        return []
    at = found.index(current) if current in found else len(found)
    words = [each.mark.said(language()) if each.mark else str(_("Beginning")) for each in found]
    return [
        (word, "done" if place < at else "now" if place == at else "next", None)
        for place, word in enumerate([*words, _("Send")])
    ]


def _reviewed(request: HttpRequest, filling: Filling, trouble: str) -> HttpResponse:
    problems = filling.cleaned.problems
    parts = []
    for each in filling.pages:
        told = lines(each.questions, filling.cleaned.answers)
        parts.append((each.mark.said(language()) if each.mark else "", filling.url(each), told))
    where = {question.key: each for each in pages(filling.asking.questions) for question in each.questions}
    names = {
        "filling": filling,
        "offering": filling.offering,
        "parts": parts,
        "trouble": trouble,
        "problems": [
            (f"{filling.url(where[path.partition('.')[0]])}#field-{path}", name, words)
            for path, name, words in problems_in_words(problems)
        ],
        "steps": _steps(filling.pages, None),
        "back": filling.pages[-1],
        "facts": catalog.facts(filling.offering, records_of([filling.offering])[filling.offering.pk]),
        "for_somebody_else": filling.draft.requester if filling.draft.requester_id != request.user.pk else None,
    }
    return page(
        request, "portal/review.html", names, status=422 if trouble or (problems and request.method == "POST") else 200
    )
