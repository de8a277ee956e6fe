"""Rates of the mail engine on other products' test mails: `python -m tests.realdata.mail [-v]`.

The mails are not in the repository; FIRSTLINE_SHARED (default: `../shared`) says where they lie.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from firstline.channels.email.engine.html_text import html_to_text
from firstline.channels.email.engine.message import Parsed
from firstline.channels.email.engine.parse import parse
from firstline.channels.email.engine.sanitise import sanitise

SHARED = Path(os.environ.get("FIRSTLINE_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
MAIL = SHARED / "data" / "03_email"


@dataclass
class Rate:
    """How many of a suite's cases came out right, and which did not."""

    name: str
    right: int = 0
    total: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, case: str, ok: bool, detail: str = "") -> None:
        self.total += 1
        self.right += ok
        if not ok:
            self.wrong.append(f"{case} {detail}".strip())

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0


def as_mail(body: str, *, subtype: str = "plain") -> bytes:
    """Wrap a bare body from a suite into a message."""
    head = (
        "From: Some One <some.one@example.org>\nTo: help@example.com\nSubject: Re: Case\n"
        "Message-ID: <case@example.org>\nDate: Mon, 1 Jun 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
        f"Content-Type: text/{subtype}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return (head + body).encode("utf-8", "surrogateescape")


def words(text: str) -> str:
    """Only what a reader sees: no blanks, no tags."""
    # &lang; and &rang; moved from HTML 4 to HTML 5.
    text = text.translate({0x2329: 0x27E8, 0x3008: 0x27E8, 0x232A: 0x27E9, 0x3009: 0x27E9})
    return re.sub(r"[\s\u200b\u200e\u00a0\ufeff]+", "", text)


# --- Zammad -------------------------------------------------------------------------------------------------


def zammad() -> list[Rate]:
    sender, subject, body, files = (
        Rate(f"zammad: {what}") for what in ("sender", "subject", "body text", "attachments")
    )
    for case in json.loads((MAIL / "zammad_expected.json").read_text()):
        path = MAIL / case["file"]
        if not path.exists():
            continue
        parsed = parse(path.read_bytes())
        wanted = case["from_email"].strip("\"'<>").replace('"', "").lower()
        given = parsed.sender.address.replace('"', "").lower()
        sender.count(case["id"], given == wanted, f"{given!r} != {wanted!r}")
        subject.count(
            case["id"],
            words(parsed.subject) == words(case["subject"] or ""),
            f"{parsed.subject!r} != {case['subject']!r}",
        )
        ok, detail = _same_body(parsed, case)
        body.count(case["id"], ok, detail)
        # One expected name was already broken (U+FFFD) when it was written down.
        wanted_files = sorted(
            (re.sub("\ufffd", "ö", a["filename"]), a["bytes"])
            for a in case["attachments"]
            if a["filename"] != "message.html"
        )
        given_files = sorted((a.name, a.size) for a in parsed.attachments)
        files.count(case["id"], given_files == wanted_files, f"{given_files} != {wanted_files}")
    return [sender, subject, body, files]


def _same_body(parsed: Parsed, case: dict[str, str]) -> tuple[bool, str]:
    wanted = "" if case["body"] == "no visible content" else case["body"]
    if case["content_type"] == "text/html":
        wanted = html_to_text(sanitise(wanted))
        given = html_to_text(parsed.html) if parsed.html else parsed.text
    else:
        given = parsed.text
    left, right = words(given), words(wanted)
    return left == right, "" if left == right else _difference(left, right)


def _difference(given: str, wanted: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(given, wanted, strict=False)) if a != b), min(len(given), len(wanted)))
    return f"at {at}: {given[max(0, at - 20) : at + 40]!r} != {wanted[max(0, at - 20) : at + 40]!r}"


# --- replies ------------------------------------------------------------------------------------------------


def discourse() -> list[Rate]:
    rate = Rate("discourse: reply without quotes")
    folder = MAIL / "discourse_email_reply_trimmer" / "test"
    for path in sorted((folder / "emails").glob("*.txt")):
        raw = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        wanted = (folder / "trimmed" / path.name).read_bytes().decode("utf-8").replace("\r\n", "\n")
        given = parse(as_mail(raw)).reply_text
        rate.count(path.name, _lines(given) == _lines(wanted), _unlike(given, wanted))
    return [rate]


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n") if line.strip()]


def _unlike(given: str, wanted: str) -> str:
    return (
        ""
        if _lines(given) == _lines(wanted)
        else "\n    " + "\n    ".join(list(difflib.unified_diff(_lines(wanted), _lines(given), lineterm="", n=0))[2:10])
    )


