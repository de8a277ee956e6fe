"""Colours of tokens.css as numbers, and how well two of them can be told apart."""

import math
import re

NAMED = {"white": (1.0, 1.0, 1.0), "black": (0.0, 0.0, 0.0)}
type Linear = tuple[float, float, float]


def declarations(css: str) -> dict[str, str]:
    """Return every custom property of the first ``:root`` block."""
    block = css.split(":root {", 1)[1].split("\n}", 1)[0]
    block = re.sub(r"/\*.*?\*/", "", block, flags=re.DOTALL)
    pairs = (line.split(":", 1) for line in re.split(r";\s*", block) if line.strip().startswith("--"))
    return {name.strip(): value.strip() for name, value in pairs}


def resolve(name: str, tokens: dict[str, str], theme: str) -> Linear:
    """Return a token's colour in linear light for the theme. Raises ``KeyError`` for an unknown token."""
    return _colour(tokens[name], tokens, theme)


def contrast(one: Linear, other: Linear) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _colour(value: str, tokens: dict[str, str], theme: str) -> Linear:
    if match := re.fullmatch(r"light-dark\((.+)\)", value):
        light, dark = re.split(r",\s*(?![^(]*\))", match[1])
        return _colour(light if theme == "light" else dark, tokens, theme)
    if match := re.fullmatch(r"var\((--[\w-]+)\)", value):
        return _colour(tokens[match[1]], tokens, theme)
    if match := re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", value):
        return oklch(float(match[1]) / 100, float(match[2]), float(match[3]))
    return NAMED[value]


def oklch(lightness: float, chroma: float, hue: float) -> Linear:
    """Convert to linear sRGB, clipped to what a screen shows (Björn Ottosson, bottosson.github.io/posts/oklab)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    mixed = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    red, green, blue = (min(1.0, max(0.0, part)) for part in mixed)
    return red, green, blue


def _luminance(colour: Linear) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
