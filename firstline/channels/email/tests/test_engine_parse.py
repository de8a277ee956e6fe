# ruff: noqa: E501 -- mails are written as they are sent
"""Raw bytes in, one message out; nothing raises, nothing gets lost, nothing is smuggled."""

from __future__ import annotations

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstline.channels.email.engine.addresses import read_addresses
from firstline.channels.email.engine.kinds import Ourselves
from firstline.channels.email.engine.limits import Limits
from firstline.channels.email.engine.message import Address, from_json, to_json
from firstline.channels.email.engine.parse import parse
from firstline.channels.email.engine.show import show

KEYS = [
    "file", "kind", "from", "to", "cc", "subject", "message_id", "references", "date", "text", "html", "reply_text",
    "attachments", "failed_recipients", "problems",
]  # fmt: skip


def test_a_plain_mail_is_shown_with_all_its_keys() -> None:
    raw = (
        b"From: Rosa Diaz <rosa@example.org>\r\nTo: help@example.com, Lin <lin@example.com>\r\nCc: omar@example.net\r\n"
        b"Subject: =?utf-8?Q?Drucker_l=C3=A4uft?=\r\nMessage-ID: <1@example.org>\r\nIn-Reply-To: <0@example.com>\r\n"
        b"References: <a@example.com> <0@example.com>\r\nDate: Mon, 3 Nov 2025 10:15:00 +0100\r\n\r\nHello\r\n-- \r\nRosa\r\n"
    )

    shown = show(raw, name="mail.eml")

    assert list(shown) == KEYS
    assert shown == {
        "file": "mail.eml",
        "kind": "message",
        "from": {"name": "Rosa Diaz", "address": "rosa@example.org"},
        "to": [{"name": "", "address": "help@example.com"}, {"name": "Lin", "address": "lin@example.com"}],
        "cc": [{"name": "", "address": "omar@example.net"}],
        "subject": "Drucker läuft",
        "message_id": "<1@example.org>",
        "references": ["<a@example.com>", "<0@example.com>"],
        "date": "2025-11-03T09:15:00Z",
        "text": "Hello\n-- \nRosa",
        "html": None,
        "reply_text": "Hello",
        "attachments": [],
        "failed_recipients": [],
        "problems": [],
    }


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_of_all_systems_are_read_alike(end: bytes) -> None:
    raw = end.join([b"From: rosa@example.org", b"Subject: Hi", b"", b"one", b"two"])

    parsed = parse(raw)

    assert (parsed.sender.address, parsed.subject, parsed.text) == ("rosa@example.org", "Hi", "one\ntwo")


@pytest.mark.abuse("B5")
def test_a_subject_cannot_smuggle_a_header() -> None:
    hidden = base64.b64encode(b"Hi\r\nBcc: victim@example.com\x00").decode()

    parsed = parse(f"From: a@example.org\nSubject: =?utf-8?B?{hidden}?=\n\nx".encode())

    assert parsed.subject == "Hi Bcc: victim@example.com"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("rosa@example.org", [Address("", "rosa@example.org")]),
        (
            '"Diaz, Rosa" <rosa@example.org>, lin@example.com',
            [Address("Diaz, Rosa", "rosa@example.org"), Address("", "lin@example.com")],
        ),
        ("rosa@example.org (Rosa Diaz)", [Address("Rosa Diaz", "rosa@example.org")]),
        ("Team: a@example.org, b@example.org;", [Address("", "a@example.org"), Address("", "b@example.org")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?Q?Diaz,_Rosa?= <rosa@example.org>", [Address("Diaz, Rosa", "rosa@example.org")]),
        ("MAILER-DAEMON (Mail Delivery System)", [Address("Mail Delivery System", "MAILER-DAEMON")]),
        ("a@example.org; b@example.org", [Address("", "a@example.org"), Address("", "b@example.org")]),
        ("Rosa Diaz <rosa@example.org", [Address("Rosa Diaz", "rosa@example.org")]),
        ('"broken <rosa@example.org>', [Address('"broken', "rosa@example.org")]),
    ],
)
def test_addresses_are_read_as_people_write_them(value: str, expected: list[Address]) -> None:
    assert read_addresses(value, most=10) == (expected, False)


@pytest.mark.parametrize(
    ("head", "address", "ambiguous"),
    [
        ("From: rosa@example.org", "rosa@example.org", False),
        ('From: "Rosa, Hall 3" <rosa@example.org>', "rosa@example.org", False),
        ("From: a@example.org\nFrom: b@example.org", "a@example.org", True),
        ("From: a@example.org, b@example.org", "a@example.org", True),
        ('From: "boss@example.com" <evil@example.net>', "evil@example.net", True),
        ("From: Team: a@example.org;", "a@example.org", True),
        ("From: a@example.org\nSender: b@example.org", "a@example.org", True),
        ("From: Somebody\nReply-To: b@example.org", "b@example.org", True),
        ('From: "a@b"@example.org', '"a@b"@example.org', True),
        ("Subject: nobody", "", True),
    ],
)
@pytest.mark.abuse("A9")
def test_there_is_one_rule_for_the_sender_and_doubt_is_told(head: str, address: str, ambiguous: bool) -> None:
    parsed = parse(f"{head}\n\nx".encode())

    assert (parsed.sender.address, parsed.sender_is_ambiguous) == (address, ambiguous)
    assert any("sender" in problem or "From" in problem for problem in parsed.problems) == ambiguous