_GITHUB = {
    # From the assertions of test_email_reply_parser.rb: what must stand in the reply, and what must not.
    "correct_sig": (["this is an email with a correct -- signature."], ["rick"]),
    "email_1_1": (
        ["Hi folks", "I am currently using the Java HTTP API."],
        ["Abhishek Kona", "riak-users mailing list"],
    ),
    "email_1_2": (
        ["Hi,", "You can list the keys", "you’ll need to delete them all individually."],
        ["riak-users mailing list", "-Abhishek"],
    ),
    "email_1_3": (
        ["Oh thanks.", "Having the function would be great."],
        ["Abhishek", "Russell Brown", "riak-users mailing"],
    ),
    "email_1_4": (["Awesome! I haven't had another problem with it."], ["defunkt", "Loader seems"]),
    "email_1_5": (["One: Here's what I've got.", "for a while."], []),
    "email_1_6": (["I get proper rendering as well."], ["Corey", "Was this caching"]),
    "email_1_7": ([":+1:"], ["Chris", "Steps 0-2"]),
    "email_1_8": (["I will reply under this one", "and under this."], ["this is my signature", "hi there"]),
    "email_2_1": (["Outlook with a reply"], ["Google Apps Sync"]),
    "email_2_2": (["Outlook with a reply directly above line"], ["CRM Comments", "____"]),
    "email_2_3": (["Outlook with a reply directly above line"], ["CRM Comments"]),
    "email_BlackBerry": (["Here is another email"], ["Sent from"]),
    "email_bullets": (
        ["test 2 this should list second", "- how about bullets", "- and another"],
        ["Give us", "Joe Smith"],
    ),
    "email_iPhone": (["Here is another email"], ["Sent from"]),
    "email_long_quote": (["Hi folks", "I am currently using the Java HTTP API."], ["mailing list"]),
    "email_multi_word_sent_from_my_mobile_device": (["Here is another email"], ["Sent from"]),
    "email_one_is_not_on": (
        ["One outstanding question I had:", "Locally (on development), when I run..."],
        ["Dave Tapley"],
    ),
    "email_sent_from_my_not_signature": (
        ["Here is another email", "Sent from my desk, is much easier then my mobile phone."],
        [],
    ),
    "email_sig_delimiter_in_middle_of_line": (["And here is a fix -- this is not a signature.", "kthxbai"], []),
    "greedy_on": (
        ["On your remote host you can run:", "fails, the tunnel is not working."],
        ["George", "port forwarding stopped"],
    ),
    "pathological": (["I think you're onto something.", "get back to a computer."], ["John Sullivan", "shortening"]),
}


def github() -> list[Rate]:
    rate = Rate("github: email_reply_parser")
    for path in sorted((MAIL / "github_email_reply_parser/test/emails").glob("*.txt")):
        wanted, unwanted = _GITHUB[path.stem]
        given = parse(as_mail(path.read_text())).reply_text
        missing = [piece for piece in wanted if piece not in given]
        left = [piece for piece in unwanted if piece in given]
        rate.count(path.stem, not missing and not left, f"missing {missing}, left {left}")
    return [rate]


def talon() -> list[Rate]:
    plain, rich = Rate("talon: standard replies"), Rate("talon: html replies")
    folder = MAIL / "talon/tests/fixtures"
    for path in sorted((folder / "standard_replies").glob("*.eml")):
        given = parse(path.read_bytes()).reply_text
        plain.count(path.name, words(given) == "Hello", repr(given[:80]))
    for path in sorted((folder / "html_replies").glob("*.html")):
        given = parse(as_mail(path.read_text(encoding="utf-8", errors="replace"), subtype="html")).reply_text
        rich.count(path.name, words(given) == "Hi.Iamfine.Thanks,Alex", repr(given[:120]))
    return [plain, rich]


# --- bounces ------------------------------------------------------------------------------------------------


def sisimai() -> list[Rate]:
    machine, normal = Rate("sisimai: bounces, loops, auto replies"), Rate("sisimai: not a bounce")
    kinds = {"bounce": {"bounce"}, "feedback_loop": {"loop", "bounce"}, "auto_reply": {"auto_reply"}}
    for case in json.loads((MAIL / "sisimai_labels.json").read_text()):
        path = MAIL / case["file"]
        if not path.exists():
            continue
        kind = parse(path.read_bytes()).kind
        if case["kind"] == "not_bounce":
            normal.count(case["file"].rpartition("/")[2], kind == "message", kind)
        else:
            machine.count(case["file"], kind in kinds[case["kind"]], f"{case['kind']} -> {kind}")
    return [machine, normal]


def flufl() -> list[Rate]:
    kind, addresses = Rate("flufl: recognised as bounce"), Rate("flufl: failed addresses")
    for case in json.loads((MAIL / "flufl_bounce_expected.json").read_text()):
        parsed = parse((MAIL / case["file"]).read_bytes())
        name = case["file"].rpartition("/")[2]
        if name not in ("groupwise_03.txt", "qmail_08.txt"):  # a person's reply and an auto reply
            kind.count(name, parsed.kind == "bounce", parsed.kind)
        wanted = sorted(address.lower() for address in case["temporary"] + case["permanent"])
        given = sorted(address.lower() for address in parsed.failed_recipients)
        if wanted:
            addresses.count(name, given == wanted, f"{given} != {wanted}")
    return [kind, addresses]


