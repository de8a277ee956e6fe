"""JSON as callers send it, without what no database keeps."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

# Escaped NUL, and halves of letters, which a text can hold in Python and nowhere else.
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class Reader(Parser):
    """Refuses NaN and Infinity, which are no JSON, and texts that cannot be stored."""

    def parse_body(self, request: HttpRequest) -> Any:
        said = json.loads(request.body, parse_constant=_no_number)
        if _SUSPICIOUS.search(request.body):
            plain = json.dumps(said, ensure_ascii=False)
            plain.encode()  # UnicodeEncodeError for half a letter
            if "\\u0000" in plain.replace("\\\\", ""):
                raise ValueError("NUL in a text")
        return said


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
