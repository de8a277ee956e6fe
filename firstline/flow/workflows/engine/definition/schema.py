"""The published JSON Schema, made from the classes; `workflow.schema.json` beside it is what editors are pointed at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .steps import Definition

PUBLISHED = Path(__file__).with_name("workflow.schema.json")


def schema() -> dict[str, Any]:
    made = Definition.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://firstline.example/schemas/workflow-1.json",
        **made,
    }


def as_text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
