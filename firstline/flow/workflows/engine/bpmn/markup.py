"""XML as a tree with line numbers, from the parser of the standard library: no declarations, so no entities and no
bombs; nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
LARGEST = 5_000_000  # characters
DEEPEST = 200


class NotRun(ValueError):
    """An element we do not run or take in: refused rather than run wrongly."""

    def __init__(self, sentence: str, element: Element | None = None) -> None:
        self.element = element.id if element is not None else ""
        self.line: int | None = element.line if element is not None else None
        where = f"“{element.id or element.tag}” (line {element.line}): " if element is not None else ""
        super().__init__(where + sentence)


class Wrong(NotRun):
    """Not even BPMN: no engine may run it."""


@dataclass(slots=True, eq=False)
class Element:
    tag: str  # without its namespace; of other namespaces with `{…}` before it
    line: int
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    text: str = ""

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    @property
    def name(self) -> str:
        return " ".join(self.attributes.get("name", "").split())

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    def is_set(self, attribute: str, default: bool = False) -> bool:
        return self.attributes.get(attribute, str(default)).strip().lower() in ("true", "1")

    def all(self, *tags: str) -> Iterator[Element]:
        return (child for child in self.children if child.tag in tags)

    def one(self, tag: str) -> Element | None:
        return next(self.all(tag), None)

    def said(self, tag: str) -> str:
        """The text of a child, trimmed."""
        child = self.one(tag)
        return child.text.strip() if child is not None else ""

    def walk(self) -> Iterator[Element]:
        todo = [self]
        while todo:
            element = todo.pop()
            yield element
            todo += reversed(element.children)


def parsed(text: str | bytes) -> Element:
    """The root element. Raises NotRun for what is no XML, or XML that declares things."""
    if len(text) > LARGEST:
        raise NotRun("The file is too large.")
    return _Parsing().root(text)


class _Parsing:
    def __init__(self) -> None:
        self.top: Element | None = None
        self.here: Element | None = None
        self.depth = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._declared
        self.parser.EntityDeclHandler = self._declared

    def root(self, text: str | bytes) -> Element:
        if isinstance(text, str):
            text = text.lstrip("\ufeff").encode("utf-8", "replace")
            encoding: str | None = "utf-8"
        else:
            encoding = None
        try:
            if encoding:
                self.parser = self._again(encoding)
            self.parser.Parse(text, True)
        except expat.ExpatError as error:
            raise NotRun(f"Line {error.lineno}: this is not XML ({expat.ErrorString(error.code)}).") from error
        except (ValueError, LookupError) as error:
            if isinstance(error, NotRun):
                raise
            raise NotRun("The encoding of the file is not known.") from error
        if self.top is None:
            raise NotRun("The file is empty.")
        return self.top

    def _again(self, encoding: str) -> expat.XMLParserType:
        """A text was decoded already: what its first line says of an encoding does not count any more."""
        before, parser = self.parser, expat.ParserCreate(encoding, namespace_separator=" ")
        parser.buffer_text = True
        for handler in (
            "StartElementHandler", "EndElementHandler", "CharacterDataHandler", "StartDoctypeDeclHandler",
            "EntityDeclHandler",
        ):  # fmt: skip
            setattr(parser, handler, getattr(before, handler))
        return parser

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotRun(f"Line {self.parser.CurrentLineNumber}: it is nested too deeply.")
        space, _, local = name.rpartition(" ")
        tag = local if space == MODEL else f"{{{space}}}{local}"
        kept = {(key if " " not in key else "{" + key.replace(" ", "}")): value for key, value in attributes.items()}
        element = Element(tag, self.parser.CurrentLineNumber, kept, self.here)
        if self.here is None:
            self.top = element
        else:
            self.here.children.append(element)
        self.here = element

    def _end(self, _name: str) -> None:
        self.depth -= 1
        if self.here is not None:
            self.here = self.here.parent

    def _text(self, text: str) -> None:
        if self.here is not None:
            self.here.text += text

    def _declared(self, *_anything: object) -> None:
        raise NotRun(f"Line {self.parser.CurrentLineNumber}: a file with declarations (DOCTYPE) is not read.")
