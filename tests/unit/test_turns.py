"""The lock that is given out in the order in which it was asked for."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from canon.camera.turns import Turns

TIMEOUT_S = 120.0


class Stop(Exception):
    """What a signal raises in a test."""


def wait_until(done: Callable[[], bool]) -> None:
    """Give other threads time, until something is so."""
    pause = threading.Event()
    while not done():
        pause.wait(0.001)


def started(action: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def ended(*threads: threading.Thread) -> None:
    for thread in threads:
        thread.join(TIMEOUT_S)
        assert not thread.is_alive()


def waiting(turns: Turns) -> int:
    return len(turns._waiting)


def free(turns: Turns) -> None:
    """Nobody has it, and nobody waits: another thread gets it at once."""
    got = threading.Event()

    def take() -> None:
        with turns:
            got.set()

    ended(started(take))
    assert got.is_set()
    assert waiting(turns) == 0


def test_one_at_a_time() -> None:
    turns = Turns()
    inside: list[int] = []
    seen: list[int] = []

    def work() -> None:
        for _ in range(200):
            with turns:
                inside.append(1)
                seen.append(len(inside))
                inside.pop()

    ended(*[started(work) for _ in range(6)])
    assert seen == [1] * 1200
    free(turns)


def test_first_come_first_served() -> None:
    turns = Turns()
    order: list[str] = []

    def take(name: str) -> Callable[[], None]:
        def body() -> None:
            with turns:
                order.append(name)

        return body

    threads = []
    with turns:
        for place, name in enumerate("abcdef"):
            threads.append(started(take(name)))
            wait_until(lambda place=place: waiting(turns) == place + 1)  # type: ignore[misc]  # bound now
    take("the one that let go, again")()
    ended(*threads)
    assert order == [*"abcdef", "the one that let go, again"]
    free(turns)


def test_a_thread_that_has_it_may_take_it_again() -> None:
    turns = Turns()
    order: list[str] = []

    def other() -> None:
        with turns:
            order.append("other")

    with turns:
        thread = started(other)
        wait_until(lambda: waiting(turns) == 1)
        with turns:
            order.append("inner")
        order.append("outer")
    ended(thread)
    assert order == ["inner", "outer", "other"]


def test_an_error_inside_gives_it_back() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns:
        _ = 1 // 0
    free(turns)


@contextmanager
def signal_raises() -> Iterator[None]:
    """A signal raises Stop in the main thread, as Ctrl-C raises KeyboardInterrupt."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stop

    before = signal.signal(signal.SIGUSR1, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_an_interrupted_waiter_loses_no_turn() -> None:
    turns = Turns()
    order: list[str] = []
    main = threading.get_ident()
    let_go = threading.Event()
    has_it = threading.Event()

    def owner() -> None:
        with turns:
            has_it.set()
            assert let_go.wait(TIMEOUT_S)
            order.append("owner")

    def behind() -> None:
        wait_until(lambda: waiting(turns) == 1)  # the main thread waits

        def last() -> None:
            with turns:
                order.append("behind")

        thread = started(last)
        wait_until(lambda: waiting(turns) == 2)
        signal.pthread_kill(main, signal.SIGUSR1)
        ended(thread)

    with signal_raises():
        first = started(owner)
        assert has_it.wait(TIMEOUT_S)
        second = started(behind)
        with pytest.raises(Stop), turns:
            order.append("never")
        assert waiting(turns) == 1, "it has left the queue, the one behind it has not"
        let_go.set()
        ended(first, second)
    assert order == ["owner", "behind"]
    free(turns)


def test_a_turn_that_comes_to_one_who_has_given_up_goes_on() -> None:
    """The signal and the turn come at the same moment: the turn is promised, nobody takes it."""
    turns = Turns()
    turn = threading.Lock()
    turn.acquire()
    order: list[str] = []

    def take() -> None:
        with turns:
            order.append("next")

    with turns:
        turns._waiting.append(turn)
        thread = started(take)
        wait_until(lambda: waiting(turns) == 2)
    assert not turn.locked()
    assert order == []
    turns._give_up(turn)
    ended(thread)
    assert order == ["next"]
    free(turns)
