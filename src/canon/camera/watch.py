"""What comes and goes: cameras that are plugged in, switched on, switched off, unplugged.

The list of the bus is read again and again, and nothing is opened: another program's session goes
on undisturbed.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from canon import ports
from canon.camera import Found, named
from canon.clock import Clock, RealClock
from canon.errors import CameraNotFound
from canon.frozen import Frozen


class CameraAdded(Frozen):
    """A camera is there: it was plugged in or switched on, or was there at the start."""

    found: Found


class CameraRemoved(Frozen):
    """A camera is gone: it was unplugged or switched off, or fell asleep."""

    found: Found


class Watch:
    """What comes and goes, one after the other: `for event in canon.watch():`.

    What is there already comes first. Another thread may close it, which ends the loop at the next
    look. Made by `watch()`.

    Args:
        port: a port string: only what it may mean.
        poll_s: seconds from one look to the next.
        clock: the time to wait by.
    """

    def __init__(self, port: str, poll_s: float, clock: Clock) -> None:
        if poll_s <= 0:
            raise ValueError(f"poll_s is {poll_s:g}; it is a time in seconds, above 0")
        self._port, self._poll_s, self._clock = port, poll_s, clock
        self._there: dict[tuple[str, int, int, int], Found] = {}
        self._closed = False
        self._events = self.look()

    def look(self) -> list[CameraAdded | CameraRemoved]:
        """What came and went since the last look, without waiting.

        Raises:
            PortError: the bus cannot be listed; there is no libusb.
        """
        try:
            listed = ports.list_ports(self._port, may_open=False)
        except CameraNotFound:  # no server listens there, for one
            listed = []
        now = {(one.port, one.address, one.vendor, one.product): one for one in listed}
        gone = [self._there.pop(key) for key in [*self._there] if key not in now]
        came = {key: named(one) for key, one in now.items() if key not in self._there}
        self._there |= came
        return [*map(CameraRemoved, gone), *map(CameraAdded, came.values())]

    def close(self) -> None:
        """End it. Closing twice is allowed."""
        self._closed = True

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> CameraAdded | CameraRemoved:
        while not self._closed:
            if self._events:
                return self._events.pop(0)
            self._clock.sleep(self._poll_s)
            if not self._closed:
                self._events = self.look()
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def watch(port: str = "", *, poll_s: float = 0.5, clock: Clock | None = None) -> Watch:
    """Tell which cameras come and go: an iterator of CameraAdded and CameraRemoved.

    Those that are there already come first. No camera is opened, so other programs are not
    disturbed. On Linux their names and serial numbers are those that the system has read; elsewhere
    `name` is the model's by its USB id, `serial` is empty, and `usb:serial=…` fits none.

    Args:
        port: a port string: only what it may mean; CANON_REMOTE_PORT is used when it is empty, and
            every Canon on the USB bus when that is not set either.
        poll_s: seconds from one look at the bus to the next.
        clock: the time to wait by; this computer's when it is None.

    Raises:
        PortError: there is no libusb.
        ValueError: the port string cannot be read.
    """
    return Watch(port or ports.default_port(), poll_s, clock or RealClock())
