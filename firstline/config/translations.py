"""The languages of the pages: collect every marked phrase, and make the catalogues that Django reads.

    python -m firstline.config.translations collect      after phrases changed: bring the .po files up to date
    python -m firstline.config.translations collect pl   the same, with every phrase that Polish still lacks
    python -m firstline.config.translations compile      make the .mo files; done by bin/bootstrap and by the tests

One catalogue per language, so that a translator sees the whole product and says one thing in one way. What a language
lacks is listed for the complete ones and for those that are asked for: a thousand empty entries in every other
catalogue would change with each new phrase and tell nobody anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale

PACKAGE = Path(__file__).resolve().parent.parent
FOLDER = PACKAGE / "locale"
DOMAIN = "django"
SOURCE = "en"
LANGUAGES = ("vi", "pl", "es", "it", "fr", "de", "zh-hans")
COMPLETE = ("vi",)  # a phrase without a translation here fails bin/test
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Head lines that change with every run or say nothing.
NOISE = (
    b'"Project-Id-Version:', b'"Report-Msgid-Bugs-To:', b'"POT-Creation-Date:', b'"PO-Revision-Date:',
    b'"Last-Translator:', b'"Language-Team:', b'"Generated-By:',
)  # fmt: skip
JINJA = {
    "extensions": "jinja2.ext.i18n",
    "trimmed": "false",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}


def path_of(language: str) -> Path:
    return FOLDER / to_locale(language) / "LC_MESSAGES" / f"{DOMAIN}.po"


def collected() -> Catalog:
    """Every phrase of the product, with the files that say it."""
    catalog = Catalog(project="Firstline", copyright_holder="the Firstline authors", charset="utf-8")
    for path in _sources():
        method = "python" if path.suffix == ".py" else "jinja2"
        place = path.relative_to(PACKAGE.parent).as_posix()
        options = JINJA if method == "jinja2" else {"encoding": "utf-8"}
        for _line, phrase, comments, context in extract_from_file(
            method, path, keywords=KEYWORDS, comment_tags=("Translators:",), options=options
        ):
            # Lines are left out: every edit above a phrase would change every catalogue.
            catalog.add(phrase, locations=[(place, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return catalog


def stored(language: str) -> Catalog:
    """The catalogue of a language, empty if nobody has begun it."""
    path = path_of(language)
    if not path.exists():
        return Catalog(
            locale=to_locale(language), project="Firstline", version="", charset="utf-8", fuzzy=False,
            msgid_bugs_address="", last_translator="", language_team="",
        )  # fmt: skip
    with path.open("rb") as source:
        return read_po(source, locale=to_locale(language), domain=DOMAIN)


def is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return not message.fuzzy and all(texts)


def collect(*asked: str) -> None:
    """Bring the .po files up to date; what is no longer said is dropped."""
    phrases = collected()
    for language in LANGUAGES:
        catalog = stored(language)
        catalog.update(phrases, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        total = len(catalog)
        lacking = [message for message in catalog if message.id and not is_translated(message)]
        if language not in {*COMPLETE, *asked}:
            for message in lacking:
                catalog.delete(message.id, message.context)
        write(language, catalog)
        sys.stdout.write(f"{language:<8} {total - len(lacking):>5} of {total:>5} phrases\n")


def write(language: str, catalog: Catalog) -> None:
    """Keep a catalogue as it is stored: sorted, without dates, so that only words make a difference."""
    catalog.fuzzy = False
    catalog.header_comment = f"# Firstline in {catalog.locale.english_name if catalog.locale else language}."
    out = BytesIO()
    write_po(out, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line for line in out.getvalue().splitlines(True) if not line.startswith(NOISE)))


def compile_stale() -> None:
    """Make each .mo that is older than its .po. Cheap when there is nothing to do."""
    for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        with path.open("rb") as source:
            catalog = read_po(source, domain=DOMAIN)
        unfinished = target.with_suffix(".new")
        with unfinished.open("wb") as out:
            write_mo(out, catalog)
        unfinished.replace(target)  # a server that reads meanwhile sees the old or the new, never half of it


def _sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        parts = path.relative_to(PACKAGE).parts
        if {"tests", "__pycache__", "static"} & set(parts):
            continue
        if path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in parts):
            yield path


if __name__ == "__main__":
    {"collect": collect, "compile": compile_stale}[sys.argv[1]](*sys.argv[2:])
