"""The kinds of field: which operators each knows and what a typed value means to it."""

from firstline.core.fields.kinds.base import Kind
from firstline.core.fields.kinds.boolean import Boolean
from firstline.core.fields.kinds.choice import ChoiceKind
from firstline.core.fields.kinds.day import Day
from firstline.core.fields.kinds.moment import Moment
from firstline.core.fields.kinds.number import Number
from firstline.core.fields.kinds.reference import Reference
from firstline.core.fields.kinds.text import Text

TEXT = Text()
CHOICE = ChoiceKind()
NUMBER = Number()
BOOLEAN = Boolean()
MOMENT = Moment()
DAY = Day()
PERSON = Reference("person")
REFERENCE = Reference("reference")
TAGS = Reference("tags")

__all__ = ["BOOLEAN", "CHOICE", "DAY", "MOMENT", "NUMBER", "PERSON", "REFERENCE", "TAGS", "TEXT", "Kind"]
