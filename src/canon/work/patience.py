"""When to go on after an error, and when it is the end."""

from __future__ import annotations

from canon.errors import BatteryLow, Disconnected, PortError


class Patience:
    """Which errors end a series of deeds.

    A camera that is gone does, one whose battery is too weak, and the port when it fails twice in a
    row: a camera may be unable to send one file, but then it sends the next.
    """

    def __init__(self) -> None:
        self._port_failed = False

    def heed(self, error: Exception | None = None) -> None:
        """Look at how one deed ended; raises its error again when the others need not be tried."""
        again, self._port_failed = self._port_failed, isinstance(error, PortError)
        over = isinstance(error, Disconnected | BatteryLow) or (again and self._port_failed)
        if error is not None and over:
            raise error
