"""The lens of a virtual body, and the frames that come through it: what takes time, and how long.

Whoever needs the lens waits until it stands; a move that is asked for while it moves follows.
"""

from __future__ import annotations

from canon.virtual.clock import BodyClock


class Lens:
    """When the lens of a body stands still.

    Args:
        clock: the body's time.
    """

    def __init__(self, clock: BodyClock) -> None:
        self._clock = clock
        self._stands = 0.0

    def move(self, seconds: float) -> None:
        """Let it move for some time."""
        self._stands = max(self._clock.now(), self._stands) + seconds

    @property
    def left(self) -> float:
        """Seconds until it stands."""
        return max(0.0, self._stands - self._clock.now())


class Viewfinder:
    """When the viewfinder of a body has a new frame.

    Args:
        clock: the body's time.
        frame_s: seconds from one frame to the next.

    Attributes:
        on: whether it runs.
    """

    def __init__(self, clock: BodyClock, frame_s: float) -> None:
        self._clock = clock
        self._frame_s = frame_s
        self._next = 0.0
        self.on = False

    def start(self, first_s: float) -> None:
        """Start it; the first frame is there after some seconds."""
        self.on = True
        self._next = self._clock.now() + first_s

    def take(self) -> float:
        """Take the next frame; the seconds until it is there."""
        now = self._clock.now()
        left = max(0.0, self._next - now)
        self._next = max(now, self._next) + self._frame_s
        return left
