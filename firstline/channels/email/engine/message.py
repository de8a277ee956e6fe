"""What the engine hands over: plain values that travel as JSON."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["message", "bounce", "auto_reply", "list", "loop"]


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: the words somebody gave it, and where mail goes."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of the message. `name` is for people to read, never a path."""

    name: str
    type: str
    content: bytes
    inline: bool = False
    content_id: str = ""

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(slots=True)
class Parsed:
    """One message, read as far as it can be read.

    `sender` follows one rule (see addresses.sender_of) used for display, matching and trust alike;
    `sender_is_ambiguous` says that the headers leave room for another reading, so nobody may be
    authenticated by it. `is_automatic` is wider than the kinds: no machine-made mail may be acknowledged.
    """

    sender: Address = Address("", "")
    sender_is_ambiguous: bool = False
    reply_to: list[Address] = field(default_factory=list)
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    subject: str = ""
    message_id: str = ""
    references: list[str] = field(default_factory=list)
    date: str | None = None
    date_text: str = ""
    kind: Kind = "message"
    is_automatic: bool = False
    text: str = ""
    html: str | None = None
    reply_text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    failed_recipients: list[str] = field(default_factory=list)
    returned_ids: list[str] = field(default_factory=list)  # of the mail that a bounce returns
    is_delay: bool = False  # a bounce that says: not yet
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Failure:
    """The message could not be read at all; `reason` is one sentence for the quarantine page."""

    reason: str


def to_json(parsed: Parsed) -> dict[str, Any]:
    """Make plain values; attachment bytes become base64."""
    values = asdict(parsed)
    for attachment in values["attachments"]:
        attachment["content"] = base64.b64encode(attachment["content"]).decode("ascii")
    return values


def from_json(values: dict[str, Any]) -> Parsed:
    """Undo `to_json`."""
    values = dict(values)
    values["sender"] = Address(**values["sender"])
    for key in ("to", "cc", "reply_to"):
        values[key] = [Address(**item) for item in values[key]]
    values["attachments"] = [
        Attachment(**{**item, "content": base64.b64decode(item["content"])}) for item in values["attachments"]
    ]
    return Parsed(**values)
