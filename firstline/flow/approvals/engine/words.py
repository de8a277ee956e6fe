"""What the first words of a mail decide: a yes, a no, or nothing. In doubt nothing: a no is never read as a yes."""

from __future__ import annotations

import re

YES = frozenset({"approve", "approved"})
NO = frozenset({"refuse", "refused", "reject", "rejected", "deny", "denied"})
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# After a yes these words, anywhere in the sentence, make it something else than a plain yes.
BUT = frozenset({
    "not", "no", "never", "nothing", "none", "unless", "if", "but", "only", "except", "when", "until", "after",
    "before", "provided", "condition", "cannot", "can't", "don't", "won't", "refuse", "refused", "reject", "rejected",
    "deny", "denied", "wait", "later", "maybe", "perhaps",
})  # fmt: skip


def said_in(text: str) -> tuple[bool | None, str]:
    """Yes, no or neither, and what was said besides, as a comment."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(line)]
    if not words or line.startswith(">"):
        return None, ""
    comment = re.sub(r"^\W*\w+[\s,.:;!–-]*", "", text.strip(), count=1).strip()
    comment = re.sub(r"^because\b[\s,:]*", "", comment, count=1, flags=re.IGNORECASE).strip()
    if words[0] in NO:
        return False, comment
    if words[0] in YES and "?" not in line and not BUT.intersection(words[1:]):
        return True, comment
    return None, ""
