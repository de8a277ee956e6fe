"""All style and behaviour in one file each, named after their content, kept in memory.

There is no build: files are concatenated when the process starts. A page therefore costs two requests the
first time and none after that, because a name never changes its content and may be kept for ever.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from time import monotonic

import django_htmx
from django.apps import apps
from django.conf import settings

OWN = Path(__file__).parent / "static" / "ui"
HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-4.min.js"
LAYERS = ("reset", "tokens", "base", "components", "rooms", "utilities", "print")
PICTURES = ("icons.svg", "favicon.svg", "favicon-dot.svg")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    name: str
    content: bytes
    zipped: bytes
    content_type: str


def asset_name(stem: str) -> str:
    """Return the hashed name of ``ui.css``, ``ui.js`` or a picture. Raises ``KeyError`` for anything else."""
    return _assets(_stamp())[stem].name


def find(name: str) -> tuple[Asset, bool]:
    """Return the asset and whether the name is its present one.

    A page opened before an upgrade still asks for the old name; it gets the new content instead of a hole.
    Raises ``KeyError`` when there never was such a file.
    """
    stem, _, ending = name.rpartition(".")
    asset = _assets(_stamp())[f"{stem.rpartition('.')[0]}.{ending}"]
    return asset, asset.name == name


@cache
def _assets(_stamp: float) -> dict[str, Asset]:
    contents = {"ui.css": _stylesheet(), "ui.js": _script()}
    contents |= {picture: (OWN / picture).read_text() for picture in PICTURES}
    return {stem: _asset(stem, text.encode()) for stem, text in contents.items()}


def _asset(stem: str, content: bytes) -> Asset:
    path = Path(stem)
    digest = hashlib.sha256(content).hexdigest()[:8]
    return Asset(
        name=f"{path.stem}.{digest}{path.suffix}",
        content=content,
        zipped=gzip.compress(content, compresslevel=9, mtime=0),
        content_type=f"{TYPES[path.suffix]}; charset=utf-8",
    )


def _stamp() -> float:
    """Say when a source last changed while developing; in earnest the sources never change."""
    return _newest(int(monotonic())) if settings.DEBUG else 0


@lru_cache(maxsize=1)
def _newest(_second: int) -> float:
    """Look at most once a second: a page asks for hundreds of pictures."""
    return max(path.stat().st_mtime for path in _sources())


def _sources() -> Iterator[Path]:
    yield from OWN.rglob("*.*")
    for folder in _room_folders():
        yield from folder.glob("css/*.css")
        yield from folder.glob("js/*.js")


def _room_folders() -> Iterator[Path]:
    for config in apps.get_app_configs():
        if config.name.startswith("firstline.") and config.name != "firstline.core.ui":
            yield from sorted(path for path in (Path(config.path) / "static").glob("*") if path.is_dir())


def _stylesheet() -> str:
    """Put each file into the layer its place says: its own name, ``components/``, or a room."""
    parts = [f"@layer {', '.join(LAYERS)};"]
    for layer in LAYERS:
        parts += [f"@layer {layer}{{\n{_without_comments(path.read_text())}}}" for path in _files_of(layer)]
    return "\n".join(parts)


def _files_of(layer: str) -> list[Path]:
    if layer == "components":
        return sorted((OWN / "css" / "components").glob("*.css"))
    if layer == "rooms":
        return [path for folder in _room_folders() for path in sorted(folder.glob("css/*.css"))]
    return [OWN / "css" / f"{layer}.css"]


def _without_comments(css: str) -> str:
    """Nothing for human eyes only: no comments, no room to breathe. What stands in quotation marks stays as it is."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    pieces = re.split(r'("[^"]*")', bare)
    return "".join(piece if place % 2 else _tight(piece) for place, piece in enumerate(pieces)) + "\n"


def _tight(css: str) -> str:
    for pattern, instead in ((r"\s+", " "), (r" ?([{};,]) ?", r"\1"), (r": ", ":"), (r";}", "}")):
        css = re.sub(pattern, instead, css)
    return css


def _script() -> str:
    """Put htmx first, then every element in a block of its own, so that their names cannot meet."""
    elements = sorted((OWN / "js").glob("*.js"))
    elements += [path for folder in _room_folders() for path in sorted(folder.glob("js/*.js"))]
    blocks = [f"{{\n{_bare(path.read_text())}}}" for path in elements]
    return "\n".join([HTMX.read_text(), *blocks])


def _bare(script: str) -> str:
    """Without indentation and without comments that have lines of their own; whatever else is said is code."""
    script = re.sub(r"(?m)^\s*/\*(?:(?!\*/).)*\*/\s*$", "", script, flags=re.DOTALL)
    lines = (line.strip() for line in script.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
