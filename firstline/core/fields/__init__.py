"""One catalogue of fields per noun: what each is called, how it is read, how it is asked for, who may see it."""

from firstline.core.fields.catalogue import Catalogue
from firstline.core.fields.context import Context
from firstline.core.fields.custom import FoldedValuesField, custom_field
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Choice, Field
from firstline.core.fields.kinds import BOOLEAN, CHOICE, DAY, MOMENT, NUMBER, PERSON, REFERENCE, TAGS, TEXT

__all__ = [
    "BOOLEAN",
    "CHOICE",
    "DAY",
    "MOMENT",
    "NUMBER",
    "PERSON",
    "REFERENCE",
    "TAGS",
    "TEXT",
    "Catalogue",
    "Choice",
    "ConditionError",
    "Context",
    "Field",
    "FoldedValuesField",
    "custom_field",
]
