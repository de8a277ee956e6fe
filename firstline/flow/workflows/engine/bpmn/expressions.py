"""The few expressions of executable BPMN files that need no script engine: `test.contains("a")`, `n < 3`, `true`.

Read by a grammar of its own; what is not in it is refused, never guessed.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

type Value = Callable[[Mapping[str, Any]], Any]

LONGEST = 1_000
_SYMBOL = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"[^"\\]*"|'[^'\\]*')|(?P<name>[A-Za-z_]\w*)"""
    r"""|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!().,+*-]))"""
)
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_COUNTED: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class NotUnderstood(ValueError):
    """The expression is none of ours."""


class Expression:
    """`names`: the variables it reads."""

    def __init__(self, text: str) -> None:
        text = text.strip()
        if wrapped := re.fullmatch(r"[$#]\{(.*)\}", text, re.DOTALL):
            text = wrapped[1]
        if not text or len(text) > LONGEST:
            raise NotUnderstood("There is no expression." if not text else "The expression is too long.")
        self.names: set[str] = set()
        self._symbols, self._at = _symbols(text), 0
        self._value = self._either()
        if self._at < len(self._symbols):
            raise NotUnderstood(f"“{text}” is not understood.")

    def __call__(self, seen: Mapping[str, Any], _now: datetime) -> bool:
        value = self._value(seen)
        if not isinstance(value, bool):
            raise TypeError("It is neither true nor false.")
        return value

    def number(self, seen: Mapping[str, Any], _now: datetime) -> int:
        value = self._value(seen)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise ValueError("It is no whole number.")
        return int(value)

    # ---- the grammar, weakest first

    def _either(self) -> Value:
        parts = [self._both()]
        while self._take("||", "or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda seen: any(_yes(part(seen)) for part in parts)

    def _both(self) -> Value:
        parts = [self._not()]
        while self._take("&&", "and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else lambda seen: all(_yes(part(seen)) for part in parts)

    def _not(self) -> Value:
        if self._take("!", "not"):
            inner = self._not()
            return lambda seen: not _yes(inner(seen))
        return self._comparison()

    def _comparison(self) -> Value:
        left = self._sum()
        sign = self._take(*_COMPARED)
        if not sign:
            return left
        right, compare = self._sum(), _COMPARED[sign]
        return lambda seen: compare(left(seen), right(seen))

    def _sum(self) -> Value:
        left = self._call()
        while sign := self._take(*_COUNTED):
            left = _counted(left, self._call(), _COUNTED[sign])
        return left

    def _call(self) -> Value:
        value = self._one()
        while self._take("."):
            method = self._next()
            if method not in _METHODS or not self._take("("):
                raise NotUnderstood(f"“.{method}” is not known.")
            argument = self._either()
            self._must(")")
            value = _called(value, argument, _METHODS[method])
        return value

    def _one(self) -> Value:
        symbol = self._next()
        if symbol == "(":
            inner = self._either()
            self._must(")")
            return inner
        if symbol == "-":
            inner = self._one()
            return lambda seen: -inner(seen)
        if symbol in ("true", "false"):
            return lambda _seen: symbol == "true"
        if symbol[0] in "\"'":
            return lambda _seen: symbol[1:-1]
        if symbol[0].isdigit():
            number = float(symbol) if "." in symbol else int(symbol)
            return lambda _seen: number
        if symbol[0].isalpha() or symbol[0] == "_":
            self.names.add(symbol)
            return lambda seen: seen[symbol]
        raise NotUnderstood(f"“{symbol}” is not understood here.")

    def _next(self) -> str:
        if self._at >= len(self._symbols):
            raise NotUnderstood("The expression ends too early.")
        self._at += 1
        return self._symbols[self._at - 1]

    def _take(self, *symbols: str) -> str:
        if self._at < len(self._symbols) and self._symbols[self._at] in symbols:
            self._at += 1
            return self._symbols[self._at - 1]
        return ""

    def _must(self, symbol: str) -> None:
        if not self._take(symbol):
            raise NotUnderstood(f"A “{symbol}” is missing.")


def _symbols(text: str) -> list[str]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        symbol = _SYMBOL.match(text, at)
        if symbol is None:
            raise NotUnderstood(f"“{text[at : at + 20]}” is not understood.")
        found.append(symbol[0].strip())
        at = symbol.end()
    if found.count("(") + found.count("!") > 50:
        raise NotUnderstood("The expression is nested too deeply.")
    return found


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("It is neither true nor false.")
    return value


def _counted(left: Value, right: Value, count: Callable[[Any, Any], Any]) -> Value:
    return lambda seen: count(left(seen), right(seen))


def _called(value: Value, argument: Value, method: Callable[[str, str], bool]) -> Value:
    return lambda seen: method(str(value(seen)).casefold(), str(argument(seen)).casefold())


_METHODS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda value, part: part in value,
    "equals": operator.eq,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
}
