"""The time of a port: nothing above a port waits by any other clock."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of a port."""

    def now(self) -> float:
        """Seconds since some moment in the past."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        ...


class RealClock:
    """The clock of a real port."""

    def now(self) -> float:
        """Seconds of the system's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


def seconds_until(moment: datetime) -> float:
    """Seconds of this computer's clock until a moment; over a change to summer time, too.

    Args:
        moment: a local time where it has no zone.
    """
    return moment.timestamp() - time.time()
