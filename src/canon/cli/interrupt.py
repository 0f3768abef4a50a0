"""What Ctrl-C does to a verb that goes on and on: the first ends it gently, the second at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from canon.hurry import AtOnce

if TYPE_CHECKING:
    from canon.work.stopping import Stop

_NUMBERS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP


@contextmanager
def gently_ended(stop: Callable[[], None], by: Stop | None = None) -> Iterator[None]:
    """For a block: the first Ctrl-C calls `stop`, and the block's end raises KeyboardInterrupt.

    The second raises `AtOnce`: what cleans up then does not wait for a busy camera.

    Args:
        stop: asks for the end; it is called between any two steps of the main thread.
        by: what stops this thread, where it is that of one of several cameras.

    Raises:
        KeyboardInterrupt: the end was asked for.
    """
    asked = False
    if by:
        with by.gently(stop):
            yield
        return  # the main thread, which was interrupted, says so
    named = [number for name in _NUMBERS if (number := getattr(signal, name, None))]
    before = {one: signal.getsignal(one) for one in named}

    def first(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        for one in handled:
            signal.signal(one, second)
        stop()

    def second(number: int, frame: FrameType | None) -> None:
        raise AtOnce

    handled = [one for one in named if before[one] is not signal.SIG_IGN]  # as by nohup
    for one in handled:
        signal.signal(one, first)
    try:
        yield
    finally:
        for one in handled:
            signal.signal(one, before[one])
    if asked:
        raise KeyboardInterrupt
