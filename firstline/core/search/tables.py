"""The tables of the index; docs/why/search.md says what was measured."""

from typing import Any

# Contentless: the texts stay where they are, the index keeps only words. One row is replaced without its old text.
# `ascii` because the words are ours already: it parts them at spaces and leaves other letters alone.
_SQLITE = """
CREATE VIRTUAL TABLE search_index USING fts5(
    title, names, body, internal, content='', contentless_delete=1, tokenize='ascii'
)
"""
_POSTGRESQL = """
CREATE TABLE search_index (noun integer NOT NULL, id bigint NOT NULL, words tsvector NOT NULL, PRIMARY KEY (noun, id));
CREATE INDEX search_index_words ON search_index USING gin (words);
"""


def create(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SQLITE if connection.vendor == "sqlite" else _POSTGRESQL)


def drop(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE search_index")
