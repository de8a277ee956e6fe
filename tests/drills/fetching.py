"""A real IMAP server, and a process that dies at each place between looking at a mail and putting it away."""

from __future__ import annotations

import time

from firstline.channels.email.tests.dovecot import Dovecot, is_installed
from tests.drills import mails
from tests.drills.broken import DEATHS
from tests.drills.checker import Outcome, compare
from tests.drills.drill import Drill, Trial
from tests.drills.grounds import stored

KILLED = 137
AFTER_READING = ("keep", "move", "delete")


def missing() -> str:
    return "" if is_installed() else "there is no Dovecot (apt-get install dovecot-imapd)"


def die_while_fetching(trial: Trial) -> Outcome:
    """Mails are fetched by processes that die, each at another place. `size`: rounds of 4 deaths (12 are all)."""
    ledger, server, deaths = trial.ledger(), Dovecot(), 0
    try:
        with trial.grounds.desk(FIRSTLINE_OUTBOUND_ALLOWED="127.0.0.1") as desk:
            for after in AFTER_READING:
                server.connect(after).logout()
                desk.python("tests.drills.prepared", "--mailbox", str(server.port), after)
            for turn in range(trial.size):
                places = list(DEATHS)
                trial.chance.shuffle(places)
                if trial.broken:
                    places = ["before it keeps a mail"]
                for place in places[:4]:
                    for after in AFTER_READING:
                        key = f"{after}{trial.seed}-{turn}-{places.index(place)}"
                        server.put(after, *[mails.good(f"{key}-{n}") for n in range(2)])
                        for n in range(2):
                            ledger.invoke(f"{key}-{n}")
                            ledger.ok(f"{key}-{n}")
                    wrong = f"+{trial.broken}" if trial.broken else ""
                    desk.entry = ["tests.drills.broken", f"dies:{place}{wrong}"]
                    desk.python("tests.drills.prepared", "--due")
                    process = desk.start("fetching", "mail", "fetch")
                    deaths += process.wait(60) == KILLED
            begun = time.monotonic()
            desk.entry = ["firstline"]
            for _again in range(3):
                desk.python("tests.drills.prepared", "--due")
                desk.start("fetching", "mail", "fetch").wait(60)
            desk.python("firstline", "worker", "--until-idle")
            outcome = compare(ledger, stored(desk), recovery=time.monotonic() - begun)
    finally:
        server.stop()
    if not deaths:
        outcome.faults.append("no process has died, so nothing was shown")
    return outcome


DRILLS = (Drill("DR18", die_while_fetching, "puts_away_first", short=1, long=90, missing=missing),)
