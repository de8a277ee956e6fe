"""A definition as a picture: steps in layers from left to right, and the drawing of it as SVG.

Layers by the longest way from the start, the order within a layer by the middle of the neighbours (Sugiyama, Tagawa,
Toda 1981). Small and deterministic: the same definition is always the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from textwrap import wrap

from .definition import Definition, ForEach, Step
from .differences import KINDS
from .phrases import Translate, gettext_noop, phrase
from .reckoning import firsts, forward, ways

WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 148.0, 52.0, 76.0, 28.0, 20.0  # pixels: a step, the gaps, the border
LINE, LETTERS = 15.0, 19  # of text in a step
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """One step: its upper left corner and its size."""

    step: Step
    x: float
    y: float
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class Route:
    """One way: its points from border to border. `kind`: a way on, of a timer, or of a failure."""

    source: str
    target: str
    points: tuple[tuple[float, float], ...]
    label: str = ""
    kind: str = "way"


@dataclass(frozen=True, slots=True)
class Picture:
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    width: float
    height: float


def picture(definition: Definition) -> Picture:
    """Where everything stands."""
    return _scope(definition.steps)


def _scope(steps: Sequence[Step]) -> Picture:
    inside = {step.id: _scope(step.steps) for step in steps if isinstance(step, ForEach)}
    size = {step.id: _size(step, inside.get(step.id)) for step in steps}
    rows = _ordered(steps, _layers(steps))
    boxes: dict[str, Box] = {}
    by_id = {step.id: step for step in steps}
    tallest = max(sum(size[name][1] + DOWN for name in row) for row in rows)
    x = EDGE
    for row in rows:
        y = EDGE + (tallest - sum(size[name][1] + DOWN for name in row)) / 2
        wide = max(size[name][0] for name in row)  # all begin at its left: ways into one do not cross another
        for name in row:
            width, height = size[name]
            boxes[name] = Box(by_id[name], x, y, width, height)
            y += height + DOWN
        x += wide + ACROSS
    bottom = EDGE + tallest
    routes, depth = _routes(steps, boxes, bottom)
    all_boxes, all_routes = list(boxes.values()), list(routes)
    for name, inner in inside.items():
        left, top = boxes[name].x, boxes[name].y + HEIGHT - EDGE
        all_boxes += [Box(box.step, box.x + left, box.y + top, box.width, box.height) for box in inner.boxes]
        all_routes += [
            replace(route, points=tuple((px + left, py + top) for px, py in route.points)) for route in inner.routes
        ]
    return Picture(tuple(all_boxes), tuple(all_routes), x - ACROSS + EDGE, bottom + depth)


def _size(step: Step, inside: Picture | None) -> tuple[float, float]:
    return (inside.width, inside.height + HEIGHT - EDGE) if inside is not None else (WIDTH, HEIGHT)


def _layers(steps: Sequence[Step]) -> dict[str, int]:
    after = forward(steps)
    for step in steps:  # what nothing leads to is drawn all the same
        after.setdefault(step.id, [])
    layer = dict.fromkeys(after, 0)
    for _round in range(len(after)):
        moved = False
        for name, found in after.items():
            for way in found:
                if layer[way.to] <= layer[name]:
                    layer[way.to] = layer[name] + 1
                    moved = True
        if not moved:
            break
    return layer


def _ordered(steps: Sequence[Step], layer: dict[str, int]) -> list[list[str]]:
    beside: dict[str, list[str]] = {step.id: [] for step in steps}
    for step in steps:
        for way in ways(step):
            if way.to in beside:
                beside[step.id].append(way.to)
                beside[way.to].append(step.id)
    rows = [[step.id for step in steps if layer[step.id] == level] for level in range(max(layer.values()) + 1)]
    rows = [row for row in rows if row]
    for _round in range(_ROUNDS):
        place = {name: (number + 0.5) / len(row) for row in rows for number, name in enumerate(row)}
        for row in rows:
            row.sort(key=lambda name: sum(place[other] for other in beside[name]) / (len(beside[name]) or 1))
            place |= {name: (number + 0.5) / len(row) for number, name in enumerate(row)}
    return rows


def _routes(steps: Sequence[Step], boxes: dict[str, Box], bottom: float) -> tuple[list[Route], float]:
    """Ways to the next layer go straight; longer ones, and those that lead back, go below everything."""
    found: list[Route] = []
    columns = sorted({box.x for box in boxes.values()})
    lanes = 0
    for step in steps:
        outs = [*zip(ways(step), _told(step), strict=True)]
        for number, (way, (label, kind)) in enumerate(outs):
            if way.to not in boxes:
                continue
            a, b = boxes[step.id], boxes[way.to]
            start = (a.x + a.width, a.y + a.height * (number + 1) / (len(outs) + 1))
            to = (b.x, b.y + b.height / 2)
            apart = columns.index(b.x) - columns.index(a.x)
            middle = to[0] - ACROSS / 2 + 6 * (number % 4)
            if apart == 1 or (apart > 1 and _is_free(boxes, start, to, step.id, way.to)):
                points: tuple[tuple[float, float], ...] = (start, (middle, start[1]), (middle, to[1]), to)
            else:
                lanes += 1
                low = bottom + 10 * lanes
                out = start[0] + 12 + 6 * (number % 6)
                points = (start, (out, start[1]), (out, low), (to[0] - 14, low), (to[0] - 14, to[1]), to)
            found.append(Route(step.id, way.to, points, label, kind))
    return found, EDGE + 10 * lanes


def _is_free(
    boxes: dict[str, Box], start: tuple[float, float], to: tuple[float, float], source: str, target: str
) -> bool:  # fmt: skip
    """Whether no step stands on the straight part, at the height of the start."""
    return not any(
        box.y - 4 <= start[1] <= box.y + box.height + 4 and start[0] < box.x + box.width and box.x < to[0]
        for name, box in boxes.items()
        if name not in (source, target)
    )


def _told(step: Step) -> list[tuple[str, str]]:
    """In the order of `ways`: what is written at each."""
    said = [(edge.name or edge.outcome or edge.when or "", "way") for edge in step.next]
    said += [(timer.after, "timer") for timer in step.timers if timer.to is not None]
    return said + [("", "failure") for _way in step.on_error]


# ---- drawing


def svg(definition: Definition, translate: Translate = str, *, name: str = "flow") -> str:
    """Markup for a page: it takes the colours of the house from `--color-…`, so it is light and dark by itself.

    Every text of the definition is escaped. `name` makes the ids of the page unique. Beside it belongs the list
    (`differences.listing`): a picture says its title and what it shows, not every line.
    """
    found = picture(definition)
    title = phrase(gettext_noop("The workflow “%(name)s”"), name=definition.name).said(translate)
    told = phrase(
        gettext_noop("%(steps)s steps; it begins with “%(first)s”. The list says the same in words."),
        steps=len(found.boxes), first=_said(firsts(definition.steps)[0]) if definition.steps else "—",
    ).said(translate)  # fmt: skip
    parts = [
        (
            f'<svg class="flow" xmlns="http://www.w3.org/2000/svg" role="img" '
            f'viewBox="0 0 {found.width:g} {found.height:g}" width="{found.width:g}" height="{found.height:g}" '
            f'aria-labelledby="{escape(name)}-title {escape(name)}-desc">'
        ),
        f'<title id="{escape(name)}-title">{escape(title)}</title><desc id="{escape(name)}-desc">{escape(told)}</desc>',
        (
            f'<defs><marker id="{escape(name)}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            f'markerHeight="7" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="var(--color-ink-soft)"/>'
            f"</marker></defs>"
        ),
    ]
    frames = [box for box in found.boxes if isinstance(box.step, ForEach)]
    parts += [_box(box, translate) for box in frames]
    parts += [_line(route, name) for route in found.routes]
    parts += [_box(box, translate) for box in found.boxes if box not in frames]
    parts += [_label(route) for route in found.routes if route.label]
    return "".join([*parts, "</svg>"])


_TONES = {
    "start": "new", "end": "resolved", "approval": "waiting", "wait": "waiting", "decision": "open", "parallel": "open",
    "join": "open", "task": "new", "form": "new",
}  # fmt: skip
_DASHES = {"way": "", "timer": ' stroke-dasharray="5 4"', "failure": ' stroke-dasharray="2 3"'}


def _box(box: Box, translate: Translate) -> str:
    step = box.step
    tone = _TONES.get(step.kind)
    fill = f"var(--color-{tone}-tint)" if tone else "var(--color-raised)"
    line = f"var(--color-{tone})" if tone else "var(--color-line-strong)"
    round_ = HEIGHT / 2 if step.kind in ("start", "end") else 2 if step.kind in ("decision", "parallel", "join") else 8
    lines = wrap(_said(step), LETTERS)
    if len(lines) > 2:
        lines = [lines[0], lines[1][: LETTERS - 1] + "…"]
    middle = box.x + box.width / 2
    top = box.y + 17
    kind = escape(translate(KINDS[step.kind]))
    if needs := getattr(step, "needs", None):  # the three strokes BPMN has for several at once
        kind += f" ⦀ {escape({'any': '1', 'all': translate(gettext_noop('all'))}.get(needs, needs))}"
    text = "".join(
        f'<text x="{middle:g}" y="{top + 14 + LINE * number:g}" text-anchor="middle" font-size="13" '
        f'fill="var(--color-ink)">{escape(said)}</text>'
        for number, said in enumerate(lines)
    )
    return (
        f'<g class="flow__step" data-step="{escape(step.id)}"><title>{kind}: {escape(_said(step))}</title>'
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="{round_:g}" '
        f'fill="{fill}" stroke="{line}"/>'
        f'<text x="{middle:g}" y="{top - 3:g}" text-anchor="middle" font-size="10" fill="var(--color-ink-soft)">{kind}'
        f"</text>{text}</g>"
    )


def _line(route: Route, name: str) -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in route.points)
    return (
        f'<polyline points="{points}" fill="none" stroke="var(--color-ink-soft)" stroke-linejoin="round"'
        f'{_DASHES[route.kind]} marker-end="url(#{escape(name)}-tip)"/>'
    )


def _label(route: Route) -> str:
    x, y = route.points[0]
    said = route.label if len(route.label) <= 16 else route.label[:15] + "…"
    return (
        f'<text x="{x + 4:g}" y="{y - 4:g}" font-size="10" fill="var(--color-ink-soft)" stroke="var(--color-surface)" '
        f'stroke-width="3" paint-order="stroke">{escape(said)}<title>{escape(route.label)}</title></text>'
    )


def _said(step: Step) -> str:
    return step.name or step.id


__all__ = ["Box", "Picture", "Route", "picture", "svg"]
