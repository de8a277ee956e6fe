"""Read address fields in one pass, without recursion, and never refuse (RFC 5322, 3.4)."""

from __future__ import annotations

import re

from firstline.channels.email.engine.headers import WORD, Headers, decode_words, to_text
from firstline.channels.email.engine.message import Address
from firstline.channels.email.engine.text import clean_line

_LONGEST_ADDRESS = 320  # 64 + @ + 255 (RFC 5321, 4.5.3.1)


def read_addresses(value: str, *, most: int) -> tuple[list[Address], bool]:
    """All mailboxes of a field value; the flag says that there were more than `most`."""
    found: list[Address] = []
    for piece in _pieces(value):
        address = _mailbox(piece)
        if address is None:
            continue
        if len(found) >= most:
            return found, True
        found.append(address)
    return found, False


def addresses_of(headers: Headers, name: str, *, most: int, problems: list[str]) -> list[Address]:
    """The mailboxes of all fields of that name; repeated fields are joined."""
    found: list[Address] = []
    for value in headers.all(name):
        more, is_cut = read_addresses(to_text(value), most=most - len(found))
        found += more
        if is_cut:
            sentence = f"The field {name.title()} names more than {most} addresses; the rest is ignored."
            if sentence not in problems:
                problems.append(sentence)
            break
    return found


def sender_of(headers: Headers, problems: list[str]) -> tuple[Address, bool]:
    """One rule for everybody: the first mailbox with an address in the first From field that has one.

    Only if From holds none, Sender, Reply-To and Return-Path are asked in turn. The flag says that another
    reader of the same header could come to another person; such a mail authenticates nobody.
    """
    before = len(problems)
    fields = headers.all("from")
    if len(fields) > 1:
        problems.append("The message has several From fields; the first with an address counts.")
    mailboxes: list[Address] = []
    for field in fields[:5]:
        mailboxes, _ = read_addresses(to_text(field), most=50)
        if any(box.address for box in mailboxes):
            break
    with_address = [box for box in mailboxes if box.address]
    if len(mailboxes) > 1:
        problems.append("The From field names several senders; the first with an address counts.")
    if fields and re.search(rb"^[^<\"(]*:[^;]*;", fields[0]):
        problems.append("The From field is a group.")
    sender = with_address[0] if with_address else None
    if sender is None:
        sender = _stand_in(headers, mailboxes[0].name if mailboxes else "", problems)
    elif "@" not in sender.address:
        problems.append("The sender’s address has no domain.")
    elif re.search(r"[\s\"%!,]|@.*@", sender.address):
        problems.append("The sender’s address is unusual; mail to it may go elsewhere.")
    if "@" in sender.name and _addresses_in(sender.name) - {sender.address.lower()}:
        problems.append("The sender’s name contains another address.")
    declared, _ = read_addresses(to_text(headers.raw("sender")), most=2)
    is_ambiguous = len(problems) > before
    if declared and declared[0].address.lower() != sender.address.lower():
        problems.append("Sender and From are different addresses.")
        is_ambiguous = True
    return sender, is_ambiguous


def _addresses_in(text: str) -> set[str]:
    return {found.lower() for found in re.findall(r"[^\s<>\"'(),;:@]{1,64}@[^\s<>\"'(),;:@]{1,255}", text)}


def _stand_in(headers: Headers, name: str, problems: list[str]) -> Address:
    for field in ("sender", "reply-to", "return-path"):
        boxes, _ = read_addresses(to_text(headers.raw(field)), most=1)
        if boxes and boxes[0].address:
            problems.append(f"From holds no address; {field.title()} stands in for it.")
            return Address(name or boxes[0].name, boxes[0].address)
    problems.append("The message names no sender.")
    return Address(name, "")


