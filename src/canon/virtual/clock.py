"""The clock of a virtual body: a list of things that are due.

Time stands still until somebody waits, and then jumps to the next thing due; at real pace it runs
as the wall clock does. A body served to another process jumps too: whenever the host waits for
something that is due later, later is now.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from datetime import datetime

EPOCH = datetime(1970, 1, 1)
"""Where a camera's clock begins."""

_IDLE_S = 0.25
"""How far a clock goes on for each question that brings nothing."""


class BodyClock:
    """Seconds since the body was switched on, and what happens when.

    Args:
        real: whether time passes by itself, at the pace of the wall clock.

    Attributes:
        served: whether the host lives in another process, and sleeps by a clock of its own.
        lock: held while the body does something, by whoever lets it: any thread that waits.
    """

    def __init__(self, *, real: bool = False) -> None:
        self.real = real
        self.served = False
        self.lock = threading.RLock()
        self._skipped = 0.0
        self._start = time.monotonic() if real else 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """Seconds since the body was switched on."""
        passed = time.monotonic() - self._start if self.real else 0.0
        return passed + self._skipped

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Have `action` called when `seconds` have passed."""
        self.at(self.now() + seconds, action)

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Have `action` called at a moment; a moment that is past counts as now."""
        with self.lock:
            heapq.heappush(self._due, (moment, next(self._order), action))

    def next_due(self) -> float | None:
        """The moment of the next thing due, None when nothing is."""
        with self.lock:
            return self._due[0][0] if self._due else None

    def run_due(self) -> None:
        """Do what is due by now, in its order."""
        with self.lock:
            while self._due and self._due[0][0] <= self.now():
                heapq.heappop(self._due)[2]()

    def advance_to(self, moment: float) -> None:
        """Jump to a moment and do what is due until then; a real clock sleeps instead."""
        while (due := self.next_due()) is not None and due <= moment:
            self._wait_until(due)
            self.run_due()
        self._wait_until(moment)

    def sleep(self, seconds: float) -> None:
        """Let time pass for whoever waits on this body."""
        self.advance_to(self.now() + seconds)

    def idle(self) -> None:
        """Let time pass because the host asks, hears nothing and will ask again: it is waiting.

        A host in this process sleeps by this clock, and at real pace time passes by itself.
        """
        if self.served and not self.real:
            self.sleep(_IDLE_S)

    def forget(self) -> None:
        """Drop everything that is due: the body was switched off."""
        with self.lock:
            self._due.clear()

    def _wait_until(self, moment: float) -> None:
        if self.real:
            time.sleep(max(0.0, moment - self.now()))
            return
        with self.lock:
            self._skipped = max(self._skipped, moment)
