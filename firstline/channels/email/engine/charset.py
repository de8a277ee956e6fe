"""Turn bytes into text, whatever their label claims."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_ALIASES = {
    # What people write, and the superset that mail clients really mean by it (WHATWG Encoding, section 4.2).
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "cn-gb": "gb18030",
    "big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "korean": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "x-euc-jp": "euc_jp",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "cp-850": "cp850",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "cp65001": "utf-8",
}
_JAPANESE_SEVEN_BIT = {"iso-2022-jp", "csiso2022jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-ms", "cp50221"}
# These "encodings" of Python are no charsets of mail, and some take quadratic time.
_NOT_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}


def decode(raw: bytes, label: str | None) -> tuple[str, bool]:
    """Decode by label, then by look; returns the text and whether the label held true."""
    label = tidy(label)
    if label in _JAPANESE_SEVEN_BIT and b"\x1b" not in raw and not raw.isascii():
        return _decode_pairs(raw) or guess(raw), False
    if label in _JAPANESE_SEVEN_BIT or (b"\x1b$" in raw and label in ("", "us-ascii", "utf-8")):
        return _decode_japanese(raw), bool(label)
    if not label or label in ("us-ascii", "ascii", "ansi_x3.4-1968"):
        return guess(raw), raw.isascii()
    codec = _codec(label)
    if codec is None:
        return guess(raw), False
    try:
        return _strict(raw, codec), True
    except (UnicodeError, ValueError, OverflowError):
        pass
    if codec == "utf-8":
        return _mostly_utf8(raw), False
    try:
        text = raw.decode("utf-8")
    except UnicodeError:
        return raw.decode(codec, "replace"), False
    return text, False


def encode(text: str, label: str) -> bytes:
    """Back to the bytes that a header word with raw letters in it had."""
    codec = _codec(label) if label else None
    try:
        return text.encode(codec or "utf-8")
    except (UnicodeError, ValueError):
        return text.encode("utf-8", "surrogatepass")


def guess(raw: bytes) -> str:
    """Decode without a trustworthy label: UTF-8 if it is, by byte order mark, by the look of the letters."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) and len(raw) > 3:
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeError:
        return _by_look(raw)


def _by_look(raw: bytes) -> str:
    """Western letters stand alone among ASCII; Chinese and Japanese come in pairs, Cyrillic in whole words."""
    runs = re.findall(rb"[\x80-\xff]+", raw[:50_000])
    high = sum(len(run) for run in runs)
    if high < 8 or high < len(runs) * 3:
        return _windows(raw)
    if all(len(run) % 2 == 0 for run in runs) and all(byte >= 0xA1 for run in runs for byte in run):
        leads = [byte for run in runs for byte in run[::2]]
        codec = "euc_jp" if sum(byte in (0xA4, 0xA5) for byte in leads) * 3 > len(leads) else "gb18030"
        try:
            return raw.decode(codec)
        except UnicodeError:
            pass
    letters = b"".join(runs)
    cyrillic = sum(byte >= 0xC0 for byte in letters)
    if cyrillic > len(letters) * 0.9:
        small_in_koi8 = sum(0xC0 <= byte <= 0xDF for byte in letters)
        return raw.decode("koi8-r" if small_in_koi8 * 2 > len(letters) else "cp1251", "replace")
    return _decode_pairs(raw) or _windows(raw)


def _decode_pairs(raw: bytes) -> str:
    """Shift_JIS, Big5 or EUC-KR, whichever fits without a remainder and looks most like its language."""
    best, best_share = "", 0.6
    for codec, expected in (
        ("cp932", r"[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f]"),
        ("big5", r"[\u4e00-\u9fff\u3000-\u303f]"),
        ("cp949", r"[\uac00-\ud7a3]"),
    ):
        try:
            text = raw.decode(codec)
        except UnicodeError:
            continue
        foreign = [char for char in text[:20_000] if char > "\x7f"]
        share = len(re.findall(expected, "".join(foreign))) / max(1, len(foreign))
        if share > best_share:
            best, best_share = text, share
    return best


def tidy(label: str | None) -> str:
    """`"utf-8"; format=flowed` → `utf-8`."""
    if not label:
        return ""
    found = re.match(r"[\s\"'=]*(?:charset\s*=\s*)?[\"']?([A-Za-z0-9][A-Za-z0-9_.:+-]{0,39})", label)
    name = found.group(1).lower() if found else ""
    return re.sub(r"^(?:charset=|_?iso[_ ]?8859)(?=[-_]\d)", "iso-8859", name)


@lru_cache(maxsize=256)
def _codec(label: str) -> str | None:
    label = _ALIASES.get(label, label)
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError, TypeError):
        return None
    if found.name in _NOT_CHARSETS or not found._is_text_encoding:
        return None
    return found.name


def _strict(raw: bytes, codec: str) -> str:
    if codec == "cp1252":
        return guess(raw) if _looks_like_utf8(raw) else _windows(raw)
    text = raw.decode(codec)
    return text.removeprefix("\ufeff")


def _looks_like_utf8(raw: bytes) -> bool:
    """A Latin-1 label on UTF-8 bytes is the commonest lie; three valid sequences are no accident."""
    if raw.isascii():
        return False
    try:
        raw.decode("utf-8")
    except UnicodeError:
        return False
    return sum(1 for byte in raw[:20_000] if byte >= 0xC2) >= 3


def _mostly_utf8(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for char in text[:20_000] if char > "\x7f") - broken
    return text if whole >= broken else _windows(raw)


_WINDOWS = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))


def _windows(raw: bytes) -> str:
    """windows-1252 with its five holes read as Latin-1, so that no byte is lost."""
    return codecs.charmap_decode(raw, "strict", _WINDOWS)[0]


def _decode_japanese(raw: bytes) -> str:
    """ISO-2022-JP as it is sent: with the vendor characters (① and friends) that Python's codec refuses.

    Two-byte runs are moved to Shift_JIS code points and read by cp932, which has those characters.
    """
    pieces: list[str] = []
    mode = "ascii"
    for index, run in enumerate(re.split(rb"(\x1b(?:\$[@B]|\$\([@BD]|\([A-Z]))", raw)):
        if index % 2:
            mode = "double" if run.startswith(b"\x1b$") else "kana" if run == b"\x1b(I" else "ascii"
        elif mode == "double":
            pieces.append(_jis_to_text(run))
        elif mode == "kana":
            pieces.append(bytes(byte | 0x80 for byte in run).decode("cp932", "replace"))
        else:
            pieces.append(guess(run) if not run.isascii() else run.decode("ascii"))
    return "".join(pieces)


def _jis_to_text(run: bytes) -> str:
    out = bytearray()
    position = 0
    while position < len(run):
        first = run[position]
        if first < 0x21 or first > 0x7E or position + 1 >= len(run):
            out.append(first if first < 0x80 else 0x3F)
            position += 1
            continue
        second = run[position + 1]
        lead = (first - 0x21) // 2 + (0x81 if first < 0x5F else 0xC1)
        trail = second + ((0x1F if second < 0x60 else 0x20) if first % 2 else 0x7E)
        out += bytes((lead, trail & 0xFF))
        position += 2
    return out.decode("cp932", "replace")