@pytest.mark.parametrize(
    ("label", "raw", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", b"\x93quoted\x94 \x80", "“quoted” €"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("x-unknown", b"Gr\xfc\xdfe", "Grüße"),
        ("iso-8859-1", "Übergrößenträger".encode(), "Übergrößenträger"),
        ("utf-8", b"Gr\xfc\xdfe und mehr", "Grüße und mehr"),
        ("iso-2022-jp", b"\x1b$B-!!!!!\x1b(B", "①　　"),
        ("gb2312", "镕基".encode("gbk"), "镕基"),
        ("ks_c_5601-1987", "똠방각하".encode("cp949"), "똠방각하"),
        ("utf-7", b"+AOQ-", "ä"),
        ("idna", b"Gr\xfc\xdfe", "Grüße"),
        ("rot13", b"Hallo", "Hallo"),
        ("", "Привет, мир, как дела".encode("koi8-r"), "Привет, мир, как дела"),
        ("", "Привет, мир, как дела".encode("cp1251"), "Привет, мир, как дела"),
        ("", "机房环境法规".encode("gb2312"), "机房环境法规"),
    ],
)
@pytest.mark.abuse("B4")
def test_character_sets_are_read_whatever_the_label_claims(label: str, raw: bytes, text: str) -> None:
    head = f"From: a@example.org\nContent-Type: text/plain; charset={label}\nContent-Transfer-Encoding: 8bit\n\n"

    assert parse(head.encode() + raw).text == text


@pytest.mark.parametrize(
    "date",
    ["99 Foo 99999", "Mon, 1 Jan 0000 00:00:00 +0000", "Fri, 31 Dec 9999 23:59:59 +0000", "yesterday", "(" * 500],
)
@pytest.mark.abuse("B7")
def test_an_impossible_date_is_nothing_and_a_problem(date: str) -> None:
    parsed = parse(f"From: a@example.org\nDate: {date}\n\nx".encode())

    assert parsed.date is None
    assert [problem for problem in parsed.problems if "date" in problem.lower()]


def test_text_html_and_files_are_told_apart() -> None:
    raw = (
        b'From: a@example.org\nContent-Type: multipart/mixed; boundary="m"\n\n--m\nContent-Type: multipart/alternative; boundary=a\n\n'
        b"--a\nContent-Type: text/plain\n\nPlain words\n--a\nContent-Type: text/html\n\n<p>Rich <b>words</b><img src=cid:p@x></p>\n--a--\n"
        b"--m\nContent-Type: image/png; name*=utf-8''%C3%BCber%20uns.png\nContent-ID: <p@x>\nContent-Disposition: inline\n"
        b"Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--m\nContent-Type: message/rfc822\n\nSubject: Inner mail\n\nDeep\n"
        b"--m\nContent-Type: application/ms-tnef; name=winmail.dat\n\nTNEF\n--m--\n"
    )

    parsed = parse(raw)

    assert parsed.text == "Plain words"
    assert parsed.html == '<p>Rich <b>words</b><img src="cid:p@x"></p>'
    assert [(file.name, file.type, file.size, file.inline, file.content_id) for file in parsed.attachments] == [
        ("über uns.png", "image/png", 8, True, "p@x"),
        ("Inner mail.eml", "message/rfc822", 25, False, ""),
        ("winmail.dat", "application/ms-tnef", 4, False, ""),
    ]


def test_uuencoded_files_are_taken_out_of_the_text() -> None:
    parsed = parse(b"From: a@example.org\n\nHello\nbegin 644 notes.txt\n#0V%T\n`\nend\nBye\n")

    assert parsed.text == "Hello\nBye"
    assert [(file.name, file.content) for file in parsed.attachments] == [("notes.txt", b"Cat")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Temp\\\\..\\\\a.txt", "a.txt"),
        (".htaccess\u200b", "htaccess"),
        ("report\u202egpj.exe", "report\ufffdgpj.exe"),
        ("CON", "_CON"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
    ],
)
@pytest.mark.abuse("B17")
def test_file_names_are_words_and_no_paths(name: str, shown: str) -> None:
    raw = f'From: a@example.org\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="{name}"\n\nx'

    assert parse(raw.encode()).attachments[0].name == shown


@pytest.mark.abuse("B16")
def test_a_multipart_without_its_parts_keeps_the_words() -> None:
    assert parse(b"From: a@example.org\nContent-Type: multipart/mixed; boundary=never\n\nWords\n").text == "Words"


@pytest.mark.abuse("B16")
def test_a_wrong_boundary_is_found_in_the_body() -> None:
    raw = b"From: a@example.org\nContent-Type: multipart/mixed; boundary=wrong\n\n--right\nContent-Type: text/plain\n\nWords\n--right--\n"

    assert parse(raw).text == "Words"


