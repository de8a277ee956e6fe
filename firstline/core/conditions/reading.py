"""What people type in the search box, read into a condition.

    priority:critical status:open,waiting created:>7d "out of paper" -tag:spam (team:network or owner:none)

Side by side means *and*; `or` is weaker; `-` or `not` negates; a comma means any of. What is no test is a word.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from firstline.core.conditions.checking import check_test, check_words
from firstline.core.conditions.tree import (
    ALWAYS,
    DEEPEST,
    LONGEST_VALUE,
    MOST_PARTS,
    AllOf,
    AnyOf,
    Condition,
    Not,
    Test,
    Words,
    simplify,
)  # fmt: skip
from firstline.core.fields import Catalogue, ConditionError, Context, Field
from firstline.core.fields.kinds.base import AT_LEAST, AT_MOST, BETWEEN, EMPTY, IS, LESS, MORE, PRESENT, STARTS
from firstline.core.text import words

LONGEST_TEXT = 10_000

_UNTYPEABLE = re.compile("[\x00\ud800-\udfff]")
_NAME = re.compile(r"([^\W\d][\w.-]*):(?!//)(?=\S)")
_OPERATOR = re.compile(r">=|<=|>|<|=")
_BARE = re.compile(r'[^\s,()"]+')
_BARE_END = re.compile(r'(?:(?!\.\.)[^\s,()"])+')
_WORD = re.compile(r'[^\s()"]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.|\\$)*)("?)', re.DOTALL)
_JOINING = re.compile(r"(or|and|not)(?=[\s()]|$)", re.IGNORECASE)
_OPERATORS = {">": MORE, ">=": AT_LEAST, "<": LESS, "<=": AT_MOST, "=": IS}
_EMPTINESS = {"none": EMPTY, "any": PRESENT}


def parse(text: str, catalogue: Catalogue, context: Context, *, typing: bool = False) -> Condition:
    """The condition meant by the text, checked and simplified. Raises only ConditionError.

    `typing`: the last word may be unfinished and is looked for as a beginning.
    """
    if len(text) > LONGEST_TEXT:
        raise ConditionError(_("This is too long to look for."))
    return simplify(_Reader(_UNTYPEABLE.sub(" ", text), catalogue, context, typing).read())


@dataclass
class _Reader:
    text: str
    catalogue: Catalogue
    context: Context
    typing: bool
    at: int = 0
    depth: int = 0
    count: int = 0

    def read(self) -> Condition:
        condition = self._either()
        if self.at < len(self.text):
            raise ConditionError(_("There is a “)” too many."), at=self.at)
        return condition

    def _either(self) -> Condition:
        parts = [self._together()]
        while self._joining() == "or":
            self.at += 2
            parts.append(self._together())
        said = [part for part in parts if part is not None]
        return said[0] if len(said) == 1 else AnyOf(tuple(said)) if said else ALWAYS

    def _together(self) -> Condition | None:
        parts: list[Condition] = []
        while (joining := self._joining()) != "or" and self.at < len(self.text) and self.text[self.at] != ")":
            if joining == "and":
                self.at += 3
            elif part := self._part():
                parts.append(part)
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts)) if parts else None

    def _part(self) -> Condition | None:
        start = self.at
        self.count += 1
        if self.count > MOST_PARTS:
            raise ConditionError(_("The condition is too large."), at=start)
        if self._joining() == "not" or self.text[start] == "-":
            self.at += 3 if self._joining() == "not" else 1
            return self._negated(start)
        if self.text[start] == "(":
            return self._bracket()
        named = _NAME.match(self.text, start)
        return self._test(named) if named else self._words()

    def _negated(self, start: int) -> Condition | None:
        self._deeper(start)
        self._skip()
        is_dash = self.text[start] == "-" and self.at > start + 1
        nothing = self.at >= len(self.text) or self.text[self.at] == ")" or self._joining() in ("or", "and")
        part = None if nothing or is_dash else self._part()
        self.depth -= 1
        return None if part is None else Not(part)

    def _bracket(self) -> Condition:
        start = self.at
        self._deeper(start)
        self.at += 1
        inside = self._either()
        if self.at >= len(self.text):
            raise ConditionError(_("The bracket that opens here is never closed."), at=start)
        self.at += 1
        self.depth -= 1
        return inside

    def _test(self, named: re.Match[str]) -> Condition:
        start = self.at
        try:
            field = self.catalogue.field(named[1], self.context)
        except ConditionError as error:
            sentence = error.sentence + " " + _("To look for it as text, put it in quotes.")
            raise ConditionError(sentence, at=start, suggestion=error.suggestion) from None
        self.at = named.end()
        try:
            tests = [self._value(field)]
            while self.at < len(self.text) and self.text[self.at] == ",":
                self.at += 1
                if self.at < len(self.text) and not self.text[self.at].isspace():
                    tests.append(self._value(field))
            checked = [check_test(test, self.catalogue, self.context) for test in _gathered(tests)]
        except ConditionError as error:
            at = start if error.at is None else error.at
            raise ConditionError(error.sentence, at=at, suggestion=error.suggestion) from None
        return checked[0] if len(checked) == 1 else AnyOf(tuple(checked))

    def _value(self, field: Field) -> Test:
        start = self.at
        operator = _OPERATOR.match(self.text, self.at)
        self.at = operator.end() if operator else self.at
        has_range = BETWEEN in field.kind.operators_of(field) and not operator
        value, is_quoted = self._piece(_BARE_END if has_range else _BARE)
        if has_range and self.text.startswith("..", self.at):
            self.at += 2
            end, _is_quoted = self._piece(_BARE_END)
            return _range(field, value, end, start)
        if not value and not is_quoted:
            raise ConditionError(_("“%(field)s” needs a value.") % {"field": field.key}, at=start)
        if not is_quoted and not operator and value.lower() in _EMPTINESS:
            return Test(field.key, _EMPTINESS[value.lower()])
        if field.kind.is_text:
            if is_quoted and self.text.startswith("*", self.at):
                self.at += 1
                return Test(field.key, STARTS, (value,))
            if not is_quoted and value.endswith("*"):
                return Test(field.key, STARTS, (value.rstrip("*"),))
        return Test(field.key, _OPERATORS[operator[0]] if operator else field.kind.default, (value,))

    def _piece(self, bare: re.Pattern[str]) -> tuple[str, bool]:
        if self.at < len(self.text) and self.text[self.at] == '"':
            return self._quoted(), True
        found = bare.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found[0] if found else "", False

    def _words(self) -> Condition | None:
        if self.text[self.at] == '"':
            said = self._quoted()
            prefix = self.text.startswith("*", self.at)
            self.at += prefix
        else:
            found = _WORD.match(self.text, self.at)
            said = found[0] if found else ""
            self.at += max(1, len(said))
            prefix = said.endswith("*") or (self.typing and self.at == len(self.text))
            said = said.rstrip("*")
        looked_for = Words(said[:LONGEST_VALUE], bool(prefix))
        if not words(looked_for.text):
            return None  # punctuation asks for nothing
        check_words(looked_for, self.catalogue)
        return looked_for

    def _quoted(self) -> str:
        """The text in quotes; a quote nobody closed reaches to the end."""
        found = _QUOTED.match(self.text, self.at)
        if found is None:
            raise ConditionError(_("This is not understood."), at=self.at)
        self.at = found.end()
        return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)

    def _joining(self) -> str:
        self._skip()
        found = _JOINING.match(self.text, self.at)
        return found[1].lower() if found else ""

    def _skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _deeper(self, start: int) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ConditionError(_("The condition is too large."), at=start)


def _range(field: Field, low: str, high: str, at: int) -> Test:
    if low and high:
        return Test(field.key, BETWEEN, (low, high))
    if not low and not high:
        raise ConditionError(_("“%(field)s” needs a value.") % {"field": field.key}, at=at)
    return Test(field.key, AT_LEAST, (low,)) if low else Test(field.key, AT_MOST, (high,))


def _gathered(tests: list[Test]) -> list[Test]:
    """`status:open,waiting` is one test with two values; whatever cannot be one stays apart."""
    gathered: list[Test] = []
    for test in tests:
        last = gathered[-1] if gathered else None
        many = test.operator == IS or test.operator in ("contains", STARTS)
        if last is not None and many and last.operator == test.operator:
            gathered[-1] = Test(test.field, test.operator, last.values + test.values)
        else:
            gathered.append(test)
    return gathered