def _pieces(value: str) -> list[tuple[str, str, list[str], bool]]:
    """Cut at commas outside quotes, comments and angles: (phrase, angle, comments, was quoted) for each."""
    pieces: list[tuple[str, str, list[str], bool]] = []
    phrase: list[str] = []
    angle: list[str] | None = None
    angle_text = ""
    has_angle = False
    comments: list[str] = []
    quoted = False
    position, size = 0, len(value)
    no_comment_after = no_quote_after = size  # set when one never closes: then its mark is a letter
    last_angle, last_semicolon = value.rfind(">"), value.rfind(";")

    def close() -> None:
        nonlocal phrase, angle, angle_text, has_angle, comments, quoted
        text = "".join(phrase)
        if angle is not None:
            angle_text, has_angle = "".join(angle), True
        if text.strip() or has_angle or comments:
            pieces.append((text, angle_text if has_angle else "\0", comments, quoted))
        phrase, angle, angle_text, has_angle, comments, quoted = [], None, "", False, [], False

    while position < size:
        char = value[position]
        if char == "=" and value.startswith("=?", position):
            word = WORD.match(value, position)
            if word:
                (phrase if angle is None else angle).append(word.group())
                position = word.end()
                continue
        if char == '"' and angle is None and position < no_quote_after:
            stop = _end_of_quote(value, position)
            if stop > 0:
                content = re.sub(r"\\(.)", r"\1", value[position + 1 : stop])
                is_local_part = value.startswith("@", stop + 1)
                phrase.append(f'"{content}"' if is_local_part else content)
                quoted = True
                position = stop + 1
                continue
            no_quote_after = position
        if char == "(" and position < no_comment_after and angle is None:
            stop = _end_of_comment(value, position)
            if stop > 0:
                comments.append(value[position + 1 : stop])
                phrase.append(" ")
                position = stop + 1
                continue
            no_comment_after = position
        if char == "<" and angle is None:
            angle = []
        elif char == ">" and angle is not None:
            angle_text, has_angle, angle = "".join(angle), True, None
        elif char in ",;" and (angle is None or position > last_angle):
            close()
        elif char == ":" and angle is None and position < last_semicolon and _opens_group(phrase):
            phrase = []
        else:
            (phrase if angle is None else angle).append(char)
        position += 1
        if len(pieces) > 25_000:
            break
    close()
    return pieces


def _opens_group(phrase: list[str]) -> bool:
    return len(phrase) <= 80 and "@" not in "".join(phrase)


_QUOTE_MARKS = re.compile(r'\\.|"', re.DOTALL)


def _end_of_quote(value: str, position: int) -> int:
    for found in _QUOTE_MARKS.finditer(value, position + 1):
        if found.group() == '"':
            return found.start()
    return -1


def _end_of_comment(value: str, position: int) -> int:
    depth = 0
    for found in re.compile(r"\\.|[()]", re.DOTALL).finditer(value, position):
        mark = found.group()
        depth += 1 if mark == "(" else -1 if mark == ")" else 0
        if depth == 0:
            return found.start()
    return -1


def _mailbox(piece: tuple[str, str, list[str], bool]) -> Address | None:
    phrase, angle, comments, quoted = piece
    name = _words(phrase)
    if angle != "\0":
        address = _tidy_address(decode_words(angle))
        if not address and "@" in name and not quoted:
            address, name = _tidy_address(name), ""
        if not name and comments:
            name = _words(comments[-1])
        return Address(name, address)
    comment = _words(comments[-1]) if comments else ""
    if "@" in phrase:
        return _bare_address(decode_words(phrase), comment)
    word = phrase.strip()
    if comment and "@" in comment:
        return Address(name, _tidy_address(comment))  # Name (address), backwards
    if comment and re.fullmatch(r"[A-Za-z0-9._+=/-]{1,64}", word) and not quoted:
        return Address(comment, _tidy_address(word))  # `MAILER-DAEMON (Mail Delivery System)`
    if not name and not comment:
        return None
    return Address(name or comment, "")


def _bare_address(phrase: str, comment: str) -> Address:
    phrase = phrase.strip()
    if phrase.startswith('"'):
        return Address(comment or clean_line(phrase.replace('"', "")), _tidy_address(phrase))
    words = phrase.split()
    at = next(index for index, word in enumerate(words) if "@" in word)
    others = " ".join(words[:at] + words[at + 1 :])
    return Address(comment or clean_line(others.strip("'\"")), _tidy_address(words[at]))


def _words(phrase: str) -> str:
    name = clean_line(decode_words(phrase), longest=300)
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return re.sub(r"  +", " ", name)


def _tidy_address(text: str) -> str:
    text = clean_line(text, longest=_LONGEST_ADDRESS)
    text = re.sub(r"^(?:mailto:|SMTP:)", "", text, flags=re.IGNORECASE)
    route = re.match(r"^@[^:@]{1,255}(?:,@[^:@]{1,255}){0,20}:(.+)$", text)
    if route:
        text = route.group(1)
    text = text.strip("<>'\" ;") if not text.startswith('"') else text.strip("<> ;")
    return text if text.startswith('"') else re.sub(r"\s*([@.])\s+|\s+([@.])\s*", r"\1\2", text)
