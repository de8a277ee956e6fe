"""Every pair of ink and ground that meets on a page can be read, in both themes."""

import pytest

from firstline.core.ui.bundle import OWN
from firstline.core.ui.tests.oklch import contrast, declarations, oklch, resolve

TOKENS = declarations((OWN / "css" / "tokens.css").read_text())
GROUNDS = ("canvas", "surface", "raised", "sunken", "hover", "pressed", "selected")
STATES = ("new", "open", "waiting", "resolved", "breach", "closed", "internal")
TEXTS = [
    *[(ink, ground) for ink in ("ink", "ink-soft") for ground in GROUNDS],
    *[("ink-faint", ground) for ground in GROUNDS],
    *[("link", ground) for ground in GROUNDS],
    *[(state, ground) for state in STATES for ground in ("surface", "raised", "hover", "selected", "sunken")],
    *[(state, f"{state}-tint") for state in STATES],
    *[(ink, f"{state}-tint") for ink in ("ink", "ink-soft") for state in STATES],
    ("on-accent", "accent"),
    ("on-inverse", "inverse"),
    ("on-accent", "accent-strong"),
    ("on-accent", "negative-solid"),
]
SHAPES = [(shape, ground) for shape in ("control", "focus", "accent") for ground in ("canvas", "surface", "raised")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_words_stand_out_from_their_ground(ink: str, ground: str, theme: str) -> None:
    ratio = contrast(resolve(f"--color-{ink}", TOKENS, theme), resolve(f"--color-{ground}", TOKENS, theme))

    assert ratio >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_edges_and_focus_stand_out_from_their_ground(shape: str, ground: str, theme: str) -> None:
    ratio = contrast(resolve(f"--color-{shape}", TOKENS, theme), resolve(f"--color-{ground}", TOKENS, theme))

    assert ratio >= 3


@pytest.mark.parametrize("hue", [20, 50, 80, 115, 145, 170, 200, 230, 260, 290, 320, 350])
@pytest.mark.parametrize(("ground", "ink"), [((0.90, 0.055), (0.38, 0.09)), ((0.38, 0.06), (0.90, 0.05))])
def test_initials_can_be_read_on_every_face(hue: float, ground: tuple[float, float], ink: tuple[float, float]) -> None:
    assert contrast(oklch(*ground, hue), oklch(*ink, hue)) >= 4.5


def test_the_measure_itself_is_right() -> None:
    assert contrast((1, 1, 1), (0, 0, 0)) == pytest.approx(21)
    assert contrast(oklch(0.6279553639, 0.2576833038, 29.2338804), (1, 1, 1)) == pytest.approx(3.998, abs=0.01)
