"""Templates compile, hold no code and no style, keep to their room, and have every word marked for translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from .house import PACKAGE, Place, shown, tracked

environment_of_pages = pytest.importorskip("firstline.core.ui.environment", reason="core/ui has not moved in yet")
UI = Place("core", "ui")
# Attributes that people read or hear.
SPOKEN = {
    "title",
    "alt",
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "label",
}
# Arguments of components that people read or hear.
SPOKEN_ARGUMENTS = {
    "label",
    "title",
    "hint",
    "text",
    "heading",
    "placeholder",
    "description",
    "empty",
    "confirm",
    "caption",
    "summary",
    "help",
}
# Names, keys and code are the same in every language.
SAME_EVERYWHERE = re.compile(
    r"Firstline|PDF|CSV|JSON|XML|HTML|API|REST|MCP|SLA|ID|URL|UTC|IMAP|SMTP|OAuth|QR|ICS|Ctrl|Alt|Esc|px|KB|MB|GB"
)
QUIET = {"code", "kbd", "pre", "script", "style", "samp"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands where the template puts something in


def templates() -> list[Path]:
    return [
        path
        for path in tracked("firstline/*.html", "firstline/*.txt")
        if "templates" in path.parts and "tests" not in path.parts
    ]


def room_of(path: Path) -> Place:
    return Place(*path.relative_to(PACKAGE).parts[:2])


@pytest.fixture(scope="module")
def env() -> Environment:
    made: Environment = environment_of_pages.environment()
    return made


every_template = pytest.mark.parametrize("path", templates(), ids=shown)


@every_template
def test_it_compiles(path: Path, env: Environment) -> None:
    env.compile(path.read_text(), filename=str(path))


@every_template
def test_it_includes_only_its_own_and_ui(path: Path, env: Environment) -> None:
    here = room_of(path)
    homes = {str(one.relative_to(room_of(one).folder / "templates")): room_of(one) for one in templates()}
    kinds = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)

    strange = [
        str(target.value)
        for node in env.parse(path.read_text()).find_all(kinds)
        for target in [getattr(node, "template", None)]
        if here.floor != "doors"  # only doors put rooms' panels together
        and isinstance(target, nodes.Const)
        and homes.get(str(target.value)) not in {here, UI}
    ]

    assert strange == []


@every_template
def test_it_holds_no_script_no_style_and_no_handler(path: Path, env: Environment) -> None:
    page = Reader(path, env)

    assert page.code == []


@every_template
def test_every_word_is_marked_for_translation(path: Path, env: Environment) -> None:
    page = Reader(path, env)

    assert page.words + list(_untranslated_arguments(path, env)) == []


@pytest.mark.abuse("C7")
@every_template
def test_only_our_own_words_are_given_to_gettext(path: Path, env: Environment) -> None:
    """What `_` answers is not escaped: a name that somebody has chosen goes through the filter `said`."""
    calls = env.parse(path.read_text()).find_all(nodes.Call)
    words = {"_": 1, "gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}

    assert [
        call.lineno
        for call in calls
        if isinstance(call.node, nodes.Name)
        and not all(isinstance(given, nodes.Const) for given in call.args[: words.get(call.node.name, 0)])
    ] == []


class Reader(HTMLParser):
    """The page as a person and a browser meet it: unmarked words, and whatever could run."""

    def __init__(self, path: Path, env: Environment) -> None:
        super().__init__()
        self.words: list[str] = []
        self.code: list[str] = []
        self._open: list[str] = []
        text = _with_holes(env, path.read_text())
        if path.suffix == ".html":
            self.feed(text)
            self.close()
        else:
            self.handle_data(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if (
                name == "style"
                or name.startswith(("on", "hx-on"))
                or value.strip().lower().startswith(("javascript:", "data:text"))
            ):
                self.code.append(f"line {self.getpos()[0]}: {name}={value!r}")
            if name in SPOKEN and given.get("translate") != "no":
                self._note(value)
        if tag == "style" or (tag == "script" and "src" not in given and "json" not in given.get("type", "")):
            self.code.append(f"line {self.getpos()[0]}: <{tag}> inside the page")
        if tag not in VOID:
            self._open.append("code" if given.get("translate") == "no" else tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not QUIET & set(self._open):
            self._note(data)

    def _note(self, text: str) -> None:
        if _has_words(text):
            self.words.append(f"line {self.getpos()[0]}: {' '.join(text.split())!r}")


def _has_words(text: str) -> bool:
    return re.search(r"[^\W\d_]{2,}", SAME_EVERYWHERE.sub("", text.replace(HOLE, " "))) is not None


def _with_holes(env: Environment, source: str) -> str:
    """The literal text of a template; what it computes or translates is a hole, lines stay where they are."""
    source = re.sub(r"(\{% block \w+_class %\}).*?(\{% endblock)", r"\1\2", source)  # goes into class="…"
    kept: list[str] = []
    depth_of_translation = 0
    tokens = list(env.lex(source))
    for number, (_, kind, value) in enumerate(tokens):
        if kind == "block_begin":
            word = next((text for _, name, text in tokens[number + 1 :] if name == "name"), "")
            depth_of_translation += {"trans": 1, "endtrans": -1}.get(word, 0)
        if kind == "data" and not depth_of_translation:
            kept.append(value)
        else:
            kept.append((HOLE if kind in {"variable_begin", "block_begin"} else "") + "\n" * value.count("\n"))
    return re.sub(f"(</?){HOLE}", r"\1x-", "".join(kept))  # an element whose name is computed is an element still


def _untranslated_arguments(path: Path, env: Environment) -> Iterator[str]:
    for call in env.parse(path.read_text()).find_all(nodes.Call):
        for argument in call.kwargs:
            value = argument.value
            literal = value.value if isinstance(value, nodes.Const) and isinstance(value.value, str) else ""
            if argument.key in SPOKEN_ARGUMENTS and _has_words(literal):
                yield f"line {call.lineno}: {argument.key}={literal!r}"
