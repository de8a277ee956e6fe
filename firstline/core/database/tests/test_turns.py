"""The line of those who want to write."""

from __future__ import annotations

import threading
import time

from firstline.core.database.sqlite.turns import Turns


class Connection:
    pass


def test_one_at_a_time_and_in_the_order_they_came() -> None:
    turns, first = Turns(), Connection()
    assert turns.take(first, 1)
    came: list[int] = []
    inside: list[int] = []

    def want(number: int) -> None:
        mine = Connection()
        assert turns.take(mine, 5)
        inside.append(number)
        assert inside == [number]
        came.append(number)
        time.sleep(0.002)
        inside.remove(number)
        turns.leave(mine)

    threads = []
    for number in range(12):
        threads.append(threading.Thread(target=want, args=(number,)))
        threads[-1].start()
        while len(turns._waiting) <= number:
            time.sleep(0.001)
    turns.leave(first)
    for thread in threads:
        thread.join(5)

    assert came == list(range(12))


def test_a_connection_may_take_its_own_turn_again() -> None:
    turns, mine = Turns(), Connection()

    assert turns.take(mine, 0)
    assert turns.take(mine, 0)


def test_nobody_waits_longer_than_they_said_and_no_turn_is_lost_with_them() -> None:
    turns, first, impatient, patient = Turns(), Connection(), Connection(), Connection()
    assert turns.take(first, 0)

    begun = time.monotonic()
    assert not turns.take(impatient, 0.05)
    assert time.monotonic() - begun < 1
    turns.leave(impatient)  # it never was its turn
    assert not turns.take(patient, 0)
    turns.leave(first)

    assert turns.take(patient, 0)


def test_a_thread_that_ends_without_a_word_holds_nobody_up() -> None:
    turns = Turns()

    def forget() -> None:
        assert turns.take(Connection(), 0)  # and its connection is gone with it

    thread = threading.Thread(target=forget)
    thread.start()
    thread.join()

    assert turns.take(Connection(), 0)
