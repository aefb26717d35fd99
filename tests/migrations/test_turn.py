"""SQLite has one writer: whoever waits for the turn has it next, however many others take it again and again."""

from __future__ import annotations

import threading
import time

import pytest

from mailer.store.turn import Turn


@pytest.mark.parametrize("others", [1, 3])
def test_nobody_has_it_twice_while_another_waits(others: int) -> None:
    turn, over = Turn(), threading.Event()
    turns = 0

    def write_on_and_on() -> None:
        nonlocal turns
        while not over.is_set():
            assert turn.acquire()
            turns += 1
            time.sleep(0.002)  # its transaction
            turn.release()

    busy = [threading.Thread(target=write_on_and_on) for _ in range(others)]
    for one in busy:
        one.start()
    waited = []
    try:
        for _ in range(20):
            before = turns
            assert turn.acquire(timeout=20)
            waited.append(turns - before)
            turn.release()
    finally:
        over.set()
        for one in busy:
            one.join(10)
    assert max(waited) <= 2 * others, "those before us in the line, and those who came before we stood in it"


def test_who_has_no_more_patience_leaves_the_line() -> None:
    turn = Turn()
    assert turn.acquire()
    assert not turn.acquire(timeout=0.01)
    turn.release()
    assert turn.acquire(timeout=0), "it was not kept for who had left"
    assert not turn.acquire(timeout=0)


def test_it_goes_down_the_line() -> None:
    turn, had = Turn(), list[int]()
    assert turn.acquire()
    line = []
    for number in range(5):
        line.append(threading.Thread(target=lambda n=number: (turn.acquire(), had.append(n), turn.release())))
        line[-1].start()
        while len(turn._line) <= number:
            time.sleep(0.001)
    turn.release()
    for one in line:
        one.join(10)
    assert had == [0, 1, 2, 3, 4]
