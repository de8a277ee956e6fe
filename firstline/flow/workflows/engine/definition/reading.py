"""A document read: YAML or JSON, or what was parsed from them, into a Definition or a list of problems."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .language import Language
from .problems import Malformed, Problem
from .steps import Definition
from .structure import problems_of

LONGEST = 1_000_000  # characters; the largest shipped workflow has 20,000
MOST_STEPS = 2_000


def read(text: str, language: Language | None = None) -> tuple[Definition | None, list[Problem]]:
    """From YAML (JSON is YAML too). The definition is None when the document is too wrong to be shown as one."""
    if len(text) > LONGEST:
        return None, [Problem("", "", "The document is too long.")]
    try:
        document = _Loader(text).get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "it is no YAML"
        return None, [Problem("", "", f"The document cannot be read: {reason}.", mark.line + 1 if mark else None)]
    except RecursionError:
        return None, [Problem("", "", "The document is nested too deeply.")]
    except ValueError as error:  # a date such as 2026-02-31, a number of 10,000 digits
        return None, [Problem("", "", f"The document cannot be read: {error}.")]
    lines = dict(_lines_of_steps(text))
    definition, problems = understand(document, language)
    return definition, [
        Problem(problem.step, problem.part, problem.sentence, lines.get(problem.step)) for problem in problems
    ]


def must_read(text: str, language: Language | None = None) -> Definition:
    definition, problems = read(text, language)
    if problems or definition is None:
        raise Malformed(problems)
    return definition


def understand(document: Any, language: Language | None = None) -> tuple[Definition | None, list[Problem]]:
    """From what a JSON column or a YAML file holds."""
    if not isinstance(document, Mapping):
        return None, [Problem("", "", "A workflow is a list of settings with “workflow”, “name” and “steps”.")]
    steps = document.get("steps")
    if isinstance(steps, list) and len(steps) > MOST_STEPS:
        return None, [Problem("", "steps", f"A workflow cannot have more than {MOST_STEPS} steps.")]
    try:
        definition = Definition.model_validate(document)
    except ValidationError as error:
        details = [
            detail
            for detail in error.errors(include_url=False)
            # Parts that are wrong are left out before they are counted: nobody needs to hear of it twice.
            if not (detail["type"] == "too_short" and detail["input"])
        ]
        return None, list(dict.fromkeys(_problem(document, detail) for detail in details))
    except RecursionError:
        return None, [Problem("", "", "The document is nested too deeply.")]
    return definition, problems_of(definition, language)


def write(definition: Definition) -> str:
    """As YAML, without what is not said."""
    return yaml.dump(document(definition), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def document(definition: Definition) -> dict[str, Any]:
    """As JSON-serialisable data, for a column; `understand` reads it back to an equal definition."""
    return definition.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"format": definition.format}


class _Loader(yaml.SafeLoader):
    """Plain data only: no aliases (bombs), no double keys, no dates, and `on`, `yes`, `no` are words."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "references (*name) are not allowed", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a name must be a word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}” stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    pass


_BOOL, _TIME, _MERGE = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in (_BOOL, _TIME, _MERGE)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"true|false"), list("tf"))


def _lines_of_steps(text: str) -> Iterator[tuple[str, int]]:
    """`- id: name` or `id: name` within a step: the line where a person finds it. The first of doubles."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if named := re.match(r"\s*(?:-\s+)?(?:\{.*\b)?id:\s*[\"']?([\w-]+)", line):
            found.setdefault(named[1], number)
    yield from found.items()


def _problem(document: Mapping[str, Any], detail: ErrorDetails) -> Problem:
    """pydantic's place and kind of error, as a step and a sentence."""
    step, part, value = "", "", cast(Any, document)
    for place in detail["loc"]:
        if isinstance(value, Mapping) and place in value:
            value = value[place]
            part += f".{place}"
        elif isinstance(place, int) and isinstance(value, list | tuple) and place < len(value):
            value = value[place]
            part += f"[{place}]"
            if isinstance(value, Mapping) and part.endswith(f"steps[{place}]"):
                step = str(value.get("id") or f"number {place + 1}")
                part = ""
        elif detail["type"] in ("missing", "extra_forbidden") and place == detail["loc"][-1]:
            part += f".{place}"
    return Problem(step, part.lstrip("."), _sentence(detail))


def _sentence(detail: ErrorDetails) -> str:
    said, context = detail.get("input"), detail.get("ctx", {})
    shown = f"“{str(said)[:60]}”"
    match detail["type"]:
        case "missing":
            return f"“{detail['loc'][-1]}” is missing."
        case "extra_forbidden":
            return f"“{detail['loc'][-1]}” is not known here."
        case "union_tag_invalid":
            return f"“{context['tag']}” is not known here; there are: {context['expected_tags']}.".replace("'", "")
        case "union_tag_not_found":
            return f"{context['discriminator']} is missing.".replace("'", "“", 1).replace("'", "”", 1)
        case "literal_error":
            return f"{shown} is not one of {context['expected']}.".replace("'", "")
        case "string_pattern_mismatch":
            return f"{shown} is not written as it must be ({context['pattern']})."
        case "string_too_long" | "too_long":
            return f"It is too long; {context['max_length']} at most."
        case "too_short":
            return "There must be at least one."
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            return f"{shown} is too {'small' if 'ge' in context else 'large'}; the limit is {bound}."
        case "string_type":
            return f"{shown} is not a text."
        case "bool_type" | "bool_parsing":
            return f"{shown} is neither true nor false."
        case "int_type" | "int_parsing" | "float_type" | "float_parsing" | "int_from_float":
            return f"{shown} is not a number."
        case "tuple_type" | "list_type":
            return f"{shown} is not a list."
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{shown} is not a list of settings."
    return f"{shown} is not understood."