@pytest.mark.abuse("B3")
def test_what_lies_beyond_a_limit_is_told() -> None:
    parts = b"--b\n\nx\n" * 50
    parsed = parse(
        b"To: "
        + b", ".join(b"u%d@x.org" % n for n in range(30))
        + b"\nContent-Type: multipart/mixed; boundary=b\n\n"
        + parts,
        limits=Limits(parts=10, recipients=5),
    )

    assert len(parsed.to) == 5
    assert any("more than 5 addresses" in problem for problem in parsed.problems)
    assert any("more than 10 parts" in problem for problem in parsed.problems)


@pytest.mark.abuse("B6")
def test_nothing_that_a_database_refuses_leaves_the_engine() -> None:
    parsed = parse(b"From: a@example.org\nSubject: a\x00b\n\nNUL \x00 here \xed\xa0\x80")

    assert "\x00" not in parsed.text + parsed.subject
    assert parsed.text.encode("utf-8")
    assert "\ufffd" in parsed.text


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        ("From: rosa@example.org\nSubject: Help", "My mail to bob@example.com could not be delivered.", "message"),
        (
            "From: rosa@example.org\nSubject: Fwd: Undelivered Mail Returned to Sender",
            "550 5.1.1 <bob@x.org> unknown\nReceived: by x",
            "message",
        ),
        ("From: rosa@example.org\nReturn-Path: <>\nSubject: Printer", "It is broken.", "message"),
        (
            "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nSubject: Undelivered Mail Returned to Sender",
            "<bob@x.org>: user unknown",
            "bounce",
        ),
        ("From: rosa@example.org\nAuto-Submitted: auto-replied\nSubject: Re: Ticket", "I am away.", "auto_reply"),
        ("From: rosa@example.org\nSubject: Automatische Antwort: Drucker", "Ich bin im Urlaub.", "auto_reply"),
        ("From: rosa@example.org\nX-Autoreply: yes\nSubject: Re: x", "away", "auto_reply"),
        ("From: rosa@example.org\nSubject: Question about out of office", "How do I set it?", "message"),
        ("From: n@example.org\nList-Id: <l.example.org>\nSubject: News", "News", "list"),
        ("From: n@example.org\nPrecedence: bulk\nSubject: News", "News", "list"),
        ("From: rosa@example.org\nX-Loop: desk-1\nSubject: x", "x", "loop"),
        ("From: rosa@example.org\nX-Loop: another-desk\nSubject: x", "x", "message"),
        ("From: rosa@example.org\nMessage-ID: <1@mail.desk.example>\nSubject: x", "x", "loop"),
        ("From: help@desk.example\nSubject: x", "x", "loop"),
        ("From: rosa@example.org\nX-RT-Loop-Prevention: desk\nX-OTRS-State: closed\nSubject: x", "x", "message"),
    ],
)
@pytest.mark.abuse("A16", "A17", "A18")
def test_machines_are_told_from_people(head: str, body: str, kind: str) -> None:
    ourselves = Ourselves(frozenset({"mail.desk.example"}), frozenset({"help@desk.example"}), frozenset({"desk-1"}))

    assert parse(f"{head}\n\n{body}\n".encode(), ourselves=ourselves).kind == kind


def test_a_delivery_report_names_whom_it_did_not_reach() -> None:
    raw = (
        b"From: postmaster@example.org\nSubject: Late\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nSorry\n"
        b"--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n\n"
        b"Final-Recipient: rfc822; eve@example.net\nAction: delivered\nStatus: 2.0.0\n--r--\n"
    )

    parsed = parse(raw)

    assert (parsed.kind, parsed.failed_recipients) == ("bounce", ["bob@example.net"])


def test_a_message_survives_its_way_through_json() -> None:
    parsed = parse(b"From: a@example.org\nContent-Type: application/pdf; name=a.pdf\n\n\xff\x00\xfe")

    assert from_json(to_json(parsed)) == parsed


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(
            [
                b"From: ", b"To: ", b"Content-Type: multipart/mixed; boundary=b", b"--b", b"--b--", b"\n", b"\r\n", b"\r", b"\n\n", b"<", b">", b'"', b"(",
                b"=?utf-8?B?", b"?=", b"Content-Type: text/html; charset=utf-16", b"Content-Transfer-Encoding: base64", b"<blockquote>", b"\x00", b"\xff\xfe",
                b"On 1 Jan 2020 a@b.c wrote:", b"begin 644 x", b"begin 644 \n", b"end", b"; name*0*=utf-8'", b"\x1b$B", b"-- ", b"Subject: ", b"> ", b"From: x: ;",
            ]
        )
        | st.binary(max_size=12),
        max_size=40,
    )
)  # fmt: skip
@pytest.mark.abuse("B16")
def test_no_bytes_make_it_raise_or_give_up(pieces: list[bytes]) -> None:
    parsed = parse(b"".join(pieces))

    assert not [problem for problem in parsed.problems if "could not be read" in problem]
