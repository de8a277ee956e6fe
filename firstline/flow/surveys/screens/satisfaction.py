"""What people say, in figures: on one page to look at, and as a report to print."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.paging import BadCursor, page_of
from firstline.core.ui.charts import Bar, Series
from firstline.core.ui.render import page
from firstline.flow.surveys.engine.shares import FEW, Share, differ
from firstline.flow.surveys.fields import TARGET
from firstline.flow.surveys.models import Feedback, Improvement
from firstline.flow.surveys.queries import figures
from firstline.flow.surveys.queries.figures import DIMENSIONS, PERIODS, Group, Period
from firstline.flow.surveys.queries.tallies import after_escalations, results, rounds_seen_by

MOST_BARS = 12
ORDER = ["-answered_at", "-id"]
LATELY = 8  # bad answers shown on the overview


@access("report.view")
def overview(request: HttpRequest) -> HttpResponse:
    """How satisfied people are: over time, and by team, category and agent."""
    names = _figures(request) | {"breadcrumb": [(_("Satisfaction"), None)]}
    return page(request, "surveys/overview.html", names)


@access("report.view")
def report(request: HttpRequest) -> HttpResponse:
    """The same as a report to those who decide, to be printed."""
    person: Any = request.user
    names = _figures(request)
    sees_all = may(person, "report.view")
    over = [each for each in rounds_seen_by(person, sees_all=sees_all) if each.is_over]
    names |= {
        "improvements": list(figures.improvements_seen_by(person)[:20]),
        "pulse": over[0] if over else None,
        "pulse_results": results(over[0]) if over else [],
        "breadcrumb": [(_("Satisfaction"), reverse("surveys:satisfaction")), (_("Report"), None)],
    }
    return page(request, "surveys/report.html", names)


@access("report.view")
def answers(request: HttpRequest) -> HttpResponse:
    """The answers themselves, narrowed to a team, a category, an agent, or the bad ones."""
    person: Any = request.user
    period = figures.period_of(request.GET.get("days", ""))
    by, said = request.GET.get("by", ""), request.GET.get("said", "")
    found = figures.answers_seen_by(person, period)
    narrowed, here = "", f"&days={period.days}"
    if by in DIMENSIONS:
        key = request.GET.get("key", "")
        number = int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else None
        found = found.filter(**{f"{by}_id": number})
        narrowed = figures.names_of(by, [number]).get(number, "") if number else _("None")
        here += f"&by={by}&key={number or ''}"
    which = f"&said={said}" if said in {"good", "bad"} else ""
    if which:
        found = found.filter(is_satisfied=said == "good")
    rows = found.values("id", "answered_at")
    try:
        shown = page_of(rows, ORDER, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    except BadCursor:
        shown = page_of(rows, ORDER)
    tabs = [("", _("All")), ("good", _("Satisfied")), ("bad", _("Not satisfied"))]
    names = {
        "rows": _rows(person, [row["id"] for row in shown.rows]),
        "newer": f"?before={shown.newer}{here}{which}" if shown.newer else None,
        "older": f"?after={shown.older}{here}{which}" if shown.older else None,
        "narrowed": narrowed,
        "period": period,
        "tabs": [
            {"label": label, "url": f"?{here[1:]}&said={value}", "current": value == (said if which else "")}
            for value, label in tabs
        ],
        "may_improve": may(person, "improvement.edit"),
        "breadcrumb": [(_("Satisfaction"), reverse("surveys:satisfaction")), (_("Answers"), None)],
    }
    return page(request, "surveys/answers.html", names)


def _rows(person: Any, keys: list[int]) -> list[dict[str, Any]]:
    """Answers in the order of these keys; words only where this person may read them."""
    found = (
        Feedback.objects.filter(pk__in=keys)
        .select_related("ticket__team", "person", "agent", "team", "category", "follow_up")
        .prefetch_related("ticket__participants", "improvements")
    )
    by_key = {row.pk: row for row in found}
    return [
        {"feedback": row, "remark": row.remark if row.remark and may(person, "feedback.remark", row.ticket) else ""}
        for key in keys
        if (row := by_key.get(key)) is not None
    ]


def _figures(request: HttpRequest) -> dict[str, Any]:
    person: Any = request.user
    period = figures.period_of(request.GET.get("days", ""))
    whole, before = figures.overall(person, period), figures.overall(person, period.before)
    found = {by: figures.groups(person, period, by) for by in DIMENSIONS}
    over_time = figures.trend(person, period)
    lately = figures.answers_seen_by(person, period).filter(is_satisfied=False).order_by("-answered_at", "-id")
    escalations, tallies = after_escalations(person, period, with_texts=may(person, "audit.view"))
    return {
        "period": period,
        "periods": [
            {"label": _("%(days)s days") % {"days": days}, "url": f"?days={days}", "current": days == period.days}
            for days in PERIODS
        ],
        "whole": whole,
        "before": before,
        "change": _change(whole, before),
        "response": figures.response(person, period),
        "target": TARGET.get(),
        "labels": over_time.labels,
        "shares": [Series(name=_("Satisfied"), values=[each.percent for each in over_time.shares],
                          counts=[each.count for each in over_time.shares], tone="accent")],
        "counts": [
            Series(name=_("Satisfied"), values=[each.good for each in over_time.shares], tone="resolved"),
            Series(
                name=_("Not satisfied"), values=[each.count - each.good for each in over_time.shares], tone="breach"
            ),
        ],
        "team_lines": _team_lines(person, period, found["team"]),
        "bars": {by: _bars(groups, period) for by, groups in found.items()},
        "left_out": {by: max(0, len(groups) - MOST_BARS) for by, groups in found.items()},
        "spots": [spot for by in DIMENSIONS for spot in figures.weak_spots(found[by], whole)],
        "dimension": {"team": _("Team"), "category": _("Category"), "agent": _("Agent")},
        "lately": _rows(person, list(lately.values_list("id", flat=True)[:LATELY])),
        "going_on": Improvement.objects.filter(state__in=["planned", "doing"]).count(),
        "escalations": escalations,
        "tallies": tallies,
        "few": FEW,
    }  # fmt: skip


def _change(now: Share, before: Share) -> str:
    """How it was before, and whether the difference means anything."""
    if not now.count or not before.count:
        return _("nothing to compare with yet")
    words = {"percent": f"{before.percent:.0f}", "count": before.count}
    if not differ(now, before):
        return _("before: %(percent)s %% of %(count)s; the difference may be chance") % words
    return _("before: %(percent)s %% of %(count)s; more than chance") % words


def _bars(found: list[Group], period: Period) -> list[Bar]:
    bars = []
    for group in found[:MOST_BARS]:
        low, high = group.share.interval or (None, None)
        bars.append(
            Bar(
                name=group.name,
                value=group.share.percent,
                count=group.share.count,
                low=low,
                high=high,
                is_thin=group.share.is_thin,
                href=f"{reverse('surveys:answers')}?days={period.days}&by={group.by}&key={group.key or ''}",
            )
        )
    return bars


def _team_lines(person: Any, period: Period, teams: list[Group]) -> list[Series]:
    """The teams with most answers; with fewer in a week than two, a point says more than it knows."""
    lines = []
    for group in [each for each in teams if each.key and not each.share.is_thin][:4]:
        shares = figures.trend(person, period, by="team", key=group.key).shares
        values = [each.percent if each.count > 1 else None for each in shares]
        lines.append(Series(name=group.name, values=values, counts=[each.count for each in shares]))
    return lines
