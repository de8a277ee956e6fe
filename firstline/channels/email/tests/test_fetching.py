"""Fetching from a real IMAP server (Dovecot)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from firstline.channels.email.actions import receive as receiving
from firstline.channels.email.actions.mailbox import ask_for_check, save_mailbox, try_skipped
from firstline.channels.email.jobs import fetching
from firstline.channels.email.jobs.fetching import begin, check, due, turn
from firstline.channels.email.models import AfterReading, Mailbox, RawMail, Security
from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.core.events.models import Event
from firstline.core.jobs.draining import drain
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Ticket

from . import dovecot
from .dovecot import PASSWORD, Dovecot
from .letters import letter

pytestmark = [
    pytest.mark.dovecot,
    pytest.mark.skipif(not dovecot.is_installed(), reason="Dovecot is not installed (apt install dovecot-imapd)."),
]


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    server = Dovecot()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _allowed(settings: Any, db: Any) -> None:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1"]


def mailbox(imap: Dovecot, user: str, **fields: Any) -> Mailbox:
    password = fields.pop("password", PASSWORD)
    made = Mailbox(
        name=fields.pop("name", user), address=f"{user}@desk.example", host="127.0.0.1", port=imap.port, user=user,
        security=Security.NONE, takes_old=fields.pop("takes_old", True), **fields,
    )  # fmt: skip
    return save_mailbox(made, password=password, by=None)


def numbered(count: int, sender: str = "Rosa <rosa@example.org>") -> list[bytes]:
    return [letter(f"Trouble number {number}", subject=f"Trouble {number}", sender=sender) for number in range(count)]


@pytest.mark.accepts("S4.12")
def test_mail_from_a_mailbox_opens_tickets_in_the_queue_of_its_team(imap: Dovecot, network: Team) -> None:
    box = mailbox(imap, "network", team=network)
    imap.put("network", *numbered(3))

    fetched = turn(box.pk)
    drain()

    assert fetched == 3
    assert list(Ticket.objects.order_by("id").values_list("subject", "team")) == [
        (f"Trouble {number}", network.pk) for number in range(3)
    ]
    assert imap.count("network", criterion="SEEN") == 3
    assert turn(box.pk) == 0


def test_only_what_comes_from_now_on_is_fetched_unless_asked_for_more(imap: Dovecot) -> None:
    imap.put("old", *numbered(4))
    box = mailbox(imap, "old", takes_old=False)
    assert turn(box.pk) == 0

    imap.put("old", letter("New"))

    assert (turn(box.pk), RawMail.objects.count()) == (1, 1)


def test_what_somebody_read_in_the_mailbox_is_fetched_all_the_same(imap: Dovecot) -> None:
    box = mailbox(imap, "curious")
    imap.put("curious", letter())
    server = imap.connect("curious")
    server.select("INBOX")
    server.store("1", "+FLAGS", "\\Seen")
    server.logout()

    assert turn(box.pk) == 1


@pytest.mark.parametrize(("after", "left", "moved"), [(AfterReading.MOVE, 0, 3), (AfterReading.DELETE, 0, -1)])
def test_mail_is_put_away_after_it_is_stored(imap: Dovecot, after: str, left: int, moved: int) -> None:
    user = f"tidy-{after}"
    box = mailbox(imap, user, after_reading=after, move_to="Read by desk" if after == AfterReading.MOVE else "")
    imap.put(user, *numbered(3))

    fetched = turn(box.pk)

    assert (fetched, imap.count(user), imap.count(user, "Read by desk")) == (3, left, moved)


@pytest.mark.parametrize("after", [AfterReading.KEEP, AfterReading.MOVE])
@pytest.mark.parametrize("moment", ["before the commit", "after the commit", "before the place is noted"])
def test_a_death_in_the_middle_loses_nothing_and_doubles_nothing(
    imap: Dovecot, monkeypatch: pytest.MonkeyPatch, after: str, moment: str
) -> None:
    user = f"mortal-{after}-{moment.replace(' ', '-')}"
    box = mailbox(imap, user, after_reading=after, move_to="Done" if after == AfterReading.MOVE else "")
    imap.put(user, *numbered(5))
    deaths = iter([False, False, True])
    broken = {
        "before the commit": (receiving, "keep"),
        "after the commit": (fetching, "_finish"),
        "before the place is noted": (fetching, "note_place"),
    }[moment]
    real = getattr(*broken)

    def dies(*arguments: Any, **named: Any) -> Any:
        if next(deaths, False):
            raise KeyboardInterrupt
        return real(*arguments, **named)

    monkeypatch.setattr(*broken, dies)
    with pytest.raises(KeyboardInterrupt):
        turn(box.pk)
    stored = RawMail.objects.count()
    assert imap.count(user, criterion="UNSEEN") >= 5 - stored if after == AfterReading.KEEP else True
    monkeypatch.setattr(*broken, real)
    turn(box.pk)
    drain()

    assert (RawMail.objects.count(), Ticket.objects.count()) == (5, 5)
    assert imap.count(user, "Done") == (5 if after == AfterReading.MOVE else -1)
    assert turn(box.pk) == 0


@pytest.mark.abuse("B9")
def test_b9_a_folder_that_counts_anew_gives_no_duplicates(imap: Dovecot) -> None:
    box = mailbox(imap, "renumbered")
    mails = numbered(3)
    imap.put("renumbered", *mails)
    turn(box.pk)
    drain()
    server = imap.connect("renumbered")
    server.rename("INBOX", "Old")  # INBOX begins again, with another UIDVALIDITY
    server.logout()
    time.sleep(1.1)  # Dovecot makes it from the time in seconds
    server = imap.connect("renumbered")
    server.delete("INBOX")
    server.logout()
    imap.put("renumbered", *mails, letter("New"))
    before = box.uid_validity

    turn(box.pk)
    drain()

    box.refresh_from_db()
    assert Ticket.objects.count() == 4
    assert before != box.uid_validity
    assert RawMail.objects.filter(state="duplicate").count() == 3


@pytest.mark.abuse("B19")
def test_b19_a_mailbox_that_fails_stops_no_other(imap: Dovecot) -> None:
    good = [mailbox(imap, f"good-{number}") for number in range(4)]
    bad = mailbox(imap, "bad", password="wrong")
    for box in good:
        imap.put(box.user, letter(subject=box.user))
    before = due()

    with_trouble = [turn(pk) for pk in before]

    bad.refresh_from_db()
    assert (sorted(with_trouble), RawMail.objects.count()) == ([0, 1, 1, 1, 1], 4)
    assert "did not accept" in bad.last_error
    assert due() == []
    with clock.set_to(clock.now() + timedelta(minutes=6)):
        assert (bad.is_red(clock.now()), bad.pk in due()) == (True, True)


@pytest.mark.abuse("B19")
def test_b19_a_full_mailbox_lets_others_in_between(imap: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "A_TURN", 10)
    full, small = mailbox(imap, "full"), mailbox(imap, "small")
    imap.put("full", *numbered(25))
    imap.put("small", letter("I have waited long enough"))

    turns: list[int] = []
    while waiting := due():
        turns += [pk for pk in waiting if turn(pk) is not None]

    assert turns[:2] == [full.pk, small.pk]
    assert (turns.count(full.pk), RawMail.objects.count()) == (3, 26)


@pytest.mark.abuse("B20")
def test_b20_the_same_mail_in_two_mailboxes_is_one_ticket_that_tells_of_both(imap: Dovecot, network: Team) -> None:
    one, two = mailbox(imap, "first"), mailbox(imap, "second", team=network)
    same = letter(to="first@desk.example, second@desk.example")
    imap.put("first", same)
    imap.put("second", b"Received: from elsewhere\r\n" + same)

    turn(one.pk)
    drain()
    turn(two.pk)
    drain()

    assert Ticket.objects.count() == 1
    assert Event.objects.get(kind="mail.came_again").facts["mailbox"] == two.pk


def test_the_same_mail_by_imap_and_smtp_is_one_ticket(imap: Dovecot) -> None:
    box = mailbox(imap, "twice")
    raw = letter()
    receiving.receive(b"Received: by us\r\n" + raw, way="smtp")
    receiving.receive(raw, way="smtp")
    imap.put("twice", raw)

    turn(box.pk)
    drain()

    assert (RawMail.objects.count(), Ticket.objects.count()) == (3, 1)


@pytest.mark.abuse("B10")
def test_b10_a_mail_that_is_too_large_stays_there_and_a_ticket_says_so(
    imap: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(imap, "large", after_reading=AfterReading.DELETE)
    monkeypatch.setattr(fetching, "LARGEST", 10_000)
    imap.put("large", letter("x" * 20_000, subject="A film"), letter("Small"))

    turn(box.pk)
    turn(box.pk)
    drain()

    assert (imap.count("large"), sorted(Ticket.objects.values_list("subject", flat=True))) == (1, ["A film", "Screen"])
    assert "too_large" in RawMail.objects.values_list("state", flat=True)


def test_the_connection_is_tested_by_the_worker_and_the_answer_is_a_sentence(imap: Dovecot, bea: Person) -> None:
    good, bad = mailbox(imap, "tested"), mailbox(imap, "untested", folder="Nowhere")
    imap.put("tested", letter())

    ask_for_check(good, by=bea)
    ask_for_check(bad, by=bea)
    drain()

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.check_state, good.check_result) == ("good", "It works. Mails in the folder: 1")
    assert (bad.check_state, "Nowhere" in bad.check_result or "exist" in bad.check_result) == ("bad", True)


@pytest.mark.abuse("J2")
def test_a_password_is_kept_encrypted_and_opens_for_one_server_and_user_only(imap: Dovecot, bea: Person) -> None:
    box = mailbox(imap, "secret")

    box.host = "imap.evil.example"
    box.security = Security.TLS
    with pytest.raises(Refused):
        save_mailbox(box, by=bea)

    box = Mailbox.objects.get(pk=box.pk)
    assert (PASSWORD in box.secret, box.password(), box.host) == (False, PASSWORD, "127.0.0.1")


@pytest.mark.abuse("D21")
def test_only_who_manages_mail_adds_a_mailbox(imap: Dovecot, ada: Person, bea: Person) -> None:
    made = Mailbox(name="x", address="x@desk.example", host="127.0.0.1", port=imap.port, user="x", security="none")

    with pytest.raises(NotAllowed):
        save_mailbox(made, password=PASSWORD, by=ada)

    assert save_mailbox(made, password=PASSWORD, by=bea).pk
    assert Event.objects.get(kind="mailbox.saved").actor_id == bea.pk


@pytest.mark.abuse("D21", "F5")
def test_no_inner_host_is_asked_unless_the_installation_says_so(imap: Dovecot, settings: Any) -> None:
    box = mailbox(imap, "inner")
    settings.OUTBOUND_ALLOWED = []

    check(box.pk)

    box.refresh_from_db()
    assert (box.check_state, "public internet" in box.check_result) == ("bad", True)


@pytest.mark.abuse("H13")
def test_plain_text_is_for_this_machine_only_and_starttls_has_no_way_back(imap: Dovecot, bea: Person) -> None:
    with pytest.raises(Refused):
        save_mailbox(Mailbox(name="x", address="x@d.example", host="imap.example.org", user="x", security="none"),
                     password=PASSWORD, by=bea)  # fmt: skip
    box = mailbox(imap, "downgraded")
    box.security = Security.STARTTLS
    save_mailbox(box, by=bea)

    check(box.pk)

    box.refresh_from_db()
    assert (box.check_state, "STARTTLS" in box.check_result) == ("bad", True)


@pytest.mark.django_db(transaction=True)
def test_turns_run_beside_each_other_and_one_mailbox_never_twice_at_once(imap: Dovecot) -> None:
    box = mailbox(imap, "threads")
    imap.put("threads", *numbered(5))

    first = begin(box.pk)
    second = begin(box.pk)
    assert first is not None
    first.join(20)

    assert (second, RawMail.objects.count()) == (None, 5)


def test_skipped_mails_are_tried_again_when_asked(imap: Dovecot, monkeypatch: pytest.MonkeyPatch, bea: Person) -> None:
    box = mailbox(imap, "skipping")
    imap.put("skipping", *numbered(3))
    real = fetching._one

    def lies(server: Any, uid: int, *arguments: Any) -> Any:
        if uid == 2:
            raise ValueError("nonsense")
        return real(server, uid, *arguments)

    monkeypatch.setattr(fetching, "_one", lies)
    assert (turn(box.pk), turn(box.pk)) == (2, 0)
    box.refresh_from_db()
    assert [each["uid"] for each in box.skipped] == [2]
    monkeypatch.setattr(fetching, "_one", real)

    try_skipped(box, by=bea)

    assert (turn(box.pk), RawMail.objects.count()) == (1, 3)
