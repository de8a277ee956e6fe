"""The one condition language: typed, kept, asked of the database and asked of one thing."""

from firstline.core.conditions.asking import Explained, Prepared, explain, first_failure, matches, prepare, to_q
from firstline.core.conditions.checking import check
from firstline.core.conditions.keeping import from_json, to_json
from firstline.core.conditions.reading import parse
from firstline.core.conditions.tree import AllOf, AnyOf, Condition, Not, Test, Words, fields_in, simplify
from firstline.core.conditions.writing import describe, to_text
from firstline.core.fields import ConditionError, Context

__all__ = [
    "AllOf",
    "AnyOf",
    "Condition",
    "ConditionError",
    "Context",
    "Explained",
    "Not",
    "Prepared",
    "Test",
    "Words",
    "check",
    "describe",
    "explain",
    "fields_in",
    "first_failure",
    "from_json",
    "matches",
    "parse",
    "prepare",
    "simplify",
    "to_json",
    "to_q",
    "to_text",
]
