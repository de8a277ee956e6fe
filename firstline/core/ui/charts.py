"""Where the lines and bars of a chart stand. Plain arithmetic: `components/chart.html` draws what comes out.

Across, everything is a share of the width in percent, so that a chart fills its place without scaling its letters;
downwards it is pixels. A value that is not known is `None` and leaves a gap: nothing is drawn where nothing was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10
from typing import Literal

from django.utils.translation import gettext as _

from firstline.core.ui import words

Unit = Literal["number", "percent", "duration"]
Tone = Literal["accent", "new", "open", "waiting", "resolved", "breach", "closed"]
TONES: tuple[Tone, ...] = ("accent", "open", "waiting", "resolved", "new", "breach", "closed")

HEIGHT = 168.0  # pixels of the plot
AIR = 8.0  # above the highest value, so that a mark is whole
MOST_LABELS = 6  # under the plot; the others are in the table
NEAR_THE_EDGE = 90  # per cent of the width
LONGEST_NAME = 12  # letters that fit at the end of a line; longer names stand in a row above
LEAST_APART = 15.0  # pixels between two names at the ends of lines
SPARK_WIDTH, SPARK_HEIGHT = 96.0, 20.0
_STEPS = (1.0, 2.0, 5.0, 10.0)
_STEPS_OF_SHARES = (1.0, 2.0, 2.5, 5.0, 10.0)
_STEPS_OF_TIME = (60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800, 604_800, 1_209_600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line, or one layer of columns. `counts`: how many answers each value rests on."""

    name: str
    values: Sequence[float | None]
    tone: Tone | None = None
    counts: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a bar chart. `low` and `high` bound what the value may truly be; `is_thin`: too few to trust."""

    name: str
    value: float | None
    count: int | None = None
    low: float | None = None
    high: float | None = None
    is_thin: bool = False
    tone: Tone = "accent"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    tone: Tone
    shape: int  # 0 to 3: how its line is broken and its marks are formed, so that colour is not needed
    paths: list[str]
    marks: list[Mark]
    label_y: float | None


@dataclass(frozen=True, slots=True)
class Part:
    x: float
    y: float
    width: float
    height: float
    tone: Tone
    shape: int
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart with time across: ready to be drawn, and as a table."""

    height: float
    ticks: list[Tick]
    labels: list[tuple[float, str, str, bool]]  # x, text, anchor, and whether a narrow chart leaves it out
    lines: list[Line] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    keys: list[tuple[str, Tone, int]] = field(default_factory=list)
    rows: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Beam:
    """One drawn bar; all numbers in percent of the width."""

    bar: Bar
    width: float
    low: float | None
    high: float | None
    text: str
    range: str


def shown(value: float | None, unit: Unit) -> str:
    """A value as people say it."""
    if value is None:
        return "–"
    if unit == "percent":
        return _("%(n)s %%") % {"n": words.number(value, 0)}
    if unit == "duration":
        return words.duration(value)
    return words.number(value, 0 if float(value).is_integer() else 1)


def line_plot(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: Unit = "number",
    least: float | None = None,
    most: float | None = None,
) -> Plot:
    """Lay out lines over time. `least` and `most` fix the scale; else it follows the values and begins at nothing."""
    _check(labels, series)
    low, high, steps = _scale([value for one in series for value in one.values], unit, least, most)
    lines = []
    for index, one in enumerate(series):
        marks = [
            None
            if value is None
            else Mark(_across(at, len(labels)), _down(value, low, high), _words(one, labels, at, unit))
            for at, value in enumerate(one.values)
        ]
        last = next((mark for mark in reversed(marks) if mark), None)
        lines.append(
            Line(
                one.name,
                one.tone or TONES[index % len(TONES)],
                index % 4,
                _paths(marks),
                [mark for mark in marks if mark],
                last.y if last else None,
            )
        )
    return Plot(
        height=HEIGHT,
        ticks=[Tick(_down(step, low, high), shown(step, unit)) for step in steps],
        labels=_labels([_across(at, len(labels)) for at in range(len(labels))], labels),
        lines=_apart(lines),
        keys=_keys(lines),
        rows=_rows(labels, series, unit),
        summary=" ".join(filter(None, (_in_words(labels, one, unit) for one in series))),
    )


