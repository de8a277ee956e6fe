"""Find the new part of a reply: without the quoted mail and without the signature.

Layers, strongest first: our own marker line; what mail programs leave in HTML (as marks and `> ` lines,
see html_text.py); text rules. The full text is always kept beside it, so when in doubt words stay.
Answers written between quoted lines are kept together with the lines they answer.
"""

from __future__ import annotations

import re

from firstline.channels.email.engine import attributions
from firstline.channels.email.engine.html_text import BREAK, MARKS, MAYBE_BREAK

# Our outgoing mail carries this line; the words around it may be translated, the signs may not.
REPLY_MARKER = "##- Please type your reply above this line -##"
_MARKER = re.compile(r"##-.{0,200}-##")
_MOST_LINES = 8_000

TEXT, QUOTE, EMPTY, INTRO, END, SIGNED, CODE = "tqebxsc"


def reply_text(source: str) -> str:
    """The new part of `source` (plain text, or HTML turned to text with marks)."""
    lines = [line.rstrip() for line in source.split("\n")]
    rest = lines[_MOST_LINES:]
    lines = lines[:_MOST_LINES]
    above = _above_marker(lines)
    kinds = _classify(above)
    kept = _new_part(above, kinds)
    if not any(line.strip(MARKS + " ") for line in kept):
        kept = _when_nothing_is_new(lines, _classify(lines))
    elif len(kept) == len(lines):
        kept = kept + rest
    text = "\n".join(line for line in kept if not line or line[0] not in MARKS)
    return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n").rstrip()


def _above_marker(lines: list[str]) -> list[str]:
    for index, line in enumerate(lines):
        if "##-" in line and _MARKER.search(line[:2_000]):
            return lines[:index]
    return lines


def _classify(lines: list[str]) -> str:
    """One letter for each line."""
    kinds = []
    fenced = _fenced(lines)
    # `>>> ` alone is a Python prompt, not the third level of a quote.
    has_prompts = not any(re.match(r"\s*>(?!>>)", line[:40]) for line in lines)
    for index, line in enumerate(lines):
        if index in fenced:
            kinds.append(CODE)
        elif not line.strip():
            kinds.append(EMPTY)
        elif line[0] == BREAK:
            kinds.append(INTRO)
        elif line[0] == MAYBE_BREAK:
            kinds.append(EMPTY)
        elif line.lstrip(" \t").startswith((">", "|>", "＞")) and not (has_prompts and line.startswith(">>> ")):
            kinds.append(QUOTE)
        elif attributions.is_mobile_signature(line):
            kinds.append(SIGNED)
        else:
            kinds.append(TEXT)
    _mark_intros(lines, kinds)
    _mark_ends(lines, kinds)
    _mend_wrapped_quotes(kinds, lines)
    return "".join(kinds)


def _fenced(lines: list[str]) -> set[int]:
    fences = [index for index, line in enumerate(lines) if line.startswith("```")]
    inside: set[int] = set()
    for start, stop in zip(fences[::2], fences[1::2], strict=False):
        inside.update(range(start, stop + 1))
    return inside


def _mark_intros(lines: list[str], kinds: list[str]) -> None:
    """Attributions may be wrapped: look from the last line back, and take the shortest that makes sense."""
    for last in range(len(lines)):
        if kinds[last] not in (TEXT, SIGNED) or not attributions.may_end_attribution(lines[last]):
            continue
        for count in range(1, 5):
            first = last - count + 1
            if first < 0 or kinds[first] not in (TEXT, SIGNED):
                break
            if attributions.is_attribution(" ".join(lines[first : last + 1])):
                first = _true_start(lines, kinds, first, last)
                kinds[first : last + 1] = [INTRO] * (last - first + 1)
                break


def _true_start(lines: list[str], kinds: list[str], first: int, last: int) -> int:
    if attributions.starts_like_attribution(lines[first]):
        return first
    for earlier in range(first - 1, max(-1, last - 4), -1):
        if kinds[earlier] != TEXT:
            break
        if attributions.starts_like_attribution(lines[earlier]) and len(lines[earlier]) < 200:
            return earlier
    return first


def _mark_ends(lines: list[str], kinds: list[str]) -> None:
    """Dividers and header blocks: an old message without `>` begins here."""
    roles = [attributions.header_role(line) if kinds[index] == TEXT else "" for index, line in enumerate(lines)]
    for index, line in enumerate(lines):
        if kinds[index] != TEXT:
            continue
        if (
            attributions.is_divider(line)
            or (attributions.may_be_divider(line) and _has_block(roles, kinds, index + 1, need=2))
            or (roles[index] and _is_block(lines, roles, kinds, index))
        ):
            kinds[index] = END


def _is_block(lines: list[str], roles: list[str], kinds: list[str], index: int) -> bool:
    if roles[index] not in ("from", "date", "to", "subject") or not attributions.header_value(lines[index]):
        return False
    return _has_block(roles, kinds, index, need=3)


def _has_block(roles: list[str], kinds: list[str], index: int, *, need: int) -> bool:
    """Are there `need` different header roles, among them who sent it, in the next lines?"""
    seen: set[str] = set()
    skipped = 0
    for current in range(index, min(index + 12, len(roles))):
        if roles[current]:
            seen.add(roles[current])
            skipped = 0
        elif kinds[current] == EMPTY and not seen:
            continue
        else:
            skipped += 1
            if skipped > 2:
                break
    return len(seen) >= need and "from" in seen


