"""Every form that a person finds on the pages they can open, with its fields as a browser would send them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client

NUMBER = re.compile(r"\d+")


@dataclass
class Form:
    """Where it goes and what it would send untouched."""

    method: str
    path: str
    values: dict[str, list[str]] = field(default_factory=dict)

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """The same form about another thing is the same form."""
        return self.method, NUMBER.sub("1", self.path), tuple(sorted(self.values))


class _Page(HTMLParser):
    """Forms, lone buttons and fields that htmx sends, and links."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self.links = path, [], set()
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select = ""

    forms: list[Form]
    links: set[str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        for method in ("get", "post"):
            if f"hx-{method}" in own and tag != "form":
                self._add(method, own[f"hx-{method}"], [(own["name"], own.get("value", ""))] if own.get("name") else [])
        if tag == "form":
            method = "post" if "hx-post" in own else own.get("method", "get").lower()
            self._open = self._add(method, own.get("hx-post") or own.get("action", ""), [])
            self._by_id[own.get("id", "")] = self._open
        elif tag == "a" and own.get("href", "").startswith(("/", "?")):
            self.links.add(urljoin(self.path, own["href"]))
        home = self._by_id.get(own["form"]) if own.get("form") else self._open
        if home is None:
            return
        if tag in {"input", "textarea", "select", "button"} and own.get("name"):
            home.values.setdefault(own["name"], []).append(own.get("value", ""))
            self._select = own["name"] if tag == "select" else ""
        if tag == "option" and self._select and own.get("value"):
            home.values[self._select] = [own["value"]]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _add(self, method: str, address: str, values: list[tuple[str, str]]) -> Form:
        parts = urlsplit(urljoin(self.path, address))
        form = Form(method, parts.path)
        for name, value in parse_qsl(parts.query, keep_blank_values=True) + values:
            form.values.setdefault(name, []).append(value)
        self.forms.append(form)
        return form


def walk(client: Client, *starts: str, most: int = 400) -> Iterator[tuple[str, str]]:
    """Path and text of every kind of page that is reached by links, each kind (whatever the number) twice at most."""
    waiting, seen, kinds = list(starts), set(starts), dict.fromkeys((NUMBER.sub("1", each) for each in starts), 1)
    while waiting and most:
        most -= 1
        path = waiting.pop(0)
        answer = client.get(path)
        if answer.status_code != 200 or answer.streaming or "html" not in answer["Content-Type"]:
            continue
        text = answer.content.decode()
        yield path, text
        page = _Page(path)
        page.feed(text)
        for link in sorted(page.links):
            link = link.partition("#")[0]
            kind = NUMBER.sub("1", link)
            if link not in seen and kinds.get(kind, 0) < 2 and not link.startswith("/assets/"):
                seen.add(link)
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(link)


def forms_of(client: Client, *starts: str) -> list[Form]:
    """One of each kind of form, and each kind of address with a query."""
    found: dict[object, Form] = {}
    for path, text in walk(client, *starts):
        page = _Page(path)
        page.feed(text)
        for form in page.forms:
            form.values.pop("csrfmiddlewaretoken", None)
            found.setdefault(form.kind, form)
        parts = urlsplit(path)
        asked = Form("get", parts.path, {name: [value] for name, value in parse_qsl(parts.query)})
        found.setdefault(asked.kind, asked)
    return list(found.values())
