"""The rates on other products' test mails must not fall."""

from __future__ import annotations

import pytest

from tests.realdata import mail

FLOORS = {
    "zammad: sender": 1.0,
    "zammad: subject": 1.0,
    # Of two broken mails Zammad shows nothing; we show the sender's words.
    "zammad: body text": 0.96,
    "zammad: attachments": 1.0,
    "discourse: reply without quotes": 0.96,
    "github: email_reply_parser": 1.0,
    "talon: standard replies": 1.0,
    "talon: html replies": 1.0,
    "sisimai: bounces, loops, auto replies": 0.98,
    # One of the two labelled “not a bounce” is one.
    "sisimai: not a bounce": 0.5,
    "flufl: recognised as bounce": 0.98,
    "flufl: failed addresses": 0.95,
    "stalwart: sender": 1.0,
    "stalwart: subject": 0.95,
    "people's mail: not taken for a bounce or auto reply": 1.0,
    "all files: read without a net": 1.0,
    "all files: under 2 s": 1.0,
    "all files: sanitising is final": 1.0,
}


@pytest.mark.skipif(not mail.MAIL.is_dir(), reason="The test mails of other products are not on this machine.")
@pytest.mark.slow
@pytest.mark.parametrize("suite", list(mail.SUITES))
def test_the_rates_on_real_mail_do_not_fall(suite: str) -> None:
    fallen = [
        f"{rate.name}: {rate.right} of {rate.total}; {rate.wrong[:5]}"
        for rate in mail.SUITES[suite]()
        if rate.share < FLOORS[rate.name]
    ]

    assert fallen == []
