from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.ui.charts import Bar, Series
from firstline.core.ui.render import page
from firstline.flow.surveys.models import PulseRound
from firstline.flow.surveys.queries.tallies import FEWEST, GroupResult, Tally, history, results, rounds_seen_by


@access("desk.enter")
def rounds(request: HttpRequest) -> HttpResponse:
    """Every time people were asked about the desk itself."""
    names = {"rounds": _rounds(request), "breadcrumb": _where((_("Pulse"), None))}
    return page(request, "surveys/rounds.html", names)


@access("desk.enter")
def one_round(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said in one round, and how it changed since the first."""
    found = next((each for each in _rounds(request) if each.pk == pk), None)
    if found is None:
        raise Http404
    heading = _title(found)
    names = {
        "round": found,
        "heading": heading,
        "results": [_shown(found, result) for result in results(found)],
        "fewest": FEWEST,
        "breadcrumb": _where((_("Pulse"), reverse("surveys:rounds")), (heading, None)),
    }
    return page(request, "surveys/round.html", names)


def _rounds(request: HttpRequest) -> list[PulseRound]:
    person: Any = request.user
    return rounds_seen_by(person, sees_all=may(person, "report.view"))


def _shown(found: PulseRound, result: GroupResult) -> dict[str, Any]:
    before, lines = history(found, result.group) if not result.is_hidden else ([], [])
    return {
        "result": result,
        "bars": [_bar(each) for each in result.tallies if each.average is not None],
        "others": [each for each in result.tallies if each.average is None],
        "labels": [formats.date_format(each.begins_at, "YEAR_MONTH_FORMAT") for each in before],
        "lines": [Series(name=question.words, values=values) for question, values in lines] if len(before) > 1 else [],
    }


def _bar(each: Tally) -> Bar:
    return Bar(name=each.question.words, value=round(each.average or 0, 1), count=each.count)


def _title(found: PulseRound) -> str:
    return f"{_(found.survey.name)}, {formats.date_format(found.begins_at, 'YEAR_MONTH_FORMAT')}"


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Satisfaction"), reverse("surveys:satisfaction")), *steps]
