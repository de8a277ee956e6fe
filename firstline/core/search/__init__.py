"""Full-text search over any noun: one row per thing, the same words on both databases."""

from firstline.core.search.asking import Page, best, page, query
from firstline.core.search.keeping import Checked, check_index, compact, index, provide, read, rebuild, refresh, remove
from firstline.core.search.phrases import phrases
from firstline.core.search.row import Document

__all__ = [
    "Checked",
    "Document",
    "Page",
    "best",
    "check_index",
    "compact",
    "index",
    "page",
    "phrases",
    "provide",
    "query",
    "read",
    "rebuild",
    "refresh",
    "remove",
]
