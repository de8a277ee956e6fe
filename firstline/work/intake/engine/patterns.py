"""The shapes a short text may be held to: a fixed list, so that nobody's expression can stop the house.

Each reads its text once from left to right (no nested repeats), and is given to browsers as it stands.
"""

import re

SHAPES: dict[str, str] = {
    "digits": r"[0-9]+",
    "letters": r"[^\W\d_]+(?:[ '-][^\W\d_]+)*",
    "letters_digits": r"[A-Za-z0-9]+",
    "code": r"[A-Z0-9][A-Z0-9-]*",
    "host": r"[A-Za-z0-9][A-Za-z0-9.-]*",
    "ip": r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}",
    "mac": r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}",
    "web": r"https?://[^\s]+",
}
PATTERNS = {name: re.compile(shape) for name, shape in SHAPES.items()}
