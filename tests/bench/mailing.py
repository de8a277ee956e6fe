"""Mails over SMTP, each a new ticket."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Sequence

from tests.bench.load import Times

ADDRESS = "help@firstline.example"


def mail(number: str, sender: str, text: str) -> bytes:
    return (
        f"From: Somebody <{sender}>\r\nTo: {ADDRESS}\r\nSubject: The printer is on fire {number}\r\n"
        f"Message-ID: <{number}@bench.example>\r\nDate: Mon, 01 Jun 2026 10:00:00 +0000\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n\r\n{text}\r\n\r\nBye\r\n"
    ).encode()


def deliver(port: int, senders: Sequence[str], *, clients: int, seconds: float, run: str) -> Times:
    """Each client sends mail after mail on one connection; a mail counts when it was answered with 250."""
    found = [Times() for _ in range(clients)]
    begun = time.perf_counter()
    end = begun + seconds

    def client(place: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
            number = 0
            while time.perf_counter() < end:
                number += 1
                sender = senders[(place + number * clients) % len(senders)]
                at = time.perf_counter()
                try:
                    server.sendmail(sender, [ADDRESS], mail(f"{run}-{place}-{number}", sender, f"It burns {number}."))
                except smtplib.SMTPResponseException as error:
                    found[place].wrong += 1
                    found[place].last_wrong = str(error)
                else:
                    found[place].taken.append(time.perf_counter() - at)

    threads = [threading.Thread(target=client, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Times(seconds=time.perf_counter() - begun)
    for times in found:
        whole.add(times)
    return whole
