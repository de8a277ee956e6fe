# ruff: noqa: E501 -- mails are written as they are sent
"""Strangers' HTML: harmless, still readable, and the same when cleaned again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstline.channels.email.engine.html_text import html_to_text
from firstline.channels.email.engine.sanitise import sanitise

PAYLOADS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding=text/html><style><img src=x onerror=alert(1)></annotation-xml></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action=https://evil.example><input name=password><button formaction=x>go</button></form>",
    "<base href=https://evil.example><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<iframe src=https://evil.example></iframe><object data=x></object><embed src=x><portal src=x></portal>",
    '<p style="background:url(https://evil.example/t.gif)">x</p>',
    '<p style="position:fixed;top:0;width:100%">x</p>',
    '<p style="width: expression(alert(1))">x</p>',
    '<p style="color:red;background-color:\\75rl(x)">x</p>',
    "<style>@import 'https://evil.example'</style>",
    "<div id=x name=getElementById class=btn>x</div>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<img data-blocked-src='javascript:alert(1)' src='data:image/svg+xml,<svg onload=alert(1)>'>",
    '<table background="https://evil.example/t.gif"><td>x</table>',
    '<img src="https://evil.example/t.gif" srcset="https://evil.example/u.gif 2x">',
    "<a href='https://ok.example' target=_blank rel=opener>x</a>",
    "<template><img src=x onerror=alert(1)></template>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
]
FORBIDDEN = re.compile(
    r"<(?:script|style|svg|math|form|input|button|iframe|object|embed|base|meta|link|portal|template|noscript)\b"
    r"|\son[a-z]+=|javascript:|vbscript:|data:|url\(|expression|position|@import|\sid=|\sclass=|srcset|background=",
    re.IGNORECASE,
)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.abuse("C3", "C4", "C5", "C6", "C15")
def test_nothing_active_comes_through_and_once_is_enough(payload: str) -> None:
    clean = sanitise(payload)

    assert not FORBIDDEN.search(clean.replace("data-blocked-src", ""))
    assert sanitise(clean) == clean


@pytest.mark.abuse("C9")
def test_remote_pictures_wait_behind_their_address_and_enclosed_ones_show() -> None:
    html = '<img src="https://example.org/a.png?x=1&amp;y=2" alt="A" width="3"><img src="cid:b@c"><img src="ftp://x/y">'

    assert sanitise(html) == (
        '<img alt="A" width="3" data-blocked-src="https://example.org/a.png?x=1&amp;y=2"><img src="cid:b@c"><img>'
    )


@pytest.mark.abuse("C6")
def test_links_open_without_ties() -> None:
    assert sanitise('<a href="https://example.org">x</a>') == (
        '<a href="https://example.org" rel="noopener noreferrer nofollow">x</a>'
    )


def test_harmless_looks_are_kept() -> None:
    html = '<p style="color: #ff0000; font-weight:bold; mso-style: x">Hi <b>you</b></p>'

    assert sanitise(html) == '<p style="color:#ff0000;font-weight:bold">Hi <b>you</b></p>'


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *PAYLOADS,
                "<b>",
                "</b>",
                "<p>",
                "</p>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
                "<!--",
                "-->",
                "<a ",
                "href=x",
                ">",
                '"',
                "'",
                "&",
                "<div style='color:red'>",
                "x",
            ]
        ),
        max_size=12,
    )
)
@pytest.mark.abuse("C4")
def test_cleaning_twice_changes_nothing(pieces: list[str]) -> None:
    clean = sanitise("".join(pieces))

    assert sanitise(clean) == clean
    assert not re.search(r"<script|\son[a-z]+=", clean, re.IGNORECASE) or "&lt;" in clean or '"' in clean


def test_words_come_out_of_html_as_a_reader_sees_them() -> None:
    html = "<div>One<br>two</div><p>Three &amp; four</p><ul><li>a</li><li>b</li></ul><table><tr><td>x</td><td>y</td></tr></table><pre>  k\n  l</pre>"

    assert html_to_text(sanitise(html)) == "One\ntwo\n\nThree & four\n\n- a\n- b\nx y\n  k\n  l"