def column_plot(labels: Sequence[str], series: Sequence[Series], *, unit: Unit = "number") -> Plot:
    """Lay out columns over time, the series one upon the other."""
    _check(labels, series)
    sums = [sum(one.values[at] or 0 for one in series) for at in range(len(labels))]
    low, high, steps = _scale(list(sums), unit, 0, None)
    slot = 100 / max(len(labels), 1)
    parts, keys = [], []
    floors = [0.0] * len(labels)
    for index, one in enumerate(series):
        tone = one.tone or TONES[index % len(TONES)]
        keys.append((one.name, tone, index % 4))
        for at, value in enumerate(one.values):
            if not value:
                continue
            bottom, top = _down(floors[at], low, high), _down(floors[at] + value, low, high)
            floors[at] += value
            text = _words(one, labels, at, unit)
            parts.append(
                Part(round(slot * (at + 0.15), 3), top, round(slot * 0.7, 3), bottom - top, tone, index % 4, text)
            )
    return Plot(
        height=HEIGHT,
        ticks=[Tick(_down(step, low, high), shown(step, unit)) for step in steps],
        labels=_labels([slot * (at + 0.5) for at in range(len(labels))], labels, in_the_middle=True),
        parts=parts,
        keys=keys if len(keys) > 1 else [],
        rows=_rows(labels, series, unit),
        summary=" ".join(filter(None, (_in_words(labels, one, unit) for one in series))),
    )


def bar_plot(bars: Iterable[Bar], *, unit: Unit = "number", most: float | None = None) -> list[Beam]:
    """Lay out bars from the left; `most` is the value of a full one."""
    listed = list(bars)
    reach = max([most or 0, *(bar.value or 0 for bar in listed), *(bar.high or 0 for bar in listed if most is None)])

    def share(value: float | None) -> float | None:
        return None if value is None else round(100 * max(0.0, min(value, reach)) / reach, 2) if reach else 0.0

    return [
        Beam(bar, share(bar.value) or 0, share(bar.low), share(bar.high), shown(bar.value, unit), _range(bar, unit))
        for bar in listed
    ]


