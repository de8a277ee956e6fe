"""Every phrase has its translation, and none of them loses what is put into it."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from firstline.config import translations

# %(name)s and {name}: what the code puts in. A translation that misspells one breaks the page.
HOLE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
HOW = "Run bin/translate, then fill in what is empty in firstline/locale."


@pytest.fixture(scope="module")
def phrases() -> list[Message]:
    return [message for message in translations.collected() if message.id]


@pytest.mark.parametrize("language", translations.COMPLETE)
def test_every_phrase_is_translated(language: str, phrases: list[Message]) -> None:
    stored = translations.stored(language)

    missing = [
        message.id
        for message in phrases
        if (known := stored.get(message.id, message.context)) is None or not translations.is_translated(known)
    ]

    assert missing == [], HOW


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_a_translation_keeps_what_is_put_into_it(language: str) -> None:
    broken = [
        (message.id, text)
        for message in translations.stored(language)
        for text in (message.string if isinstance(message.string, (list, tuple)) else [message.string])
        if message.id and text and not _fits(message, text)
    ]

    assert broken == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_no_translation_is_left_of_a_phrase_that_nobody_says(language: str, phrases: list[Message]) -> None:
    said = {(_key(message), message.context) for message in phrases}

    left = [m.id for m in translations.stored(language) if m.id and (_key(m), m.context) not in said]

    assert left == [], HOW


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _fits(message: Message, text: str) -> bool:
    """A plural form may leave the number out, never invent one."""
    sources = [message.id] if isinstance(message.id, str) else message.id
    holes = [{found.group(0) for found in HOLE.finditer(source)} for source in sources]
    given = {found.group(0) for found in HOLE.finditer(text)}
    return given <= set.union(*holes) and given >= set.intersection(*holes)
