"""`firstline mail show FILE…`: what we understand of a message, as one line of JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from firstline.channels.email.engine.message import Address
from firstline.channels.email.engine.parse import parse


def show(raw: bytes, *, name: str) -> dict[str, Any]:
    """The message as plain values; `name` is repeated as `file`."""
    parsed = parse(raw)
    return {
        "file": name,
        "kind": parsed.kind,
        "from": _address(parsed.sender),
        "to": [_address(box) for box in parsed.to],
        "cc": [_address(box) for box in parsed.cc],
        "subject": parsed.subject,
        "message_id": parsed.message_id,
        "references": parsed.references,
        "date": parsed.date,
        "text": parsed.text,
        "html": parsed.html,
        "reply_text": parsed.reply_text,
        "attachments": [
            {"name": file.name, "type": file.type, "size": file.size, "sha256": file.sha256, "inline": file.inline}
            for file in parsed.attachments
        ],
        "failed_recipients": parsed.failed_recipients,
        "problems": parsed.problems,
    }


def _address(box: Address) -> dict[str, str]:
    return {"name": box.name, "address": box.address}


def main(files: list[str]) -> int:
    """Print one JSON object per file; a file that cannot be opened is told on standard error."""
    status = 0
    for file in files:
        try:
            raw = Path(file).read_bytes()
        except OSError as error:
            print(f"{file}: {error.strerror}", file=sys.stderr)  # noqa: T201 -- a command line
            status = 1
            continue
        print(json.dumps(show(raw, name=file), ensure_ascii=False))  # noqa: T201 -- a command line
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
