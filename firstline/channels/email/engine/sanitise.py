"""Make the HTML of strangers safe to show, by allow-list and by parser (never by pattern).

Sanitising twice gives the same as sanitising once; the tests hold us to it.
"""

from __future__ import annotations

import re

import nh3

_TAGS = {
    "a", "abbr", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code",
    "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
# Their content is code or another document, not words of the sender.
_GONE_WITH_CONTENT = {"script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "math"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title"},
    "a": {"href", "name"},
    "blockquote": {"cite", "type"},
    "col": {"span", "width"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "img": {"alt", "src", "width", "height", "data-blocked-src"},
    "ol": {"start", "type"},
    "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": {"align", "bgcolor", "colspan", "rowspan", "valign", "width", "height"},
    "th": {"align", "bgcolor", "colspan", "rowspan", "valign", "width", "height"},
    "tr": {"align", "bgcolor", "valign"},
    "div": {"align"},
    "p": {"align"},
}
_LINK_SCHEMES = ("http:", "https:", "mailto:", "tel:")
_PROPERTIES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right",
    "border-spacing", "border-style", "border-top", "border-width", "clear", "color", "direction", "font",
    "font-family", "font-size", "font-style", "font-variant", "font-weight", "height", "letter-spacing",
    "line-height", "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top",
    "max-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align",
    "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-spacing",
    "word-wrap",
}  # fmt: skip
# No brackets: they are url(), expression(), image-set(), attr(), var(); rgb() is the one that matters.
_VALUE = re.compile(r"(?:rgba?\([0-9., %]{1,40}\)|[A-Za-z0-9 #%.,'\"!_+-])+")
_CONTROLS_AND_BLANKS = re.compile("[\x00-\x20\x7f-\xa0\u200b\u2028\u2029\ufeff]+")


def sanitise(html: str) -> str:
    """Harmless HTML that reads like the original. Remote pictures wait behind `data-blocked-src`."""
    html = _LONE_AMPERSAND.sub("&amp;", html)  # the parser is slow on long runs of them
    for _ in range(5):
        cleaned = _block_remote_images(_CLEANER.clean(html))
        if cleaned == html:
            return cleaned
        html = cleaned
    return nh3.clean_text(html)  # text that a parser reads anew each time is nothing to show


def structure(html: str) -> str:
    """Well-formed HTML with the class names and ids that mail programs leave. Never shown to anybody."""
    return _STRUCTURE.clean(_LONE_AMPERSAND.sub("&amp;", html))


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return _keep_style(value)
    if name in ("href", "cite"):
        return value if _CONTROLS_AND_BLANKS.sub("", value).lower().startswith(_LINK_SCHEMES) else None
    if tag == "img" and name == "src":
        address = _CONTROLS_AND_BLANKS.sub("", value)
        return address if address.lower().startswith(("cid:", "http:", "https:")) else None
    if name == "data-blocked-src":
        address = _CONTROLS_AND_BLANKS.sub("", value)
        return address if address.lower().startswith(("http:", "https:")) else None
    return value


def _keep_style(value: str) -> str | None:
    kept = []
    for declaration in value[:4_000].split(";")[:60]:
        name, _, content = declaration.partition(":")
        name, content = name.strip().lower(), content.strip()
        if name in _PROPERTIES and len(content) <= 200 and _VALUE.fullmatch(content) and "--" not in content:
            kept.append(f"{name}:{content}")
    return ";".join(kept) or None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_GONE_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_keep_attribute,
    strip_comments=True,
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto", "tel", "cid"},
)
_STRUCTURE = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_GONE_WITH_CONTENT,
    attributes={
        "*": {"class", "id", "style", "data-marker", "data-signatureblock", "name"},
        "blockquote": {"type", "class", "id", "style"},
    },
    strip_comments=True,
    link_rel=None,
)

# nh3 writes every attribute as name="value" with quotes escaped, so this reads its own kind of text only.
_IMAGE = re.compile(r'<img((?: [a-z-]+="[^"]*+")*+)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*+)"')


def _block_remote_images(html: str) -> str:
    return _IMAGE.sub(_block_one, html) if "<img" in html else html


def _block_one(found: re.Match[str]) -> str:
    attributes = dict(_ATTRIBUTE.findall(found.group(1)))
    source = attributes.get("src", "")
    if source.lower().startswith(("http:", "https:")):
        del attributes["src"]
        attributes["data-blocked-src"] = source
    return "<img" + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">"


_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})([^<>]*+)")
_LONE_AMPERSAND = re.compile(r"&(?![A-Za-z#])")
_EMPTY_TAGS = {
    "br",
    "img",
    "hr",
    "meta",
    "link",
    "input",
    "col",
    "area",
    "base",
    "wbr",
    "p",
    "li",
    "td",
    "tr",
    "th",
    "option",
}


def is_too_complex(html: str, *, depth: int, tags: int, attributes: int) -> bool:
    """A quick look for what would make any parser slow: nesting, sheer number, tags with thousands of attributes."""
    if html.count("<") > tags * 3 or html.count("&") > tags * 5:
        return True
    level = 0
    for seen, found in enumerate(_TAG.finditer(html)):
        if len(found.group(3)) > attributes * 4 and len(found.group(3).split()) > attributes:
            return True
        if found.group(2).lower() not in _EMPTY_TAGS:
            level = max(0, level - 1) if found.group(1) else level + 1
        if level >= depth or seen > tags * 2:
            return True
    return False
