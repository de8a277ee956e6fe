"""A condition from outside is checked once, before it is kept; what is kept was understood."""

from django.utils.translation import gettext as _

from firstline.core.conditions.tree import AllOf, AnyOf, Condition, Not, Test, Words
from firstline.core.fields import Catalogue, ConditionError, Context
from firstline.core.fields.kinds.base import EMPTY, PRESENT
from firstline.core.text import words


def check(condition: Condition, catalogue: Catalogue, context: Context) -> Condition:
    """The condition with its fields and values in the form they are kept; a ConditionError for what means nothing."""
    match condition:
        case AllOf(parts):
            return AllOf(tuple(check(part, catalogue, context) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(check(part, catalogue, context) for part in parts))
        case Not(part):
            return Not(check(part, catalogue, context))
        case Words():
            check_words(condition, catalogue)
            return condition
        case Test():
            return check_test(condition, catalogue, context)


def check_words(condition: Words, catalogue: Catalogue) -> None:
    if catalogue.search is None:
        raise ConditionError(_("Words cannot be looked for here."))
    if not words(condition.text):
        raise ConditionError(_("There is no word in “%(text)s”.") % {"text": condition.text})


def check_test(test: Test, catalogue: Catalogue, context: Context) -> Test:
    field = catalogue.field(test.field, context)
    if not field.is_testable:
        raise ConditionError(_("It cannot be filtered by “%(field)s”.") % {"field": field.key})
    field.kind.ask(field, test.operator, test.values, context)
    if test.operator in (EMPTY, PRESENT):
        return Test(field.key, test.operator)
    values = tuple(field.kind.canonical(field, test.operator, value, context) for value in test.values)
    return Test(field.key, test.operator, values)
