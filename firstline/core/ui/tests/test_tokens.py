"""Every pair of ink and ground that meets on a page can be read, in both themes."""

import pytest

from firstline.core.ui.bundle import OWN
from firstline.core.ui.tests.oklch import contrast, declarations, oklch, resolve

TOKENS = declarations((OWN / "css" / "tokens.css").read_text())
STATES = ("new", "open", "waiting", "resolved", "breach", "closed", "internal", "negative", "positive")
TINTS = tuple(f"{state}-tint" for state in STATES)
PLAIN = ("canvas", "surface", "raised", "sunken", "hover", "pressed", "selected")
INKS = ("ink", "ink-soft", "ink-faint", "link", *STATES)
# What is filled carries its words inside.
FILLED = (
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-accent", "negative-solid"), ("on-inverse", "inverse"),
)  # fmt: skip
TEXTS = [*((ink, ground) for ink in INKS for ground in (*PLAIN, *TINTS)), *FILLED]
# Edges of fields, the ring of the focus, and the shapes of states, wherever they may stand.
SHAPES = [
    *((shape, ground) for shape in ("control", "focus", *STATES) for ground in (*PLAIN, *TINTS)),
    *(("accent", ground) for ground in PLAIN if ground != "selected"),
]
# Nothing is told by these alone: hairlines between things, the hatch around the word "internal", the veil of a dialog.
ORNAMENTS = ("line", "line-strong", "internal-line", "scrim")


def test_every_colour_has_its_part() -> None:
    named = {each for pair in (*TEXTS, *SHAPES) for each in pair} | {*ORNAMENTS}

    assert {f"--color-{each}" for each in named} == {each for each in TOKENS if each.startswith("--color-")}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_every_ground(theme: str) -> None:
    assert too_faint(TEXTS, theme, least=4.5) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_shapes_and_focus_stand_out_from_every_ground(theme: str) -> None:
    assert too_faint(SHAPES, theme, least=3) == {}


def test_what_is_too_faint_is_found() -> None:
    assert too_faint([("line", "surface"), ("ink", "surface")], "light", least=3).keys() == {("line", "surface")}


def too_faint(pairs: list[tuple[str, str]], theme: str, *, least: float) -> dict[tuple[str, str], float]:
    """Pairs with too low a contrast, and what they have."""
    colours = {each: resolve(f"--color-{each}", TOKENS, theme) for pair in pairs for each in pair}
    ratios = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    return {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least}


@pytest.mark.parametrize("hue", [20, 50, 80, 115, 145, 170, 200, 230, 260, 290, 320, 350])
@pytest.mark.parametrize(("ground", "ink"), [((0.90, 0.055), (0.38, 0.09)), ((0.38, 0.06), (0.90, 0.05))])
def test_initials_can_be_read_on_every_face(hue: float, ground: tuple[float, float], ink: tuple[float, float]) -> None:
    assert contrast(oklch(*ground, hue), oklch(*ink, hue)) >= 4.5


def test_the_measure_itself_is_right() -> None:
    assert contrast((1, 1, 1), (0, 0, 0)) == pytest.approx(21)
    assert contrast(oklch(0.6279553639, 0.2576833038, 29.2338804), (1, 1, 1)) == pytest.approx(3.998, abs=0.01)
