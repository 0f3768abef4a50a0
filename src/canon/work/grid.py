"""The grid of a series: where each place lies on the camera's clock, and which can be kept."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from canon.errors import CanonError

if TYPE_CHECKING:
    from canon.camera import Camera

_LOOK_UP_S = 0.2  # how often a wait looks whether it shall end
_EXACT_S = 1e-6
_LISTENS_S, _MOMENT_S = 5.0, 0.02
_CLOSE_S = 1.0  # from here on nothing is asked that could be answered late
_MOST_LATE_S = 0.5


class Stopped(Exception):
    """The series shall end, and the frame was not begun."""


class Late(Exception):
    """The camera was not ready for the place in time, and nothing was released."""


class Grid:
    """Places in time, one every so often from the first release on.

    Args:
        cam: the camera by whose clock it goes.
        every_s: from one to the next, in seconds.

    Attributes:
        end: the moment after which no frame is begun; None is never.
    """

    def __init__(self, cam: Camera, every_s: float) -> None:
        self.end: float | None = None
        self._cam, self._every_s = cam, every_s
        self._clock = cam.clock
        self._ahead_s = 0.0  # of a clock that began anew with the camera
        self._listened = 0.0
        self._start: float | None = None

    @property
    def tolerance_s(self) -> float:
        """How late a frame may be, in seconds."""
        return min(_MOST_LATE_S, self._every_s / 10)

    def now(self) -> float:
        """The moment, in seconds of a clock that never goes back."""
        return self._clock.now() + self._ahead_s

    def begin(self) -> None:
        """Let the first place be now, where it has no moment yet."""
        if self._start is None:
            self._start = self.now()

    def place(self, number: int) -> float:
        """The moment of a place, from 1; now where there was no release yet."""
        start = self.now() if self._start is None else self._start
        return start + (number - 1) * self._every_s

    def next_place(self, number: int, lead_s: float) -> int:
        """The first place from that one on that can be kept, if a frame is begun so early."""
        if self._start is None:
            return number
        late = self.now() + lead_s - self.place(number) - _EXACT_S
        return number + max(0, math.ceil(late / self._every_s))

    def last_place(self) -> int:
        """The last place before the end."""
        if self.end is None:
            return sys.maxsize
        return max(0, math.floor((self.end - self.place(1)) / self._every_s) + 1)

    def wait(
        self,
        number: int,
        lead_s: float,
        is_stopping: Callable[[], bool],
        idle: Callable[[float], object] = lambda left_s: None,
    ) -> bool:
        """Wait until a frame is to be begun; False when the series shall end.

        Args:
            number: its place.
            lead_s: how long before its place it is begun.
            is_stopping: whether the series shall end.
            idle: is called again and again, with the seconds that are left.
        """
        while not is_stopping():
            left = self.place(number) - lead_s - self.now()
            if self._start is None or left <= _EXACT_S:
                return True
            idle(left)
            self._let_pass(left)
        return False

    def _let_pass(self, left: float) -> None:
        """Let some time pass; now and then the camera is listened to, which keeps it on."""
        now = self._clock.now()
        if left < _CLOSE_S or now - self._listened < _LISTENS_S:
            self._clock.sleep(min(left, _LOOK_UP_S))
            return
        self._listened = now
        with suppress(CanonError), self._cam.events() as events:  # the next frame tells of it
            events.get(timeout_s=_MOMENT_S)

    @contextmanager
    def over_a_gap(self) -> Iterator[None]:
        """For a block that opens the camera anew: its clock may be another one afterwards."""
        before = self.now()
        yield
        self._clock = clock = self._cam.clock
        self._listened = 0.0
        self._ahead_s = max(self._ahead_s, before - clock.now())


class Release:
    """The release of one frame, which is sent at its place and not before.

    Args:
        grid: the grid.
        number: the place.
        is_stopping: whether the series shall end.

    Attributes:
        prepared_s: how long it took until only the release was left to send.
        at_s: when it was sent, in seconds since the first.
        late_s: how long after its place.
    """

    def __init__(self, grid: Grid, number: int, is_stopping: Callable[[], bool]) -> None:
        self.prepared_s = 0.0
        self.at_s = self.late_s = 0.0
        self._grid, self._number = grid, number
        self._is_stopping = is_stopping
        self._begun = grid.now()
        self._sent = self._begun
        self._asked = False

    def may_go(self) -> bool:
        """Whether it may be sent now.

        Raises:
            Late: its place has passed.
            Stopped: it is not to be sent any more.
        """
        grid = self._grid
        if not self._asked:
            self._asked = True
            self.prepared_s = grid.now() - self._begun
            if grid.now() - grid.place(self._number) > grid.tolerance_s:
                raise Late
        if not grid.wait(self._number, 0.0, self._is_stopping):
            raise Stopped
        grid.begin()
        self._sent = now = grid.now()
        self.at_s, self.late_s = now - grid.place(1), now - grid.place(self._number)
        return True

    def busy_s(self) -> float:
        """How long the frame takes, so far, but for the wait for its place."""
        return self.prepared_s + self._grid.now() - self._sent