def spark_path(values: Sequence[float | None]) -> tuple[str, float, float] | None:
    """The path of a line as small as a word, and where it ends; None when nothing is known."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    marks = [
        None
        if value is None
        else Mark(
            round(2 + _across(at, len(values)) / 100 * (SPARK_WIDTH - 4), 2),
            round(3 + (SPARK_HEIGHT - 6) * (1 - ((value - low) / (high - low) if high > low else 0.5)), 2),
            "",
        )
        for at, value in enumerate(values)
    ]
    last = next(mark for mark in reversed(marks) if mark)
    return " ".join(_paths(marks)), last.x, last.y


def _check(labels: Sequence[str], series: Sequence[Series]) -> None:
    for one in series:
        if len(one.values) != len(labels):
            raise ValueError(f"“{one.name}” has {len(one.values)} values for {len(labels)} labels.")


def _scale(
    values: Sequence[float | None], unit: Unit, least: float | None, most: float | None
) -> tuple[float, float, list[float]]:
    known = [value for value in values if value is not None]
    low = min([0.0, *known]) if least is None else least
    high = max([*known, low]) if most is None else most
    step = _step((high - low) / 4 or 1, unit)
    first, last = floor(low / step), ceil(high / step) if high > low else floor(low / step) + 1
    low, high = (first * step if least is None else low), (last * step if most is None else high)
    steps = [round(index * step, 6) for index in range(first, last + 1) if low - 1e-9 <= index * step <= high + 1e-9]
    return low, high, steps


def _step(rough: float, unit: Unit) -> float:
    """A round distance between two lines of the grid."""
    if unit == "duration":
        return float(next((step for step in _STEPS_OF_TIME if step >= rough), ceil(rough / 604_800) * 604_800))
    power = 10.0 ** floor(log10(rough))
    steps = _STEPS_OF_SHARES if unit == "percent" else _STEPS
    step = next(step * power for step in steps if step * power >= rough * 0.999)
    return max(1.0, step) if unit == "number" else step


def _across(at: int, count: int) -> float:
    """The middle of a place among `count`, in percent, with air for the marks at both ends."""
    return 50.0 if count == 1 else round(2 + 96 * at / (count - 1), 3)


def _down(value: float, low: float, high: float) -> float:
    return round(AIR + (HEIGHT - AIR) * (1 - (value - low) / (high - low)), 2)


def _paths(marks: Sequence[Mark | None]) -> list[str]:
    """One path for each run without a gap."""
    paths: list[str] = []
    run: list[Mark] = []
    for mark in [*marks, None]:
        if mark:
            run.append(mark)
        elif run:
            if len(run) > 1:
                paths.append("M" + " L".join(f"{each.x:g} {each.y:g}" for each in run))
            run = []
    return paths


def _labels(
    places: Sequence[float], labels: Sequence[str], *, in_the_middle: bool = False
) -> list[tuple[float, str, str, bool]]:
    """As many names as there is room for, the last one among them; a narrow chart shows every second of these."""
    every = ceil(len(labels) / MOST_LABELS) or 1
    first = (len(labels) - 1) % every
    found = []
    for at in range(first, len(labels), every):
        anchor = "middle"
        if not in_the_middle and len(labels) > 1:
            anchor = "start" if at == 0 else "end" if at == len(labels) - 1 else "middle"
        if anchor == "middle" and places[at] > NEAR_THE_EDGE:
            anchor = "end"  # words in the middle of the last place would stick out of a narrow chart
        is_minor = (len(labels) - 1 - at) // every % 2 == 1
        found.append((round(places[at], 3), labels[at], anchor, is_minor))
    return found


def _keys(lines: list[Line]) -> list[tuple[str, Tone, int]]:
    """Names to stand above the plot, where they are too long for the end of their line."""
    is_long = len(lines) > 1 and any(len(line.name) > LONGEST_NAME for line in lines)
    return [(line.name, line.tone, line.shape) for line in lines] if is_long else []


def _apart(lines: list[Line]) -> list[Line]:
    """Move the names at the ends of lines so that none covers another."""
    named = sorted((line for line in lines if line.label_y is not None), key=lambda line: line.label_y or 0)
    places: dict[str, float] = {}
    least = AIR
    for line in named:
        place = max(line.label_y or 0, least)
        places[line.name] = place
        least = place + LEAST_APART
    too_low = max(0.0, least - LEAST_APART - HEIGHT)
    return [
        Line(line.name, line.tone, line.shape, line.paths, line.marks,
             None if line.label_y is None else round(places[line.name] - too_low, 2))
        for line in lines
    ]  # fmt: skip


def _rows(labels: Sequence[str], series: Sequence[Series], unit: Unit) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(label, [(one.name, _cell(one, at, unit)) for one in series]) for at, label in enumerate(labels)]


def _cell(one: Series, at: int, unit: Unit) -> str:
    said = shown(one.values[at], unit)
    return _("%(value)s of %(count)s") % {"value": said, "count": one.counts[at]} if one.counts else said


def _words(one: Series, labels: Sequence[str], at: int, unit: Unit) -> str:
    return f"{one.name}, {labels[at]}: {_cell(one, at, unit)}"


def _range(bar: Bar, unit: Unit) -> str:
    if bar.low is None or bar.high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": shown(bar.low, unit), "high": shown(bar.high, unit)}


def _in_words(labels: Sequence[str], one: Series, unit: Unit) -> str:
    """What somebody who does not see the line should know of it: where it begins, where it ends."""
    known = [(label, value) for label, value in zip(labels, one.values, strict=True) if value is not None]
    if not known:
        return ""
    first, last = known[0], known[-1]
    if len(known) == 1:
        return _("%(name)s: %(value)s (%(label)s).") % {
            "name": one.name, "value": shown(last[1], unit), "label": last[0],
        }  # fmt: skip
    return _("%(name)s: from %(first)s (%(begin)s) to %(last)s (%(end)s).") % {
        "name": one.name, "first": shown(first[1], unit), "begin": first[0], "last": shown(last[1], unit),
        "end": last[0],
    }  # fmt: skip