# --- everything else: no exception, no delay, no loss -------------------------------------------------------

_BOUNCES_AMONG_THEM = re.compile(r"bounce|report|undelivered|delivery|mail_test_6|dsn", re.IGNORECASE)


def everything() -> list[Rate]:
    whole, quick, fixpoint = (
        Rate("all files: read without a net"),
        Rate("all files: under 2 s"),
        Rate("all files: sanitising is final"),
    )
    for path in mails():
        raw = path.read_bytes()
        started = time.process_time()
        parsed = parse(raw)
        spent = time.process_time() - started
        name = str(path.relative_to(MAIL))
        whole.count(
            name, not any("could not be read" in problem for problem in parsed.problems), "; ".join(parsed.problems)
        )
        quick.count(name, spent < 2, f"{spent:.1f} s")
        if parsed.html:
            fixpoint.count(name, sanitise(parsed.html) == parsed.html)
    return [whole, quick, fixpoint]


def mails() -> Iterator[Path]:
    """All mails of all suites."""
    for path in sorted(MAIL.rglob("*")):
        is_mail = path.suffix in (".eml", ".box", ".txt", "") or "mail" in path.name
        is_bare = "discourse" in str(path) or "github" in str(path) or path.name in ("LICENSE", "PROVENANCE.md")
        if path.is_file() and is_mail and not is_bare:
            yield path


_STALWART = ("stalwart_mail_parser/resources/eml",)


def stalwart() -> list[Rate]:
    """Compare with stalwart's own reading: sender, subject, and no attachment less."""
    sender, subject = Rate("stalwart: sender"), Rate("stalwart: subject")
    for path in sorted((MAIL / _STALWART[0]).rglob("*.eml")):
        expected = path.with_suffix(".json")
        if not expected.exists():
            continue
        case = json.loads(expected.read_text())
        headers = case["parts"][0]["headers"]
        parsed = parse(path.read_bytes())
        wanted = _stalwart_sender(headers)
        if wanted:
            sender.count(
                path.name, parsed.sender.address.lower() == wanted.lower(), f"{parsed.sender.address!r} != {wanted!r}"
            )
        title = next(
            (h["value"].get("Text") for h in headers if h["name"] == "subject" and isinstance(h["value"], dict)), None
        )
        if title:
            subject.count(path.name, words(parsed.subject) == words(title), f"{parsed.subject!r} != {title!r}")
    return [sender, subject]


def _stalwart_sender(headers: list[dict[str, object]]) -> str:
    for header in headers:
        if header["name"] == "from" and isinstance(header["value"], dict):
            boxes = header["value"].get("Address", {})
            boxes = boxes.get("List") or [box for group in boxes.get("Group", []) for box in group.get("addresses", [])]
            for box in boxes:
                if box.get("address"):
                    return str(box["address"])
    return ""


def calm() -> list[Rate]:
    """No mail of people may be taken for a machine's."""
    rate = Rate("people's mail: not taken for a bounce or auto reply")
    folders = (
        "zammad",
        "talon",
        "stalwart_mail_parser",
        "mikel_mail",
        "cpython_test_email",
        "freescout",
        "otobo",
        "rt",
        "django_helpdesk",
        "spamscope_mail_parser",
    )
    for path in mails():
        if path.relative_to(MAIL).parts[0] not in folders:
            continue
        parsed = parse(path.read_bytes())
        is_machine = _MACHINES.search(str(path)) is not None
        if not is_machine:
            rate.count(
                str(path.relative_to(MAIL)),
                parsed.kind not in ("bounce", "auto_reply", "loop"),
                f"{parsed.kind}: {parsed.subject[:60]}",
            )
    return [rate]


_MACHINES = re.compile(
    r"mail033|mail053|mail063|mail092|multipart_report_emails|bounce|cpython_test_email/data/msg_(?:05|16|25|43)\.txt|mimepart_without_content_type|PostMaster-Test10|mail_malformed_2|FilenameWithNewline"
)

SUITES: dict[str, Callable[[], list[Rate]]] = {
    "zammad": zammad,
    "discourse": discourse,
    "github": github,
    "talon": talon,
    "sisimai": sisimai,
    "flufl": flufl,
    "stalwart": stalwart,
    "calm": calm,
    "everything": everything,
}


def main(arguments: list[str]) -> int:
    """Print the table; with -v also what went wrong; names choose suites."""
    if not MAIL.is_dir():
        print(f"The test mails are not at {MAIL}; set FIRSTLINE_SHARED.")
        return 1
    chosen = [name for name in SUITES if name in arguments] or list(SUITES)
    for name in chosen:
        for rate in SUITES[name]():
            print(f"{rate.name:<55} {rate.right:>4} of {rate.total:<4} {rate.share:7.1%}")
            if "-v" in arguments:
                for case in rate.wrong:
                    print(f"    {case}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