def _mend_wrapped_quotes(kinds: list[str], lines: list[str]) -> None:
    """A quoted line too long for the gateway leaves one short line without its `>`."""
    for index in range(1, len(kinds) - 1):
        is_between = kinds[index] == TEXT and kinds[index - 1] == kinds[index + 1] == QUOTE
        above = lines[index - 1]
        if is_between and len(lines[index]) < 60 < len(above) and above[-1:] not in ".!?:":
            kinds[index] = QUOTE


def _new_part(lines: list[str], kinds: str) -> list[str]:
    stop = _first_end(kinds)
    lines, kinds = lines[:stop], kinds[:stop]
    while True:
        before = len(lines)
        stop = _without_trailing(kinds, QUOTE + EMPTY + INTRO + SIGNED)
        stop = _before_signature(lines[:stop], kinds[:stop])
        lines, kinds = lines[:stop], kinds[:stop]
        if len(lines) == before:
            break
    lines, kinds = _without_mobile(lines, kinds)
    answered_below = re.fullmatch(r"[eb]*q[qeb]*([tc][tcesx]*)", kinds) or re.fullmatch(
        r"[eb]*q[qeb]*([tc][tces]*)", kinds
    )
    if answered_below:
        lines = lines[answered_below.start(1) :]
    return lines


def _first_end(kinds: str) -> int:
    """Where the old message begins that is not marked with `>`."""
    for found in re.finditer(r"x|b+", kinds):
        if found.group()[0] == END:
            return found.start()
        behind = kinds[found.end() :].lstrip(EMPTY)
        if not behind.startswith((QUOTE, INTRO)):
            return found.start()
    return len(kinds)


def _without_trailing(kinds: str, unwanted: str) -> int:
    return len(kinds.rstrip(unwanted))


_SIGNATURE_LINE = re.compile(r"(?:--|-- |—|–|__|- -)$")
_RULE = re.compile(r"\s*(?:[-–—]{3,}|_{3,}|\*{3,}|~{3,}|ᐧ)\s*$")
_CONTACT = re.compile(r"https?://|www\.|@|\+?\d[\d ()/.-]{6,}\d")
_FINE_PRINT = re.compile(
    r"unsubscribe|mailing list|reply to this|view it on|abmelden|désabonner|confidential|vertraulich|disclaimer|poufn",
    re.IGNORECASE,
)
_NAME_DASHED = re.compile(r"\s*-{1,2}[^\W\d_a-z][^\W\d_]*(?:[ .][^\W\d_]+){0,2}\s*$")


def _before_signature(lines: list[str], kinds: str) -> int:
    """Cut at a signature line if what follows is short enough to be a signature (RFC 3676, 4.3)."""
    behind = 0
    stop = len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if kinds[index] == CODE:
            break
        if kinds[index] in (TEXT, SIGNED):
            line = lines[index]
            if (_SIGNATURE_LINE.match(line.strip(" ") if line.strip() != "--" else "--") and behind <= 20) or (
                _RULE.match(line[:200]) and _is_footer(lines[index + 1 : stop], kinds[index + 1 : stop])
            ):
                stop = index
            else:
                behind += 1
        elif kinds[index] in (QUOTE, INTRO):
            break
        if behind > 30:
            break
    if (
        stop == len(lines)
        and lines
        and _NAME_DASHED.match(lines[-1][:80])
        and (len(lines) < 2 or not lines[-2].strip())
    ):
        stop -= 1
    return stop


def _is_rule(lines: list[str], index: int) -> bool:
    """A drawn line; right below words it would be the underline of a heading."""
    return bool(_RULE.match(lines[index][:200])) and (index == 0 or not lines[index - 1].strip())


def _is_footer(lines: list[str], kinds: str) -> bool:
    """Fine print, or a few lines of contact; a form (`Name: …`) is neither."""
    words = [line[:400] for line in lines if line.strip()]
    if not words:
        return True
    if len(words) > 12 or any(kind not in "te" for kind in kinds):
        return False
    if any(_FINE_PRINT.search(line) for line in words):
        return True
    labelled = sum(1 for line in words if re.match(r"[^:]{2,30}:\s", line))
    return len(words) <= 6 and labelled < 2 and any(_CONTACT.search(line) for line in words)


def _without_mobile(lines: list[str], kinds: str) -> tuple[list[str], str]:
    """A phone's line above the quote goes too, when nothing but it stands between answer and quote."""
    kept = [
        index
        for index, kind in enumerate(kinds)
        if not (kind == SIGNED and kinds[index + 1 :].lstrip("e")[:1] in ("b", "q", ""))
    ]
    return [lines[index] for index in kept], "".join(kinds[index] for index in kept)


def _when_nothing_is_new(lines: list[str], kinds: str) -> list[str]:
    """A bare forward gives what was forwarded; a bare quote stays as it is."""
    start = re.search(r"x", kinds)
    if start is None:
        return lines
    index = start.start()
    is_titled = attributions.is_divider(lines[index]) or attributions.may_be_divider(lines[index])
    if not is_titled:
        return lines
    index += 1
    seen_header = False
    while index < len(lines):
        if attributions.header_role(lines[index]):
            seen_header = True
        elif not lines[index].strip():
            if seen_header:
                break
        elif not seen_header:
            break
        index += 1
    body = lines[index:]
    return body if any(line.strip(MARKS + " ") for line in body) else lines
